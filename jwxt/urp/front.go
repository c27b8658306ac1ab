package urp

import (
	"context"
	"errors"
	"net/url"

	"jwxtbot/jwxt"
)

// Entrance implements [jwxt.Fronted]. No usual one is known.
func (Driver) Entrance(jwxt.School) (string, error) {
	return "", errors.New("the front's option entrance is required: no usual one of this vendor is known")
}

// Serves implements [jwxt.Fronted].
func (Driver) Serves(*url.URL) (map[string]string, bool) { return nil, false }

// Arrive implements [jwxt.Fronted]: as after a login of the system's own, which
// the student's record tells.
func (Driver) Arrive(ctx context.Context, c *jwxt.Conn, _ jwxt.Page, account string) (jwxt.Student, error) {
	v, err := open(c)
	if err != nil {
		return jwxt.Student{}, err
	}
	if _, err := v.arrive(ctx, account); err != nil {
		return jwxt.Student{}, err
	}
	return c.Session.Student, nil
}
