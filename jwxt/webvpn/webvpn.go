// Package webvpn logs in to a 网瑞达 (wengine) WebVPN before it logs in to the
// school behind it.
//
// # How it works
//
// [Behind] wraps a vendor's driver. Of a school that is reached through a
// WebVPN a login has two parts. First the VPN asks: [Gate] by its own form, or
// a CAS before it, where the driver of the VPN's login is one behind that CAS.
// Then the vendor asks. The person is taken to have one account and one password
// for both. What needs no picture and no code of its own is answered with what
// the VPN was answered, so that many people see one question; otherwise the
// vendor's Ask is the next one, and it names FieldPassword again. Either way the
// password is posted once to the VPN and once to the school.
//
// All else is the vendor's own: a [fetch.Browser] goes through the VPN by
// itself. A VPN that has logged the person out ends the session (Expired).
//
// # Caveats
//
// A login begins with a new ticket of the VPN, because a VPN keeps the school's
// cookies with its ticket, where no driver can forget them. While the vendor's
// part goes on, a login that begins anew goes on behind the VPN.
//
// Of the VPN's own form the fields, the codes of its JSON answer, the words of
// the older page, the address of the picture and the way past 另一处登录 are from
// clients of single schools. Not seen: whether a code by SMS is sent unasked,
// the address /logout, an encrypted password (which some schools are said to
// have), and how long a ticket lives.
package webvpn

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"jwxtbot/jwxt"
)

// Behind is d for schools that may be reached through a WebVPN, whose own login
// gate makes. Schools without one are d's alone.
func Behind(d, gate jwxt.Driver) jwxt.Driver { return behind{d, gate} }

type behind struct {
	jwxt.Driver
	gate jwxt.Driver
}

// Unwrap is the driver behind the VPN.
func (b behind) Unwrap() jwxt.Driver { return b.Driver }

// The keys in Session.Memo, gone when the login is done.
const (
	memoPart  = "webvpn"       // the part that the login is at
	memoEnded = "webvpn ended" // the VPN's part ended an older login
)

const (
	atGate   = "gate"
	atSchool = "school"
)

const opLogin = "webvpn: login"

func through(s jwxt.School) bool { return s.Link.WebVPN.URL != "" }

// Login implements [jwxt.Driver]. The part is noted after each call of a driver
// within: one that begins a login may forget the whole session.
func (b behind) Login(ctx context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	part := c.Session.Memo[memoPart]
	switch {
	case !through(c.School):
		return b.Driver.Login(ctx, c, a)
	case part == atSchool:
		return b.school(ctx, c, a)
	case part == "" && len(a) > 0:
		return nil, jwxt.Fail(jwxt.Internal, opLogin, errors.New("an answer, but no form is open"))
	case part == "":
		c.Session = jwxt.Session{}
	}
	return b.pass(ctx, c, a)
}

// pass advances the VPN's part, and begins the vendor's once it is done.
func (b behind) pass(ctx context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	out := outside(*c)
	step, err := b.gate.Login(ctx, out, a)
	c.Session = out.Session
	done, ok := step.(*jwxt.Done)
	if err != nil || !ok {
		over := err != nil && len(a) > 0 && jwxt.KindOf(err) != jwxt.WrongCaptcha
		part := atGate
		if over {
			part = ""
		}
		note(c, memoPart, part)
		return step, err
	}
	c.Session.Memo, c.Session.Student = nil, jwxt.Student{}
	step, err = b.Driver.Login(ctx, c, nil)
	note(c, memoPart, atSchool)
	if done.Ended {
		note(c, memoEnded, "1")
	}
	switch {
	case err != nil && jwxt.KindOf(err) == jwxt.Expired:
		note(c, memoPart, "")
		return nil, jwxt.Fail(jwxt.Changed, opLogin, fmt.Errorf("logged in, but not let through: %w", err))
	case err != nil || !answered(step, a):
		return step, err
	}
	return b.school(ctx, c, jwxt.Answers{jwxt.FieldAccount: a[jwxt.FieldAccount], jwxt.FieldPassword: a[jwxt.FieldPassword]})
}

// answered reports whether what is asked is what the VPN was told already.
func answered(step jwxt.Step, a jwxt.Answers) bool {
	ask, ok := step.(*jwxt.Ask)
	return ok && !slices.ContainsFunc(ask.Fields, func(k jwxt.FieldKind) bool {
		return k != jwxt.FieldAccount && k != jwxt.FieldPassword || a[k] == ""
	})
}

// school advances the vendor's part. A VPN that has ended its session meanwhile
// begins the login anew, if nothing was answered yet.
func (b behind) school(ctx context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	ended := c.Session.Memo[memoEnded]
	step, err := b.Driver.Login(ctx, c, a)
	if done, ok := step.(*jwxt.Done); ok && err == nil {
		done.Ended = done.Ended || ended != ""
		note(c, memoPart, "")
		note(c, memoEnded, "")
		return done, nil
	}
	if err != nil && jwxt.KindOf(err) == jwxt.Expired {
		note(c, memoPart, "")
		if len(a) == 0 {
			return b.Login(ctx, c, nil)
		}
		return nil, err
	}
	note(c, memoPart, atSchool)
	note(c, memoEnded, ended)
	return step, err
}

// Outside is the VPN of a school as a school by itself, of which [Gate] is the
// driver.
func Outside(s jwxt.School) jwxt.School {
	vpn := s.Link.WebVPN
	s.Vendor, s.BaseURL, s.Front = Gate{}.Name(), vpn.URL, vpn.Front
	s.Options, s.Mirrors, s.Link.WebVPN = nil, nil, jwxt.WebVPN{}
	return s
}

// outside is a connection to the VPN itself.
func outside(c jwxt.Conn) *jwxt.Conn {
	c.School = Outside(c.School)
	return &c
}

// note writes a memo, or removes it for "".
func note(c *jwxt.Conn, key, value string) {
	if value == "" {
		delete(c.Session.Memo, key)
		return
	}
	if c.Session.Memo == nil {
		c.Session.Memo = map[string]string{}
	}
	c.Session.Memo[key] = value
}

// Logout implements [jwxt.LogoutCaller]: the school's session first, where its
// driver can end one, then the VPN's.
func (b behind) Logout(ctx context.Context, c *jwxt.Conn) error {
	out := outside(*c)
	var err error
	if l, ok := jwxt.As[jwxt.LogoutCaller](b.Driver); ok {
		err = l.Logout(ctx, c)
	}
	if !through(c.School) {
		return err
	}
	left := leave(ctx, out)
	c.Session = jwxt.Session{}
	if err != nil {
		return err
	}
	return left
}
