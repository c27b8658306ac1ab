package kingosoft

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// jsp is the newer system.
type jsp struct{}

func (jsp) options() map[string][]string {
	return map[string][]string{
		"root": nil, "menu": nil, "login": {"plain"}, "captcha": {"none", "always"}, "params": {"encrypted"},
		"grades": {"original"}, "timetable": {"grid"}, "exams": {"date"}, "account": {"alias"},
	}
}

// The keys of Session.Memo.
const (
	jspForm  = "form"  // the open login form
	jspWho   = "who"   // what tells whose session it is, where it is not the usual page
	jspCode  = "code"  // the system's own number of the student
	jspAlias = "alias" // the 学号 on the student's pages, where it is another than at the login
	jspNow   = "now"   // the term that was the present one at the login
	jspQuery = "query" // what the page before the grades wants sent
)

// jspVisit is one call.
type jspVisit struct{ driver.Visit }

func openJSP(c *jwxt.Conn) *jspVisit {
	return &jspVisit{driver.Open(c, jspForm, jspWho, jspCode, jspAlias, jspNow, jspQuery)}
}

// path is an address below the site's root.
func (v *jspVisit) path(p string) string { return strings.TrimSuffix(v.Option("root", ""), "/") + p }

// send makes one request for a page behind the login.
func (v *jspVisit) send(ctx context.Context, op string, r fetch.Request) (*jspPage, error) {
	if r.Referer == "" {
		r.Referer = v.path("/frame/homes.html")
	}
	p, err := v.Web.Send(ctx, r)
	if err != nil {
		return nil, driver.Under(op, err)
	}
	from := p.URL
	p, _, err = v.Web.Follow(ctx, p, func(to *url.URL) bool { return leadsAway(from, to) })
	if err != nil {
		return nil, driver.Under(op, err)
	}
	g := readJSP(p)
	return g, g.ended(op)
}

// leadsAway reports whether a redirect is an answer by itself: to a login, here
// or on another host, or to the page of errors.
func leadsAway(from, to *url.URL) bool {
	return to.Hostname() != from.Hostname() || strings.Contains(to.Path, "/cas/") ||
		strings.Contains(strings.ToLower(to.Path), "login") || isErrorPage(to)
}

func isErrorPage(to *url.URL) bool { return strings.Contains(to.Path, "/frame/errors/") }

// ended is the error by which the head of an answer refuses, or nil.
func (g *jspPage) ended(op string) error {
	to := fetch.Location(g.Page)
	switch {
	case to != nil && isErrorPage(to) && to.Hostname() == g.URL.Hostname():
		return sentAway(op, to)
	case to != nil && leadsAway(g.URL, to), g.Status == http.StatusUnauthorized:
		return jwxt.Fail(jwxt.Expired, op, errors.New("redirected to a login"))
	}
	return nil
}

// sentAway is the error of the page of errors, whose address carries a
// sentence. One that is not known is a rate limit's, which is what that page
// was seen for.
func sentAway(op string, to *url.URL) error {
	said := bounded(errorMessage(to))
	if err := jspSpoken(op, said); err != nil {
		return err
	}
	return jwxt.Refuse(jwxt.Blocked, op, said)
}

// KeepAlive implements [jwxt.Keeper]: the request that tells whose session it is.
func (jsp) KeepAlive(ctx context.Context, c *jwxt.Conn) error {
	_, err := driver.Read(c, func() (identity, error) { return openJSP(c).confirm(ctx, "kingosoft: keep alive") })
	return err
}

// Grades implements [jwxt.GradeReader]. It costs one request. The first after a
// login costs one more for what the form before the list wants sent, a list that
// does not say whose it is one more to make sure, and a school of encrypted
// parameters one more for the key.
func (jsp) Grades(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Transcript, error) {
	return driver.Read(c, func() (jwxt.Transcript, error) { return openJSP(c).grades(ctx, t) })
}

// Timetable implements [jwxt.TimetableReader]. It costs two requests, the first
// of which tells whose session it is and which term is the present one.
func (jsp) Timetable(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Timetable, error) {
	return driver.Read(c, func() (jwxt.Timetable, error) { return openJSP(c).timetable(ctx, t) })
}

// Exams implements [jwxt.ExamReader]. It costs two requests and one for each
// round of examinations that the term has.
func (jsp) Exams(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.ExamList, error) {
	return driver.Read(c, func() (jwxt.ExamList, error) { return openJSP(c).exams(ctx, t) })
}
