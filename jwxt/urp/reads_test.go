package urp_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/urp"
)

// listStub is a new build with three lists.
func listStub(t *testing.T, passed, failed, now string, change map[string][]string) *stub {
	s := &stub{t: t, answers: map[string][]string{
		"GET " + scores + "allPassingScores/index": {index("allPassingScores/callback")}, "GET " + scores + "7f3a/allPassingScores/callback": {passed},
		"GET " + scores + "unpassedScores/index": {index("unpassed/scores/callback")}, "GET " + scores + "7f3a/unpassed/scores/callback": {failed},
		"GET " + scores + "thisTermScores/index": {index("thisTermScores/data")}, "GET " + scores + "7f3a/thisTermScores/data": {now},
		"GET " + rollPath: {newRecord("2020000001")},
	}}
	maps.Copy(s.answers, change)
	return s
}

// index is a list's page.
func index(data string) string {
	return `<script>var url = "` + scores + "7f3a/" + data + `"; $.get(url);</script>`
}

// oldList is a grade list of an old build: cells by commas, header first.
func oldList(above string, lines ...string) string {
	var b strings.Builder
	b.WriteString(above + `<table class="displayTag" id="user">`)
	for i, line := range lines {
		cell := "td"
		if i == 0 {
			cell = "th"
		}
		b.WriteString("<tr><" + cell + ">" + strings.ReplaceAll(line, ",", "</"+cell+"><"+cell+">") + "</" + cell + "></tr>")
	}
	return b.String() + "</table>"
}

const (
	passedHead = "课程号,课序号,课程名,学分,成绩"
	failedHead = "课程号,课序号,课程名,学分,成绩,考试时间,未通过原因"
	termHead   = "课程号,课序号,课程名,学分,课程最高分,成绩,名次"
)

func oldLists(t *testing.T, passed, failed, now string) *stub {
	return &stub{t: t, answers: map[string][]string{
		"GET " + infoPath: {oldRecord("2020000001")}, "GET " + passedPath: {passed}, "GET " + failedPath: {failed}, "GET " + termPath: {now},
	}}
}

// brief is a transcript in few words: term, course, score, rank.
func brief(g []jwxt.Grade) (out []string) {
	for _, g := range g {
		out = append(out, fmt.Sprintf("%v %s %s%s %s", g.Term, g.CourseID, g.Score, g.Mark, g.Extra["名次"]))
	}
	return out
}

