package jwxttest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"jwxtbot/jwxt"
)

func testLogin(t *testing.T, c Case) {
	r := newRig(t, c)
	ask := r.begin()
	if n, _ := r.wire.counted(); n != c.Begin {
		t.Errorf("beginning took %d requests, want %d", n, c.Begin)
	}
	want := []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldPassword}
	switch {
	case c.Drag:
		want = append(want, jwxt.FieldDrag)
		if p := ask.Puzzle; p == nil || !strings.HasPrefix(http.DetectContentType(p.Piece), "image/") || p.Top < 0 {
			t.Errorf("the piece to drag is %+v", p)
		}
	case c.Captcha:
		want = append(want, jwxt.FieldCaptcha)
	}
	if !slices.Equal(ask.Fields, want) {
		t.Errorf("asked for %v, want %v", ask.Fields, want)
	}
	if got := strings.HasPrefix(http.DetectContentType(ask.Image), "image/"); got != c.Captcha {
		t.Errorf("a picture came: %v, want %v", got, c.Captcha)
	}
	got := r.done(r.answers(ask))
	if _, posts := r.wire.counted(); posts != 1 {
		t.Errorf("the password was posted %d times", posts)
	}
	if got != c.Student || r.conn.Session.Student != c.Student {
		t.Errorf("the student is %+v, in the session %+v, want %+v", got, r.conn.Session.Student, c.Student)
	}
	if got := len(r.conn.Session.Cookies) > 0; got == c.InAddress || r.conn.Session.Empty() {
		t.Errorf("cookies are left after the login: %v, want %v, and a session in any case", got, !c.InAddress)
	}
	r.used()
}

func testRefresh(t *testing.T, c Case) {
	if !c.Captcha {
		t.Skip("this school asks for no captcha")
	}
	r := newRig(t, c)
	first := r.begin()
	second := r.begin()
	if n, _ := r.wire.counted(); n != cmp.Or(c.Redraw, 1) {
		t.Errorf("a new picture took %d requests, want %d", n, cmp.Or(c.Redraw, 1))
	}
	if first.ID == second.ID || first.ID == "" || second.ID == "" || len(first.ID) > jwxt.MaxAskID {
		t.Errorf("asks are called %q and %q", first.ID, second.ID)
	}
	if bytes.Equal(first.Image, second.Image) {
		t.Error("the picture is the same again")
	}
	r.done(r.answers(second))
}

func testWrongCaptcha(t *testing.T, c Case) {
	if !c.Captcha {
		t.Skip("this school asks for no captcha")
	}
	field, wrong, spent := jwxt.FieldCaptcha, []string{"!!!!", ""}, 1
	if c.Drag { // a drag is judged by itself, before the password is posted
		field, wrong, spent = jwxt.FieldDrag, []string{drag(7).String(), "", "!!!!", "[]"}, 0
	}
	for _, given := range wrong {
		r := newRig(t, c)
		a := r.answers(r.begin())
		a[field] = given
		_, err := r.login(a)
		r.want(err, jwxt.WrongCaptcha)
		if _, posts := r.wire.counted(); posts != spent {
			t.Errorf("the password was posted %d times, want %d", posts, spent)
		}
		again := r.begin()
		if n, _ := r.wire.counted(); n != cmp.Or(c.Redraw, 1) {
			t.Errorf("the next picture took %d requests, want %d: the form is still open", n, cmp.Or(c.Redraw, 1))
		}
		r.done(r.answers(again))
	}
}

// testEcho is a school whose pages come with the password filled in, as some
// do after a wrong captcha. An open form is stored; the password must not be.
func testEcho(t *testing.T, c Case) {
	r := newRig(t, c)
	r.wire.breakAt("", echo(c.Password))
	ask := r.begin()
	if c.Captcha && !c.Drag {
		a := r.answers(ask)
		a[jwxt.FieldCaptcha] = "!!!!"
		_, err := r.login(a)
		r.want(err, jwxt.WrongCaptcha)
		ask = r.begin()
	}
	r.done(r.answers(ask))
}

