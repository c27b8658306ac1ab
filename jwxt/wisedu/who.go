package wisedu

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// person is what a page tells of who is logged in: the portal's
// userDesktopInfo.json flat, jwapp's currentUser.do in "datas". That the latter
// calls the name userName is a guess.
type person struct {
	HasLogin *bool        `json:"hasLogin"`
	Number   markup.Loose `json:"userId"`
	Name     markup.Loose `json:"userName"`
	Datas    *person      `json:"datas"`
	Msg      markup.Loose `json:"msg"`
}

var number = regexp.MustCompile(`^[0-9A-Za-z]{4,20}$`)

// readPerson reads either page.
func readPerson(op string, p jwxt.Page) (jwxt.Student, error) {
	var who person
	if err := readObject(op, p, &who); err != nil {
		return jwxt.Student{}, err
	}
	if who.HasLogin != nil && !*who.HasLogin {
		return jwxt.Student{}, ended(op, "the portal knows nobody")
	}
	msg := string(who.Msg)
	if who.Datas != nil {
		who = *who.Datas
	}
	if !number.MatchString(string(who.Number)) {
		return jwxt.Student{}, denied(op, msg, "the page does not tell whose session this is")
	}
	s := jwxt.Student{Number: string(who.Number)}
	if len([]rune(who.Name)) <= 40 {
		s.Name = string(who.Name)
	}
	return s, nil
}

// person asks whose session this is; the zero Student where no page tells.
func (v *visit) person(ctx context.Context, op string) (jwxt.Student, error) {
	r := fetch.Request{URL: "/jsonp/userDesktopInfo.json?type=", AJAX: true, Referer: "/"}
	switch v.who {
	case "none":
		return jwxt.Student{}, nil
	case "homeapp":
		r.URL = v.root + "/sys/homeapp/api/home/currentUser.do"
	}
	p, err := v.Web.Send(ctx, r)
	if err != nil {
		return jwxt.Student{}, driver.Under(op, err)
	}
	if err := v.answered(op, p); err != nil {
		return jwxt.Student{}, err
	}
	return readPerson(op, p)
}

// mine makes sure that rows are the student's own. The 学号 in them need not be
// the number that people log in by, so the first is taken to be his once the
// page that tells who is logged in has said that it is he.
func (v *visit) mine(ctx context.Context, op string, rows []row) error {
	xh, err := owner(op, rows)
	if err != nil {
		return err
	}
	if known := v.Noted(memoXH); xh != "" && known != "" {
		if !strings.EqualFold(xh, known) {
			return v.Another(op)
		}
		return nil
	}
	told := xh
	if v.who != "none" {
		s, err := v.person(ctx, op)
		if err != nil {
			return err
		}
		told = s.Number
	} else if v.alias {
		told = ""
	}
	if err := v.Same(op, told); err != nil {
		return err
	}
	if xh != "" {
		v.Note(memoXH, xh)
	}
	return nil
}

// owner is the 学号 that all rows carry, "" where none does.
func owner(op string, rows []row) (string, error) {
	xh := ""
	for _, m := range rows {
		one := m.text("XH")
		if one != "" && xh != "" && one != xh {
			return "", jwxt.Fail(jwxt.Changed, op, errors.New("the list is of several students"))
		}
		if one != "" {
			xh = one
		}
	}
	return xh, nil
}
