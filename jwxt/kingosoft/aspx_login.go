package kingosoft

import (
	"context"
	"errors"

	"jwxtbot/jwxt"
)

// aspx is the older system.
type aspx struct{}

func (aspx) options() map[string][]string { return map[string][]string{} }

// Login implements [jwxt.Driver].
func (aspx) Login(context.Context, *jwxt.Conn, jwxt.Answers) (jwxt.Step, error) {
	return nil, jwxt.Fail(jwxt.Unsupported, "kingosoft: login", errors.New("not spoken yet"))
}

// Pages implements [jwxt.PageParser].
func (aspx) Pages() []string { return nil }

// ParsePage implements [jwxt.PageParser].
func (aspx) ParsePage(string, jwxt.Page) (any, error) { return nil, nil }
