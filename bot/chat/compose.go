package chat

import (
	"slices"
	"strings"
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
)

// beijing is the one time zone of all schools served.
var beijing = time.FixedZone("CST", 8*60*60)

// show puts sentences, buttons and a picture on screen.
func (w *writer) show(s dialogue.Show) error {
	data := w.data(s)
	if slices.Contains(s.Say, "privacy.show") {
		if err := w.aboutStored(&data); err != nil {
			return err
		}
	}
	it := msg.Item{Op: msg.Show, Slot: string(s.Slot), Message: s.Message}
	var text []string
	for _, key := range s.Say {
		text = append(text, say.Text(w.lang(), key, data))
	}
	it.Body.Text = strings.Join(text, "\n\n")
	it.Body.Photo = s.Picture
	it.Body.Buttons = append(w.schoolButtons(s), w.buttons(s.Buttons)...)
	switch s.Mode {
	case dialogue.Replace:
		if err := w.add(msg.Item{Op: msg.Close, Slot: it.Slot}); err != nil {
			return err
		}
		it.Op = msg.Send
	case dialogue.Fresh:
		it.Op = msg.Send
	}
	return w.add(it)
}

func (w *writer) lang() say.Lang { return say.Lang(w.rec.State.Lang) }

func (w *writer) plain(key string) string { return say.Plain(w.lang(), key, w.data(dialogue.Show{})) }

func (w *writer) buttons(rows [][]dialogue.Button) (out [][]msg.Button) {
	for _, row := range rows {
		var bs []msg.Button
		for _, b := range row {
			button := msg.Button{Text: w.plain(b.Key), Data: b.Data}
			if b.Page != "" {
				button.WebApp = w.FormURL + "?a=" + b.Page
			}
			bs = append(bs, button)
		}
		out = append(out, bs)
	}
	return out
}

// schoolButtons offers schools: those found, or a page of the list with its
// neighbours.
func (w *writer) schoolButtons(s dialogue.Show) (out [][]msg.Button) {
	for _, id := range s.Offer {
		if school, ok := w.Schools.School(id); ok {
			out = append(out, schoolButton(school))
		}
	}
	if s.Schools == 0 {
		return out
	}
	page, n, pages := w.Schools.Page(s.Schools)
	for _, school := range page {
		out = append(out, schoolButton(school))
	}
	return append(out, w.pager(n, pages, func(n int) string { return "schools:" + itoa(n) })...)
}

func schoolButton(s jwxt.School) []msg.Button {
	return []msg.Button{{Text: s.Name, Data: "school:" + s.ID}}
}

// pager is a row of buttons to the pages beside this one; none where there are none.
func (w *writer) pager(n, pages int, data func(int) string) [][]msg.Button {
	var row []msg.Button
	if n > 1 {
		row = append(row, msg.Button{Text: w.plain("btn.prev"), Data: data(n - 1)})
	}
	if n < pages {
		row = append(row, msg.Button{Text: w.plain("btn.next"), Data: data(n + 1)})
	}
	if row == nil {
		return nil
	}
	return [][]msg.Button{row}
}

// data is what sentences may speak of now.
func (w *writer) data(s dialogue.Show) say.Data {
	st := w.rec.State
	_, number, pages := w.Schools.Page(s.Schools)
	d := say.Data{
		Bot: w.Bot, Boards: w.Boards != nil, Query: s.Query, Account: st.Account,
		Schools: w.Schools.Len(), Page: number, Pages: pages,
		Count: s.N, Ahead: w.event.Ahead, TriesLeft: -1,
		Hours: int(w.Limits.Idle.Hours()), Days: int(w.Limits.Absolute.Hours() / 24),
		Minutes: int(w.Limits.Captcha.Minutes()), Op: w.op(),
	}
	w.aboutSchool(&d)
	if l := st.Login; l != nil {
		d.LoggedIn, d.Student, d.Number, d.Account = true, l.Student.Name, l.Student.Number, l.Account
		d.Since = l.Since.In(beijing)
		d.IdleUntil = l.Used.Add(w.Limits.Idle).In(beijing)
		d.AbsoluteUntil = l.Since.Add(w.Limits.Absolute).In(beijing)
	}
	if st.Place() != dialogue.Idle && st.Place() != dialogue.Reading {
		d.Account = st.Account
	}
	if st.Want != nil {
		d.Want = string(st.Want.What)
	}
	if f := s.Failure; f != nil {
		d.Said, d.ID, d.TriesLeft = f.Said, f.ID, f.TriesLeft
		d.Minutes = f.Minutes
	}
	return d
}

// aboutSchool names the school that the chat is busy with: that of the login
// under way, else that of the session, else that of the job.
func (w *writer) aboutSchool(d *say.Data) {
	st := w.rec.State
	id := st.School
	if p := st.Place(); st.Login != nil && (p == dialogue.Idle || p == dialogue.Reading || id == "") {
		id = st.Login.School
	}
	if id == "" {
		id = w.event.School
	}
	if id == "" {
		id = w.Schools.Only()
	}
	if school, ok := w.Schools.School(id); ok {
		d.School, d.URL = school.Name, school.BaseURL
	}
}

// op is what a failure failed at.
func (w *writer) op() string {
	switch w.event.Kind {
	case dialogue.OpenFailed, dialogue.LoginFailed:
		return "login"
	case dialogue.LoggedOut:
		return "logout"
	case dialogue.ReadFailed, dialogue.Woke:
		if w.rec.State.Want != nil {
			return string(w.rec.State.Want.What)
		}
	}
	return ""
}
