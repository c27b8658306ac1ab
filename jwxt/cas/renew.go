package cas

import (
	"context"
	"errors"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
)

// Renew implements [jwxt.Renewer]: it goes in by the entrance with the cookies
// of the front, which leads back whom it remembers and shows its login page to
// whom it does not. Whatever fails leaves the session as it was, but for one that
// turns out to be another student's.
func (w front) Renew(ctx context.Context, c *jwxt.Conn) error {
	v, err := w.open(opRenew, c)
	if err != nil {
		return err
	}
	if c.Session.Empty() {
		return jwxt.Fail(jwxt.Expired, opRenew, errors.New("nothing is held"))
	}
	before := c.Session.Clone()
	err = v.renew(ctx, before.Student)
	if err != nil && !errors.Is(err, jwxt.ErrOtherStudent) {
		c.Session = before
	}
	return err
}

// renew goes in as whom the front remembers. He must be the one of before, as far
// as the system names him: a vendor may not compare him with the account.
func (v *visit) renew(ctx context.Context, before jwxt.Student) error {
	landed, err := v.lead(ctx, opRenew)
	if err != nil {
		return err
	}
	if v.atFront(landed.URL) {
		return v.forgotten(readPage(landed))
	}
	now, err := v.inner.Arrive(ctx, v.Conn, landed, before.Number)
	switch {
	case err != nil:
		return err
	case now.Number == "":
		v.Conn.Session.Student = before
	case before.Number != "" && !strings.EqualFold(now.Number, before.Number):
		v.Conn.Session = jwxt.Session{}
		return jwxt.Fail(jwxt.KickedOut, opRenew, jwxt.ErrOtherStudent)
	}
	return nil
}

// forgotten is what it means that the front let nobody through.
func (v *visit) forgotten(g *page) error {
	if v.isSecond(g.URL) || g.loginForm(v.kind) != nil {
		return jwxt.Fail(jwxt.Expired, opRenew, errors.New("the front asks to log in"))
	}
	return spokenOr(opRenew, g, "this is no login page of the front")
}

// Logout implements [jwxt.LogoutCaller]: at the front, which else would let the
// next who has its cookies in, and at the system. Here all is forgotten even if
// neither answers.
func (w front) Logout(ctx context.Context, c *jwxt.Conn) error {
	v, err := w.open(opLogout, c)
	if err != nil {
		return err
	}
	_, err = v.Web.Get(ctx, v.at("logout"), "")
	if err != nil {
		err = driver.Under(opLogout, err)
	}
	if inner, ok := jwxt.As[jwxt.LogoutCaller](w.inner); ok {
		if bad := inner.Logout(ctx, c); err == nil {
			err = bad
		}
	}
	c.Session = jwxt.Session{}
	return err
}
