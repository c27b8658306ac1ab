package wisedu

import (
	"context"
	"net/url"
	"strings"

	"jwxtbot/jwxt"
)

// Entrance implements [jwxt.Fronted].
func (Driver) Entrance(school jwxt.School) (string, error) {
	s, err := settingsOf(school)
	if err != nil {
		return "", jwxt.Fail(jwxt.Internal, opLogin, err)
	}
	return s.entrance, nil
}

// Serves implements [jwxt.Fronted]: the portal's way into an app, or an app.
func (Driver) Serves(back *url.URL) (map[string]string, bool) {
	switch {
	case strings.Contains(back.Path, "/gsapp/"):
		return map[string]string{"system": "gsapp"}, true
	case strings.Contains(back.Path, "/jwapp/"):
		return nil, true
	}
	return nil, strings.HasSuffix(back.Path, "/appShow")
}

// Arrive implements [jwxt.Fronted]. It costs the request that tells who has
// come, and the way into the grade app where the front did not lead there.
func (Driver) Arrive(ctx context.Context, c *jwxt.Conn, landed jwxt.Page, account string) (jwxt.Student, error) {
	v, err := open(opLogin, c)
	if err != nil {
		return jwxt.Student{}, err
	}
	account = strings.TrimSpace(account)
	if before := c.Session.Student.Number; before == "" || before != account {
		v.Note(memoXH, "") // a renewed session must go on with rows of the same 学号
	}
	c.Session.Student = jwxt.Student{}
	if a := v.grades(); !inside(a, landed) || v.entered(opLogin, a, landed) != nil {
		if err := v.enter(ctx, opLogin, a); err != nil {
			return jwxt.Student{}, err
		}
	}
	s, err := v.person(ctx, opLogin)
	if err != nil {
		return jwxt.Student{}, err
	}
	if s.Number == "" {
		s.Number = account
	}
	if !v.alias && !strings.EqualFold(s.Number, account) {
		return jwxt.Student{}, v.Another(opLogin)
	}
	c.Session.Student = s
	return s, nil
}

// KeepAlive implements [jwxt.Keeper]: the grade app's index, which renews the
// cookies of the apps, and the page that tells whose session it is, which keeps
// the portal's.
func (Driver) KeepAlive(ctx context.Context, c *jwxt.Conn) error {
	const op = "wisedu: keep alive"
	_, err := reading(op, c, func(v *visit) (jwxt.Student, error) {
		if err := v.enter(ctx, op, v.grades()); err != nil {
			return jwxt.Student{}, err
		}
		s, err := v.person(ctx, op)
		if err == nil {
			err = v.Same(op, s.Number)
		}
		return s, err
	})
	return err
}

// NeedsFront tells that a school of this vendor must have a front.
func (Driver) NeedsFront() bool { return true }
