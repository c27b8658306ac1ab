package cas_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/cas"
)

// stub is a front and a system behind it, as answers by method, host and path:
// "GET ids/authserver/login". The last answer to a request is given again and
// again. An answer is a body, "401 body", or "302 address".
type stub struct {
	t       testing.TB
	answers map[string][]string
	asked   []string
	forms   []url.Values
}

var hosts = map[string]string{"ids.example.edu.cn": "ids", "jwxt.example.edu.cn": "jwxt"}

func (s *stub) Do(r *http.Request) (*http.Response, error) {
	s.t.Helper()
	form := url.Values{}
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			s.t.Fatal(err)
		}
		if form, err = url.ParseQuery(string(body)); err != nil {
			s.t.Fatal(err)
		}
	}
	host, ours := hosts[r.URL.Hostname()]
	if !ours {
		s.t.Fatalf("asked %s", r.URL.Host)
	}
	if r.Method == http.MethodPost && r.URL.Scheme != "https" {
		s.t.Fatalf("posted in clear to %s", r.URL.Host)
	}
	key := r.Method + " " + host + r.URL.Path
	left := s.answers[key]
	if len(left) == 0 {
		s.t.Fatalf("asked for %s, which has no answer", key)
	}
	if len(left) > 1 {
		s.answers[key] = left[1:]
	}
	s.asked, s.forms = append(s.asked, key), append(s.forms, form)
	rec := httptest.NewRecorder()
	var status int
	if _, err := fmt.Sscanf(left[0], "%3d ", &status); err != nil || status < 300 {
		rec.WriteString(left[0])
		return rec.Result(), nil
	}
	if status < 400 {
		rec.Header().Set("Location", left[0][4:])
	}
	rec.WriteHeader(status)
	rec.WriteString(left[0][4:])
	return rec.Result(), nil
}

// posted are the forms that were sent to a path.
func (s *stub) posted(key string) (out []url.Values) {
	for i, k := range s.asked {
		if k == "POST "+key {
			out = append(out, s.forms[i])
		}
	}
	return out
}

// conn is a student of the school, with options of the front given by pairs.
func (s *stub) conn(kind string, options ...string) *jwxt.Conn {
	o := map[string]string{}
	for i := 0; i < len(options); i += 2 {
		o[options[i]] = options[i+1]
	}
	return &jwxt.Conn{HTTP: s, School: jwxt.School{
		ID: "a", BaseURL: "https://jwxt.example.edu.cn",
		Front: jwxt.Front{Kind: kind, URL: "https://ids.example.edu.cn/authserver/login", Options: o},
	}}
}

// system is a vendor's driver that lets everybody in who arrives at its home
// page, as whoever the page names.
type system struct{ jwxt.Driver }

func (system) Name() string                         { return "system" }
func (system) Entrance(jwxt.School) (string, error) { return "/sso", nil }

func (system) Serves(*url.URL) (map[string]string, bool) { return nil, false }

func (system) Arrive(_ context.Context, c *jwxt.Conn, landed jwxt.Page, account string) (jwxt.Student, error) {
	name, ok := strings.CutPrefix(string(landed.Body), "home of ")
	if !ok {
		return jwxt.Student{}, jwxt.Fail(jwxt.Changed, "system", nil)
	}
	if name != account {
		c.Session = jwxt.Session{}
		return jwxt.Student{}, jwxt.Fail(jwxt.KickedOut, "system", jwxt.ErrOtherStudent)
	}
	c.Session.Student = jwxt.Student{Number: name}
	return c.Session.Student, nil
}

func (system) Logout(_ context.Context, c *jwxt.Conn) error {
	_, err := c.HTTP.Do(httptest.NewRequest(http.MethodGet, "https://jwxt.example.edu.cn/bye", nil))
	return err
}

const (
	account = "2020000001"
	secret  = "Abc@12345"
)

func answers(more ...string) jwxt.Answers {
	a := jwxt.Answers{jwxt.FieldAccount: " " + account + " ", jwxt.FieldPassword: secret}
	for i := 0; i < len(more); i += 2 {
		a[jwxt.FieldKind(more[i])] = more[i+1]
	}
	return a
}

func login(t *testing.T, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	t.Helper()
	return cas.Behind(system{}).Login(t.Context(), c, a)
}

// attempt begins a login and answers it.
func attempt(t *testing.T, c *jwxt.Conn) (jwxt.Step, error) {
	t.Helper()
	if step, err := login(t, c, nil); err != nil {
		return step, err
	}
	return login(t, c, answers())
}

func wantDone(t *testing.T, step jwxt.Step, err error) *jwxt.Done {
	t.Helper()
	done, ok := step.(*jwxt.Done)
	if err != nil || !ok || done.Student.Number != account {
		t.Fatalf("got %+v, %v (said %q)", step, err, jwxt.SaidOf(err))
	}
	return done
}

func wantKind(t *testing.T, err error, kind jwxt.Kind, said string) {
	t.Helper()
	if err == nil || jwxt.KindOf(err) != kind || !strings.Contains(jwxt.SaidOf(err), said) {
		t.Errorf("got %v (said %q), want %v %q", err, jwxt.SaidOf(err), kind, said)
	}
}

const (
	toFront = "302 https://ids.example.edu.cn/authserver/login?service=https%3A%2F%2Fjwxt.example.edu.cn%2Fsso"
	toLogin = "ids/authserver/login"
	back    = "302 https://jwxt.example.edu.cn/home?ticket=ST-1"
	second  = "302 /authserver/reAuthCheck/reAuthLoginView.do?isMultifactor=true&service=x"
	code    = "POST ids/authserver/reAuthCheck/reAuthSubmit.do"
	form    = `<form id="pwdFromId" action="/authserver/login?service=x"><input id="pwdEncryptSalt" value="abcdefABCDEF2345">
		<input name="execution" value="e1"><input type="password" name="passwordText"><input type="hidden" name="password"></form>`
)

// usual are the answers of a login without trouble, but for those given by pairs.
func usual(change ...string) map[string][]string {
	out := map[string][]string{
		"GET jwxt/sso":   {toFront},
		"GET " + toLogin: {form},
		"GET ids/authserver/checkNeedCaptcha.htl": {`{"isNeed":false}`},
		"POST " + toLogin:                         {back},
		"GET jwxt/home":                           {"home of " + account},
	}
	for i := 0; i < len(change); i += 2 {
		out[change[i]] = append([]string(nil), strings.Split(change[i+1], " | ")...)
	}
	return out
}
