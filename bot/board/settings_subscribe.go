package board

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/render"
	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// subscribe is /subscribe, and the words that search for a school.
func (d *Desk) subscribe(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	query := text.Line(arg(args, 0), 60)
	if query == "" {
		if own, ok := d.school(v.Lang, v.School); ok {
			return d.showBoards(v, own, 1), nil
		}
		return d.showSchools(v, d.offered(v), 1, ""), nil
	}
	found := d.search(d.offered(v), query)
	if len(found) == 1 {
		return d.showBoards(v, found[0], 1), nil
	}
	return d.showSchools(v, found, 1, query), nil
}

func (d *Desk) offerSchools(_ context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	return d.showSchools(v, d.offered(v), pageOf(arg(args, 0)), ""), nil
}

// showSchools offers schools; the only one is not asked for. With a query they
// are what was found.
func (d *Desk) showSchools(v chat.Visit, all []school, n int, query string) *chat.Turn {
	if len(all) == 1 {
		return d.showBoards(v, all[0], 1)
	}
	some, n, pages := pageFrom(all, n)
	about := say.Data{Query: query, Count: len(all), Page: n, Pages: pages}
	key := "board.ask_which"
	switch {
	case len(all) == 0 && query == "":
		return settles(screen(v, sentence(v, "board.no_boards", about))...)
	case len(all) == 0:
		key = "board.not_found"
	case query != "":
		key = "board.found"
	}
	b := sentence(v, key, about)
	for _, s := range some {
		b.Buttons = append(b.Buttons, []msg.Button{{Text: text.Line(s.Name, 40), Data: tapData("sc", s.ID, "1")}})
	}
	if query == "" {
		b = turning(v.Lang, b, n, pages, func(n int) string { return tapData("sch", strconv.Itoa(n)) })
	}
	b.Buttons = append(b.Buttons, []msg.Button{button(v.Lang, "btn.board_search", tapData("ask"))})
	return settles(screen(v, b)...)
}

func (d *Desk) tapAsk(_ context.Context, v chat.Visit, _ []string) (*chat.Turn, error) {
	return d.putAsk(v, ask{What: askSchool}, "board.ask_school", "btn.board_ask_school", say.Data{}), nil
}

func (d *Desk) offerBoards(_ context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	s, ok := find(d.offered(v), arg(args, 0))
	if !ok {
		return toast(v, "toast.board_gone"), nil
	}
	return d.showBoards(v, s, pageOf(arg(args, 1))), nil
}

// showBoards offers the boards of a school, those subscribed ticked.
func (d *Desk) showBoards(v chat.Visit, s school, n int) *chat.Turn {
	return &chat.Turn{Do: func(tx store.Tx) ([]msg.Item, error) {
		b, err := d.boards(tx, v, s, n)
		return screen(v, b), err
	}}
}

// boards costs a read for each board of the page.
func (d *Desk) boards(tx store.Tx, v chat.Visit, s school, n int) (b msg.Body, err error) {
	some, n, pages := pageFrom(s.Boards, n)
	b = sentence(v, "board.choose", say.Data{School: s.Name, Page: n, Pages: pages, Pending: v.Thread != 0})
	for _, src := range some {
		_, on, err := d.Notify.Sub(tx, v.Chat, v.Thread, src.ID)
		if err != nil {
			return b, err
		}
		data := tapData("sub", src.ID, strconv.Itoa(n), onOff(!on))
		b.Buttons = append(b.Buttons, []msg.Button{{Text: tick(on, text.Line(s.boardName(src), 40)), Data: data}})
	}
	b = turning(v.Lang, b, n, pages, func(n int) string { return tapData("sc", s.ID, strconv.Itoa(n)) })
	inner, err := d.innerRow(tx, v, s.ID, n)
	if err != nil {
		return b, err
	}
	b.Buttons = append(b.Buttons, inner...)
	b.Buttons = append(b.Buttons, []msg.Button{
		button(v.Lang, "btn.board_schools", tapData("sch", "1")), button(v.Lang, "btn.board_done", tapData("fin", s.ID)),
	})
	return b, nil
}

