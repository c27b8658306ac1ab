package board

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

func (d *Desk) subscriptions(ctx context.Context, v chat.Visit, _ []string) (*chat.Turn, error) {
	return d.showList(ctx, v, listMenu, 1, "")
}

func (d *Desk) unsubscribe(ctx context.Context, v chat.Visit, _ []string) (*chat.Turn, error) {
	return d.showList(ctx, v, removeMenu, 1, "")
}

func (d *Desk) tapSubs(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	return d.showList(ctx, v, listMenu, pageOf(arg(args, 0)), "")
}

func (d *Desk) tapRemoveList(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	return d.showList(ctx, v, removeMenu, pageOf(arg(args, 0)), "")
}

// menu is a list of a chat's subscriptions: its own op for another page, the op
// of its buttons, and what stands before their names.
type menu struct{ key, again, op, mark string }

var (
	listMenu   = menu{"board.list", "ls", "one", "⚙️ "}
	removeMenu = menu{"board.remove", "rl", "rm", "🗑 "}
	filterMenu = menu{"board.filter_which", "", "fl", "🔎 "}
)

// showList lists all that a chat subscribes to, with how each board does. news
// is what has just changed.
func (d *Desk) showList(ctx context.Context, v chat.Visit, m menu, n int, news string) (*chat.Turn, error) {
	subs, err := d.subs(ctx, v.Chat)
	if err != nil {
		return nil, err
	}
	b, err := d.list(ctx, v, m, subs, n, news)
	if err != nil {
		return nil, err
	}
	lent, err := d.lentRow(ctx, v)
	b.Buttons = append(b.Buttons, lent...)
	return settles(screen(v, b)...), err
}

func (d *Desk) list(ctx context.Context, v chat.Visit, m menu, subs []notify.Sub, n int, news string) (b msg.Body, err error) {
	if len(subs) == 0 {
		b = sentence(v, "board.none", say.Data{})
		b.Text = joined(news, b.Text)
		return b, nil
	}
	some, n, pages := pageFrom(subs, n)
	b = sentence(v, m.key, say.Data{Count: len(subs), Page: n, Pages: pages})
	lines := []string{b.Text}
	err = d.DB.View(ctx, func(tx store.Tx) error {
		for _, sub := range some {
			h, err := d.Notify.Health(tx, sub.Source)
			if err != nil {
				return err
			}
			lines = append(lines, d.row(v, sub, h))
			data := subData(m.op, sub, strconv.Itoa(n))
			b.Buttons = append(b.Buttons, []msg.Button{{Text: m.mark + text.Line(d.sourceName(sub), 36), Data: data}})
		}
		return nil
	})
	b.Text = joined(news, strings.Join(lines, "\n"))
	if m.again == "" {
		return b, err
	}
	return turning(v.Lang, b, n, pages, func(n int) string { return tapData(m.again, strconv.Itoa(n)) }), err
}

// joined puts what is new before a text.
func joined(news, rest string) string {
	if news == "" {
		return rest
	}
	return news + "\n\n" + rest
}

// row is one subscription and how its board does.
func (d *Desk) row(v chat.Visit, sub notify.Sub, h notify.Health) string {
	line := "• <b>" + text.Escape(text.Line(d.sourceName(sub), 60)) + "</b> " + d.health(v.Lang, sub.Source, h)
	if short := d.modes(v, sub); len(short) > 0 {
		line += "\n   " + strings.Join(short, " · ")
	}
	return line
}

// modes says what is set of a subscription otherwise than usual.
func (d *Desk) modes(v chat.Visit, sub notify.Sub) (out []string) {
	add := func(key string, about say.Data) { out = append(out, say.Text(v.Lang, key, about)) }
	if sub.Thread != 0 && sub.Thread != v.Thread {
		add("board.elsewhere", say.Data{})
	}
	if sub.Digest != notify.AtOnce {
		add(digestKey(sub.Digest), say.Data{})
	}
	if sub.Silent {
		add("board.silent", say.Data{})
	}
	if f := filterText(sub.Filter); f != "" {
		add("board.filtered", say.Data{Said: f})
	}
	return out
}

func digestKey(digest notify.Digest) string {
	switch digest {
	case notify.Daily:
		return "btn.board_daily"
	case notify.Weekly:
		return "btn.board_weekly"
	}
	return "btn.board_at_once"
}

