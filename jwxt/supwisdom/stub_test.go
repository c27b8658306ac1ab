package supwisdom_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/supwisdom"
)

// stub is a school of answers by method and path. The last answer to a request
// is given again and again. An answer is a body, or "302 /where", or "404 x".
type stub struct {
	t       testing.TB
	answers map[string][]string
	asked   []string
	bodies  []string
}

func (s *stub) Do(r *http.Request) (*http.Response, error) {
	s.t.Helper()
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			s.t.Fatal(err)
		}
	}
	key := r.Method + " " + r.URL.Path
	left := s.answers[key]
	if len(left) == 0 {
		s.t.Fatalf("asked for %s, which has no answer", key)
	}
	if len(left) > 1 {
		s.answers[key] = left[1:]
	}
	s.asked, s.bodies = append(s.asked, r.Method+" "+r.URL.RequestURI()), append(s.bodies, string(body))
	rec := httptest.NewRecorder()
	var status int
	var to string
	if n, _ := fmt.Sscanf(left[0], "%d %s", &status, &to); n == 2 && status >= 300 && status < 400 {
		rec.Header().Set("Location", to)
		rec.WriteHeader(status)
	} else if n == 2 && status == 404 {
		rec.WriteHeader(status)
	} else {
		rec.WriteString(left[0])
	}
	return rec.Result(), nil
}

// conn is a student of a school with the options given by pairs.
func (s *stub) conn(options ...string) *jwxt.Conn {
	o := map[string]string{"variant": "eams", "pause": "0s"}
	for i := 0; i < len(options); i += 2 {
		o[options[i]] = options[i+1]
	}
	return &jwxt.Conn{School: jwxt.School{ID: "a", BaseURL: "http://jw.example.edu.cn", Options: o}, HTTP: s}
}

const home = `<a class="personal-name">张三(2020000001)</a><a href="/eams/logout.action">退出</a>`

// loginForm is a login page of EAMS with more in its form, and a tip.
func loginForm(more, tip string) string {
	return `<div class="actionError">` + tip + `</div><form action="/eams/login.action" method="post"><input name="username">
		<input type="password" name="password">` + more + `</form><script>CryptoJS.SHA1('0f4e5c2a-1b7d-4c6e-9a3f-2d8b7c6a5e41-' + x)</script>`
}

func answers(more ...string) jwxt.Answers {
	a := jwxt.Answers{jwxt.FieldAccount: " 2020000001 ", jwxt.FieldPassword: "111111"}
	for i := 0; i < len(more); i += 2 {
		a[jwxt.FieldKind(more[i])] = more[i+1]
	}
	return a
}

// attempt begins a login and answers it.
func attempt(t *testing.T, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	t.Helper()
	if step, err := supwisdom.New().Login(t.Context(), c, nil); err != nil {
		return step, err
	}
	return supwisdom.New().Login(t.Context(), c, a)
}

func wantKind(t *testing.T, err error, kind jwxt.Kind, said string) {
	t.Helper()
	if err == nil || jwxt.KindOf(err) != kind || !strings.Contains(jwxt.SaidOf(err), said) {
		t.Errorf("got %v (said %q), want %v %q", err, jwxt.SaidOf(err), kind, said)
	}
}
