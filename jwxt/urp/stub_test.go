package urp_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/urp"
)

// stub is a school of answers by method and address, or by method and path.
// The last answer to a request is given again and again. An answer is a body,
// or "302 /where", or "500 body".
type stub struct {
	t       testing.TB
	answers map[string][]string
	asked   []string
	bodies  []string
}

func (s *stub) Do(r *http.Request) (*http.Response, error) {
	s.t.Helper()
	body := []byte{}
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			s.t.Fatal(err)
		}
	}
	key := r.Method + " " + r.URL.RequestURI()
	if s.answers[key] == nil {
		key = r.Method + " " + r.URL.Path
	}
	left := s.answers[key]
	if len(left) == 0 {
		s.t.Fatalf("asked for %s, which has no answer", key)
	}
	if len(left) > 1 {
		s.answers[key] = left[1:]
	}
	s.asked, s.bodies = append(s.asked, key), append(s.bodies, string(body))
	rec := httptest.NewRecorder()
	var status int
	switch n, _ := fmt.Sscanf(left[0], "%d", &status); {
	case n > 0 && status >= 300 && status < 600:
		text := strings.TrimSpace(left[0][3:])
		rec.Header().Set("Location", text)
		rec.WriteHeader(status)
		rec.WriteString(text)
	default:
		rec.WriteString(left[0])
	}
	return rec.Result(), nil
}

// form is the form that was posted to a path.
func (s *stub) form(path string) url.Values {
	s.t.Helper()
	for i, a := range s.asked {
		if a == "POST "+path {
			form, err := url.ParseQuery(s.bodies[i])
			if err != nil {
				s.t.Fatal(err)
			}
			return form
		}
	}
	s.t.Fatalf("nothing was posted to %s: %q", path, s.asked)
	return nil
}

// posts counts the posts.
func (s *stub) posts() (n int) {
	for _, a := range s.asked {
		if strings.HasPrefix(a, "POST ") {
			n++
		}
	}
	return n
}

// conn is a student's connection; options are pairs.
func (s *stub) conn(options ...string) *jwxt.Conn {
	c := &jwxt.Conn{School: jwxt.School{ID: "a", BaseURL: "http://jw.example.edu.cn", Options: map[string]string{}}, HTTP: s}
	for i := 0; i < len(options); i += 2 {
		c.School.Options[options[i]] = options[i+1]
	}
	return c
}

const (
	infoPath   = "/xjInfoAction.do"
	passedPath = "/gradeLnAllAction.do?type=ln&oper=qbinfo"
	failedPath = "/gradeLnAllAction.do?type=ln&oper=bjg"
	termPath   = "/bxqcjcxAction.do"
	rollPath   = "/student/rollManagement/rollInfo/index"
	scores     = "/student/integratedQuery/scoreQuery/"
)

// oldLogin is an old build's login page with a sentence.
func oldLogin(said string) string {
	return `<html><body><table><tr><td class="errorTop"><strong><font color="#990000">` + said + `</font></strong></td></tr></table>
		<form name="loginForm" method="post" action="/loginAction.do"><input type="hidden" name="zjh1" value=""><input type="hidden" name="lx" value="1">
		<input name="zjh"><input type="password" name="mm"><input type="submit" name="go" value="x"></form></body></html>`
}

// newLogin is a new build's login page whose button runs a script.
func newLogin(script, said string) string {
	return `<html><body><div class="alert">` + said + `</div><form action="/j_spring_security_check" method="post">
		<input type="hidden" name="tokenValue" value="t0ken"><input name="lang" type="hidden" value="zh">
		<input name="j_username" id="input_username"><input type="password" name="j_password" id="input_password">
		<button onclick="$('#input_password').val(` + script + `)">登录</button></form></body></html>`
}

const (
	md5Script = `hex_md5($('#input_password').val())`
	frames    = `<html><head><title>学分制综合教务</title></head><frameset><frame src="/menu/top.jsp"></frameset></html>`
	newHome   = `<html><head><title>URP综合教务系统首页</title></head><body>本学期课程表</body></html>`
)

func oldRecord(number string) string {
	return `<table><tr><td class="fieldName">学号:&nbsp;</td><td>` + number + `</td><td class="fieldName">姓名:&nbsp;</td><td>张三</td></tr></table>`
}

func newRecord(number string) string {
	return `<div class="profile-info-name">学号</div><div class="profile-info-value">` + number +
		`</div><div class="profile-info-name">姓名</div><div class="profile-info-value">张三</div>`
}

// sorry is an old build's page in a page's place.
func sorry(said string) string {
	return `<html><head><title>错误信息</title></head><body><table><tr><td class="errorTop"><strong><font color="#990000">` + said +
		`</font></strong></td></tr></table></body></html>`
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
	if step, err := urp.New().Login(t.Context(), c, nil); err != nil {
		return step, err
	}
	return urp.New().Login(t.Context(), c, a)
}
