package dialogue

import (
	"testing"

	"jwxtbot/jwxt"
)

// TestRenewedSessionIsKept: a reading that failed once its session was renewed
// leaves the renewed one behind, unless that has ended as well.
func TestRenewedSessionIsKept(t *testing.T) {
	session := func(value string) jwxt.Session {
		return jwxt.Session{Cookies: []jwxt.Cookie{{Name: "id", Value: value}}}
	}
	for _, tt := range []struct {
		at   Place
		kind EventKind
		why  jwxt.Kind
		want string // "" for no login
	}{
		{Reading, ReadFailed, jwxt.Unreachable, "new"},
		{Reading, ReadFailed, jwxt.Expired, ""},
		{Idle, LentFailed, jwxt.Unreachable, "new"},
		{Idle, LentFailed, jwxt.Expired, ""},
	} {
		s := State{At: tt.at, Gen: 7, Login: &Login{School: "x", Account: "2020000001", Session: session("old"), Since: now, Used: now}}
		if tt.at == Reading {
			s.Want = &Want{What: Grades}
		}
		next, _ := Step(s, Event{
			Kind: tt.kind, Gen: 7, Failure: &Failure{Kind: tt.why, TriesLeft: -1}, Session: session("new"),
		}, envs[0])
		got := ""
		if next.Login != nil {
			got = next.Login.Session.Cookies[0].Value
		}
		if got != tt.want {
			t.Errorf("%s, %v: the session is %q, want %q", tt.kind, tt.why, got, tt.want)
		}
	}
}
