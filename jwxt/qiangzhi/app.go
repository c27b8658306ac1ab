package qiangzhi

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// The API of 强智's own phone app, which some schools have beside the student
// site: one address, a method in the query, JSON in answer. A school is asked
// through it only where its option api says so.
//
// The app sends account and password in the query of a GET. Nothing here
// follows a redirect or sends a Referer, so that no query leaves for another
// place, and [fetch] names no query in an error. Over plain http the school's
// option plain_http must say yes.

const (
	memoToken = "token" // what the API knows the session by
	appOpen   = "app"   // memoForm of an open login
)

// app is a visit at the API.
type app struct {
	*visit
	address string
	weeks   int  // of a term, each of which a timetable asks for
	byTerm  bool // grades of all terms are asked term by term
}

func isApp(s jwxt.School) bool { return s.Options["api"] != "" }

// openApp reads the school's options for the API.
func openApp(op string, c *jwxt.Conn) (*app, error) {
	v := &visit{driver.Open(c, memoForm, memoToken)}
	a := &app{visit: v, address: v.Option("app", "/app.do"), byTerm: v.Option("by_term", "") == "yes"}
	to, err := v.Web.Resolve(a.address)
	if err == nil {
		a.weeks, err = strconv.Atoi(v.Option("weeks", "20"))
	}
	switch {
	case err != nil || a.weeks < 1 || a.weeks > 40:
		return nil, jwxt.Fail(jwxt.Internal, op, errors.New("the school's options app and weeks are a path and a number of weeks"))
	case v.Option("api", "") != "app":
		return nil, jwxt.Fail(jwxt.Internal, op, errors.New(`the school's option api must be "app"`))
	case !a.byTerm && v.Option("by_term", "") != "":
		return nil, jwxt.Fail(jwxt.Internal, op, errors.New(`the school's option by_term must be "yes"`))
	case to.Scheme != "https" && v.Option("plain_http", "") != "yes":
		return nil, jwxt.Fail(jwxt.Internal, op, errors.New("the API would send the password in clear: the school's option plain_http does not allow it"))
	}
	return a, nil
}

// loginApp is Login at the API, which asks no captcha: the school decided so.
// Beginning makes sure that the API answers at all.
func loginApp(ctx context.Context, c *jwxt.Conn, answers jwxt.Answers) (jwxt.Step, error) {
	a, err := openApp(opLogin, c)
	switch {
	case err != nil:
		return nil, err
	case len(answers) > 0 && a.Noted(memoForm) == appOpen:
		return a.answer(ctx, answers)
	case len(answers) > 0:
		return nil, jwxt.Fail(jwxt.Internal, opLogin, errors.New("an answer, but no form is open"))
	}
	a.Drop()
	if _, err := a.send(ctx, opLogin, nil); err != nil {
		return nil, err
	}
	a.Note(memoForm, appOpen)
	return &jwxt.Ask{ID: rand.Text(), Fields: []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword}}, nil
}

// send asks the API with the session's token, if there is one.
func (a *app) send(ctx context.Context, op string, query url.Values) (jwxt.Page, error) {
	address, header := a.address, http.Header{}
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	if token := a.Noted(memoToken); token != "" {
		header.Set("token", token)
	}
	once := query.Has("pwd")
	p, err := a.Web.Send(ctx, fetch.Request{URL: address, AJAX: true, Header: header, Once: once})
	switch {
	case err != nil:
		return p, driver.Under(op, err)
	case p.Status == http.StatusUnauthorized:
		return p, jwxt.Fail(jwxt.Expired, op, errors.New("status 401"))
	case p.Status != http.StatusOK:
		return p, jwxt.Fail(jwxt.Changed, op, fmt.Errorf("the API answers with status %d", p.Status))
	}
	return p, nil
}

// answer sends account and password once.
func (a *app) answer(ctx context.Context, answers jwxt.Answers) (jwxt.Step, error) {
	a.Note(memoForm, "")
	account := strings.TrimSpace(answers[jwxt.FieldAccount])
	p, err := a.send(ctx, opLogin, url.Values{"method": {"authUser"}, "xh": {account}, "pwd": {answers[jwxt.FieldPassword]}})
	if err != nil {
		return nil, err
	}
	who, err := readAuth(p)
	if err != nil {
		return nil, err
	}
	number := who.number()
	if number != "" && !strings.EqualFold(number, account) && a.Option("account", "") != "alias" {
		return nil, a.Another(opLogin)
	}
	if number == "" {
		number = account
	}
	a.Note(memoToken, string(who.Token))
	a.Conn.Session.Student = jwxt.Student{Number: number, Name: who.name()}
	if _, err := a.terms(ctx, opLogin); err != nil { // the token works
		a.Drop()
		return nil, err
	}
	return &jwxt.Done{Student: a.Conn.Session.Student}, nil
}

// rows asks for the student's own rows by a method, with further fields by
// pairs. The API would answer for any 学号; only his is ever sent.
func (a *app) rows(ctx context.Context, op, method string, more ...string) ([]gradeItem, error) {
	if a.Noted(memoToken) == "" || outlived(a.Noted(memoToken), time.Now()) {
		return nil, jwxt.Fail(jwxt.Expired, op, errors.New("no token, or one that has aged out"))
	}
	query := url.Values{"method": {method}, "xh": {a.Conn.Session.Student.Number}}
	for i := 0; i < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	p, err := a.send(ctx, op, query)
	if err != nil {
		return nil, err
	}
	rows, err := readRows(op, p)
	if err != nil {
		return nil, err
	}
	return rows, a.own(op, rows)
}

// own makes sure that rows which tell a 学号 tell the student's. Where people log
// in by something else, theirs need not be known.
func (a *app) own(op string, rows []gradeItem) error {
	if a.Option("account", "") == "alias" {
		return nil
	}
	for _, m := range rows {
		if err := a.Same(op, m.first("xh")); err != nil {
			return err
		}
	}
	return nil
}

// outlived reports whether a token is a JWT whose time is over; of a token of
// another kind only the school knows.
func outlived(token string, now time.Time) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	body, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	var claims struct {
		Exp int64 `json:"exp"`
	}
	return err == nil && json.Unmarshal(body, &claims) == nil && claims.Exp > 0 && now.Unix() >= claims.Exp
}

// keepAliveApp asks for the list of terms, the shortest of all answers.
func keepAliveApp(ctx context.Context, c *jwxt.Conn) error {
	const op = "qiangzhi: keep alive"
	_, err := driver.Read(c, func() ([]appTerm, error) {
		a, err := openApp(op, c)
		if err != nil {
			return nil, err
		}
		return a.terms(ctx, op)
	})
	return err
}

// logoutApp forgets the session. No way to end it at the school is known; a
// token ages out.
func logoutApp(c *jwxt.Conn) error {
	v := driver.Open(c, memoForm, memoToken)
	v.Drop()
	return nil
}

// notInApp is the error of what the API does not have.
func notInApp(op string) error {
	return jwxt.Fail(jwxt.Unsupported, op, errors.New("the API of the phone app has none"))
}
