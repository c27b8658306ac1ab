package jwglxt

import (
	"context"
	"net/url"
	"strings"

	"jwxtbot/jwxt"
)

// Entrance implements [jwxt.Fronted]: jasiglogin at the root of the host, beside
// the system. Some schools have it with the system's name after it.
func (Driver) Entrance(jwxt.School) (string, error) { return "/sso/jasiglogin", nil }

// Serves implements [jwxt.Fronted].
func (Driver) Serves(back *url.URL) (map[string]string, bool) {
	return nil, strings.HasPrefix(back.Path, "/sso/jasiglogin") || strings.HasPrefix(back.Path, "/jwglxt/")
}

// Arrive implements [jwxt.Fronted]: as after a login of the system's own.
func (Driver) Arrive(ctx context.Context, c *jwxt.Conn, landed jwxt.Page, account string) (jwxt.Student, error) {
	if _, err := open(c).arrive(ctx, readPage(landed), account); err != nil {
		return jwxt.Student{}, err
	}
	return c.Session.Student, nil
}
