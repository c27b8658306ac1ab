package chat

import (
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/render"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
	"jwxtbot/store"
)

// viewFor is how long an answer can be paged through.
const viewFor = time.Hour

// view is what was read, kept for paging. A chat has one of each kind.
type view struct {
	ID         string             `json:"id"` // in the buttons of its pages
	School     string             `json:"school"`
	Student    string             `json:"student,omitempty"`
	Want       dialogue.Want      `json:"want"`
	Read       time.Time          `json:"read"`
	Transcript *jwxt.Transcript   `json:"transcript,omitempty"`
	Notices    *jwxt.NoticePage   `json:"notices,omitempty"`
	Detail     *jwxt.NoticeDetail `json:"detail,omitempty"`
}

// views are the rows "view/<chat>/<what>".
type views struct{ table store.Table[view] }

func newViews(box store.Box) views { return views{store.NewTable[view]("view/", 1, box)} }

func viewID(chat int64, what dialogue.What) string { return chatID(chat) + "/" + string(what) }

// get is a kept view, or nil. It ends at its time even if no sweep came by.
func (v views) get(tx store.Tx, chat int64, what dialogue.What, now time.Time) (*view, error) {
	out, err := v.table.Get(tx, viewID(chat, what))
	switch {
	case store.Missing(err), err == nil && (now.Sub(out.Read) > viewFor || !out.holds(what)):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &out, nil
}

// holds reports whether v has what its pages are made of. A row of another
// version of this program may not.
func (v *view) holds(what dialogue.What) bool {
	switch what {
	case dialogue.Grades:
		return v.Transcript != nil
	case dialogue.Notices:
		return v.Notices != nil
	}
	return v.Detail != nil
}

// drawn reports whether pages of v are pictures.
func (v *view) drawn() bool { return v.Transcript != nil && len(v.Transcript.Pictures) > 0 }

// drop deletes a chat's views, their deadlines too: those name the chat.
func (v views) drop(tx store.Tx, chat int64) error {
	for _, what := range []dialogue.What{dialogue.Grades, dialogue.Notices, dialogue.Notice} {
		id := viewID(chat, what)
		if err := v.table.PutUntil(tx, id, view{}, time.Time{}); err != nil {
			return err
		}
		if err := v.table.Delete(tx, id); err != nil {
			return err
		}
	}
	return nil
}

// keepView stores what was read.
func (w *writer) keepView(k dialogue.KeepView) error {
	v := view{
		ID: strings.ToLower(rand.Text()[:5]), Want: k.Want, Read: w.now,
		Transcript: k.Transcript, Notices: k.Notices, Detail: k.Detail,
	}
	if l := w.rec.State.Login; l != nil {
		v.Student = l.Student.Name
		if s, ok := w.Schools.School(l.School); ok {
			v.School = s.Name
		}
	}
	w.kept = &v
	return w.views.table.PutUntil(w.tx, viewID(w.chat, k.Want.What), v, w.now.Add(viewFor))
}

// showView shows a page of a kept view; a button of an older one is stale.
func (w *writer) showView(s dialogue.ShowView) error {
	v := w.kept
	if s.View != "" {
		var err error
		if v, err = w.views.get(w.tx, w.chat, s.What, w.now); err != nil {
			return err
		}
	}
	it := msg.Item{Op: msg.Show, Slot: string(dialogue.AnswerSlot)}
	if s.Message != 0 {
		it.Slot, it.Message = "", s.Message
	}
	if v != nil && v.drawn() {
		it.Slot = string(dialogue.AnswerSlot) // the slot knows that its message is a picture
	}
	if v == nil || s.View != "" && s.View != v.ID {
		it = msg.Item{Op: msg.Send}
		it.Body.Text = say.Text(w.lang(), "view.expired", say.Data{})
		return w.add(it)
	}
	body, err := w.page(v, s)
	if err != nil {
		return err
	}
	if it.Body = body; v.drawn() && body.Photo == nil { // a picture's message stays one
		if err := w.add(msg.Item{Op: msg.Close, Slot: it.Slot, Message: it.Message}); err != nil {
			return err
		}
		it.Op, it.Message = msg.Send, 0
	}
	return w.add(it)
}

func (w *writer) page(v *view, s dialogue.ShowView) (msg.Body, error) {
	switch s.What {
	case dialogue.Grades:
		return w.gradePage(v, s.Page), nil
	case dialogue.Notices:
		return w.noticePage(v, s.Page), nil
	default:
		return w.detailPage(v, s.Page)
	}
}

func (w *writer) gradePage(v *view, n int) msg.Body {
	p := render.Grades(w.lang(), *v.Transcript, render.GradeOptions{
		School: v.School, Student: v.Student, Term: v.Want.Term, Page: n, ReadAt: v.Read.In(beijing),
	})
	return msg.Body{Text: p.HTML, Photo: p.Photo, Buttons: w.pager(p.Page, p.Pages, func(n int) string { return pageData("g", v.ID, n) })}
}

// noticePage is one screen of the school's page at hand. Beyond its ends lie
// the school's other pages, which must be read first.
func (w *writer) noticePage(v *view, n int) msg.Body {
	list := render.Notices(w.lang(), *v.Notices, render.NoticeOptions{School: v.School, Page: n})
	body := msg.Body{Text: list.HTML, Buttons: numberButtons(v.ID, list)}
	var row []msg.Button
	switch {
	case list.Page > 1:
		row = append(row, msg.Button{Text: w.plain("btn.prev"), Data: pageData("n", v.ID, list.Page-1)})
	case v.Notices.Page > 1:
		row = append(row, msg.Button{Text: w.plain("btn.prev"), Data: "more:" + itoa(v.Notices.Page-1)})
	}
	switch {
	case list.Page < list.Pages:
		row = append(row, msg.Button{Text: w.plain("btn.next"), Data: pageData("n", v.ID, list.Page+1)})
	case v.Notices.Page < v.Notices.Pages:
		row = append(row, msg.Button{Text: w.plain("btn.next"), Data: "more:" + itoa(v.Notices.Page+1)})
	}
	if row != nil {
		body.Buttons = append(body.Buttons, row)
	}
	return body
}

// numberButtons are the notices' numbers, four in a row.
func numberButtons(view string, list render.NoticeList) (out [][]msg.Button) {
	for four := range slices.Chunk(list.Shown, 4) {
		var row []msg.Button
		for _, i := range four {
			row = append(row, msg.Button{Text: itoa(list.Base + i), Data: pageData("note", view, i+1)})
		}
		out = append(out, row)
	}
	return out
}

func (w *writer) detailPage(v *view, n int) (msg.Body, error) {
	pages := render.Notice(w.lang(), *v.Detail)
	n = min(max(n, 1), len(pages))
	body := msg.Body{Text: pages[n-1]}
	body.Buttons = w.pager(n, len(pages), func(n int) string { return pageData("d", v.ID, n) })
	if link := render.Link(v.Detail.URL); link != "" {
		body.Buttons = append(body.Buttons, []msg.Button{{Text: w.plain("btn.original"), URL: link}})
	}
	list, err := w.views.get(w.tx, w.chat, dialogue.Notices, w.now)
	if err == nil && list != nil {
		back := pageData("n", list.ID, w.screenOf(list, v.Want.Notice))
		body.Buttons = append(body.Buttons, []msg.Button{{Text: w.plain("btn.back"), Data: back}})
	}
	return body, err
}

// screenOf is the screen of a list on which a notice stands.
func (w *writer) screenOf(list *view, notice string) int {
	for n := 1; ; n++ {
		screen := render.Notices(w.lang(), *list.Notices, render.NoticeOptions{Page: n})
		for _, i := range screen.Shown {
			if list.Notices.Notices[i].ID == notice {
				return n
			}
		}
		if n >= screen.Pages {
			return 1
		}
	}
}

// findNotice turns the number that was tapped into the notice's id.
func (w *writer) findNotice() error {
	if w.event.Kind != dialogue.TapNotice {
		return nil
	}
	v, err := w.views.get(w.tx, w.chat, dialogue.Notices, w.now)
	if err != nil {
		return err
	}
	i := w.event.Page - 1
	if v == nil || v.ID != w.event.View || i >= len(v.Notices.Notices) {
		w.event.Kind = dialogue.TapStale
		return nil
	}
	w.event.Notice = v.Notices.Notices[i].ID
	return nil
}

func pageData(op, view string, n int) string { return op + ":" + view + ":" + itoa(n) }

func itoa(n int) string { return strconv.Itoa(n) }
