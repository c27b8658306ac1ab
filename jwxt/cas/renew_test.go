package cas_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/cas"
)

// aliased is a system whose people log in by something else than their 学号: it
// takes whomever a page names for the one who has come.
type aliased struct{ system }

func (aliased) Arrive(_ context.Context, c *jwxt.Conn, landed jwxt.Page, _ string) (jwxt.Student, error) {
	c.Session.Student = jwxt.Student{Number: strings.TrimPrefix(string(landed.Body), "home of ")}
	return c.Session.Student, nil
}

// TestRenewedAsAnother: a front that lets somebody else in ends the session, also
// where the account tells nothing of who that is.
func TestRenewedAsAnother(t *testing.T) {
	for name, tt := range map[string]struct {
		home  string
		other bool
	}{
		"the same":     {"home of " + account, false},
		"nobody named": {"home of ", false},
		"another":      {"home of 2020000009", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := &stub{t: t, answers: usual("GET jwxt/sso", back, "GET jwxt/home", tt.home)}
			c := s.conn("authserver")
			c.Session = jwxt.Session{
				Cookies: []jwxt.Cookie{{Name: "CASTGC", Value: "t", Domain: "ids.example.edu.cn", Path: "/"}},
				Student: jwxt.Student{Number: account}, Memo: map[string]string{"home": "1"},
			}
			r, _ := jwxt.As[jwxt.Renewer](cas.Behind(aliased{}))
			err := r.Renew(t.Context(), c)
			switch {
			case tt.other && (!errors.Is(err, jwxt.ErrOtherStudent) || !c.Session.Empty() || c.Session.Student.Number != ""):
				t.Errorf("got %v and %+v, want ErrOtherStudent and nothing held", err, c.Session)
			case !tt.other && (err != nil || c.Session.Student.Number != account):
				t.Errorf("got %v as %+v", err, c.Session.Student)
			}
		})
	}
}
