package supwisdom

import (
	"context"
	"net/url"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

// Entrance implements [jwxt.Fronted]: of EAMS what clients of three schools ask,
// of EAMS5 what one asks.
func (Driver) Entrance(school jwxt.School) (string, error) {
	s, err := settingsOf(school)
	if s.eams5 {
		return s.root + "/sso-login", err
	}
	return s.root + "/sso/login.action", err
}

// Serves implements [jwxt.Fronted].
func (Driver) Serves(back *url.URL) (map[string]string, bool) {
	if root, _, ok := strings.Cut(back.Path, "/sso/login.action"); ok {
		options := map[string]string{"variant": "eams"}
		unusual(options, "root", root, "/eams")
		return options, true
	}
	root, _, ok := strings.Cut(back.Path, "/sso-login")
	options := map[string]string{"variant": "eams5"}
	unusual(options, "root", root, "/student")
	return options, ok
}

// Arrive implements [jwxt.Fronted]: as after a login of the system's own.
func (Driver) Arrive(ctx context.Context, c *jwxt.Conn, landed jwxt.Page, account string) (jwxt.Student, error) {
	v, err := open(opLogin, c)
	if err != nil {
		return jwxt.Student{}, err
	}
	if v.eams5 {
		_, err = v.arrive5(ctx, account)
	} else {
		_, err = v.landed(ctx, landed, account)
	}
	if err != nil {
		return jwxt.Student{}, err
	}
	return c.Session.Student, nil
}

// landed is arrive for where a front has led: an older login may have been
// ended, which the first page tells.
func (v *visit) landed(ctx context.Context, landed jwxt.Page, account string) (jwxt.Step, error) {
	g := readPage(landed)
	if g.endedOther() {
		var err error
		if g, err = v.through(ctx, opLogin, g, fetch.Request{URL: v.path(v.home())}, nil); err != nil {
			return nil, err
		}
	}
	return v.arrive(ctx, g, account)
}
