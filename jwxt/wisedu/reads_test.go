package wisedu_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/cas"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/wisedu"
)

// connected is a student of a campus who has logged in at its front.
func connected(t *testing.T, p campus.Profile) *jwxt.Conn {
	t.Helper()
	c := &jwxt.Conn{School: p.School("http://ehall.example.edu.cn"), HTTP: jwxttest.InProcess(campus.New(p))}
	d := cas.Behind(wisedu.New())
	if _, err := d.Login(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Login(t.Context(), c, jwxt.Answers{jwxt.FieldAccount: number, jwxt.FieldPassword: password}); err != nil {
		t.Fatal(err)
	}
	return c
}

// What the campus has and what is read of it are the same, as far as the system
// has keys for it.
func TestGradesOfCampus(t *testing.T) {
	for kind, system := range map[string]campus.Jwapp{"numbers": {}, "strings": {Texts: true, Nameless: true}, "gsapp": {Graduate: true}} {
		t.Run(kind, func(t *testing.T) {
			p := profile(system)
			got, err := wisedu.New().Grades(t.Context(), connected(t, p), jwxt.Term{})
			if err != nil {
				t.Fatal(err)
			}
			want := slices.Clone(p.Accounts[0].Grades)
			slices.SortStableFunc(want, func(a, b jwxt.Grade) int { return b.Term.Compare(a.Term) })
			for i := range want {
				want[i] = comparable(want[i], system)
				got.Grades[i] = comparable(got.Grades[i], system)
			}
			if diff := cmp.Diff(want, got.Grades, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || got.UnknownColumns != nil {
				t.Errorf("unknown %q (-want +got):\n%s", got.UnknownColumns, diff)
			}
		})
	}
}

// comparable leaves what this system has, as it has it.
func comparable(g jwxt.Grade, system campus.Jwapp) jwxt.Grade {
	out := jwxt.Grade{
		Term: g.Term, CourseID: g.CourseID, Course: g.Course, Score: g.Score, Mark: g.Mark, Credits: g.Credits, Point: g.Point,
		Nature: g.Nature, Attempt: g.Attempt, Failed: g.Failed,
	}
	if system.Graduate {
		if out.Score == "" {
			out.Score = g.Mark
		}
		return out
	}
	out.Assessment, out.Hours, out.Elective, out.Department = g.Assessment, g.Hours, g.Elective, g.Department
	for name, score := range g.Parts {
		name, _, _ = strings.Cut(name, "(")
		if out.Parts == nil {
			out.Parts = map[string]string{}
		}
		out.Parts[name] = score
	}
	return out
}

func TestPlansOfCampus(t *testing.T) {
	for _, name := range []string{"xskcb", "cxxszhxqkb"} {
		p := profile(campus.Jwapp{Timetable: name, Texts: name != "xskcb"})
		a := p.Accounts[0]
		c := connected(t, p)
		term := a.Grades[0].Term
		plan, err := wisedu.New().Timetable(t.Context(), c, term)
		if diff := cmp.Diff(a.Lessons(term), plan.Lessons, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || err != nil || plan.Term != term || plan.UnknownColumns != nil {
			t.Errorf("%s: %v, unknown %q (-want +got):\n%s", name, err, plan.UnknownColumns, diff)
		}
		exams, err := wisedu.New().Exams(t.Context(), c, term)
		want := a.Exams(term)
		for i := range want {
			want[i].Ticket = "" // there is no key for it
			want[i].Name, want[i].When = exams.Exams[i].Name, exams.Exams[i].When
		}
		if diff := cmp.Diff(want, exams.Exams, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || err != nil || exams.UnknownColumns != nil {
			t.Errorf("exams: %v, unknown %q (-want +got):\n%s", err, exams.UnknownColumns, diff)
		}
		_, err = wisedu.New().Timetable(t.Context(), c, jwxt.Term{Year: 2040, Part: 1})
		if jwxt.KindOf(err) != jwxt.Closed || !strings.Contains(jwxt.SaidOf(err), "未发布") {
			t.Errorf("a term to come: %v (said %q)", err, jwxt.SaidOf(err))
		}
	}
}

// Lists of another term than was asked for are not taken for it.
func TestPlansOfAnotherTerm(t *testing.T) {
	list := func(name, term string) string {
		return `{"code":"0","datas":{"` + name + `":{"rows":[{"KCM":"大学物理","XH":"` + number + `","XNXQDM":"` + term + `"}]}}}`
	}
	for term, other := range map[string]bool{"2024-2025-1": false, "": false, "2023-2024-2": true} {
		s := &stub{t: t, answers: map[string][]string{
			"POST /jwapp/sys/wdkb/modules/xskcb/xskcb.do": {list("xskcb", term)}, "POST /jwapp/sys/studentWdksapApp/modules/wdksap/wdksap.do": {list("wdksap", term)},
			"GET /jwapp/sys/wdkb/*default/index.do": {"x"}, "GET /jwapp/sys/studentWdksapApp/*default/index.do": {"x"}, desktop: {me},
		}}
		asked := jwxt.Term{Year: 2024, Part: 1}
		_, err1 := wisedu.New().Timetable(t.Context(), s.conn(), asked)
		_, err2 := wisedu.New().Exams(t.Context(), s.conn(), asked)
		for _, err := range []error{err1, err2} {
			if (err != nil) != other || other && jwxt.KindOf(err) != jwxt.Changed {
				t.Errorf("%q: got %v", term, err)
			}
		}
	}
}

// A clock and credits that are not understood are kept as they are.
func TestLessonNotUnderstood(t *testing.T) {
	page := jwxttest.Page(t, "http://ehall.example.edu.cn/x", []byte(`{"code":"0","datas":{"xskcb":{"rows":[{"KCM":"大学物理","KSSJ":"早上","JSSJ":"0950","XF":"三"}]}}}`))
	got, err := wisedu.New().ParsePage("timetable", page)
	if err != nil {
		t.Fatal(err)
	}
	l := got.(jwxt.Timetable).Lessons[0]
	if diff := cmp.Diff(map[string]string{"KSSJ": "早上", "学分": "三"}, l.Extra); diff != "" || l.Starts != "" || l.Ends != "09:50" {
		t.Errorf("%s-%s, extra (-want +got):\n%s", l.Starts, l.Ends, diff)
	}
}

// A script to a login of any kind is an ended session.
func TestScriptToAnyLogin(t *testing.T) {
	for page, kind := range map[string]jwxt.Kind{
		`<script>top.location='/sso/login?x=1'</script>`: jwxt.Expired, `<script>location.href="/new/index.html"</script>`: jwxt.Changed,
	} {
		_, err := wisedu.New().ParsePage("grades", jwxttest.Page(t, "http://ehall.example.edu.cn/x", []byte(page)))
		wantKind(t, err, kind)
	}
}

// stub is a school of answers by method and path. The last answer to a request
// is given again and again. An answer is a body, or a status and where to; each
// index gives another _WEU, but for those that begin with "plain".
type stub struct {
	t       *testing.T
	answers map[string][]string
	asked   []string
	forms   []url.Values
}

func (s *stub) Do(r *http.Request) (*http.Response, error) {
	key := r.Method + " " + r.URL.Path
	s.asked = append(s.asked, key)
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		form, err2 := url.ParseQuery(string(body))
		if err != nil || err2 != nil {
			s.t.Fatal(err, err2)
		}
		s.forms = append(s.forms, form)
	}
	left := s.answers[key]
	if len(left) == 0 {
		s.t.Errorf("asked for %s, which has no answer", key)
		left = []string{"404"}
	}
	if len(left) > 1 {
		s.answers[key] = left[1:]
	}
	rec := httptest.NewRecorder()
	status, to := 0, ""
	if n, _ := fmt.Sscanf(left[0], "%3d %s", &status, &to); n > 0 && status > 300 {
		if to != "" {
			rec.Header().Set("Location", to)
		}
		rec.WriteHeader(status)
		return rec.Result(), nil
	}
	if strings.Contains(key, "index.do") && !strings.HasPrefix(left[0], "plain") {
		rec.Header().Set("Set-Cookie", fmt.Sprintf("_WEU=%d; Path=/jwapp", len(s.asked)))
	}
	rec.WriteString(left[0])
	return rec.Result(), nil
}

const (
	gradeList = "POST /jwapp/sys/cjcx/modules/cjcx/xscjcx.do"
	gradeIn   = "GET /jwapp/sys/cjcx/*default/index.do"
	desktop   = "GET /jsonp/userDesktopInfo.json"
	me        = `{"hasLogin":true,"userId":"2020000001","userName":"张三"}`
	another   = `{"hasLogin":true,"userId":"2020000009","userName":"李四"}`
)

// conn is a student in the grade app of a school without a portal, but for what
// options say by pairs.
func (s *stub) conn(options ...string) *jwxt.Conn {
	o := map[string]string{"entrance": "/jwapp/sys/cjcx/*default/index.do"}
	for i := 0; i < len(options); i += 2 {
		o[options[i]] = options[i+1]
	}
	return &jwxt.Conn{
		School: jwxt.School{
			ID: "a", BaseURL: "http://ehall.example.edu.cn", Options: o,
			Front: jwxt.Front{Kind: "authserver", URL: "http://ids.example.edu.cn/authserver/login"},
		},
		Session: jwxt.Session{
			Student: jwxt.Student{Number: number}, Memo: map[string]string{"app": "cjcx"},
			Cookies: []jwxt.Cookie{{Name: "_WEU", Value: "0", Domain: "ehall.example.edu.cn", Path: "/jwapp"}},
		},
		HTTP: s,
	}
}

// rows is a page of rows from to below to, of a list that says how long it is.
func rows(from, to, total int, xh string) string {
	var out []string
	for i := from; i < to; i++ {
		out = append(out, fmt.Sprintf(`{"WID":"W%d","XH":"%s","XNXQDM":"2024-2025-1","KCH":"C%d","KCM":"课程%d","ZCJ":80}`, i, xh, i, i))
	}
	return fmt.Sprintf(`{"code":"0","datas":{"xscjcx":{"totalSize":%d,"rows":[%s],"extParams":{"code":1}}}}`, total, strings.Join(out, ","))
}

// No row is lost where a list has pages, and none is taken for the whole that
// is not.
func TestLongLists(t *testing.T) {
	for _, tt := range []struct {
		name  string
		pages []string
		rows  int // 0: Changed
		asked int
	}{
		{"one page", []string{rows(0, 3, 3, number)}, 3, 1},
		{"three pages", []string{rows(0, 10, 23, number), rows(10, 20, 23, number), rows(20, 23, 23, number)}, 23, 3},
		{"full pages, to be sure", []string{rows(0, 10, 20, number), rows(10, 20, 20, number), rows(0, 0, 20, number)}, 20, 3},
		{"no count", []string{rows(0, 3, -1, number), rows(0, 0, -1, number)}, 3, 2},
		{"count too small, on one page", []string{rows(0, 9, 4, number), rows(0, 0, 4, number)}, 9, 2},
		{"count too small, as large as two pages", []string{rows(0, 2, 4, number), rows(2, 4, 4, number), rows(4, 5, 4, number)}, 5, 3},
		{"ends early", []string{rows(0, 10, 23, number), rows(10, 20, 23, number), rows(0, 0, 23, number)}, 0, 3},
		{"gives the first page again", []string{rows(0, 10, 23, number), rows(0, 10, 23, number)}, 0, 2},
		{"moves while it is read", []string{rows(0, 10, 20, number), rows(9, 19, 20, number)}, 0, 2},
		{"never ends", nil, 0, 40},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.pages == nil {
				for i := range 50 {
					tt.pages = append(tt.pages, rows(i, i+1, 1000, number))
				}
			}
			s := &stub{t: t, answers: map[string][]string{gradeList: tt.pages, desktop: {me}}}
			got, err := wisedu.New().Grades(t.Context(), s.conn(), jwxt.Term{})
			asked := slices.DeleteFunc(s.asked, func(a string) bool { return a == desktop })
			if len(got.Grades) != tt.rows || (tt.rows == 0) != (err != nil && jwxt.KindOf(err) == jwxt.Changed) || len(asked) != tt.asked {
				t.Errorf("got %d rows, %v, asked %d times", len(got.Grades), err, len(asked))
			}
			for i, f := range s.forms {
				if f.Get("pageNumber") != fmt.Sprint(i+1) || !strings.Contains(f.Get("querySetting"), `"SFYX"`) || f.Get("*json") != "1" {
					t.Errorf("page %d was asked by %v", i+1, f)
				}
			}
		})
	}
}

// Rows of another student, or a session that is another's, are nobody's here.
// The 学号 of rows need not be the number that people log in by.
func TestWhose(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options []string
		xh      string // in the rows
		known   string // from an earlier reading
		told    string // by the portal
		other   bool
		asked   int
	}{
		{"first reading", nil, number, "", me, false, 2},
		{"next reading", nil, number, number, "", false, 1},
		{"card number at the portal", nil, "09020119", "", me, false, 2},
		{"card number at the portal, known", nil, "09020119", "09020119", "", false, 1},
		{"rows tell nobody", nil, "", number, me, false, 2},
		{"other rows than before", nil, "2020000009", number, "", true, 1},
		{"the portal tells another", nil, "2020000009", "", another, true, 2},
		{"rows tell nobody, the portal another", nil, "", "", another, true, 2},
		{"no page tells", []string{"who", "none"}, number, "", "", false, 1},
		{"no page tells, another", []string{"who", "none"}, "2020000009", "", "", true, 1},
		{"no page tells, alias", []string{"who", "none", "account", "alias"}, "2020000009", "", "", false, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{gradeList: {rows(0, 3, 3, tt.xh)}, desktop: {tt.told}}}
			c := s.conn(tt.options...)
			if tt.known != "" {
				c.Session.Memo["xh"] = tt.known
			}
			got, err := wisedu.New().Grades(t.Context(), c, jwxt.Term{})
			if other := errors.Is(err, jwxt.ErrOtherStudent); other != tt.other || !other && (err != nil || len(got.Grades) != 3) || len(s.asked) != tt.asked {
				t.Errorf("got %d rows, %v, asked %q", len(got.Grades), err, s.asked)
			}
			if tt.other && (len(got.Grades) > 0 || !c.Session.Empty() || c.Session.Student.Number != "") {
				t.Errorf("another's session is still held: %+v", c.Session.Memo)
			}
			if want := tt.xh; !tt.other && want != "" && c.Session.Memo["xh"] != want {
				t.Errorf("known from now on: %q, want %q", c.Session.Memo["xh"], want)
			}
		})
	}
	s := &stub{t: t, answers: map[string][]string{gradeList: {strings.Replace(rows(0, 3, 3, number), number, "2020000009", 1)}}}
	_, err := wisedu.New().Grades(t.Context(), s.conn(), jwxt.Term{})
	wantKind(t, err, jwxt.Changed)
}

