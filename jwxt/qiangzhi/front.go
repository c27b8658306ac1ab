package qiangzhi

import (
	"context"

	"jwxtbot/jwxt"
)

// Entrance implements [jwxt.Fronted]: sso.jsp, which clients of six schools ask.
func (Driver) Entrance(s jwxt.School) (string, error) { return root(s) + "/sso.jsp", nil }

// Arrive implements [jwxt.Fronted]: as after a login of the system's own.
func (Driver) Arrive(ctx context.Context, c *jwxt.Conn, landed jwxt.Page, account string) (jwxt.Student, error) {
	if _, err := open(c).arrive(ctx, readPage(landed), account); err != nil {
		return jwxt.Student{}, err
	}
	return c.Session.Student, nil
}
