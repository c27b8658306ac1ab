package driver_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
)

func conn() *jwxt.Conn {
	return &jwxt.Conn{
		School: jwxt.School{BaseURL: "http://jwxt.example.edu.cn"},
		Session: jwxt.Session{
			Cookies: []jwxt.Cookie{{Name: "JSESSIONID", Value: "old"}},
			Memo:    map[string]string{"form": "x", "kept": "y"},
			Student: jwxt.Student{Number: "2020000001"},
		},
	}
}

func TestReadKeepsCookiesOfAnEndedSession(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{nil, "new"},
		{jwxt.Fail(jwxt.Expired, "x", nil), "old"},
		{jwxt.Fail(jwxt.KickedOut, "x", nil), "old"},
		{jwxt.Fail(jwxt.KickedOut, "x", jwxt.ErrOtherStudent), "new"},
		{jwxt.Fail(jwxt.Unreachable, "x", nil), "new"},
	} {
		c := conn()
		got, err := driver.Read(c, func() (int, error) {
			c.Session.Cookies[0] = jwxt.Cookie{Name: "JSESSIONID", Value: "new"}
			return 7, tt.err
		})
		if c.Session.Cookies[0].Value != tt.want || (err == nil) != (got == 7) {
			t.Errorf("%v: cookie %q, want %q; value %d", tt.err, c.Session.Cookies[0].Value, tt.want, got)
		}
	}
}

func TestAnotherStudentIsDropped(t *testing.T) {
	c := conn()
	v := driver.Open(c, "form")
	if err := v.Same("x", "2020000001"); err != nil {
		t.Errorf("the student's own number: %v", err)
	}
	if err := v.Same("x", ""); err != nil {
		t.Errorf("no number: %v", err)
	}
	if err := v.Same("x", "2020000002"); !errors.Is(err, jwxt.ErrOtherStudent) || jwxt.KindOf(err) != jwxt.KickedOut {
		t.Errorf("another's number: %v", err)
	}
	want := jwxt.Session{Memo: map[string]string{"kept": "y"}}
	if diff := cmp.Diff(want, c.Session); diff != "" {
		t.Errorf("what is left of the session (-want +got):\n%s", diff)
	}
}

func TestUnderKeepsWhatIsKnown(t *testing.T) {
	said := &jwxt.Error{Kind: jwxt.WrongPassword, Op: "inner", Said: "密码错误", TriesLeft: 2}
	err := driver.Under("outer", said)
	var e *jwxt.Error
	if !errors.As(err, &e) || e.Op != "outer" || e.Kind != said.Kind || e.Said != said.Said || e.TriesLeft != 2 {
		t.Errorf("got %#v", err)
	}
	if k := jwxt.KindOf(driver.Under("outer", context.DeadlineExceeded)); k != jwxt.Unreachable {
		t.Errorf("a deadline is %v", k)
	}
}
