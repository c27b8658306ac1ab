package board

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// quietChoices are the hours that buttons offer.
func quietChoices() []string { return []string{"2200-0700", "2300-0700", "0000-0800", "off"} }

var hours = regexp.MustCompile(`^([0-9]{1,2})[:：.]?([0-9]{2})?\s*(?:-|－|–|—|~|～|至|到)\s*([0-9]{1,2})[:：.]?([0-9]{2})?$`)

// parseQuiet reads quiet hours: 23:00-07:00, 23-7, or off.
func parseQuiet(s string) (notify.Quiet, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "off", "关", "关闭", "不要":
		return notify.Quiet{Off: true}, true
	}
	m := hours.FindStringSubmatch(s)
	if m == nil {
		return notify.Quiet{}, false
	}
	from, ok1 := minuteOf(m[1], m[2])
	to, ok2 := minuteOf(m[3], m[4])
	return notify.Quiet{Set: true, From: from, To: to}, ok1 && ok2 && from != to
}

func minuteOf(hour, minute string) (int, bool) {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute) // none is 0
	return h%24*60 + m, h <= 24 && m < 60
}

func quietText(q notify.Quiet) string {
	if q.Off {
		return ""
	}
	from, to := q.Hours()
	return fmt.Sprintf("%02d:%02d–%02d:%02d", from/60, from%60, to/60, to%60)
}

// quiet is /quiet, for all that is subscribed in a chat.
func (d *Desk) quiet(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	if words := arg(args, 0); words != "" {
		if q, ok := parseQuiet(words); ok {
			return d.setQuiet(v, q), nil
		}
		return settles(screen(v, sentence(v, "board.bad_quiet", say.Data{}))...), nil
	}
	var p notify.Place
	err := d.DB.View(ctx, func(tx store.Tx) (err error) {
		p, err = d.Notify.Place(tx, v.Chat)
		return err
	})
	return settles(screen(v, quietMenu(v, p, ""))...), err
}

func (d *Desk) tapQuiet(_ context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	q, ok := parseQuiet(arg(args, 0))
	if !ok {
		return toast(v, "toast.stale"), nil
	}
	return d.setQuiet(v, q), nil
}

func (d *Desk) setQuiet(v chat.Visit, q notify.Quiet) *chat.Turn {
	return d.setPlace(v, func(p *notify.Place) { p.Quiet = q })
}

// setPlace changes what holds for all of a chat, and shows the menu with it.
func (d *Desk) setPlace(v chat.Visit, change func(*notify.Place)) *chat.Turn {
	return &chat.Turn{Sets: true, Do: func(tx store.Tx) ([]msg.Item, error) {
		var now notify.Place
		err := d.Notify.SetPlace(tx, v.Chat, func(p *notify.Place) {
			change(p)
			p.By, p.Lang = who(v), v.Lang
			now = *p
		})
		now.By = "" // the news say so
		return screen(v, quietMenu(v, now, news(v))), err
	}}
}

func (d *Desk) tapUrgent(_ context.Context, v chat.Visit, _ []string) (*chat.Turn, error) {
	about := say.Data{Said: strings.Join(notify.UrgentWords(), " ")}
	return d.putAsk(v, ask{What: askUrgent}, "board.ask_urgent", "btn.board_ask_urgent", about), nil
}

func (d *Desk) tapUsualUrgent(_ context.Context, v chat.Visit, _ []string) (*chat.Turn, error) {
	return d.setPlace(v, func(p *notify.Place) { p.Urgent, p.Hushed = nil, false }), nil
}

// urgentWords takes the words that were asked for.
func (d *Desk) urgentWords(_ context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	words, hushed := parseUrgent(arg(args, 0))
	switch err := (notify.Filter{Include: words}).Check(); {
	case err != nil:
		return settles(screen(v, sentence(v, "board.bad_urgent", bounds()))...), nil
	case len(words) == 0 && !hushed:
		return d.tapUrgent(context.Background(), v, nil)
	}
	return d.setPlace(v, func(p *notify.Place) { p.Urgent, p.Hushed = words, hushed }), nil
}

// parseUrgent reads words, each once, or that there are to be none.
func parseUrgent(s string) (words []string, hushed bool) {
	s = strings.ToValidUTF8(s, "")
	switch fold(s) {
	case "off", "none", "关", "关闭", "不要", "没有":
		return nil, true
	}
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",，、;；", r) }) {
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words, false
}

// quietMenu says when a chat is not disturbed, and offers other hours.
func quietMenu(v chat.Visit, p notify.Place, news string) msg.Body {
	now := quietText(p.Quiet)
	b := sentence(v, "board.quiet", say.Data{Title: now, Said: strings.Join(p.UrgentWords(), " "), Who: p.By})
	b.Text = joined(news, b.Text)
	var row []msg.Button
	for _, choice := range quietChoices() {
		q, _ := parseQuiet(choice)
		label := quietText(q)
		if q.Off {
			label = say.Plain(v.Lang, "btn.board_no_quiet", say.Data{})
		}
		row = append(row, msg.Button{Text: tick(quietText(q) == now, label), Data: tapData("qt", choice)})
	}
	b.Buttons = [][]msg.Button{row[:2], row[2:]}
	if now == "" {
		return b
	}
	urgent := []msg.Button{button(v.Lang, "btn.board_urgent", tapData("qw"))}
	if p.Hushed || len(p.Urgent) > 0 {
		urgent = append(urgent, button(v.Lang, "btn.board_usual_urgent", tapData("qd")))
	}
	b.Buttons = append(b.Buttons, urgent)
	return b
}
