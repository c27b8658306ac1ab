package miniapp

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"jwxtbot/bot/chat"
	"jwxtbot/jwxt"
)

const (
	// maxCall is the longest call read, in bytes: a form with the longest drag.
	maxCall = 128 << 10
	// maxStart is the longest start read, in bytes: escaped initData.
	maxStart = 2*maxInitData + 1<<10
	// readFor is how long a body may take to arrive.
	readFor = 15 * time.Second
	// pollFor is how long a view waits for something new.
	pollFor = 25 * time.Second
	// writeFor is how long an answer may take to leave.
	writeFor = 30 * time.Second
	// listed is how many schools a search shows.
	listed = 50
)

// refusal is a call that is not done. Its word is all the page is told.
type refusal struct {
	status int
	word   string
}

func (r refusal) Error() string { return "miniapp: " + r.word }

// The refusals. The page has a sentence for each word.
var (
	refusedForged = refusal{http.StatusForbidden, "forged"}          // initData is not Telegram's
	refusedStale  = refusal{http.StatusForbidden, "stale"}           // initData is too old
	refusedUsed   = refusal{http.StatusForbidden, "used"}            // initData was used before
	refusedClosed = refusal{http.StatusUnauthorized, "closed"}       // no ticket, or none that counts
	refusedFast   = refusal{http.StatusTooManyRequests, "fast"}      // more than a person does
	refusedSoon   = refusal{http.StatusServiceUnavailable, "soon"}   // the bot does not serve yet
	refusedFull   = refusal{http.StatusServiceUnavailable, "full"}   // too many pages are open
	refusedBad    = refusal{http.StatusBadRequest, "bad"}            // not what the page sends
	refusedLong   = refusal{http.StatusRequestEntityTooLarge, "bad"} // nor as long
	refusedKind   = refusal{http.StatusUnsupportedMediaType, "bad"}  // nor JSON
	refusedFailed = refusal{http.StatusInternalServerError, "failed"}
)

// call is what a page asks for. An answer of nil is no news.
type call func(ctx context.Context, d Desk, p *pass, body []byte) (any, error)

func (a *App) callRoutes(mux *http.ServeMux) {
	mux.Handle("POST /api/start", a.answer(maxStart, func(*http.Request) (*pass, error) { return nil, nil }, a.start))
	for name, do := range map[string]func(context.Context, Desk, *pass, form) (any, error){
		"view": view, "open": open, "refresh": refresh, "submit": submit, "schools": schools,
	} {
		mux.Handle("POST /api/"+name, a.answer(maxCall, a.ticket, filled(do)))
	}
}

// answer makes a handler of a call. Nothing is read of whom admit refuses, and
// what was read is wiped afterwards: a password may be in it.
func (a *App) answer(limit int64, admit func(*http.Request) (*pass, error), do call) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var out any
		p, err := admit(r)
		if err == nil {
			var body []byte
			body, err = read(w, r, limit)
			defer clear(body)
			if desk := a.desk.Load(); err == nil && desk == nil {
				err = refusedSoon
			} else if err == nil {
				out, err = do(r.Context(), *desk, p, body)
			}
		}
		a.reply(w, r, out, err)
	}
}

// ticket is what a call's ticket is good for.
func (a *App) ticket(r *http.Request) (*pass, error) {
	now := time.Now()
	p := a.tickets.find(r.Header.Get("X-Ticket"), now)
	switch {
	case p == nil:
		return nil, refusedClosed
	case !p.pace.AllowN(now, 1):
		return nil, refusedFast
	}
	return p, nil
}

// read gives a body that is JSON by its header. It is one piece of memory, so
// that it can be wiped.
func read(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return nil, refusedKind
	}
	if r.ContentLength > limit {
		return nil, refusedLong
	}
	size := limit // where a proxy does not tell
	if r.ContentLength >= 0 {
		size = r.ContentLength
	}
	body := make([]byte, size+1)
	n, err := io.ReadFull(r.Body, body)
	switch {
	case err == nil:
		return body, refusedLong
	case err != io.EOF && err != io.ErrUnexpectedEOF, r.ContentLength > int64(n):
		return body, refusedBad
	}
	http.NewResponseController(w).SetReadDeadline(time.Time{}) // it was the body's, which is there
	return body[:n], nil
}

