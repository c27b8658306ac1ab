package kingosoft_test

import (
	"net/http"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
)

const (
	number   = "2020000001"
	name     = "张三"
	password = "Abc+/=&@密码'\"12345"
)

func profile(system campus.System) campus.Profile {
	return campus.Profile{
		ID: "test", Name: "示范大学", System: system, LockAfter: 5,
		Accounts: []campus.Account{{
			Number: number, Name: name, Password: password, Grades: campus.Transcript(number, 2020, 8, false),
		}},
	}
}

// conform runs the suite against one school. c says what differs: New, which
// gives the driver without what the variant lacks, Login, Data, Begin and the
// like.
func conform(t *testing.T, p campus.Profile, c jwxttest.Case) {
	c.School = func(testing.TB) jwxttest.School { return jwxttest.Campus{School: campus.New(p), Number: number} }
	c.At = p.School
	c.Student, c.Password, c.Captcha = jwxt.Student{Number: number, Name: name}, password, p.Captcha
	jwxttest.Run(t, c)
}

func isPost(r *http.Request, path string) bool {
	return r.Method == http.MethodPost && strings.Contains(strings.ToLower(r.URL.Path), path)
}

func wantKind(t *testing.T, err error, kind jwxt.Kind, said string) {
	t.Helper()
	if err == nil || jwxt.KindOf(err) != kind || !strings.Contains(jwxt.SaidOf(err), said) {
		t.Errorf("got %v (said %q), want %v %q", err, jwxt.SaidOf(err), kind, said)
	}
}
