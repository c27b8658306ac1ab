package kingosoft

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// whoTerm is the memo jspWho of a build whose only page about the student is
// the one about the present term. It knows the system's own number alone.
const whoTerm = "term"

// identity is what a page says about who is logged in.
type identity struct {
	Number string    `json:"number,omitempty"` // 学号
	Name   string    `json:"name,omitempty"`
	Code   string    `json:"code,omitempty"` // the system's own number
	Now    jwxt.Term `json:"now,omitzero"`   // the present term
}

// identify asks who is logged in.
func (v *jspVisit) identify(ctx context.Context, op string) (identity, error) {
	r := fetch.Request{URL: v.path("/frame/home/js/SetMainInfo.jsp")}
	if v.Noted(jspWho) == whoTerm {
		r = fetch.Request{URL: v.path("/jw/common/showYearTerm.action"), AJAX: true}
	}
	g, err := v.send(ctx, op, r)
	if err != nil {
		return identity{}, err
	}
	return g.identity(op)
}

// confirm makes sure that the session lives and is the student's own.
func (v *jspVisit) confirm(ctx context.Context, op string) (identity, error) {
	id, err := v.identify(ctx, op)
	if err != nil {
		return id, err
	}
	if code := v.Noted(jspCode); code != "" && id.Code != "" && !strings.EqualFold(id.Code, code) {
		return id, v.Another(op)
	}
	return id, v.Same(op, id.Number)
}

// own makes sure that a page is the student's own by the 学号 on it, or else by
// asking who is logged in. Where people log in by something else, the first 学号
// that is seen must stay the same.
func (v *jspVisit) own(ctx context.Context, op, number string) error {
	mine := []string{v.Conn.Session.Student.Number, v.Noted(jspCode), v.Noted(jspAlias)}
	for _, m := range mine {
		if number != "" && strings.EqualFold(m, number) {
			return nil
		}
	}
	if number != "" && (v.Option("account", "") != "alias" || v.Noted(jspAlias) != "") {
		return v.Another(op)
	}
	if _, err := v.confirm(ctx, op); err != nil {
		return err
	}
	if number != "" {
		v.Note(jspAlias, number)
	}
	return nil
}

// mainInfo are the variables of SetMainInfo.jsp.
var mainInfo = regexp.MustCompile(`\b(_loginid|G_LOGIN_ID|_userName|G_USER_NAME|G_USER_CODE|_currentXn|_currentXq)\s*=\s*['"]([^'"]{1,80})['"]`)

// codeBefore is a number that some builds write before a name.
var codeBefore = regexp.MustCompile(`^\[[^\]]*\]\s*`)

// identity reads the script SetMainInfo.jsp, or the JSON of showYearTerm.action.
func (g *jspPage) identity(op string) (identity, error) {
	id, guest := g.scriptIdentity()
	var term struct{ Xn, XqM, UserCode markup.Loose }
	if json.Unmarshal(g.text, &term) == nil {
		id = identity{Code: string(term.UserCode), Now: jspTermOf(string(term.Xn), string(term.XqM))}
	}
	switch {
	case guest:
		return identity{}, jwxt.Fail(jwxt.Expired, op, errors.New("nobody is logged in"))
	case g.Status != http.StatusOK, id.Number == "" && id.Code == "":
		return identity{}, g.refusedOr(op, "the page does not tell whose session this is")
	}
	return id, nil
}

func (g *jspPage) scriptIdentity() (id identity, guest bool) {
	said := map[string]string{}
	for _, m := range mainInfo.FindAllSubmatch(g.text, 16) {
		said[string(m[1])] = string(m[2])
	}
	if number := cmp.Or(said["_loginid"], said["G_LOGIN_ID"]); pageNumber.MatchString(number) {
		id.Number = number
	}
	name := codeBefore.ReplaceAllString(cmp.Or(said["_userName"], said["G_USER_NAME"]), "")
	if len([]rune(name)) <= 40 {
		id.Name = name
	}
	id.Code = said["G_USER_CODE"]
	id.Now = jspTermOf(said["_currentXn"], said["_currentXq"])
	return id, id.Code == "kingo.guest"
}

// jspTermOf is the term of the system's xn and xq, which are the year it begins
// in and 0, 1 or 2.
func jspTermOf(xn, xq string) jwxt.Term {
	year, err1 := strconv.Atoi(xn)
	part, err2 := strconv.Atoi(xq)
	if err1 != nil || err2 != nil || year < 1900 || year > 2200 || part < 0 || part > 2 {
		return jwxt.Term{}
	}
	return jwxt.Term{Year: year, Part: part + 1}
}

// xnxq are a term's xn and xq.
func xnxq(t jwxt.Term) (xn, xq string) { return strconv.Itoa(t.Year), strconv.Itoa(t.Part - 1) }