func wantKind(t *testing.T, err error, kind jwxt.Kind) {
	t.Helper()
	if err == nil || jwxt.KindOf(err) != kind {
		t.Errorf("got %v, want %v", err, kind)
	}
}

// Who is refused enters the app once more. Then the session has ended, or the
// list is refused to whom the app knows.
func TestEnterOnceMore(t *testing.T) {
	const (
		toFront = "302 http://ids.example.edu.cn/authserver/login?service=x"
		login   = `<form id="pwdFromId"><input type="password"></form>`
		page    = "<html>成绩查询</html>"
	)
	good := rows(0, 1, 1, number)
	for _, tt := range []struct {
		name        string
		list, index []string
		told        string
		kind        jwxt.Kind // Internal for none
		asked       int
	}{
		{"not entered", []string{"403", good}, []string{page}, me, jwxt.Internal, 4},
		{"not entered, login page", []string{login, good}, []string{page}, me, jwxt.Internal, 4},
		{"not entered, 401", []string{"401", good}, []string{page}, me, jwxt.Internal, 4},
		{"not entered, to the front", []string{toFront, good}, []string{page}, me, jwxt.Internal, 4},
		{"through two addresses", []string{"403", good}, []string{"302 /jwapp/sys/cjcx/*default/index.do;jsessionid=A!1?x=1", page}, me, jwxt.Internal, 5},
		{"ended, 403", []string{"403"}, []string{toFront}, "", jwxt.Expired, 2},
		{"ended, 401", []string{"401"}, []string{toFront}, "", jwxt.Expired, 2},
		{"ended, login page", []string{login}, []string{login}, "", jwxt.Expired, 2},
		{"ended, to another login", []string{"302 https://sso.example.com/x"}, []string{"302 https://sso.example.com/x"}, "", jwxt.Expired, 2},
		{"ended, the index opens to all", []string{"403"}, []string{"plain"}, `{"hasLogin":false}`, jwxt.Expired, 4},
		{"ended, 401 from within", []string{"401"}, []string{page}, "", jwxt.Expired, 3},
		{"refused from within", []string{"403"}, []string{page}, "", jwxt.Blocked, 3},
		{"an index that is none", []string{"403"}, []string{"plain"}, me, jwxt.Changed, 4},
		{"an empty index", []string{"403"}, []string{""}, "", jwxt.Changed, 2},
		{"a page nobody knows", []string{page}, []string{page}, "", jwxt.Changed, 3},
		{"elsewhere within", []string{"302 /jwapp/sys/other/page.do"}, []string{page}, "", jwxt.Changed, 3},
		{"down", []string{"502"}, nil, "", jwxt.Unreachable, 1},
		{"must change the password", []string{"403"}, []string{"302 /jwapp/password.do"}, "", jwxt.MustActFirst, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{
				gradeList: tt.list, gradeIn: tt.index, desktop: {tt.told}, "GET /jwapp/password.do": {"<p>请先修改初始密码</p>"},
			}}
			c := s.conn()
			before := slices.Clone(c.Session.Cookies)
			_, err := wisedu.New().Grades(t.Context(), c, jwxt.Term{})
			if (tt.kind == jwxt.Internal) != (err == nil) || err != nil && jwxt.KindOf(err) != tt.kind || len(s.asked) != tt.asked {
				t.Errorf("got %v, want %v; asked %q", err, tt.kind, s.asked)
			}
			if tt.kind == jwxt.Expired && !slices.Equal(before, c.Session.Cookies) {
				t.Error("cookies of an ended session were not put back")
			}
		})
	}
}

