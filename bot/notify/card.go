package notify

import (
	"fmt"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/render"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt/bulletin"
)

// card is a notice as render shows it.
func (nt Notice) card(board string) render.BoardCard {
	c := render.BoardCard{
		Title: nt.Title, Board: board, Date: dateText(nt.Date), URL: nt.URL,
		Intranet: nt.Intranet, Personal: nt.Personal, Inner: nt.Inner,
	}
	if nt.Inner {
		c.URL = "" // it leads nowhere
	}
	if nt.Personal { // title and link only
		return c
	}
	c.Place = placeIn(nt.Text)
	if at, ok := nt.Deadline(); ok {
		c.Deadline = dateText(at)
	}
	for _, f := range nt.Attachments {
		c.Files = append(c.Files, f.Name)
	}
	return c
}

// Face is a notice as lists and pages of several show it.
func (n *Notifier) Face(nt Notice) render.BoardCard { return nt.card(n.boardOf(nt)) }

func dateText(d bulletin.Date) string {
	switch {
	case d == (bulletin.Date{}):
		return ""
	case d.Timed:
		return fmt.Sprintf("%04d-%02d-%02d %02d:%02d", d.Year, d.Month, d.Day, d.Hour, d.Minute)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Card is the message of one notice, with its buttons. Read is how many have
// pressed 已阅.
func (n *Notifier) Card(l say.Lang, nt Notice, read int) msg.Body {
	b := body(l, n.boardOf, []Notice{nt}, digestNone, 0)
	withReads(b.Buttons, l, read)
	return b
}

// body is the message of notices: a card for one, a list for several, or if it
// is a digest. More is how many it leaves out.
func body(l say.Lang, boardOf func(Notice) string, items []Notice, why digestKind, more int) msg.Body {
	if len(items) == 1 && (why == digestNone || why == digestMorning) {
		nt := items[0]
		return msg.Body{Text: render.Board(l, nt.card(boardOf(nt))), Buttons: nt.buttons(l)}
	}
	var cards []render.BoardCard
	for _, nt := range items {
		cards = append(cards, nt.card(boardOf(nt)))
	}
	head := say.Text(l, digestHead(why), say.Data{Count: len(items) + more, Board: oneBoard(cards)})
	return msg.Body{Text: render.BoardDigest(l, head, cards, more)}
}

// body is what notices look like together, made once in a chunk: to find a
// deadline in a long text takes milliseconds. The caller must not change its
// buttons.
func (c *chunkWriter) body(l say.Lang, items []Notice, why digestKind, more int) msg.Body {
	id := fmt.Sprint(l, why, more, keysOf(items))
	b, ok := c.bodies[id]
	if !ok {
		if c.bodies == nil {
			c.bodies = map[string]msg.Body{}
		}
		b = body(l, c.boardOf, items, why, more)
		c.bodies[id] = b
	}
	return b
}

// oneBoard is the board of all cards, "" where there are several.
func oneBoard(cards []render.BoardCard) string {
	for _, c := range cards {
		if c.Board != cards[0].Board {
			return ""
		}
	}
	return cards[0].Board
}

func digestHead(why digestKind) string {
	switch why {
	case digestCatchUp:
		return "board.catchup"
	case digestHeld:
		return "board.held"
	case digestMorning:
		return "board.morning"
	case digestDaily:
		return "board.daily"
	case digestWeekly:
		return "board.weekly"
	}
	return "board.several"
}

// buttons are those under a card. The first row leads to the original.
func (nt Notice) buttons(l say.Lang) [][]msg.Button {
	tap := func(op TapOp, key string) msg.Button {
		return msg.Button{Text: say.Plain(l, key, say.Data{}), Data: Tap{op, nt.Key}.Data()}
	}
	var first []msg.Button
	if link := render.Link(nt.URL); link != "" {
		first = append(first, msg.Button{Text: say.Plain(l, "btn.original", say.Data{}), URL: link})
	}
	if len(nt.Attachments) > 0 && !nt.Inner {
		first = append(first, tap(TapFiles, "btn.files"))
	}
	var second []msg.Button
	if _, ok := nt.Deadline(); ok && !nt.Personal {
		second = append(second, tap(TapCalendar, "btn.calendar"))
	}
	second = append(second, tap(TapRemind, "btn.remind"), tap(TapRead, "btn.read"))
	if len(first) == 0 {
		return [][]msg.Button{second}
	}
	return [][]msg.Button{first, second}
}

func readText(l say.Lang, n int) string {
	if n == 0 {
		return say.Plain(l, "btn.read", say.Data{})
	}
	return say.Plain(l, "btn.read_n", say.Data{Count: n})
}
