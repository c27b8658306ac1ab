package jwglxt_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwglxt"
)

// stub is a school of answers by method and path. The last answer to a request
// is given again and again. An answer is a body, or "302 /where", or "901".
type stub struct {
	t       testing.TB
	answers map[string][]string
	asked   []string
	forms   []url.Values
	cookie  string // set by every answer that is no error
}

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
	key := r.Method + " " + r.URL.Path
	left := s.answers[key]
	if len(left) == 0 {
		s.t.Fatalf("asked for %s, which has no answer", key)
	}
	if len(left) > 1 {
		s.answers[key] = left[1:]
	}
	s.asked, s.forms = append(s.asked, r.Method+" "+r.URL.RequestURI()), append(s.forms, form)
	rec := httptest.NewRecorder()
	if s.cookie != "" {
		rec.Header().Set("Set-Cookie", s.cookie)
	}
	var status int
	var to string
	switch n, _ := fmt.Sscanf(left[0], "%d %s", &status, &to); {
	case n > 0 && status >= 300 && status < 1000 && len(left[0]) < 200:
		rec.Header().Set("Location", to)
		rec.WriteHeader(status)
	default:
		rec.WriteString(left[0])
	}
	return rec.Result(), nil
}

// form is the form of the only request to a path.
func (s *stub) form(path string) url.Values {
	s.t.Helper()
	for i, a := range s.asked {
		if strings.HasPrefix(a, "POST "+path) {
			return s.forms[i]
		}
	}
	s.t.Fatalf("nothing was posted to %s: %q", path, s.asked)
	return nil
}

func (s *stub) conn(options map[string]string) *jwxt.Conn {
	return &jwxt.Conn{School: jwxt.School{ID: "a", BaseURL: "http://jw.example.edu.cn", Options: options}, HTTP: s}
}

const (
	loginPath = "/jwglxt/xtgl/login_slogin.html"
	homePath  = "/jwglxt/xtgl/index_initMenu.html"
	userPath  = "/jwglxt/xtgl/index_cxYhxxIndex.html"
	listPath  = "/jwglxt/cjcx/cjcx_cxDgXscj.html"
	home      = `<input type="hidden" id="sessionUserKey" value="2020000001"><a href="/jwglxt/xtgl/login_logoutAccount.html">退出</a>`
	userPage  = `<div><h4 class="media-heading">张三&nbsp;&nbsp;学生</h4><p>计算机学院</p></div>`
)

// loginPage is a plain one with more in its form, and a tip.
func loginPage(more, tip string) string {
	return `<input type="hidden" id="mmsfjm" value= 0>` + more + `<form action="` + loginPath + `" method="post">
		<input type="hidden" id="csrftoken" name="csrftoken" value="a-b,ab"><input type="hidden" name="language" value="zh_CN">
		<h5>用户登录</h5><p id="tips">` + tip + `</p>
		<input name="yhm" id="yhm"><input type="hidden" name="mm" id="hidMm"><input type="password" name="mm" id="mm"></form>`
}

func answers(more ...string) jwxt.Answers {
	a := jwxt.Answers{jwxt.FieldAccount: " 2020000001 ", jwxt.FieldPassword: "x+/=密码"}
	for i := 0; i < len(more); i += 2 {
		a[jwxt.FieldKind(more[i])] = more[i+1]
	}
	return a
}

// attempt begins a login and answers it.
func attempt(t *testing.T, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	t.Helper()
	if step, err := jwglxt.New().Login(t.Context(), c, nil); err != nil {
		return step, err
	}
	return jwglxt.New().Login(t.Context(), c, a)
}

func wantKind(t *testing.T, err error, kind jwxt.Kind, said string) {
	t.Helper()
	if err == nil || jwxt.KindOf(err) != kind || !strings.Contains(jwxt.SaidOf(err), said) {
		t.Errorf("got %v (said %q), want %v %q", err, jwxt.SaidOf(err), kind, said)
	}
}
