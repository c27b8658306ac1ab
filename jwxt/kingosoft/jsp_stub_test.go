package kingosoft_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/kingosoft"
)

// jspStub is a school of answers by method and path. The last answer to a
// request is given again and again. An answer is a body, or "302 /where".
type jspStub struct {
	t       testing.TB
	answers map[string][]string
	asked   []string
	bodies  []string
}

func (s *jspStub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			s.t.Error(err)
		}
	}
	key := r.Method + " " + r.URL.Path
	s.asked, s.bodies = append(s.asked, r.Method+" "+r.URL.RequestURI()), append(s.bodies, string(body))
	left := s.answers[key]
	if len(left) == 0 {
		s.t.Errorf("asked for %s, which has no answer", key)
		return
	}
	if len(left) > 1 {
		s.answers[key] = left[1:]
	}
	if to, ok := strings.CutPrefix(left[0], "302 "); ok {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
		return
	}
	io.WriteString(w, left[0])
}

// conn is a student of the school with the options given by pairs.
func (s *jspStub) conn(options ...string) *jwxt.Conn {
	o := map[string]string{"variant": "jsp"}
	for i := 0; i < len(options); i += 2 {
		o[options[i]] = options[i+1]
	}
	return &jwxt.Conn{School: jwxt.School{ID: "a", BaseURL: "http://jw.example.edu.cn", Options: o}, HTTP: jwxttest.InProcess(s)}
}

// logonPage is a login page with the session of the known vector.
func logonPage(captcha string) string {
	return `<script>var _ssessionid = "0123456789ABCDEF0123456789ABCDEF"; var yzmbt="` + captcha + `";</script><input type="password">`
}

const (
	jspPicture = "GIF89a\x01\x00\x01\x00"
	scripts    = "\r\n\r\nvar _deskey = '1234567890123456789';\r\nvar _nowtime = '2026-01-02 03:04:05';\r\n"
	mine       = "var _loginid = '201730269';\nvar _userName = '张三';\nvar G_USER_CODE = '00201730269';\nvar _currentXn = '2025';\nvar _currentXq = '1';\n"
	taken      = `{"status":"200","message":"操作成功!","result":"/frame/homes.html"}`
)

// logonAnswers are a school's answers that a login needs, and one to the login.
func logonAnswers(captcha, logon string) map[string][]string {
	return map[string][]string{
		"GET /cas/login.action":               {logonPage(captcha)},
		"GET /cas/genValidateCode":            {jspPicture},
		"GET /custom/js/SetKingoEncypt.jsp":   {scripts},
		"POST /cas/logon.action":              {logon},
		"GET /frame/homes.html":               {"<html></html>"},
		"GET /frame/home/js/SetMainInfo.jsp":  {mine},
		"GET /student/xscj.stuckcj.jsp":       {`<input id="rxnj" value="2017"><input id="nj" value="2018">`},
		"POST /student/xscj.stuckcj_data.jsp": {"<h1>学生成绩</h1><div>学号：201730269</div><center>没有检索到记录!</center></html>"},
		"GET /jw/common/showYearTerm.action":  {`{"xn":"2025","xqM":"1","userCode":"00201730269"}`},
	}
}

func logonWith(captcha string) jwxt.Answers {
	return jwxt.Answers{jwxt.FieldAccount: " 201730269 ", jwxt.FieldPassword: "111111", jwxt.FieldCaptcha: captcha}
}

// logon begins a login and answers it.
func logon(t *testing.T, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	t.Helper()
	if step, err := kingosoft.New().Login(t.Context(), c, nil); err != nil {
		return step, err
	}
	return kingosoft.New().Login(t.Context(), c, a)
}

// jspConn is a connection to a simulated school.
func jspConn(p campus.Profile, s *campus.School) *jwxt.Conn {
	return &jwxt.Conn{School: p.School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(s)}
}

// jspConnected is a student of a simulated school without a captcha, logged in.
func jspConnected(t *testing.T, p campus.Profile) *jwxt.Conn {
	t.Helper()
	c := jspConn(p, campus.New(p))
	if _, err := logon(t, c, jwxt.Answers{jwxt.FieldAccount: number, jwxt.FieldPassword: password}); err != nil {
		t.Fatalf("%v (said %q)", err, jwxt.SaidOf(err))
	}
	return c
}
