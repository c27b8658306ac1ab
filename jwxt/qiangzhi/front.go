package qiangzhi

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"jwxtbot/jwxt"
)

// Entrance implements [jwxt.Fronted]: sso.jsp, which clients of six schools ask.
// No front leads into the phone app's API.
func (Driver) Entrance(s jwxt.School) (string, error) {
	if isApp(s) {
		return "", jwxt.Fail(jwxt.Internal, opLogin, errors.New("the school's option api does not go with a front"))
	}
	return root(s) + "/sso.jsp", nil
}

// Serves implements [jwxt.Fronted].
func (Driver) Serves(back *url.URL) (map[string]string, bool) {
	root, _, ok := strings.Cut(back.Path, "/sso.jsp")
	switch {
	case !ok:
		return nil, strings.HasPrefix(back.Path, "/jsxsd/")
	case root != "/jsxsd":
		return map[string]string{"root": root}, true
	}
	return nil, true
}

// Arrive implements [jwxt.Fronted]: as after a login of the system's own.
func (Driver) Arrive(ctx context.Context, c *jwxt.Conn, landed jwxt.Page, account string) (jwxt.Student, error) {
	if _, err := open(c).arrive(ctx, readPage(landed), account); err != nil {
		return jwxt.Student{}, err
	}
	return c.Session.Student, nil
}
