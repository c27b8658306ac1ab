package board

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// maxWords is how much of what people type for a filter is read, in bytes.
const maxWords = 4096

// draftFor is how long a filter waits to be saved.
const draftFor = time.Hour

// everything stands for all that is subscribed in a topic.
const everything = "*"

// parseFilter reads what people type: words and /expressions/ parted by blanks
// or commas; one after "-" must not occur. Nothing, or "off", is no filter.
func parseFilter(s string) notify.Filter {
	var f notify.Filter
	s = strings.ToValidUTF8(s[:min(len(s), maxWords)], "")
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "off", "clear", "清空", "关", "关闭":
		return f
	}
	for s = strings.TrimLeftFunc(s, parts); s != ""; s = strings.TrimLeftFunc(s, parts) {
		list := &f.Include
		switch r := []rune(s[:min(len(s), 4)])[0]; r {
		case '+', '＋':
			s = s[len(string(r)):]
		case '-', '－', '—', '–':
			list, s = &f.Exclude, s[len(string(r)):]
		}
		var word string
		if word, s = cutPattern(s); word != "" {
			*list = append(*list, word)
		}
	}
	return f
}

// parts tells what stands between words.
func parts(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",，、；;", r) }

// cutPattern cuts the first word or expression off. An expression ends at the
// slash before a blank, and may hold blanks itself.
func cutPattern(s string) (pattern, rest string) {
	if strings.HasPrefix(s, "/") {
		for i := 1; i < len(s); i++ {
			after := s[i+1:]
			if s[i] == '/' && i > 1 && (after == "" || strings.IndexFunc(after, parts) == 0) {
				return s[:i+1], after
			}
		}
	}
	if end := strings.IndexFunc(s, parts); end >= 0 {
		s, rest = s[:end], s[end:]
	}
	return s, rest
}

// filterText is a filter as people type it; "" for none.
func filterText(f notify.Filter) string {
	var out []string
	for _, p := range f.Include {
		out = append(out, "+"+p)
	}
	for _, p := range f.Exclude {
		out = append(out, "-"+p)
	}
	return strings.Join(out, " ")
}

// filter is /filter: with words it shows what they would do, without it asks.
func (d *Desk) filter(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	subs, err := d.here(ctx, v)
	switch words := arg(args, 0); {
	case err != nil:
		return nil, err
	case len(subs) == 0:
		return settles(screen(v, sentence(v, "board.none", say.Data{}))...), nil
	case words == "" && len(subs) == 1:
		return d.askWords(v, subs[0]), nil
	case words == "":
		b, err := d.list(ctx, v, filterMenu, subs, 1, "")
		return settles(screen(v, b)...), err
	case len(subs) == 1:
		return d.preview(ctx, v, parseFilter(words), subs)
	default:
		return d.pick(v, parseFilter(words), subs), nil
	}
}

func (d *Desk) tapFilter(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	return d.subTap(ctx, v, args, func(sub notify.Sub) (*chat.Turn, error) { return d.askWords(v, sub), nil })
}

func (d *Desk) askWords(v chat.Visit, sub notify.Sub) *chat.Turn {
	about := say.Data{Board: d.sourceName(sub), Said: filterText(sub.Filter)}
	return d.putAsk(v, ask{What: askFilter, Source: sub.Source, Thread: sub.Thread}, "board.ask_filter", "btn.board_ask_filter", about)
}

// filterWords takes the words that were asked for: args are words, source, topic.
func (d *Desk) filterWords(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	sub, ok, err := d.subOf(ctx, v, arg(args, 1), arg(args, 2))
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return settles(screen(v, sentence(v, "board.none", say.Data{}))...), nil
	}
	return d.preview(ctx, v, parseFilter(arg(args, 0)), []notify.Sub{sub})
}

// wrong is the key of what is wrong with a filter; "" for nothing.
func wrong(f notify.Filter) string {
	switch err := f.Check(); {
	case errors.Is(err, notify.ErrPattern):
		return "board.bad_pattern"
	case err != nil:
		return "board.bad_words"
	}
	return ""
}

// pick asks which of several subscriptions a filter is for.
func (d *Desk) pick(v chat.Visit, f notify.Filter, subs []notify.Sub) *chat.Turn {
	if key := wrong(f); key != "" {
		return settles(screen(v, sentence(v, key, bounds()))...)
	}
	id := newDraft()
	b := sentence(v, "board.filter_which", say.Data{Count: len(subs)})
	for _, sub := range subs[:min(len(subs), 20)] {
		data := tapData("fp", id, sub.Source, strconv.Itoa(sub.Thread))
		b.Buttons = append(b.Buttons, []msg.Button{{Text: text.Line(d.sourceName(sub), 40), Data: data}})
	}
	b.Buttons = append(b.Buttons, []msg.Button{button(v.Lang, "btn.board_all", tapData("fp", id, everything, strconv.Itoa(v.Thread)))})
	return d.putDraft(v, id, f, b)
}

