package qiangzhi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/qiangzhi"
)

// TestPeerBugs holds this driver against bugs found in other clients of
// 教务系统. Bugs that a test elsewhere would find are named there:
//
//   - A grade list is read to 100 rows (zfn_api, ZFCheckScores): TestLongLists.
//   - An empty or broken reply is taken for data (most monitors): the suite's
//     "broken answers", and grades-header-only, -cut and -shifted-row among the
//     golden pages.
//   - Any page with 请 in it is a success (new-school-sdk): TestArrival.
//   - One session for all users (qfnu-scores-monitor): the suite makes every
//     call with a fresh driver and a session that comes from JSON; another
//     student's page is TestOtherStudent.
//   - Kicked out is taken for expired (Celechron): the suite's "session ends".
//   - The password is tried again by itself (ZFCheckScores, qfnu-scores-monitor):
//     the suite's "wrong password" and "broken login".
//   - The words of a refused login are looked for after "login page" has been
//     taken for a passing fault (qfnu-scores-monitor): TestSentences.
//   - Passwords and cookies in logs (iswust_bot, estu-grade-checker): the suite
//     looks into every error and every stored session.
func TestPeerBugs(t *testing.T) {
	for bug, test := range map[string]func(*testing.T){
		"zfn_api loses the cookie that comes with the picture":          pictureCookie,
		"qiangzhi-jwgl takes any page with 登录 in it for a login page":   pageSpeaksOfLogin,
		"new-school-sdk, zhengfang-grade-monitor keep one row a course": secondAttempt,
		"school-api reads columns by position":                          columnsMoved,
		"ZFCheckScores posts the password in clear beside the encoded":  passwordInClear,
	} {
		t.Run(bug, test)
	}
}

func pictureCookie(t *testing.T) {
	var sent string
	school := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/jsxsd/verifycode.servlet":
			w.Header().Set("Set-Cookie", "JSESSIONID=picture; Path=/jsxsd")
			w.Write([]byte(png))
		case r.Method == http.MethodPost:
			sent = r.Header.Get("Cookie")
			w.Write([]byte(mainPage))
		case r.URL.Path == "/jsxsd/":
			w.Header().Set("Set-Cookie", "JSESSIONID=page; Path=/jsxsd")
			w.Write([]byte(loginPage(captchaField, "")))
		default:
			w.Write([]byte(mainPage))
		}
	})
	c := &jwxt.Conn{School: jwxt.School{BaseURL: "http://jw.example.edu.cn"}, HTTP: jwxttest.InProcess(school)}
	if _, err := qiangzhi.New().Login(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(c.Session)
	if err != nil {
		t.Fatal(err)
	}
	c.Session = jwxt.Session{}
	if err := json.Unmarshal(stored, &c.Session); err != nil {
		t.Fatal(err)
	}
	if _, err := qiangzhi.New().Login(t.Context(), c, answers("2020000001", "x")); err != nil || sent != "JSESSIONID=picture" {
		t.Errorf("the answer went with %q, %v; want the picture's cookie", sent, err)
	}
}

func pageSpeaksOfLogin(t *testing.T) {
	menu := `<ul><li><a href="/jsxsd/xk/LoginToXk?method=exit">退出登录</a></li><li>login</li></ul>`
	s := &stub{t: t, answers: map[string][]string{list: {gradeRows(menu, 0, 2)}}}
	if got, err := qiangzhi.New().Grades(t.Context(), s.conn(), jwxt.Term{}); err != nil || len(got.Grades) != 2 {
		t.Errorf("got %d rows, %v", len(got.Grades), err)
	}
}

func secondAttempt(t *testing.T) {
	body := `<table><tr><th>课程名称</th><th>成绩</th><th>考试性质</th></tr>
		<tr><td>概率论</td><td>52</td><td>正常考试</td></tr><tr><td>概率论</td><td>61</td><td>补考</td></tr><tr><td>概率论</td><td>90</td><td>重修</td></tr></table>`
	got := parse[jwxt.Transcript](t, "grades", jwxttest.Page(t, "http://jw.example.edu.cn/x", []byte(body)))
	var attempts []string
	for _, g := range got.Grades {
		attempts = append(attempts, g.Score+" "+string(g.Attempt))
	}
	if have, want := strings.Join(attempts, ", "), "52 , 61 resit, 90 retake"; have != want {
		t.Errorf("got %q, want %q", have, want)
	}
}

func columnsMoved(t *testing.T) {
	const rows = `<table><tr><th>%</th></tr><tr><td>#</td></tr></table>`
	for header, row := range map[string]string{
		"课程名称|成绩|学分": "概率论|61|3", "学分|课程名称|成绩": "3|概率论|61", "成绩|学分|课程名称": "61|3|概率论",
	} {
		body := strings.Replace(rows, "%", strings.ReplaceAll(header, "|", "</th><th>"), 1)
		body = strings.Replace(body, "#", strings.ReplaceAll(row, "|", "</td><td>"), 1)
		got := parse[jwxt.Transcript](t, "grades", jwxttest.Page(t, "http://jw.example.edu.cn/x", []byte(body)))
		g := got.Grades[0]
		if g.Course != "概率论" || g.Score != "61" || g.Credits != jwxt.Milli(3000) {
			t.Errorf("%s: got %+v", header, g)
		}
	}
}

func passwordInClear(t *testing.T) {
	s := &stub{t: t, answers: map[string][]string{
		"GET /jsxsd/":              {loginPage(`<input type="hidden" name="loginMethod" value="x">`, "")},
		"POST /jsxsd/xk/LoginToXk": {loginPage("", "密码错误")},
	}}
	if _, err := attempt(t, s, s.conn(), answers("2020000001", "Canary@1")); err == nil || jwxt.KindOf(err) != jwxt.WrongPassword {
		t.Errorf("got %v, want WrongPassword", err)
	}
	if len(s.forms) != 1 || strings.Contains(s.forms[0].Encode(), "Canary") {
		t.Errorf("posted %v", s.forms)
	}
}