func (a *App) reply(w http.ResponseWriter, r *http.Request, out any, err error) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err == nil && out == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if err != nil {
		why, ok := errors.AsType[refusal](err)
		if !ok {
			why = refusedFailed
			if r.Context().Err() == nil {
				a.log.Error("the login page cannot be served", "err", err)
			}
		}
		w.WriteHeader(why.status)
		out = map[string]string{"error": why.word}
	}
	json.NewEncoder(w).Encode(out) // whoever left is not told
}

// start lets a page in.
func (a *App) start(ctx context.Context, d Desk, _ *pass, body []byte) (any, error) {
	var in struct {
		InitData string `json:"initData"`
		Attempt  string `json:"attempt"`
	}
	if json.Unmarshal(body, &in) != nil || len(in.Attempt) > maxWord {
		return nil, refusedBad
	}
	now := time.Now()
	o, err := readInitData(a.token, in.InitData, now)
	switch {
	case errors.Is(err, errStale):
		return nil, refusedStale
	case err != nil:
		a.log.Warn("a login page was refused", "err", err)
		return nil, refusedForged
	case !a.tickets.mayStart(o.User, now):
		return nil, refusedFast
	}
	if a.tickets.full(now) {
		return nil, refusedFull
	}
	first, err := d.FormAdmit(ctx, o.ID, o.Until)
	if err != nil {
		return nil, err
	}
	if !first {
		return nil, refusedUsed
	}
	return map[string]string{"ticket": a.tickets.issue(o.User, in.Attempt, now)}, nil
}

// form is what a call with a ticket may hold.
type form struct {
	Since    string      `json:"since"`
	Query    string      `json:"query"`
	School   string      `json:"school"`
	Ask      string      `json:"ask"`
	Account  string      `json:"account"`
	Password jwxt.Secret `json:"password"`
	Captcha  string      `json:"captcha"`
	Code     string      `json:"code"`
	Track    jwxt.Track  `json:"track"`
}

// maxWord bounds what is typed into a field, in bytes.
const maxWord = 256

// sound reports whether a page may have sent this.
func (f form) sound() bool {
	for _, s := range []string{f.Since, f.Query, f.School, f.Ask, f.Account, f.Password.Reveal(), f.Captcha, f.Code} {
		if len(s) > maxWord {
			return false
		}
	}
	if f.Track == nil {
		return true
	}
	_, err := jwxt.ParseTrack(f.Track.String())
	return err == nil
}

// filled is a call that takes a form.
func filled(do func(context.Context, Desk, *pass, form) (any, error)) call {
	return func(ctx context.Context, d Desk, p *pass, body []byte) (any, error) {
		var f form
		if json.Unmarshal(body, &f) != nil || !f.sound() {
			return nil, refusedBad
		}
		return do(ctx, d, p, f)
	}
}

// view waits until there is something else to show than the page has.
func view(ctx context.Context, d Desk, p *pass, f form) (any, error) {
	if p.polls.Add(1) > maxPolls {
		p.polls.Add(-1)
		return nil, refusedFast
	}
	defer p.polls.Add(-1)
	late := time.NewTimer(pollFor)
	defer late.Stop()
	for {
		changed, stop := d.FormWatch(p.chat)
		v, err := look(ctx, d, p)
		if err != nil || v.Version != f.Since {
			stop()
			return v, err
		}
		select {
		case <-changed:
			stop()
		case <-late.C:
			stop()
			return nil, nil
		case <-ctx.Done():
			stop()
			return nil, ctx.Err()
		}
	}
}

func open(ctx context.Context, d Desk, p *pass, f form) (any, error) {
	if err := d.FormOpen(ctx, p.chat, p.attempt, f.School, f.Account); err != nil {
		return nil, err
	}
	return look(ctx, d, p)
}

func refresh(ctx context.Context, d Desk, p *pass, f form) (any, error) {
	if err := d.FormRefresh(ctx, p.chat, p.attempt, f.Ask); err != nil {
		return nil, err
	}
	return look(ctx, d, p)
}

func submit(ctx context.Context, d Desk, p *pass, f form) (any, error) {
	err := d.FormSubmit(ctx, p.chat, p.attempt, chat.FormEntry{
		AskID: f.Ask, Account: f.Account, Password: f.Password, Captcha: f.Captcha, Code: f.Code, Track: f.Track,
	})
	if err != nil {
		return nil, err
	}
	return look(ctx, d, p)
}

func schools(_ context.Context, d Desk, _ *pass, f form) (any, error) {
	list := []school{}
	for _, s := range d.FormSchools(f.Query, listed) {
		list = append(list, school{s.ID, s.Name})
	}
	return list, nil
}