func testWrongPassword(t *testing.T, c Case) {
	r := newRig(t, c)
	a := r.answers(r.begin())
	a[jwxt.FieldPassword] = "Wrong-" + c.Password[:2]
	_, err := r.login(a)
	r.want(err, jwxt.WrongPassword)
	if _, posts := r.wire.counted(); posts != 1 {
		t.Errorf("the wrong password was posted %d times", posts)
	}
	_, err = r.login(a)
	r.want(err, jwxt.Internal) // the attempt is over; no form is open
	if _, posts := r.wire.counted(); posts != 0 {
		t.Errorf("the wrong password was posted again")
	}
	r.in()
}

func testLocked(t *testing.T, c Case) {
	r := newRig(t, c)
	r.school.Lock()
	_, err := r.login(r.answers(r.begin()))
	r.want(err, jwxt.Locked)
	if jwxt.SaidOf(err) == "" {
		t.Error("the school's words are lost")
	}
}

func testNoForm(t *testing.T, c Case) {
	r := newRig(t, c)
	_, err := r.login(jwxt.Answers{jwxt.FieldAccount: c.Student.Number, jwxt.FieldPassword: c.Password})
	r.want(err, jwxt.Internal)
	if n, _ := r.wire.counted(); n != 0 {
		t.Errorf("%d requests were made without an open form", n)
	}
}

// testBrokenLogin breaks the answers from a posted password on: whatever
// happens, the password is not posted again by itself, and nobody is logged in.
func testBrokenLogin(t *testing.T, c Case) {
	for _, tt := range newRig(t, c).failures() {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, c)
			a := r.answers(r.begin())
			r.breakAfterPost(tt.fault)
			step, err := r.login(a)
			if tt.kind == jwxt.Expired { // the login page again, which says nothing
				r.want(err, jwxt.WrongPassword, jwxt.Changed, jwxt.Expired)
			} else {
				r.want(err, tt.kind)
			}
			if _, posts := r.wire.counted(); posts != 1 || step != nil {
				t.Errorf("the password was posted %d times, and a step is %v", posts, step)
			}
			r.wire.breakAt("", nil)
			r.in()
		})
	}
}

// breakAfterPost breaks the answer to a posted password, and all after it.
func (r *rig) breakAfterPost(f fault) {
	var posted atomic.Bool
	r.wire.breakAt("", func(w http.ResponseWriter, q *http.Request, honest func() *recorder) {
		if r.Login(q) {
			posted.Store(true)
		}
		if !posted.Load() {
			r.wire.inner.ServeHTTP(w, q)
			return
		}
		f(w, q, honest)
	})
}

// testForeign has the school send the student to another host, at the login
// and later. Nothing may be sent there.
func testForeign(t *testing.T, c Case) {
	r := newRig(t, c)
	r.wire.breakAt("", r.wire.toForeign)
	_, err := r.login(nil)
	r.want(err, jwxt.Changed, jwxt.Blocked)
	r.wire.breakAt("", nil)
	r.in()
	before := maps.Clone(cookieValues(r.conn.Session))
	r.wire.breakAt(c.Data, r.wire.toForeign)
	_, err = r.grades(jwxt.Term{})
	r.want(err, jwxt.Expired, jwxt.Changed)
	if got := r.wire.leaks(); len(got) > 0 {
		t.Errorf("another host was asked: %q", got)
	}
	if after := cookieValues(r.conn.Session); !maps.Equal(before, after) {
		t.Error("a cookie of another domain was taken")
	}
}

func cookieValues(s jwxt.Session) map[string]string {
	out := map[string]string{}
	for _, c := range s.Cookies {
		out[c.Domain+c.Path+" "+c.Name] = c.Value
	}
	return out
}

func testCancelled(t *testing.T, c Case) {
	r := newRig(t, c)
	r.in()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := r.callWith(ctx, func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) error {
		_, err := grades(d).Grades(ctx, conn, jwxt.Term{})
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if n, _ := r.wire.counted(); n != 0 {
		t.Errorf("%d requests were made after the end", n)
	}
	r.wire.breakAt("", func(w http.ResponseWriter, q *http.Request, honest func() *recorder) {
		cancel()
		stall(w, q, honest)
	})
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	err = r.callWith(ctx, func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) error {
		_, err := grades(d).Grades(ctx, conn, jwxt.Term{})
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("in the middle of a request: got %v, want context.Canceled", err)
	}
}
