package jwxttest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
)

// Campus puts a simulated school under the suite's orders, which concern one
// account of it. It is a School and a Slider.
type Campus struct {
	*campus.School
	Number string // of the account
}

// Captcha implements School.
func (c Campus) Captcha(picture []byte) (string, bool) {
	sum := sha256.Sum256(picture)
	return c.School.Captcha(hex.EncodeToString(sum[:]))
}

// Gap implements Slider.
func (c Campus) Gap(board []byte) (int, bool) {
	text, ok := c.Captcha(board)
	n, err := strconv.Atoi(text)
	return n, ok && err == nil
}

// account is the account whose number it is.
func (c Campus) account() campus.Account {
	for _, a := range c.Accounts() {
		if a.Number == c.Number {
			return a
		}
	}
	return campus.Account{Number: c.Number}
}

// Lessons implements Planner, as Exams does.
func (c Campus) Lessons(t jwxt.Term) []jwxt.Lesson { return c.account().Lessons(t) }
func (c Campus) Exams(t jwxt.Term) []jwxt.Exam     { return c.account().Exams(t) }

// Answers are right ones to what a school asks.
func (c Campus) Answers(ask *jwxt.Ask) jwxt.Answers {
	a := jwxt.Answers{jwxt.FieldAccount: c.Number, jwxt.FieldPassword: c.account().Password}
	if ask.Puzzle != nil {
		gap, _ := c.Gap(ask.Image)
		a[jwxt.FieldDrag] = drag(gap).String()
	} else if len(ask.Image) > 0 {
		a[jwxt.FieldCaptcha], _ = c.Captcha(ask.Image)
	}
	return a
}

// Expire implements School, as all below do.
func (c Campus) Expire()   { c.School.Expire(c.Number) }
func (c Campus) Kick()     { c.School.Kick(c.Number) }
func (c Campus) Rotate()   { c.RotateCookies(c.Number) }
func (c Campus) Lock()     { c.School.Lock(c.Number) }
func (c Campus) Evaluate() { c.SetGate(c.Number, campus.GateEvaluate) }
func (c Campus) Shut()     { c.SetGate(c.Number, campus.GateClosed) }
func (c Campus) Forget()   { c.School.ExpireFront(c.Number) }
func (c Campus) Empty()    { c.SetGate(c.Number, campus.GateEmpty) }

// InProcess is a connection to a handler without a network.
func InProcess(h http.Handler) jwxt.Doer { return inProcess{h} }

type inProcess struct{ handler http.Handler }

func (p inProcess) Do(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	p.handler.ServeHTTP(rec, r)
	res := rec.Result()
	res.Request = r
	return res, nil
}
