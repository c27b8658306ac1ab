package qiangzhi_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/qiangzhi"
)

// overheard passes requests on and keeps them.
type overheard struct {
	jwxt.Doer
	asked []*http.Request
}

func (o *overheard) Do(r *http.Request) (*http.Response, error) {
	o.asked = append(o.asked, r)
	return o.Doer.Do(r)
}

// inAppOf is a student of a campus who has logged in at the API.
func inAppOf(t *testing.T, p campus.Profile) (*jwxt.Conn, *overheard) {
	t.Helper()
	o := &overheard{Doer: jwxttest.InProcess(campus.New(p))}
	c := &jwxt.Conn{School: p.School("http://jw.example.edu.cn"), HTTP: o}
	if _, err := qiangzhi.New().Login(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := qiangzhi.New().Login(t.Context(), c, answers(number, password)); err != nil {
		t.Fatal(err)
	}
	o.asked = nil
	return c, o
}

// stubApp is a school of fixed answers that is asked through the API.
func stubApp(t *testing.T, base string, answers map[string][]string, options ...string) (*jwxt.Conn, *stub) {
	s := &stub{t: t, answers: answers}
	c := s.conn()
	c.School.BaseURL, c.School.Options = base, map[string]string{"api": "app"}
	for i := 0; i < len(options); i += 2 {
		c.School.Options[options[i]] = options[i+1]
	}
	c.Session = jwxt.Session{Memo: map[string]string{"token": "abcd"}, Student: jwxt.Student{Number: number, Name: name}}
	return c, s
}

// What the campus has and what is read of it are the same, as far as the API
// has it.
func TestAppOfCampus(t *testing.T) {
	for kind, system := range map[string]campus.QiangzhiApp{"app.do": {}, "app.ashx": {Path: "/app/app.ashx", Wrapped: true}} {
		t.Run(kind, func(t *testing.T) {
			p := appProfile(system)
			p.Accounts[0].Grades = campus.Transcript(number, 2020, 6, false) // its last term has examinations
			a := p.Accounts[0]
			c, o := inAppOf(t, p)
			got, err := qiangzhi.New().Grades(t.Context(), c, jwxt.Term{})
			if err != nil {
				t.Fatal(err)
			}
			var want []jwxt.Grade
			for _, g := range a.Grades {
				score := g.Score
				if score == "" {
					score = g.Mark
				}
				want = append(want, jwxt.Grade{
					Term: g.Term, Course: g.Course, Score: score, Mark: g.Mark, Credits: g.Credits, Exam: g.Exam, Attempt: g.Attempt,
					Nature: g.Nature, Failed: g.Failed, Extra: map[string]string{"课程类别": "公共课"},
				})
			}
			if diff := cmp.Diff(want, got.Grades, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || got.UnknownColumns != nil {
				t.Errorf("grades, unknown %q (-want +got):\n%s", got.UnknownColumns, diff)
			}
			checkAppPlans(t, c, a)
			for _, r := range o.asked {
				if q := r.URL.Query(); q.Get("xh") != number || q.Has("pwd") || r.Header.Get("token") == "" || strings.Contains(r.Referer(), "?") {
					t.Errorf("asked %s with referer %q", r.URL.Query().Get("method"), r.Referer())
				}
			}
		})
	}
}

// checkAppPlans reads the plans of the current term. A lesson's weeks are those
// it is held in, whatever is written.
func checkAppPlans(t *testing.T, c *jwxt.Conn, a campus.Account) {
	t.Helper()
	plan, err := qiangzhi.New().Timetable(t.Context(), c, jwxt.Term{})
	if err != nil {
		t.Fatal(err)
	}
	when := func(l jwxt.Lesson) string {
		return fmt.Sprint(l.Course, l.Teacher, l.Room, l.Weekday, l.From, l.To, l.Weeks)
	}
	var want, got []string
	for _, l := range a.Lessons(jwxt.Term{}) {
		want = append(want, when(l))
	}
	for _, l := range plan.Lessons {
		got = append(got, when(l))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" || plan.Term != a.Current() {
		t.Errorf("timetable of %v (-want +got):\n%s", plan.Term, diff)
	}
	exams, err := qiangzhi.New().Exams(t.Context(), c, a.Current())
	if err != nil || len(exams.Exams) != len(a.Exams(jwxt.Term{})) || exams.Exams[0].Date != a.Exams(jwxt.Term{})[0].Date {
		t.Errorf("got %+v, %v", exams, err)
	}
	_, err = qiangzhi.New().Exams(t.Context(), c, a.Grades[0].Term)
	wantKind(t, err, jwxt.Unsupported)
}

func wantKind(t *testing.T, err error, kind jwxt.Kind) {
	t.Helper()
	if err == nil || jwxt.KindOf(err) != kind {
		t.Errorf("got %v, want %v", err, kind)
	}
}

// Over plain http nothing is asked unless the operator says so, and options
// that mean nothing are told.
func TestAppOptions(t *testing.T) {
	for _, tt := range []struct {
		base    string
		options []string
		kind    jwxt.Kind // Expired: it was asked
	}{
		{"http://jw.example.edu.cn", nil, jwxt.Internal},
		{"http://jw.example.edu.cn", []string{"plain_http", "no"}, jwxt.Internal},
		{"http://jw.example.edu.cn", []string{"plain_http", "yes"}, jwxt.Expired},
		{"https://jw.example.edu.cn", nil, jwxt.Expired},
		{"https://jw.example.edu.cn", []string{"app", "http://app.example.edu.cn/app.do"}, jwxt.Internal},
		{"https://jw.example.edu.cn", []string{"api", "web"}, jwxt.Internal},
		{"https://jw.example.edu.cn", []string{"weeks", "many"}, jwxt.Internal},
		{"https://jw.example.edu.cn", []string{"by_term", "true"}, jwxt.Internal},
	} {
		c, s := stubApp(t, tt.base, map[string][]string{"GET /app.do?getCjcx": {`{"token":"-1"}`}}, tt.options...)
		_, err := qiangzhi.New().Grades(t.Context(), c, jwxt.Term{})
		wantKind(t, err, tt.kind)
		_, err = qiangzhi.New().Login(t.Context(), c, nil)
		if asked := len(s.asked) > 0; asked != (tt.kind == jwxt.Expired) || !asked && jwxt.KindOf(err) != jwxt.Internal {
			t.Errorf("%s %q: asked %q, login: %v", tt.base, tt.options, s.asked, err)
		}
	}
}

// Whatever a login is answered with, the query is sent to one place once, and
// no error tells of it.
func TestAppQueryStays(t *testing.T) {
	for kind, answer := range map[string]string{
		"redirect": "302 http://elsewhere.example.com/collect", "within": "302 /app.do?method=other", "page": "<html>错误</html>",
		"wrong": `{"flag":"0","token":"-1","msg":"密码错误"}`, "no JSON": "{", "nobody": "",
	} {
		c, s := stubApp(t, "https://jw.example.edu.cn", map[string][]string{"GET /app.do": {"{}"}, "GET /app.do?authUser": {answer}})
		c.Session = jwxt.Session{}
		if _, err := qiangzhi.New().Login(t.Context(), c, nil); err != nil {
			t.Fatal(err)
		}
		_, err := qiangzhi.New().Login(t.Context(), c, answers(number, password))
		if err == nil || len(s.asked) != 2 {
			t.Errorf("%s: %v, asked %q", kind, err, s.asked)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if text := fmt.Sprintf("%v %+v %s", e, e, e); strings.ContainsAny(text, "?&") || strings.Contains(text, number) || strings.Contains(text, "pwd") {
				t.Errorf("%s: the error tells of the query: %s", kind, text)
			}
		}
		if _, err := qiangzhi.New().Login(t.Context(), c, answers(number, password)); jwxt.KindOf(err) != jwxt.Internal || len(s.asked) != 2 {
			t.Errorf("%s: the password was sent again: %v, asked %q", kind, err, s.asked)
		}
	}
}

// The number that the API knows the person by is the one asked for from then on.
func TestAppWhose(t *testing.T) {
	answers2 := func(known string) map[string][]string {
		return map[string][]string{
			"GET /app.do": {"{}"}, "GET /app.do?getXnxq": {"[null]"},
			"GET /app.do?authUser": {`{"success":true,"token":"abcd","user":{"useraccount":"` + known + `","username":"张三"}}`},
		}
	}
	for _, tt := range []struct {
		known, option string
		other         bool
	}{{number, "", false}, {"2020000009", "", true}, {"2020000009", "alias", false}} {
		c, _ := stubApp(t, "https://jw.example.edu.cn", answers2(tt.known), "account", tt.option)
		c.Session = jwxt.Session{}
		if _, err := qiangzhi.New().Login(t.Context(), c, nil); err != nil {
			t.Fatal(err)
		}
		step, err := qiangzhi.New().Login(t.Context(), c, answers(number, password))
		if tt.other {
			if !errors.Is(err, jwxt.ErrOtherStudent) || !c.Session.Empty() {
				t.Errorf("%q: got %v, session %v", tt.option, err, c.Session.Memo)
			}
			continue
		}
		if err != nil || step.(*jwxt.Done).Student != (jwxt.Student{Number: tt.known, Name: name}) {
			t.Errorf("%q: got %+v, %v", tt.option, step, err)
		}
	}
}

// An answer that speaks of no login does not say that the password was wrong.
func TestAppAnswersNoLogin(t *testing.T) {
	for _, answer := range []string{`{}`, `{"error":"no such method"}`, `{"flag":"1","userrealname":"张三"}`} {
		c, _ := stubApp(t, "https://jw.example.edu.cn", map[string][]string{"GET /app.do": {"{}"}, "GET /app.do?authUser": {answer}})
		c.Session = jwxt.Session{}
		if _, err := qiangzhi.New().Login(t.Context(), c, nil); err != nil {
			t.Fatal(err)
		}
		_, err := qiangzhi.New().Login(t.Context(), c, answers(number, password))
		wantKind(t, err, jwxt.Changed)
	}
}

// Rows that tell another student's number end the session.
func TestAppRowsOfAnother(t *testing.T) {
	for xh, other := range map[string]bool{number: false, "": false, "2020000009": true} {
		c, _ := stubApp(t, "https://jw.example.edu.cn", map[string][]string{"GET /app.do?getCjcx": {`[{"kcmc":"大学物理","zcj":"80","xh":"` + xh + `"}]`}})
		_, err := qiangzhi.New().Grades(t.Context(), c, jwxt.Term{})
		if errors.Is(err, jwxt.ErrOtherStudent) != other || c.Session.Empty() != other || !other && err != nil {
			t.Errorf("%q: got %v", xh, err)
		}
	}
}

// Term by term, rows are of the term that was asked for; a school that lists no
// term has not said that there are no grades.
func TestAppGradesByTerm(t *testing.T) {
	answers := map[string][]string{
		"GET /app.do?getXnxq": {`[{"xnxq01id":"2024-2025-2"},{"xnxq01id":"2024-2025-1"}]`, `[null]`},
		"GET /app.do?getCjcx": {`[{"kcmc":"大学物理","zcj":"80"}]`},
	}
	c, _ := stubApp(t, "https://jw.example.edu.cn", answers, "by_term", "yes")
	got, err := qiangzhi.New().Grades(t.Context(), c, jwxt.Term{})
	if err != nil || len(got.Grades) != 2 || got.Grades[0].Term.String() != "2024-2025-2" || got.Grades[1].Term.String() != "2024-2025-1" {
		t.Errorf("got %+v, %v", got.Grades, err)
	}
	_, err = qiangzhi.New().Grades(t.Context(), c, jwxt.Term{})
	wantKind(t, err, jwxt.Changed)
}

// A lesson whose 节 are no unbroken run is several.
func TestAppLessonInTwoRuns(t *testing.T) {
	page := jwxttest.Page(t, "http://jw.example/app.do", []byte(`[{"kcmc":"大学物理","kcsj":"101020506"}]`))
	got := parse[jwxt.Timetable](t, "apptimetable", page).Lessons
	want := []jwxt.Lesson{
		{Course: "大学物理", Weekday: 1, From: 1, To: 2, Weeks: []int{1}}, {Course: "大学物理", Weekday: 1, From: 5, To: 6, Weeks: []int{1}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A token that tells its own end is not sent after it.
func TestAppTokenThatTellsItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		token := func(claims string) string {
			return "eyJhbGciOiJIUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
		}
		in := func(d time.Duration) string { return token(fmt.Sprintf(`{"exp":%d}`, time.Now().Add(d).Unix())) }
		for _, tt := range []struct {
			token string
			asked int
		}{{in(time.Minute), 1}, {in(-time.Minute), 0}, {token(`{"exp":"soon"}`), 1}, {token(`{}`), 1}, {"a.!.c", 1}, {"", 0}} {
			c, s := stubApp(t, "https://jw.example.edu.cn", map[string][]string{"GET /app.do?getXnxq": {"[null]"}})
			c.Session.Memo["token"] = tt.token
			err := qiangzhi.New().KeepAlive(t.Context(), c)
			if len(s.asked) != tt.asked || (tt.asked == 0) != (jwxt.KindOf(err) == jwxt.Expired && err != nil) {
				t.Errorf("%.40s: asked %d times, %v", tt.token, len(s.asked), err)
			}
		}
	})
}

// What the API does not have is told; a logout forgets, and asks nobody.
func TestAppHasNot(t *testing.T) {
	c, s := stubApp(t, "https://jw.example.edu.cn", nil)
	_, err := qiangzhi.New().Notices(t.Context(), c, 1)
	wantKind(t, err, jwxt.Unsupported)
	_, err = qiangzhi.New().Notice(t.Context(), c, "x")
	wantKind(t, err, jwxt.Unsupported)
	if err := qiangzhi.New().Logout(t.Context(), c); err != nil || !c.Session.Empty() || len(s.asked) > 0 {
		t.Errorf("after a logout: %v, %+v, asked %q", err, c.Session.Memo, s.asked)
	}
	_, err = qiangzhi.New().Exams(t.Context(), c, jwxt.Term{})
	wantKind(t, err, jwxt.Expired)
	_, err = qiangzhi.New().Entrance(c.School)
	wantKind(t, err, jwxt.Internal)
}

// A real school's answers.
func TestSampleApp(t *testing.T) {
	const address = "http://jw.example/app/app.ashx"
	got := parse[jwxt.Transcript](t, "appgrades", sample(t, "cqcvc-app-getCjcx.json", address))
	want := jwxt.Transcript{Grades: []jwxt.Grade{{
		Term: jwxt.Term{Year: 2020, Part: 1}, Course: "体育Ⅰ", Score: "88", Credits: jwxt.Milli(2000), Exam: "正常考试", Nature: "必修",
		Extra: map[string]string{"课程类别": "公共课"},
	}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	plan := parse[jwxt.Timetable](t, "apptimetable", sample(t, "cqcvc-app-getKbcxAzc.json", address))
	lesson := jwxt.Lesson{
		Course: "前端JS设计", Teacher: "李测试", Room: "明华楼605(公共机房)", Weekday: 1, From: 5, To: 6, Weeks: []int{1}, WeekText: "2-14,17-18",
	}
	if diff := cmp.Diff([]jwxt.Lesson{lesson}, plan.Lessons, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzAppAuth(f *testing.F) {
	fuzz(f, "appauth", func(t *testing.T, v any) {
		if s := v.(jwxt.Student); len(s.Number) > 20 || len([]rune(s.Name)) > 40 {
			t.Errorf("nobody: %+v", s)
		}
	})
}

func FuzzAppGrades(f *testing.F) {
	fuzz(f, "appgrades", func(t *testing.T, v any) {
		for _, g := range v.(jwxt.Transcript).Grades {
			if g.Course == "" {
				t.Errorf("a row without course: %+v", g)
			}
		}
	})
}

func FuzzAppTimetable(f *testing.F) {
	fuzz(f, "apptimetable", func(t *testing.T, v any) {
		for _, l := range v.(jwxt.Timetable).Lessons {
			if l.Course == "" || l.Weekday < 0 || l.Weekday > 7 || l.To < l.From || (l.Weekday == 0) != (l.From == 0) {
				t.Errorf("no lesson: %+v", l)
			}
		}
	})
}

func FuzzAppExams(f *testing.F) {
	fuzz(f, "appexams", func(t *testing.T, v any) {
		for _, e := range v.(jwxt.ExamList).Exams {
			if e.Course == "" {
				t.Errorf("no examination: %+v", e)
			}
		}
	})
}
