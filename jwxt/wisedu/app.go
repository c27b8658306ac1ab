package wisedu

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

func field(name, value string) fetch.Form { return fetch.Form{{Name: name, Value: value}} }

// query asks an app for rows, and enters it first where another app was used
// last, or where the answer may mean that it was not entered.
func (v *visit) query(ctx context.Context, op string, a app, path string, form fetch.Form) (jwxt.Page, error) {
	entered := v.Noted(memoApp) != a.name
	if entered {
		if err := v.enter(ctx, op, a); err != nil {
			return jwxt.Page{}, err
		}
	}
	p, err := v.post(ctx, a, path, form)
	if !entered && outside(p, err) {
		if err := v.enter(ctx, op, a); err != nil {
			return p, err
		}
		p, err = v.post(ctx, a, path, form)
	}
	switch {
	case barred(p):
		return p, v.barred(ctx, op, p)
	case err != nil:
		return p, driver.Under(op, err)
	}
	return p, v.answered(op, p)
}

func (v *visit) post(ctx context.Context, a app, path string, form fetch.Form) (jwxt.Page, error) {
	return v.Web.Send(ctx, fetch.Request{URL: v.module(a, path), Post: true, AJAX: true, Form: form, Referer: v.index(a)})
}

// outside reports whether an answer is what an app gives to who has not entered
// it, which is what an ended session is given as well.
func outside(p jwxt.Page, err error) bool {
	if err != nil || barred(p) {
		return barred(p)
	}
	return fetch.Location(p) != nil || p.Status == http.StatusOK && !markup.IsJSON(fetch.Text(p))
}

func barred(p jwxt.Page) bool {
	return p.Status == http.StatusUnauthorized || p.Status == http.StatusForbidden
}

// barred is the error of a list that is refused although its app was entered.
// An app that gave its cookie knows who asks. Of one that gave none, the page
// that tells who is logged in is asked.
func (v *visit) barred(ctx context.Context, op string, p jwxt.Page) error {
	switch {
	case v.welcome && p.Status == http.StatusForbidden:
		return jwxt.Fail(jwxt.Blocked, op, errors.New("status 403 from within the app"))
	case v.welcome || v.who == "none":
		return ended(op, fmt.Sprintf("status %d", p.Status))
	}
	if _, err := v.person(ctx, op); err != nil {
		return err
	}
	return driver.Unread(op, "", "the way into the app gives no cookie for it")
}

// answered is the error that the head of an answer tells.
func (v *visit) answered(op string, p jwxt.Page) error {
	to := fetch.Location(p)
	switch {
	case to != nil && v.away(to):
		return ended(op, "redirected to a login")
	case p.Status == http.StatusUnauthorized:
		return ended(op, "status 401")
	case p.Status != http.StatusOK:
		return driver.Unread(op, "", fmt.Sprintf("status %d", p.Status))
	}
	return nil
}

// cookieApp is for the app entered last, and new with each entry.
const cookieApp = "_WEU"

// enter opens an app, which sets the cookies its lists want.
func (v *visit) enter(ctx context.Context, op string, a app) error {
	v.Note(memoApp, "")
	before := v.Cookie(cookieApp)
	p, err := v.Web.Get(ctx, v.way(a), v.root)
	if err == nil {
		p, _, err = v.Web.Follow(ctx, p, v.away)
	}
	if err != nil {
		return driver.Under(op, err)
	}
	if err := v.answered(op, p); err != nil {
		return err
	}
	v.welcome = v.Cookie(cookieApp) != before
	return v.entered(op, a, p)
}

// entered makes sure that a page is an app's index.
func (v *visit) entered(op string, a app, p jwxt.Page) error {
	text := fetch.Text(p)
	if isLogin(text) {
		return ended(op, "the login page came")
	}
	if !inside(a, p) || len(text) == 0 {
		return denied(op, prose(text), "the way into the app leads elsewhere")
	}
	v.Note(memoApp, a.name)
	return nil
}

// inside reports whether a page is one of an app's.
func inside(a app, p jwxt.Page) bool {
	return p.Status == http.StatusOK && p.URL != nil && strings.Contains(p.URL.Path, "/sys/"+a.name+"/")
}

// term is the code of a term as queries want it: t's, or that of the term which
// the school calls current.
func (v *visit) term(ctx context.Context, op string, t jwxt.Term) (string, error) {
	if v.graduate {
		return "", jwxt.Fail(jwxt.Unsupported, op, nil)
	}
	if !t.IsZero() {
		return t.String(), nil
	}
	p, err := v.query(ctx, op, appTimetable, "jshkcb/"+inTerms, nil)
	if err != nil {
		return "", err
	}
	code, _, err := readTerm(op, p)
	return code, err
}

const inTerms = "dqxnxq"

// readTerm reads which term is current: its code, and the term that is.
func readTerm(op string, p jwxt.Page) (string, jwxt.Term, error) {
	l, err := readList(op, p, inTerms)
	if err != nil {
		return "", jwxt.Term{}, err
	}
	for _, m := range l.Rows {
		if t := termOf(m.text("DM")); !t.IsZero() {
			return m.text("DM"), t, nil
		}
	}
	return "", jwxt.Term{}, driver.Unread(op, "", "the school does not tell the current term")
}
