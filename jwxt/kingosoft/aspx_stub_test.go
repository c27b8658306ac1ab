package kingosoft_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/kingosoft"
)

// aspxStub is a school of answers by method and path. The last answer to a
// request is given again and again. An answer is a page, sent in GBK, "302
// /where", or bytes behind "image:".
type aspxStub struct {
	t       testing.TB
	answers map[string][]string
	asked   []string // method, address and, behind a blank, Referer
	bodies  []string
}

func (s *aspxStub) Do(r *http.Request) (*http.Response, error) {
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
	s.asked = append(s.asked, r.Method+" "+r.URL.RequestURI()+" "+strings.TrimPrefix(r.Referer(), "http://jw.example.edu.cn"))
	s.bodies = append(s.bodies, string(body))
	rec := httptest.NewRecorder()
	answer := left[0]
	if image, ok := strings.CutPrefix(answer, "image:"); ok {
		rec.WriteString(image)
	} else if status, to, ok := strings.Cut(answer, " "); ok && len(status) == 3 {
		code, err := strconv.Atoi(status)
		if err != nil {
			s.t.Fatal(err)
		}
		rec.Header().Set("Location", to)
		rec.WriteHeader(code)
	} else {
		gbk, err := simplifiedchinese.GBK.NewEncoder().String(answer)
		if err != nil {
			s.t.Fatal(err)
		}
		rec.Header().Set("Content-Type", "text/html; charset=gb2312")
		rec.WriteString(gbk)
	}
	return rec.Result(), nil
}

// conn is a student of a school with the options given by pairs.
func (s *aspxStub) conn(options ...string) *jwxt.Conn {
	o := map[string]string{"variant": "aspx"}
	for i := 0; i < len(options); i += 2 {
		o[options[i]] = options[i+1]
	}
	return &jwxt.Conn{School: jwxt.School{ID: "a", BaseURL: "http://jw.example.edu.cn", Options: o}, HTTP: s}
}

const (
	aspxLoginPath = "/_data/home_login.aspx"
	aspxFootPage  = `<div id=TheFootMemo>当前用户：学生[201730269]张三</div>`
)

// aspxLogin is a login page of ours with more in its form and a note.
func aspxLogin(more, note string) string {
	return `<form id=Logon method=post action=home_login.aspx><input type=hidden name=__VIEWSTATE value="a+/b=">
		<input type=hidden name=pcInfo><input type=hidden name=typeName>` + more + `
		<select name=Sel_Type><option value=TEA>教师</option><option value=STU>学生</option></select>
		<input name=user><input type=text name=decoy value=请输入密码><input type=password name=typed>
		<input type=hidden name=hashed><input type=hidden name=code><span id=divLogNote>` + note + `</span></form>
		<script>function chkpwd(obj) { if(obj.value!='') { var s=md5(document.all.user.value+md5(obj.value).substring(0,30).toUpperCase()+'14045').substring(0,30).toUpperCase(); document.all.hashed.value=s;} else { document.all.hashed.value=obj.value;} }
		function chkyzm(obj) { if(obj.value!='') { var s=md5(md5(obj.value.toUpperCase()).substring(0,30).toUpperCase()+'14045').substring(0,30).toUpperCase(); document.all.code.value=s; } else { document.all.code.value=obj.value.toUpperCase(); } }</script>`
}

const aspxNoCaptcha = `<input type=hidden name=validcodestate value=0>`

func aspxAnswers(captcha string) jwxt.Answers {
	a := jwxt.Answers{jwxt.FieldAccount: " 201730269 ", jwxt.FieldPassword: "111111"}
	if captcha != "" {
		a[jwxt.FieldCaptcha] = captcha
	}
	return a
}

// aspxAttempt begins a login and answers it.
func aspxAttempt(t *testing.T, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	t.Helper()
	if step, err := kingosoft.New().Login(t.Context(), c, nil); err != nil {
		return step, err
	}
	return kingosoft.New().Login(t.Context(), c, a)
}
