package zhengfang_test

import (
	"fmt"
	"image"
	_ "image/gif"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/zhengfang"
)

// sample reads a real page, if the folder of real pages is there.
func sample(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("JWXTBOT_SAMPLES")
	if dir == "" {
		t.Skip("JWXTBOT_SAMPLES is not set: no real pages to read")
	}
	body, err := os.ReadFile(filepath.Join(dir, "zhengfang-old", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// both reads a page in UTF-8 and in GBK, as schools send it.
func both(t *testing.T, as, body string) any {
	t.Helper()
	v, err := zhengfang.New().ParsePage(as, page(t, body))
	if err != nil {
		t.Fatal(err)
	}
	w, err := zhengfang.New().ParsePage(as, page(t, gbk(body)))
	if diff := cmp.Diff(v, w, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || err != nil {
		t.Errorf("in GBK: %v (-UTF-8 +GBK):\n%s", err, diff)
	}
	return v
}

// The page has 40 rows, five of them with a 补考.
func TestSampleGrades(t *testing.T) {
	got := both(t, "grades", sample(t, "hubu-like-xscj-16col-40rows.html")).(jwxt.Transcript)
	var first, resits []string
	volleyball := map[string]int{}
	for _, g := range got.Grades {
		line := strings.Join([]string{g.Term.String(), g.CourseID, g.Course, g.Credits.String(), g.Point.String(), g.Score}, " / ")
		if g.Attempt == jwxt.Resit {
			resits = append(resits, g.Course+" "+g.Score)
			continue
		}
		first = append(first, line)
		if strings.HasPrefix(g.Course, "排球") {
			volleyball[g.CourseID]++
		}
	}
	if len(first) != 40 || len(got.UnknownColumns) != 0 {
		t.Fatalf("got %d rows, unknown columns %v", len(first), got.UnknownColumns)
	}
	want := []string{"2016-2017-1 / G9902041 / 大学生心理健康教育 / 2 / 4.3 / 93", "2017-2018-2 / TSA07100103 / 养生按摩与健康 / 2 / 0 / 0"}
	if diff := cmp.Diff(want, []string{first[0], first[39]}); diff != "" {
		t.Errorf("first and last row (-want +got):\n%s", diff)
	}
	for _, course := range []string{"电路分析 60", "排球-俱乐部 50", "大学英语(三) 60", "数字电路与逻辑设计 60"} {
		if !strings.Contains(strings.Join(resits, ", "), course) {
			t.Errorf("%s is not among the 补考 %q", course, resits)
		}
	}
	for _, times := range volleyball {
		if len(volleyball) != 1 || times != 2 {
			t.Errorf("排球 has the codes %v, want one, twice", volleyball)
		}
	}
}

func TestSampleNotices(t *testing.T) {
	got := both(t, "notices", sample(t, "bnuz-content-notices-excerpt.html")).(jwxt.NoticePage)
	if len(got.Notices) != 3 || got.Pages != 1 {
		t.Fatalf("got %+v", got)
	}
	first := got.Notices[0]
	if first.Title != "教务管理辅助系统登录网址说明" || first.Sender != "教务处" || first.Published != "2010-03-09" || first.Extra["有效期限"] != "2038-03-31" {
		t.Errorf("got %+v", first)
	}
	s := &stub{t: t, answers: map[string][]string{"GET /ggsm.aspx": {noticePage("x", "y", "")}}}
	if _, err := zhengfang.New().Notice(t.Context(), s.loggedIn(nil), first.ID); err != nil {
		t.Fatal(err)
	}
	if got, want := s.asked[0], "GET /ggsm.aspx?fbsj=2010-03-09%2010:58:14&yxqx=2038-03-31&xh=92"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
}

// The file has one refusal a line; each is put on a login page.
func TestSampleAlerts(t *testing.T) {
	var got []string
	for line := range strings.SplitSeq(sample(t, "SYNTHETIC-login-failure-alerts.html"), "\n") {
		if !strings.HasPrefix(line, "<script") {
			continue
		}
		_, err := zhengfang.New().ParsePage("answer", page(t, loginPage(line, "")))
		if jwxt.SaidOf(err) == "" || !strings.Contains(line, jwxt.SaidOf(err)) {
			t.Errorf("%s: said %q", line, jwxt.SaidOf(err))
		}
		got = append(got, jwxt.KindOf(err).String())
	}
	want := []string{"WrongCaptcha", "WrongPassword", "WrongPassword", "Locked", "WrongPassword"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A picture is handed on as it is, whatever the server calls it. What it says is
// for people to read.
func TestSamplePictures(t *testing.T) {
	for _, name := range []string{"buu-CheckCode-jupq.gif", "buu-CheckCode-wxwm.gif", "buu-CheckCode-gd1g.gif", "hsu-CheckCode-pvu2.gif"} {
		picture := sample(t, name)
		if size, kind, err := image.DecodeConfig(strings.NewReader(picture)); kind != "gif" || size.Width != 72 || size.Height != 27 {
			t.Errorf("%s: %s, %dx%d, %v", name, kind, size.Width, size.Height, err)
		}
		s := letsIn(t, map[string][]string{"GET /CheckCode.aspx": {picture}})
		step, err := zhengfang.New().Login(t.Context(), s.conn(nil), nil)
		if err != nil || string(step.(*jwxt.Ask).Image) != picture {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What was found in the two timetables by hand, a line for each lesson.
func TestSampleTimetables(t *testing.T) {
	lines := func(name string) (out []string, got jwxt.Timetable) {
		got = both(t, "timetable", sample(t, name)).(jwxt.Timetable)
		for _, l := range got.Lessons {
			out = append(out, fmt.Sprintf("%s / %d %d-%d / %s / %d / %s / %s", l.Course, l.Weekday, l.From, l.To, l.WeekText, len(l.Weeks), l.Teacher, l.Room))
		}
		return out, got
	}
	suda, got := lines("suda-xskbcx-timetable.html")
	for _, want := range []string{
		"外科学Ⅰ / 2 2-2 / 第1-17周 / 17 / 一院外科学教研室/王测试(一院外科学教研室) / ",
		"康复医学 / 1 9-11 / 第13-16周 / 4 / 一院康复医学教研室/韩戊 / 东教楼110",
		"精神病学 / 4 5-6 / 第15-17周|单周 / 2 / 一院精神病学教研室/张三(一院精神病学教研室) / ",
	} {
		if !slices.Contains(suda, want) {
			t.Errorf("%q is not among\n%s", want, strings.Join(suda, "\n"))
		}
	}
	if len(suda) != 41 || got.Term != (jwxt.Term{Year: 2017, Part: 1}) || got.Lessons[0].CourseID != "CLMB3016" {
		t.Errorf("got %d lessons of %v, the first of %q", len(suda), got.Term, got.Lessons[0].CourseID)
	}
	unknown, got := lines("unknown-xskbcx-timetable-raw-excerpt.html")
	for _, want := range []string{
		"建筑结构(A) / 1 1-2 / 第1-14周 / 14 / 王五 / 教5103(西)",
		"建筑阴影与透视(A) / 2 1-2 / 第1-16周|2节/周 / 16 / 李测试 / 教3311(西)", // its time is its place
		"建筑阴影与透视(A) / 4 1-2 / 第1-15周|2节/单周 / 8 / 李测试 / 教4406(西)",
		"居住建筑设计原理及设计(A) / 4 1-2 / 第1-14周 / 14 / 赵六 / 教3401(西)",
		"思想政治理论课实践教学 / 0 0-0 / 21-22 / 2 / 郑测试 / ",
	} {
		if !slices.Contains(unknown, want) {
			t.Errorf("%q is not among\n%s", want, strings.Join(unknown, "\n"))
		}
	}
	if len(unknown) != 15 || got.Term != (jwxt.Term{Year: 2015, Part: 2}) {
		t.Errorf("got %d lessons of %v", len(unknown), got.Term)
	}
}

// A timetable is no grade list and no list of examinations.
func TestSampleTimetablesRefused(t *testing.T) {
	for _, name := range []string{"suda-xskbcx-timetable.html", "unknown-xskbcx-timetable-raw-excerpt.html"} {
		for _, as := range []string{"grades", "exams", "notices", "notice"} {
			if _, err := zhengfang.New().ParsePage(as, page(t, sample(t, name))); jwxt.KindOf(err) != jwxt.Changed {
				t.Errorf("%s as %s: got %v, want Changed", name, as, err)
			}
		}
	}
}