// health says how a board does, for people who cannot repair it.
func (d *Desk) health(l say.Lang, source string, h notify.Health) string {
	if _, watched := d.Notify.Source(source); !watched {
		return say.Text(l, "board.unwatched", say.Data{})
	}
	if !h.Paused.IsZero() {
		return say.Text(l, "inner.waits", say.Data{Since: h.Paused.In(beijing)})
	}
	key, at := "board.well", h.LastOK
	switch h.Class {
	case "":
		if h.LastOK.IsZero() {
			key = "board.new"
		}
	case bulletin.Intranet:
		key, at = "board.ill_intranet", h.Since
	case bulletin.Blocked, bulletin.Robots:
		key, at = "board.ill_blocked", h.Since
	case bulletin.Redesign, bulletin.Empty, bulletin.Charset:
		key, at = "board.ill_changed", h.Since
	default:
		key, at = "board.ill_down", h.Since
	}
	return say.Text(l, key, say.Data{Since: at.In(beijing)})
}

func (d *Desk) tapOne(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	return d.subTap(ctx, v, args, func(sub notify.Sub) (*chat.Turn, error) { return d.showOne(ctx, v, sub) })
}

func (d *Desk) showOne(ctx context.Context, v chat.Visit, sub notify.Sub) (*chat.Turn, error) {
	b, err := d.one(ctx, v, sub, "")
	return settles(screen(v, b)...), err
}

// one is the settings of a subscription.
func (d *Desk) one(ctx context.Context, v chat.Visit, sub notify.Sub, news string) (b msg.Body, err error) {
	var h notify.Health
	err = d.DB.View(ctx, func(tx store.Tx) (err error) {
		h, err = d.Notify.Health(tx, sub.Source)
		return err
	})
	lines := []string{d.row(v, sub, h)}
	if sub.ByName != "" {
		lines = append(lines, say.Text(v.Lang, "board.set_by", say.Data{Who: sub.ByName, Since: sub.At.In(beijing)}))
	}
	b.Text = joined(news, strings.Join(lines, "\n"))
	var modes []msg.Button
	for _, m := range []notify.Digest{notify.AtOnce, notify.Daily, notify.Weekly} {
		modes = append(modes, msg.Button{
			Text: tick(sub.Digest == m, say.Plain(v.Lang, digestKey(m), say.Data{})), Data: subData("dg", sub, digestLetter(m)),
		})
	}
	words := []msg.Button{button(v.Lang, "btn.board_filter", subData("fl", sub))}
	if len(sub.Filter.Include)+len(sub.Filter.Exclude) > 0 {
		words = append(words, button(v.Lang, "btn.board_no_filter", subData("fc", sub)))
	}
	silent := msg.Button{Text: tick(sub.Silent, say.Plain(v.Lang, "btn.board_silent", say.Data{})), Data: subData("si", sub, onOff(!sub.Silent))}
	b.Buttons = [][]msg.Button{modes, append(words, silent)}
	if school, inner := notify.Inner(sub.Source); inner {
		b.Buttons = append(b.Buttons, []msg.Button{button(v.Lang, "btn.inner_too", tapData("in", school, "1", "1"))})
	}
	b.Buttons = append(b.Buttons, []msg.Button{
		button(v.Lang, "btn.back", tapData("ls", "1")), button(v.Lang, "btn.board_remove", subData("rm", sub, "1")),
	})
	return b, err
}

// changeOne changes a subscription and shows its settings, with who changed them.
func (d *Desk) changeOne(ctx context.Context, v chat.Visit, sub notify.Sub, change func(*notify.Sub)) (*chat.Turn, error) {
	changed := func(sub *notify.Sub) {
		change(sub)
		setBy(v, sub)
	}
	changed(&sub)
	b, err := d.one(ctx, v, sub, "")
	if err != nil {
		return nil, err
	}
	do := func(tx store.Tx) ([]msg.Item, error) {
		ok, err := d.Notify.Change(tx, v.Chat, sub.Thread, sub.Source, changed)
		if err == nil && !ok {
			return []msg.Item{alert(v, "toast.board_gone")}, nil
		}
		return screen(v, b), err
	}
	return &chat.Turn{Do: do, Sets: true}, nil
}

func digestLetter(digest notify.Digest) string {
	switch digest {
	case notify.Daily:
		return "d"
	case notify.Weekly:
		return "w"
	}
	return "o"
}

// digests reads a mode: a button's letter, or what people type.
func digests(s string) (notify.Digest, bool) {
	switch fold(s) {
	case "o", "off", "now", "once", "at once", "atonce", "及时", "立即", "关", "关闭":
		return notify.AtOnce, true
	case "d", "day", "daily", "每天", "每日", "日报":
		return notify.Daily, true
	case "w", "week", "weekly", "每周", "周报":
		return notify.Weekly, true
	}
	return "", false
}