// TestOldListsJoin joins this term's rows with those of passed and failed ones.
func TestOldListsJoin(t *testing.T) {
	const autumn, spring = "<b>2024-2025学年秋(两学期)</b>", "<b>2024-2025学年春(两学期)</b>"
	tests := []struct {
		name                string
		passed, failed, now []string
		want                []string
	}{
		{"the same rows", []string{autumn, passedHead, "1,01,a,2,80.0"}, []string{"", failedHead}, []string{"", termHead, "1,01,a,2,99,80,3"},
			[]string{"2024-2025-1 1 80.0 3"}},
		{"new ones are of the same term", []string{spring, passedHead, "1,01,a,2,80"}, []string{"", failedHead}, []string{"", termHead, "1,01,a,2,99,80,3", "2,01,b,2,,,"},
			[]string{"2024-2025-2 1 80 3", "2024-2025-2 2  "}},
		{"nothing tells the term", []string{autumn, passedHead, "1,01,a,2,80"}, []string{"", failedHead}, []string{"", termHead, "2,01,b,2,99,70,3"},
			[]string{"2024-2025-1 1 80 ", " 2 70 3"}},
		{"failed this term", []string{autumn, passedHead, "1,01,a,2,80"}, []string{"", failedHead, "2,01,b,2,50,20250625,"},
			[]string{"", termHead, "2,01,b,2,99,50.0,60"}, []string{"2024-2025-1 1 80 ", "2024-2025-2 2 50 60"}},
		{"another class of the course", []string{autumn, passedHead, "1,01,a,2,80"}, []string{"", failedHead}, []string{"", termHead, "1,02,a,2,99,80,3"},
			[]string{"2024-2025-1 1 80 ", " 1 80 3"}},
		{"taken again, no score yet", []string{autumn, passedHead, "9,01,z,2,80"}, []string{"", failedHead, "1,01,a,2,50,20240110,"},
			[]string{"", termHead, "1,01,a,2,,,", "9,01,z,2,99,80,1"}, []string{"2024-2025-1 9 80 1", "2023-2024-1 1 50 ", "2024-2025-1 1  "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := oldLists(t, oldList(tt.passed[0], tt.passed[1:]...), oldList(tt.failed[0], tt.failed[1:]...), oldList(tt.now[0], tt.now[1:]...))
			got, err := urp.New().Grades(t.Context(), s.conn("build", "old"), jwxt.Term{})
			if diff := cmp.Diff(tt.want, brief(got.Grades)); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestNewListsJoin does the same for a new build, whose rows name their term.
func TestNewListsJoin(t *testing.T) {
	item := func(plan, course, more string) string {
		return `{"id":{"executiveEducationPlanNumber":"` + plan + `","courseNumber":"` + course + `","coureSequenceNumber":"01"},"courseName":"x",` + more + `}`
	}
	group := func(items ...string) string { return `{"lnList":[{"cjList":[` + strings.Join(items, ",") + `]}]}` }
	const now, before = "2025-2026-1-1", "2024-2025-1-1"
	s := listStub(t,
		group(item(now, "1", `"cj":"优秀","courseScore":"95"`), item(before, "2", `"cj":"80"`), item(now, "3", `"cj":"61"`)),
		group(item(now, "3", `"cj":"50"`), item(now, "4", `"cj":null,"notByReasonName":"缓考"`)),
		`[{"list":[`+strings.Join([]string{
			item(now, "1", `"courseScore":"95","rank":"1"`), item(now, "2", `"courseScore":"80","rank":"2"`),
			item(now, "3", `"courseScore":"50.0","rank":"3"`), item(now, "4", `"courseScore":null,"rank":"4"`),
			item(now, "5", `"courseScore":"77","inputStatusCode":"02","rank":"5"`),
		}, ",")+`]}]`, nil)
	got, err := urp.New().Grades(t.Context(), s.conn("build", "new"), jwxt.Term{})
	want := []string{
		"2025-2026-1 1 优秀 1", "2024-2025-1 2 80 ", "2025-2026-1 3 61 ", "2025-2026-1 3 50 3", "2025-2026-1 4 缓考 4", "2025-2026-1 2 80 2",
		"2025-2026-1 5 暂存 ",
	}
	if diff := cmp.Diff(want, brief(got.Grades)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := urp.New().Grades(t.Context(), s.conn("build", "new"), jwxt.Term{Year: 2024, Part: 1}); err != nil || len(got.Grades) != 1 {
		t.Errorf("one term: got %v, %v", brief(got.Grades), err)
	}
}

// No part of a transcript comes without the others.
func TestNoPartialTranscript(t *testing.T) {
	none, nothing := `{"lnList":[]}`, `[{"list":[]}]`
	bad := map[string]struct {
		answer string
		kind   jwxt.Kind
	}{
		"gate": {`<div class="alert">请先完成教学评估</div>`, jwxt.MustActFirst}, "broken": {`{"lnList":[{`, jwxt.Changed},
		"kicked": {"302 /login?errorCode=concurrentSessionExpired", jwxt.KickedOut}, "gotoLogin": {`<script>location="/gotoLogin"</script>`, jwxt.Expired},
		"401": {"401 x", jwxt.Expired}, "403": {"403 x", jwxt.Blocked}, "403 to the login": {`403 <script>location="/gotoLogin"</script>`, jwxt.Expired},
		"login page": {newLogin(md5Script, ""), jwxt.Expired}, "502": {"502 x", jwxt.Unreachable},
	}
	for name, b := range bad {
		for _, at := range []string{"allPassingScores/index", "7f3a/unpassed/scores/callback", "thisTermScores/index", "7f3a/thisTermScores/data"} {
			s := listStub(t, none, none, nothing, map[string][]string{"GET " + scores + at: {b.answer}})
			got, err := urp.New().Grades(t.Context(), s.conn("build", "new"), jwxt.Term{})
			if jwxt.KindOf(err) != b.kind || err == nil || len(got.Grades) > 0 || s.posts() > 0 {
				t.Errorf("%s at %s: got %v, want %v", name, at, err, b.kind)
			}
		}
	}
}

// A record that cannot be read bars nobody from his grades.
func TestUnreadableRecord(t *testing.T) {
	for _, record := range []string{"404 x", "<p>学籍</p>", sorry("学籍信息未开放")} {
		old := oldLists(t, oldList("", passedHead, "1,01,a,2,80"), oldList("", failedHead), oldList("", termHead))
		old.answers["GET "+infoPath] = []string{record}
		new := listStub(t, `{"lnList":[{"cjList":[{"courseName":"a","cj":"80"}]}]}`, `{"lnList":[]}`, `[{"list":[]}]`, map[string][]string{"GET " + rollPath: {record}})
		for build, s := range map[string]*stub{"old": old, "new": new} {
			got, err := urp.New().Grades(t.Context(), s.conn("build", build), jwxt.Term{})
			if err != nil || len(got.Grades) != 1 {
				t.Errorf("%s, %q: got %v, %v", build, record, brief(got.Grades), err)
			}
		}
	}
}

// An old build that is busy is asked once more, and no more than once.
func TestBusy(t *testing.T) {
	list := oldList("", termHead)
	for name, answers := range map[string][]string{"once": {sorry("数据库忙请稍候再试"), list}, "for ever": {sorry("系统繁忙"), sorry("系统繁忙")}} {
		s := oldLists(t, oldList("", passedHead), oldList("", failedHead), list)
		s.answers["GET "+termPath] = answers
		_, err := urp.New().Grades(t.Context(), s.conn("build", "old"), jwxt.Term{})
		if (err == nil) != (name == "once") || len(s.asked) != 5 {
			t.Errorf("%s: got %v after %q", name, err, s.asked)
		}
		if err != nil {
			wantKind(t, err, jwxt.Unreachable, "繁忙")
		}
	}
}

// The server's error page in place of the record is a lost session; in place
// of a list, after a good record, it is an error of the server's.
func TestServletException(t *testing.T) {
	const lost = "500 <title>500 Servlet Exception</title>"
	s := oldLists(t, lost, "", "")
	_, err := urp.New().Grades(t.Context(), s.conn("build", "old"), jwxt.Term{})
	wantKind(t, err, jwxt.Unreachable, "")
	s.answers["GET "+infoPath] = []string{lost}
	_, err = urp.New().Grades(t.Context(), s.conn("build", "old"), jwxt.Term{})
	wantKind(t, err, jwxt.Expired, "")
}

// Gates are shown in the school's words. What would open them is not asked for
// (the stub would fail the test).
func TestGates(t *testing.T) {
	for said, kind := range map[string]jwxt.Kind{
		"您没有注册": jwxt.MustActFirst, "请您先完成教学评估！": jwxt.MustActFirst, "成绩查询未开放": jwxt.Closed, "您的账号在其他地方登录": jwxt.KickedOut,
	} {
		s := oldLists(t, sorry(said), "", "")
		_, err := urp.New().Grades(t.Context(), s.conn("build", "old"), jwxt.Term{})
		wantKind(t, err, kind, said)
		s.answers["GET "+infoPath] = []string{sorry(said)}
		_, err = urp.New().Grades(t.Context(), s.conn("build", "old"), jwxt.Term{})
		wantKind(t, err, kind, said)
		if s.posts() > 0 {
			t.Errorf("asked %q", s.asked)
		}
	}
}

// The list of all terms is read to its end, and no list that is shorter than it
// says.
func TestAllTermsPages(t *testing.T) {
	records := func(total int, courses ...string) string {
		var rows []string
		for _, c := range courses {
			rows = append(rows, `{"ZXJXJHH":"2024-2025-1-1","KCH":"`+c+`","KXH":"1","KCM":"x","KCCJ":"80","XH":"2020000001"}`)
		}
		return fmt.Sprintf(`{"list":{"pageContext":{"totalCount":%d},"records":[%s]}}`, total, strings.Join(rows, ","))
	}
	tests := []struct {
		name  string
		pages []string
		want  int // rows; -1 is Changed
	}{
		{"one page", []string{records(2, "1", "2")}, 2},
		{"three pages", []string{records(5, "1", "2"), records(5, "3", "4"), records(5, "5")}, 5},
		{"the same page again", []string{records(4, "1", "2"), records(4, "1", "2")}, -1},
		{"an empty second page", []string{records(4, "1", "2"), records(4)}, -1},
		{"none of many", []string{records(3)}, -1},
		{"none", []string{records(0)}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{
				"GET " + scores + "allTermScores/index": {index("allTermScores/data")}, "POST " + scores + "7f3a/allTermScores/data": tt.pages,
				"GET " + rollPath: {newRecord("2020000001")},
			}}
			got, err := urp.New().Grades(t.Context(), s.conn("build", "new", "grades", "terms"), jwxt.Term{})
			switch {
			case tt.want < 0:
				wantKind(t, err, jwxt.Changed, "")
			case err != nil || len(got.Grades) != tt.want:
				t.Errorf("got %d rows, %v; want %d", len(got.Grades), err, tt.want)
			}
			if got := s.form(scores + "7f3a/allTermScores/data").Encode(); got != "kch=&kcm=&pageNum=1&pageSize=300&zxjxjhh=" {
				t.Errorf("asked with %q", got)
			}
		})
	}
}

// connected is a student of a campus, logged in.
func connected(t *testing.T, p campus.Profile) (*campus.School, *jwxt.Conn) {
	t.Helper()
	s := jwxttest.Campus{School: campus.New(p), Number: number}
	c := &jwxt.Conn{School: p.School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(s)}
	step, err := urp.New().Login(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := urp.New().Login(t.Context(), c, s.Answers(step.(*jwxt.Ask))); err != nil {
		t.Fatal(err)
	}
	s.ClearLog()
	return s.School, c
}

// What the campus has and what is read of it are the same, as far as URP shows
// it: neither build knows 补考 from a first examination.
func TestGradesOfCampus(t *testing.T) {
	for name, system := range map[string]campus.System{
		"old": campus.URPOld{}, "new": campus.URPNew{}, "values": campus.URPNew{AllTerms: true}, "objects": campus.URPNew{AllTerms: true, Capitals: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := profile(system)
			_, c := connected(t, p)
			got, err := urp.New().Grades(t.Context(), c, jwxt.Term{})
			if err != nil || got.UnknownColumns != nil {
				t.Fatalf("%v, unknown columns %q", err, got.UnknownColumns)
			}
			want := map[string]bool{}
			for _, g := range p.Accounts[0].Grades {
				if g.Score == "" && g.Mark == "免修" {
					g.Score = g.Mark
				}
				want[key(g)] = true
			}
			for _, g := range got.Grades {
				if g.Mark == "免修" {
					g.Score = "免修"
				}
				g.Score = strings.TrimSuffix(g.Score, ".0")
				if !want[key(g)] {
					t.Errorf("not at the school, or twice: %s", key(g))
				}
				delete(want, key(g))
			}
			if len(want) > 0 {
				t.Errorf("missing: %v", want)
			}
		})
	}
}

func key(g jwxt.Grade) string {
	return fmt.Sprintf("%v %s %s %s %v %s %v", g.Term, g.CourseID, g.Course, g.Score, g.Credits, g.Attribute, g.Failed)
}

// A draft comes with a mark and without its score, a score withheld until 评教
// is hidden.
func TestWithheldScores(t *testing.T) {
	for name, system := range map[string]campus.System{"old": campus.URPOld{}, "new": campus.URPNew{}, "drafts": campus.URPNew{Drafts: true}} {
		p := profile(system)
		p.Accounts[0].Grades = campus.Transcript(number, 2022, 4, true)
		_, c := connected(t, p)
		got, err := urp.New().Grades(t.Context(), c, jwxt.Term{})
		if err != nil || len(got.Grades) != len(p.Accounts[0].Grades) {
			t.Fatalf("%s: got %d rows, %v", name, len(got.Grades), err)
		}
		last := got.Grades[len(got.Grades)-1]
		mark := map[string]string{"drafts": "暂存"}[name]
		if last.Score != "" || last.Point.Valid() || last.Mark != mark || last.Hidden != (name == "new") || last.Failed {
			t.Errorf("%s: got %+v", name, last)
		}
	}
}

// TestGradeRequests is all that reading grades asks of a school, in order.
func TestGradeRequests(t *testing.T) {
	tests := map[string]struct {
		system campus.System
		want   []string
	}{
		"old": {campus.URPOld{}, []string{"/xjInfoAction.do", "/gradeLnAllAction.do", "/gradeLnAllAction.do", "/bxqcjcxAction.do"}},
		"new": {campus.URPNew{NoRandom: true}, []string{
			scores + "allPassingScores/index", scores + "allPassingScores/callback", scores + "unpassedScores/index",
			scores + "unpassed/scores/callback", scores + "thisTermScores/index", scores + "thisTermScores/data",
		}},
		"all terms": {campus.URPNew{NoRandom: true, AllTerms: true, Capitals: true}, []string{scores + "allTermScores/index", scores + "allTermScores/data"}},
	}
	for name, tt := range tests {
		s, c := connected(t, profile(tt.system))
		if _, err := urp.New().Grades(t.Context(), c, jwxt.Term{}); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range s.Log() {
			got = append(got, e.Path)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		s.ClearLog()
		if err := urp.New().KeepAlive(t.Context(), c); err != nil || len(s.Log()) != 1 {
			t.Errorf("%s: keep alive took %d requests, %v", name, len(s.Log()), err)
		}
	}
}

// TestGradeDetail reads what a score is made of.
func TestGradeDetail(t *testing.T) {
	p := profile(campus.URPNew{})
	s, c := connected(t, p)
	all, err := urp.New().Grades(t.Context(), c, jwxt.Term{})
	if err != nil {
		t.Fatal(err)
	}
	var d jwxt.GradeDetailReader = urp.New()
	parts, err := d.GradeDetail(t.Context(), c, all.Grades[0].Detail)
	w := p.Accounts[0].Grades[0]
	want := []jwxt.ScorePart{
		{Name: "平时成绩", Score: w.Parts["平时成绩"]}, {Name: "期末成绩", Score: w.Parts["期末成绩"]}, {Name: "总成绩", Score: w.Score},
	}
	if diff := cmp.Diff(want, parts); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	_, err = d.GradeDetail(t.Context(), c, "kch=1&kxh=1&kssj=&zxjxjhh=2020-2021-1-1")
	wantKind(t, err, jwxt.Closed, "当前不允许查看分项成绩！")
	_, err = d.GradeDetail(t.Context(), c, "jxb_id=1")
	wantKind(t, err, jwxt.Internal, "")
	s.Expire("")
	_, err = d.GradeDetail(t.Context(), c, all.Grades[0].Detail)
	wantKind(t, err, jwxt.Expired, "")
}

// A page whose token is not taken is read anew, once.
func TestTokenTrouble(t *testing.T) {
	good := `{"msg":"","scoreDetailList":[]}`
	page := `<input type="hidden" name="tokenValue" value="t0ken"><script>url: "` + scores + `subitemScore/look"</script>`
	for name, answers := range map[string][]string{"once": {`{"msg":"tokenValue无效"}`, good}, "for ever": {"<p>令牌已失效</p>"}} {
		s := &stub{t: t, answers: map[string][]string{"GET " + scores + "subitemScore/index": {page}, "POST " + scores + "subitemScore/look": answers}}
		_, err := urp.New().GradeDetail(t.Context(), s.conn("build", "new"), "kch=1&kxh=2&kssj=3&zxjxjhh=4")
		if (err == nil) != (name == "once") || s.posts() != 2 || len(s.asked) != 4 {
			t.Errorf("%s: got %v after %q", name, err, s.asked)
		}
		if got := s.form(scores + "subitemScore/look").Encode(); got != "kch=1&kssj=3&kxh=2&tokenValue=t0ken&zxjxjhh=4" {
			t.Errorf("asked with %q", got)
		}
	}
}