// Each app is entered before its first list, by its number where the portal
// leads there, and the app before is entered anew afterwards.
func TestApps(t *testing.T) {
	in := func(app string) string { return "GET /jwapp/sys/" + app + "/*default/index.do" }
	query := func(path string) string { return "POST /jwapp/sys/" + path + ".do" }
	list := func(name string, rows string) string {
		return `{"code":"0","datas":{"` + name + `":{"totalSize":-1,"rows":[` + rows + `]}}}`
	}
	s := &stub{t: t, answers: map[string][]string{
		in("wdkb"): {"x"}, in("studentWdksapApp"): {"x"}, in("cjcx"): {"x"}, gradeList: {rows(0, 1, 1, number)},
		query("wdkb/modules/jshkcb/dqxnxq"):             {list("dqxnxq", `{"DM":"2024-2025-1"}`)},
		query("wdkb/modules/xskcb/xskcb"):               {list("xskcb", `{"KCM":"a","XH":"`+number+`"}`)},
		query("studentWdksapApp/modules/wdksap/wdksap"): {list("wdksap", `{"KCM":"a","XH":"`+number+`"}`)},
	}}
	c := s.conn()
	c.Session.Memo["xh"] = number
	for _, read := range []func() error{
		func() error { _, err := wisedu.New().Timetable(t.Context(), c, jwxt.Term{}); return err },
		func() error {
			_, err := wisedu.New().Timetable(t.Context(), c, jwxt.Term{Year: 2024, Part: 1})
			return err
		},
		func() error { _, err := wisedu.New().Exams(t.Context(), c, jwxt.Term{Year: 2024, Part: 1}); return err },
		func() error { _, err := wisedu.New().Grades(t.Context(), c, jwxt.Term{}); return err },
	} {
		if err := read(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		in("wdkb"), query("wdkb/modules/jshkcb/dqxnxq"), query("wdkb/modules/xskcb/xskcb"),
		query("wdkb/modules/xskcb/xskcb"),
		in("studentWdksapApp"), query("studentWdksapApp/modules/wdksap/wdksap"),
		in("cjcx"), gradeList,
	}
	if diff := cmp.Diff(want, s.asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A list that is not paged and says that it is longer is not whole.
func TestShortPlans(t *testing.T) {
	s := &stub{t: t, answers: map[string][]string{
		"GET /jwapp/sys/wdkb/*default/index.do":       {"x"},
		"POST /jwapp/sys/wdkb/modules/xskcb/xskcb.do": {`{"code":"0","datas":{"xskcb":{"totalSize":9,"rows":[{"KCM":"a"}]}}}`},
	}}
	_, err := wisedu.New().Timetable(t.Context(), s.conn(), jwxt.Term{Year: 2024, Part: 1})
	wantKind(t, err, jwxt.Changed)
}