func bounds() say.Data { return say.Data{Count: notify.MaxPatterns, First: notify.MaxPattern} }

// newDraft is a new draft's name.
func newDraft() string { return strings.ToLower(rand.Text()[:10]) }

func draftID(v chat.Visit, id string) string { return strconv.FormatInt(v.Chat, 10) + "/" + id }

func (d *Desk) putDraft(v chat.Visit, id string, f notify.Filter, b msg.Body) *chat.Turn {
	return &chat.Turn{Do: func(tx store.Tx) ([]msg.Item, error) {
		return screen(v, b), d.drafts.PutUntil(tx, draftID(v, id), f, time.Now().Add(draftFor))
	}}
}

// draft is a filter that waits to be saved, and what it is for.
func (d *Desk) draft(ctx context.Context, v chat.Visit, args []string) (f notify.Filter, subs []notify.Sub, ok bool, err error) {
	err = d.DB.View(ctx, func(tx store.Tx) (err error) {
		f, err = d.drafts.Get(tx, draftID(v, text.Line(arg(args, 0), 16)))
		return err
	})
	if store.Missing(err) {
		return f, nil, false, nil
	}
	if err != nil {
		return f, nil, false, err
	}
	if arg(args, 1) == everything {
		subs, err = d.here(ctx, v)
		return f, subs, len(subs) > 0, err
	}
	sub, ok, err := d.subOf(ctx, v, arg(args, 1), arg(args, 2))
	return f, []notify.Sub{sub}, ok, err
}

func (d *Desk) tapPick(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	f, subs, ok, err := d.draft(ctx, v, args)
	if err != nil || !ok {
		return toast(v, "toast.stale"), err
	}
	return d.preview(ctx, v, f, subs)
}

// preview shows what a filter would have let through of the last notices, and
// saves it only when told to.
func (d *Desk) preview(ctx context.Context, v chat.Visit, f notify.Filter, subs []notify.Sub) (*chat.Turn, error) {
	if key := wrong(f); key != "" {
		return settles(screen(v, sentence(v, key, bounds()))...), nil
	}
	about := say.Data{Said: filterText(f), Board: d.sourceName(subs[0])}
	if len(subs) > 1 {
		about.Board = say.Plain(v.Lang, "btn.board_all", say.Data{})
	}
	err := d.DB.View(ctx, func(tx store.Tx) error {
		for _, sub := range subs {
			matched, of, err := d.Notify.Preview(tx, sub.Source, f)
			if err != nil {
				return err
			}
			about.First, about.Last = about.First+matched, about.Last+of
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	id := newDraft()
	target := []string{id, subs[0].Source, strconv.Itoa(subs[0].Thread)}
	if len(subs) > 1 {
		target[1] = everything
	}
	b := sentence(v, "board.preview", about)
	b.Buttons = [][]msg.Button{{
		button(v.Lang, "btn.board_save", tapData("fs", target...)), button(v.Lang, "btn.cancel", tapData("fx", id)),
	}}
	return d.putDraft(v, id, f, b), nil
}

func (d *Desk) tapSave(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	f, subs, ok, err := d.draft(ctx, v, args)
	if err != nil || !ok {
		return toast(v, "toast.stale"), err
	}
	about := say.Data{Who: who(v), Said: filterText(f), Board: d.sourceName(subs[0])}
	if len(subs) > 1 {
		about.Board = say.Plain(v.Lang, "btn.board_all", say.Data{})
	}
	return d.changeAll(v, subs, func(s *notify.Sub) {
		s.Filter = f
		setBy(v, s)
	}, sentence(v, "board.filter_saved", about)), nil
}

func (d *Desk) tapDiscard(_ context.Context, v chat.Visit, _ []string) (*chat.Turn, error) {
	return settles(screen(v, sentence(v, "board.filter_kept", say.Data{}))...), nil
}

// tapNoFilter lets everything of a board through again.
func (d *Desk) tapNoFilter(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	return d.subTap(ctx, v, args, func(sub notify.Sub) (*chat.Turn, error) {
		return d.changeOne(ctx, v, sub, func(s *notify.Sub) { s.Filter = notify.Filter{} })
	})
}
