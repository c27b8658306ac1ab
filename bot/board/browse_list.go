package board

import (
	"cmp"
	"context"
	"errors"
	"strconv"
	"strings"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/render"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// perList is how many notices a page has.
const perList = render.BoardPerPage

// listing is a page of a board's list.
type listing struct {
	body    msg.Body
	print   string // what it shows, but for the time at which it was read
	page    int
	pages   int // as far as is known: one more than this if there is more
	numbers [][]msg.Button
}

// listing is what is stored of a board.
func (d *Desk) listing(ctx context.Context, v chat.Visit, src bulletin.Source, page int) (out listing, err error) {
	var all []notify.Notice
	var health notify.Health
	var mine bool
	err = d.DB.View(ctx, func(tx store.Tx) error {
		if all, err = d.Notify.Latest(tx, src.ID, page*perList+1); err != nil {
			return err
		}
		if health, err = d.Notify.Health(tx, src.ID); err != nil {
			return err
		}
		_, mine, err = d.Notify.Sub(tx, v.Chat, 0, src.ID)
		return err
	})
	if err != nil {
		return out, err
	}
	out.page = min(page, max(1, (len(all)+perList-1)/perList))
	from := (out.page - 1) * perList
	out.pages = out.page
	if len(all) > from+perList {
		out.pages++
	}
	p := render.BoardPage{
		Head: say.Text(v.Lang, "browse.list", say.Data{Board: src.Name, School: d.schoolOf(v.Lang, src).Name, Page: out.page}),
		Base: from + 1,
	}
	var data, keys []string
	for _, nt := range all[from:min(len(all), from+perList)] {
		p.Cards = append(p.Cards, d.Notify.Face(nt))
		data = append(data, noticeData(nt.Key, tagOf(src.ID), out.page, 1))
		keys = append(keys, nt.Key+nt.Title)
	}
	p.Empty = say.Text(v.Lang, "browse.empty", say.Data{})
	if health.LastOK.IsZero() && health.Class == "" {
		p.Empty = say.Text(v.Lang, "browse.first", say.Data{})
	}
	if health.Class != "" {
		p.Foot = say.Text(v.Lang, "browse.stale", say.Data{})
	}
	if !health.LastOK.IsZero() {
		p.Fresh = health.LastOK.In(beijing)
	}
	out.print = p.Empty + p.Foot + strings.Join(keys, "\n")
	out.body.Text = render.BoardList(v.Lang, p)
	out.numbers = numbers(p.Base, data)
	out.body = out.with(d, v, src, mine)
	return out, nil
}

// with is the list with the buttons of somebody who has it pushed, or not.
func (s listing) with(d *Desk, v chat.Visit, src bulletin.Source, mine bool) msg.Body {
	b := msg.Body{Text: s.body.Text, Buttons: s.numbers}
	b = turning(v.Lang, b, s.page, s.pages, func(n int) string { return tapData("bl", strconv.Itoa(n), src.ID) })
	page := strconv.Itoa(s.page)
	toggle := button(v.Lang, "btn.mine", tapData("bm", "1", page, src.ID))
	if mine {
		toggle = button(v.Lang, "btn.mine_off", tapData("bm", "0", page, src.ID))
	}
	home := cmp.Or(src.School, nobody)
	b.Buttons = append(b.Buttons, []msg.Button{toggle}, []msg.Button{
		button(v.Lang, "btn.boards", tapData("bs", "1", home)), button(v.Lang, "btn.search", tapData("bq", home)),
	})
	return b
}

// pushToMe subscribes a person to a board, or ends that. A refusal is the key
// of what is said of it.
func (d *Desk) pushToMe(tx store.Tx, v chat.Visit, source string, on bool) (refusal string, err error) {
	err = d.turnOn(tx, v, source, on)
	switch {
	case errors.Is(err, notify.ErrTooMany):
		return "toast.board_many", nil
	case errors.Is(err, notify.ErrForgetting):
		return "toast.board_wait", nil
	case errors.Is(err, notify.ErrUnknown):
		return "toast.stale", nil
	}
	return "", err
}

// schoolOf is the school of a board.
func (d *Desk) schoolOf(l say.Lang, src bulletin.Source) school {
	s, _ := d.school(l, cmp.Or(src.School, nobody))
	return s
}
