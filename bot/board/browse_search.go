package board

import (
	"cmp"
	"context"
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
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// hunt is what a person looked for last, so that its pages can be turned.
type hunt struct {
	Word   string `json:"word"`
	School string `json:"school,omitempty"` // "": all
}

const (
	huntFor = 24 * time.Hour
	mostHit = 5 * perList
)

// askWord asks for the word to look for.
func (d *Desk) askWord(_ context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	if v.ChatKind != msg.Private {
		return toast(v, "toast.stale"), nil
	}
	d.tasks.end(v.Chat)
	return d.putAsk(v, ask{What: askNotice, Source: arg(args, 0)}, "browse.word", "btn.word_prompt", say.Data{}), nil
}

// wordCame takes the word that was asked for.
func (d *Desk) wordCame(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	return d.find(ctx, v, arg(args, 1), args[0])
}

// find looks for a word among what is stored of a school's boards, or of all.
func (d *Desk) find(ctx context.Context, v chat.Visit, school, word string) (*chat.Turn, error) {
	h := hunt{Word: text.Line(word, 60), School: school}
	body, err := d.found(ctx, v, h, 1)
	if err != nil {
		return nil, err
	}
	turn := d.shows(v, body)
	show := turn.Do
	turn.Do = func(tx store.Tx) ([]msg.Item, error) {
		if err := d.hunts.PutUntil(tx, personID(v.Chat), h, time.Now().Add(huntFor)); err != nil {
			return nil, err
		}
		return show(tx)
	}
	return turn, nil
}

func personID(chat int64) string { return strconv.FormatInt(chat, 10) }

// openFound turns to a page of what was found.
func (d *Desk) openFound(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	var h hunt
	err := d.DB.View(ctx, func(tx store.Tx) (err error) {
		h, err = d.hunts.Get(tx, personID(v.Chat))
		return err
	})
	switch {
	case store.Missing(err):
		return toast(v, "toast.stale"), nil
	case err != nil:
		return nil, err
	}
	body, err := d.found(ctx, v, h, pageOf(arg(args, 0)))
	if err != nil {
		return nil, err
	}
	return d.shows(v, body), nil
}

// found is a page of what a hunt finds, the newest first.
func (d *Desk) found(ctx context.Context, v chat.Visit, h hunt, page int) (msg.Body, error) {
	boards := d.publicBoards()
	if s, ok := d.school(v.Lang, h.School); ok {
		boards = s.Boards
	}
	var hits []notify.Notice
	err := d.DB.View(ctx, func(tx store.Tx) (err error) {
		hits, err = d.Notify.Search(tx, idsOf(boards), h.Word, mostHit)
		return err
	})
	if err != nil || strings.TrimSpace(h.Word) == "" {
		hits = nil
	}
	hits = newestFirst(hits)
	pages := max(1, (len(hits)+perList-1)/perList)
	page = min(page, pages)
	from := (page - 1) * perList
	about := say.Data{Query: h.Word, Count: len(hits)}
	p := render.BoardPage{
		Head: say.Text(v.Lang, "browse.found", about), Empty: say.Text(v.Lang, "browse.found.none", about),
		Base: from + 1, Boards: true,
	}
	var data []string
	for _, nt := range hits[from:min(len(hits), from+perList)] {
		p.Cards = append(p.Cards, d.Notify.Face(nt))
		data = append(data, noticeData(nt.Key, fromSearch, page, 1))
	}
	body := msg.Body{Text: render.BoardList(v.Lang, p), Buttons: numbers(p.Base, data)}
	body = turning(v.Lang, body, page, pages, func(n int) string { return tapData("bf", strconv.Itoa(n)) })
	body.Buttons = append(body.Buttons, d.huntButtons(v, h))
	return body, err
}

// huntButtons lead on from what was found.
func (d *Desk) huntButtons(v chat.Visit, h hunt) []msg.Button {
	home := tapData("bh", "1")
	if _, ok := d.school(v.Lang, h.School); ok {
		home = tapData("bs", "1", h.School)
	}
	return []msg.Button{
		button(v.Lang, "btn.boards", home), button(v.Lang, "btn.search", tapData("bq", h.School)),
	}
}

// newestFirst orders notices of several boards, each once: by their day, and
// within it by when they were first seen.
func newestFirst(all []notify.Notice) (out []notify.Notice) {
	seen := map[string]bool{}
	for _, nt := range all {
		if !seen[nt.Key] {
			seen[nt.Key], out = true, append(out, nt)
		}
	}
	slices.SortStableFunc(out, func(a, b notify.Notice) int {
		return cmp.Or(dayOf(b).Compare(dayOf(a)), b.First.Compare(a.First))
	})
	return out
}

// dayOf is the day of a notice, as midnight.
func dayOf(nt notify.Notice) time.Time {
	day := nt.Date
	if day == (bulletin.Date{}) {
		return clock(nt.First, 0, 0)
	}
	return moment(bulletin.Date{Year: day.Year, Month: day.Month, Day: day.Day})
}

func idsOf(boards []bulletin.Source) (out []string) {
	for _, src := range boards {
		out = append(out, src.ID)
	}
	return out
}
