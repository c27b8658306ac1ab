package zhengfang_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/zhengfang"
)

// stub is a school of answers by method and path. The last answer to a request
// is given again and again. An answer is a body, sent in GBK, or "302 /where".
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
	rec.Header().Set("Set-Cookie", "ASP.NET_SessionId=abc; path=/; HttpOnly")
	var status int
	var to string
	if n, _ := fmt.Sscanf(left[0], "%d %s", &status, &to); n == 2 && status >= 300 && status < 400 {
		rec.Header().Set("Location", to)
		rec.WriteHeader(status)
	} else {
		rec.WriteString(gbk(left[0]))
	}
	return rec.Result(), nil
}

func gbk(s string) string {
	out, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		return s // a picture
	}
	return out
}

// posted is the form of the last post, its values as sent.
func (s *stub) posted() url.Values {
	s.t.Helper()
	for i := len(s.asked) - 1; i >= 0; i-- {
		if strings.HasPrefix(s.asked[i], "POST ") {
			form, err := url.ParseQuery(s.bodies[i])
			if err != nil {
				s.t.Fatal(err)
			}
			return form
		}
	}
	s.t.Fatalf("nothing was posted: %q", s.asked)
	return nil
}

func (s *stub) conn(options map[string]string) *jwxt.Conn {
	return &jwxt.Conn{School: jwxt.School{ID: "a", BaseURL: "http://jw.example.edu.cn", Options: options}, HTTP: s}
}

// loggedIn is a connection after a login whose menu had the grades.
func (s *stub) loggedIn(options map[string]string) *jwxt.Conn {
	c := s.conn(options)
	c.Session = jwxt.Session{
		Cookies: []jwxt.Cookie{{Name: "ASP.NET_SessionId", Value: "abc", Domain: "jw.example.edu.cn", Path: "/"}},
		Memo:    map[string]string{"folder": "/", "grades": "xscj_gc.aspx?xh=2020000001&xm=%D5%C5%C8%FD&gnmkdm=N121605"},
		Student: jwxt.Student{Number: "2020000001", Name: "张三"},
	}
	return c
}

const gif = "GIF89aH\x00\x1b\x00picture"

// loginPage is a plain one with more in its form, and an alert.
func loginPage(more, said string) string {
	if said != "" {
		said = "<script language='javascript' defer>alert('" + said + "');document.getElementById('TextBox2').focus();</script>"
	}
	return `<html><head><title>欢迎使用正方教务管理系统！请登录</title>
		<script>function check(){ if (x == '') { alert('密码不能为空，密码错误'); return false; } }</script></head>
		<body><form name="form1" method="post" action="default2.aspx"><input type="hidden" name="__VIEWSTATE" value="dDw+/=" />
		<input name="txtUserName" type="text" /><input name="TextBox2" type="password" />` + more + `
		<input type="radio" name="RadioButtonList1" value="部门" checked="checked" /><input type="radio" name="RadioButtonList1" value="学生" />
		<input type="submit" name="Button1" value="" /><input type="submit" name="Other" value="x" /><input type="reset" name="Button2" value="重置" />
		<input name="hidPdrs" type="hidden" /><input type="hidden" name="hidsc" /></form>` + said + `</body></html>`
}

const (
	withCode = `<input name="txtSecretCode" type="text" /><img id="icode" src="CheckCode.aspx?" />`
	home     = `<html><head><title>正方教务管理系统</title></head><body><form><span id="xhxm">张三同学</span>
		<a href="xscjcx_dq.aspx?xh=2020000001&xm=张三&gnmkdm=N121606" target='zhuti'>当前成绩</a>
		<a href="xscj_gc.aspx?xh=2020000001&xm=张三&gnmkdm=N121605" target='zhuti'>成绩查询</a></form></body></html>`
)

// trouble is the system's page for all that it does not expect.
const trouble = `<html><head><title>ERROR - 出错啦！</title></head><body><div id="title_m">ERROR - 出错啦！</div><p>错误原因：系统正忙！</p></body></html>`

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
	if step, err := zhengfang.New().Login(t.Context(), c, nil); err != nil {
		return step, err
	}
	return zhengfang.New().Login(t.Context(), c, a)
}

func wantKind(t *testing.T, err error, kind jwxt.Kind, said string) {
	t.Helper()
	if err == nil || jwxt.KindOf(err) != kind || !strings.Contains(jwxt.SaidOf(err), said) {
		t.Errorf("got %v (said %q), want %v %q", err, jwxt.SaidOf(err), kind, said)
	}
}
