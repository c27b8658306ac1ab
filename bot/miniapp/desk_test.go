package miniapp_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"sync"
	"time"

	"jwxtbot/bot/chat"
	"jwxtbot/jwxt"
)

// desk is a chat that a test writes by hand, and that notes what the page did.
type desk struct {
	mu       sync.Mutex
	views    map[string]chat.FormView // by attempt, of chat 1001
	admitted map[string]time.Time
	did      []did
	react    func(d *desk, what did) // with mu held; nil: nothing comes of it
	watchers map[chan struct{}]bool
	list     []jwxt.School
	fail     error
}

// did is a call that reached the chat.
type did struct {
	What    string
	Chat    int64
	Attempt string
	School  string
	Account string
	Entry   chat.FormEntry
}

const attempt = "a1"

// newDesk is a chat with one attempt, which has not got a school yet.
func newDesk() *desk {
	return &desk{
		views:    map[string]chat.FormView{attempt: {Lang: "zh", Stage: chat.FormChoose}},
		admitted: map[string]time.Time{}, watchers: map[chan struct{}]bool{},
		list: []jwxt.School{{ID: "donghu", Name: "东湖示范大学"}, {ID: "xishan", Name: "西山师范学院"}},
	}
}

// show changes what the page is to show.
func (d *desk) show(v chat.FormView) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.put(v)
}

func (d *desk) put(v chat.FormView) {
	d.views[attempt] = v
	for w := range d.watchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

func (d *desk) done() []did {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]did(nil), d.did...)
}

func (d *desk) note(what did) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return d.fail
	}
	d.did = append(d.did, what)
	if d.react != nil {
		d.react(d, what)
	}
	return nil
}

func (d *desk) FormAdmit(_ context.Context, opening string, until time.Time) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, used := d.admitted[opening]
	d.admitted[opening] = until
	return !used, d.fail
}

func (d *desk) FormView(_ context.Context, c int64, attempt string) (chat.FormView, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	v, ok := d.views[attempt]
	if !ok || c != 1001 {
		v = chat.FormView{Lang: "zh", Stage: chat.FormOver}
	}
	return v, d.fail
}

func (d *desk) FormOpen(_ context.Context, c int64, attempt, school, account string) error {
	return d.note(did{What: "open", Chat: c, Attempt: attempt, School: school, Account: account})
}

func (d *desk) FormRefresh(_ context.Context, c int64, attempt, ask string) error {
	return d.note(did{What: "refresh", Chat: c, Attempt: attempt, Entry: chat.FormEntry{AskID: ask}})
}

func (d *desk) FormSubmit(_ context.Context, c int64, attempt string, e chat.FormEntry) error {
	return d.note(did{What: "submit", Chat: c, Attempt: attempt, Entry: e})
}

func (d *desk) FormWatch(int64) (<-chan struct{}, func()) {
	w := make(chan struct{}, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watchers[w] = true
	return w, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.watchers, w)
	}
}

func (d *desk) FormSchools(query string, limit int) []jwxt.School {
	var found []jwxt.School
	for _, s := range d.list {
		if query == "" || bytes.Contains([]byte(s.Name), []byte(query)) {
			found = append(found, s)
		}
	}
	return found[:min(len(found), limit)]
}

// filling is a form with a captcha, each with another picture.
func filling(ask string) chat.FormView {
	return chat.FormView{
		Lang: "zh", Stage: chat.FormFilling, School: "donghu", Name: "东湖示范大学", AskID: ask,
		Fields: []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword, jwxt.FieldCaptcha},
		Image:  drawn(90, 34, func(x, y int) color.Color { return color.RGBA{uint8(2 * x), uint8(6 * y), ask[len(ask)-1], 255} }),
	}
}

// gap is where the piece of puzzled fits.
const gap = 137

// puzzled is a form with a slider: a piece of 50×50 at 40 from the top.
func puzzled(ask string) chat.FormView {
	v := filling(ask)
	v.Fields = []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword, jwxt.FieldDrag}
	meadow := func(x, y int) color.Color { return color.RGBA{uint8(60 + x/3), uint8(150 - y/3), uint8(90 + y/2), 255} }
	v.Image = drawn(300, 150, func(x, y int) color.Color {
		if image.Pt(x, y).In(image.Rect(gap, 40, gap+50, 90)) {
			return color.RGBA{30, 50, 40, 255}
		}
		return meadow(x, y)
	})
	v.Puzzle = &jwxt.Puzzle{Top: 40, Piece: drawn(50, 50, func(x, y int) color.Color { return meadow(x+gap, y+40) })}
	return v
}

func drawn(w, h int, at func(x, y int) color.Color) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, at(x, y))
		}
	}
	var b bytes.Buffer
	png.Encode(&b, img)
	return b.Bytes()
}