func (d *Desk) tapDigest(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	mode, ok := digests(arg(args, 2))
	if !ok {
		return toast(v, "toast.stale"), nil
	}
	return d.subTap(ctx, v, args, func(sub notify.Sub) (*chat.Turn, error) {
		return d.changeOne(ctx, v, sub, func(s *notify.Sub) { s.Digest = mode })
	})
}

func (d *Desk) tapSilent(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	return d.subTap(ctx, v, args, func(sub notify.Sub) (*chat.Turn, error) {
		return d.changeOne(ctx, v, sub, func(s *notify.Sub) { s.Silent = arg(args, 2) == "1" })
	})
}

// tapRemove ends a subscription, and says in the menu's place who did.
func (d *Desk) tapRemove(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	return d.subTap(ctx, v, args, func(sub notify.Sub) (*chat.Turn, error) {
		subs, err := d.subs(ctx, v.Chat)
		if err != nil {
			return nil, err
		}
		left := slices.DeleteFunc(subs, func(s notify.Sub) bool { return s.Source == sub.Source && s.Thread == sub.Thread })
		news := say.Text(v.Lang, "board.removed", say.Data{Who: who(v), Board: d.sourceName(sub)})
		b, err := d.list(ctx, v, removeMenu, left, pageOf(arg(args, 2)), news)
		if err != nil {
			return nil, err
		}
		return &chat.Turn{Sets: true, Do: func(tx store.Tx) ([]msg.Item, error) {
			told, err := d.end(tx, sub)
			return append(screen(v, b), told...), err
		}}, nil
	})
}

// end ends a subscription; of inner notices, who lent for it is told.
func (d *Desk) end(tx store.Tx, sub notify.Sub) ([]msg.Item, error) {
	if _, inner := notify.Inner(sub.Source); inner {
		return d.Notify.StopInner(tx, sub.Chat, sub.Thread, sub.Source)
	}
	_, err := d.Notify.Unsubscribe(tx, sub.Chat, sub.Thread, sub.Source)
	return nil, err
}

// digest is /digest: one mode for all that is subscribed here.
func (d *Desk) digest(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	if mode, ok := digests(arg(args, 0)); ok {
		return d.digestAll(ctx, v, mode)
	}
	subs, err := d.here(ctx, v)
	if err != nil {
		return nil, err
	}
	return settles(screen(v, digestMenu(v, subs, ""))...), nil
}

func (d *Desk) tapDigestAll(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	mode, ok := digests(arg(args, 0))
	if !ok {
		return toast(v, "toast.stale"), nil
	}
	return d.digestAll(ctx, v, mode)
}

// digestMenu offers the modes; the one that all have is ticked.
func digestMenu(v chat.Visit, subs []notify.Sub, news string) msg.Body {
	if len(subs) == 0 {
		return sentence(v, "board.none", say.Data{})
	}
	b := sentence(v, "board.digest", say.Data{Count: len(subs)})
	b.Text = joined(news, b.Text)
	var row []msg.Button
	for _, m := range []notify.Digest{notify.AtOnce, notify.Daily, notify.Weekly} {
		other := func(s notify.Sub) bool { return s.Digest != m }
		label := tick(!slices.ContainsFunc(subs, other), say.Plain(v.Lang, digestKey(m), say.Data{}))
		row = append(row, msg.Button{Text: label, Data: tapData("da", digestLetter(m))})
	}
	b.Buttons = [][]msg.Button{row}
	return b
}

func (d *Desk) digestAll(ctx context.Context, v chat.Visit, mode notify.Digest) (*chat.Turn, error) {
	subs, err := d.here(ctx, v)
	if err != nil || len(subs) == 0 {
		return settles(screen(v, digestMenu(v, subs, ""))...), err
	}
	change := func(s *notify.Sub) {
		s.Digest = mode
		setBy(v, s)
	}
	for i := range subs {
		change(&subs[i])
	}
	return d.changeAll(v, subs, change, digestMenu(v, subs, news(v))), nil
}

// changeAll changes some subscriptions and shows b.
func (d *Desk) changeAll(v chat.Visit, subs []notify.Sub, change func(*notify.Sub), b msg.Body) *chat.Turn {
	return &chat.Turn{Sets: true, Do: func(tx store.Tx) ([]msg.Item, error) {
		for _, sub := range subs {
			if _, err := d.Notify.Change(tx, v.Chat, sub.Thread, sub.Source, change); err != nil {
				return nil, err
			}
		}
		return screen(v, b), nil
	}}
}

// news tells a group who changed something; elsewhere nothing.
func news(v chat.Visit) string {
	if who(v) == "" {
		return ""
	}
	return say.Text(v.Lang, "board.changed", say.Data{Who: who(v)})
}