func onOff(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

// tapBoard subscribes to a board, or ends that.
func (d *Desk) tapBoard(_ context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	src, ok := d.public(arg(args, 0))
	if !ok {
		return toast(v, "toast.board_gone"), nil
	}
	s, ok := d.school(v.Lang, cmp.Or(src.School, nobody))
	if !ok {
		return toast(v, "toast.board_gone"), nil
	}
	do := func(tx store.Tx) ([]msg.Item, error) {
		err := d.turnOn(tx, v, src.ID, arg(args, 2) == "1")
		switch {
		case errors.Is(err, notify.ErrTooMany):
			return []msg.Item{alert(v, "toast.board_many")}, nil
		case errors.Is(err, notify.ErrForgetting):
			return []msg.Item{alert(v, "toast.board_wait")}, nil
		case err != nil:
			return nil, err
		}
		b, err := d.boards(tx, v, s, pageOf(arg(args, 1)))
		return screen(v, b), err
	}
	return &chat.Turn{Do: do, Sets: true, After: func() { d.Notify.Wanted(src.ID) }}, nil
}

// turnOn makes sure that a board is subscribed to, or is not. What is set of a
// subscription that is there stays.
func (d *Desk) turnOn(tx store.Tx, v chat.Visit, source string, on bool) error {
	_, is, err := d.Notify.Sub(tx, v.Chat, v.Thread, source)
	switch {
	case err != nil || is == on:
		return err
	case !on:
		_, err := d.Notify.Unsubscribe(tx, v.Chat, v.Thread, source)
		return err
	}
	sub := notify.Sub{Chat: v.Chat, Thread: v.Thread, Source: source}
	setBy(v, &sub)
	if _, err := d.Notify.Subscribe(tx, sub, time.Now()); err != nil {
		return err
	}
	return d.Notify.SetPlace(tx, v.Chat, func(p *notify.Place) { p.Lang = v.Lang })
}

// firstRead is how long who subscribes first waits for the board to be read.
const firstRead = 8 * time.Second

// mostLatest is how many notices somebody who subscribed is shown.
const mostLatest = 3

// tapDone tells what is subscribed now of a school, and its latest notices.
func (d *Desk) tapDone(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	s, ok := find(d.offered(v), arg(args, 0))
	if !ok {
		return toast(v, "toast.board_gone"), nil
	}
	subs, err := d.here(ctx, v)
	if err != nil {
		return nil, err
	}
	var sources, names []string
	for _, src := range s.Boards {
		if slices.ContainsFunc(subs, func(sub notify.Sub) bool { return sub.Source == src.ID }) {
			sources, names = append(sources, src.ID), append(names, "• "+text.Escape(text.Line(s.boardName(src), 60)))
		}
	}
	if len(sources) == 0 {
		return toast(v, "toast.board_nothing"), nil
	}
	latest, err := d.latest(ctx, sources, mostLatest)
	if err != nil {
		return nil, err
	}
	head := sentence(v, "board.done", say.Data{Who: who(v), School: s.Name, Count: len(sources)})
	head.Text += "\n" + strings.Join(names, "\n")
	said := screen(v, head)
	reply := msg.Item{Chat: v.Chat, Thread: v.Thread, Op: msg.Send, ReplyTo: v.Message}
	reply.Body = digestOf(v, latest)
	reply.Body.Silent = true
	return &chat.Turn{Do: func(store.Tx) ([]msg.Item, error) { return append(said, reply), nil }, Sets: true}, nil
}

// digestOf lists notices, or says that none is known yet.
func digestOf(v chat.Visit, items []notify.Notice) msg.Body {
	if len(items) == 0 {
		return sentence(v, "board.unread", say.Data{})
	}
	var cards []render.BoardCard
	for _, nt := range items {
		cards = append(cards, render.BoardCard{Title: nt.Title, Date: nt.Date.String(), URL: nt.URL})
	}
	head := say.Text(v.Lang, "board.latest", say.Data{Count: len(items)})
	return msg.Body{Text: render.BoardDigest(v.Lang, head, cards, 0)}
}

// latest are the newest notices of some boards. A board that was never read is
// read now, if it answers soon.
func (d *Desk) latest(ctx context.Context, sources []string, limit int) ([]notify.Notice, error) {
	out, unread, err := d.newest(ctx, sources, limit)
	if err != nil || len(unread) == 0 {
		return out, err
	}
	soon, cancel := context.WithTimeout(ctx, firstRead)
	defer cancel()
	for _, source := range unread {
		if _, err := d.Notify.Refresh(soon, source); err != nil {
			break // what is not known yet comes by itself
		}
	}
	out, _, err = d.newest(ctx, sources, limit)
	return out, err
}

// stored are the newest stored notices of boards, and those boards without any.
func (d *Desk) newest(ctx context.Context, sources []string, limit int) (out []notify.Notice, unread []string, err error) {
	seen := map[string]bool{}
	err = d.DB.View(ctx, func(tx store.Tx) error {
		for _, source := range sources {
			some, err := d.Notify.Latest(tx, source, limit)
			if err != nil {
				return err
			}
			if len(some) == 0 {
				unread = append(unread, source)
			}
			for _, nt := range some {
				if !seen[nt.Key] {
					seen[nt.Key] = true
					out = append(out, nt)
				}
			}
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b notify.Notice) int { return b.Date.Time().Compare(a.Date.Time()) })
	return out[:min(len(out), limit)], unread, err
}
