package render_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/render"
	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/bot/say/saytest"
	"jwxtbot/jwxt"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// checkPage fails unless html is a page that Telegram takes, with room to spare.
func checkPage(t *testing.T, html string) string {
	t.Helper()
	shape, err := saytest.Check(html)
	if err != nil {
		t.Fatalf("%v in\n%s", err, html)
	}
	if n := text.Units(html); n > 3000 || n == 0 {
		t.Fatalf("a page of %d units", n)
	}
	if shape.Entities > 60 {
		t.Fatalf("a page of %d entities", shape.Entities)
	}
	return shape.Visible
}

// pages turns through all pages of a transcript.
func pages(t *testing.T, l say.Lang, tr jwxt.Transcript, o render.GradeOptions) []string {
	t.Helper()
	o.Page = 1
	first := render.Grades(l, tr, o)
	out := []string{first.HTML}
	for o.Page = 2; o.Page <= first.Pages; o.Page++ {
		p := render.Grades(l, tr, o)
		if p.Page != o.Page || p.Pages != first.Pages {
			t.Fatalf("asked for page %d of %d, got %d of %d", o.Page, first.Pages, p.Page, p.Pages)
		}
		out = append(out, p.HTML)
	}
	for _, html := range out {
		checkPage(t, html)
	}
	return out
}

func milli(n int64) jwxt.Decimal { return jwxt.Milli(n) }

var (
	autumn = jwxt.Term{Year: 2024, Part: 1}
	spring = jwxt.Term{Year: 2024, Part: 2}
)

// rich is a transcript with one of everything.
func rich() jwxt.Transcript {
	return jwxt.Transcript{
		Summary: "所修门数:12 所修总学分:33.5 平均学分绩点:2.61 平均成绩:78.4",
		Grades: []jwxt.Grade{
			{Term: autumn, CourseID: "B1", Course: "高等数学A（上）", Score: "84", Credits: milli(5000), Point: milli(3400)},
			{Term: autumn, CourseID: "B2", Course: "线性代数", Score: "52", Credits: milli(3000), Point: milli(0), Failed: true},
			{Term: autumn, CourseID: "B2", Course: "线性代数", Score: "61", Credits: milli(3000), Point: milli(1000), Exam: "补考一", Attempt: jwxt.Resit, RetakeTerm: "2024-2025-2"},
			{Term: autumn, CourseID: "B3", Course: "大学体育1", Score: "优", Credits: milli(1000), Point: milli(4500), Exam: "正常考试"},
			{Term: autumn, CourseID: "B4", Course: "军事理论", Score: "通过", Credits: milli(2000)},
			{Term: spring, CourseID: "C1", Course: "大学物理B", Score: "0", Mark: "缓考", Credits: milli(4000), Point: milli(0), Exam: "缓考", Attempt: jwxt.Deferred, Failed: true},
			{Term: spring, CourseID: "C2", Course: "程序设计基础", Score: "0", Mark: "缺考", Credits: milli(3500), Point: milli(0), Failed: true},
			{Term: spring, CourseID: "C3", Course: "大学英语（二）", Score: "100", Credits: milli(3000), Point: milli(5000)},
			{Term: spring, CourseID: "C4", Course: "毛泽东思想和中国特色社会主义理论体系概论", Hidden: true, Score: "", Credits: milli(3000), Point: milli(4000)},
			{Term: spring, CourseID: "A9", Course: "工程制图", Score: "73", Credits: milli(2500), Point: milli(2300), Attempt: jwxt.Retake},
			{Term: spring, CourseID: "C5", Course: "创新实践", Mark: "免修", Credits: milli(2000), Failed: true, Score: "0.0"},
			{Term: spring, CourseID: "C6", Course: "劳动教育", Score: "合格", Mark: "校外认定"},
			{Term: spring, CourseID: "C7", Course: `<b>C&C++</b> "入门"`, Score: "88", Credits: milli(500), Point: milli(3800), Exam: "<i>第三次", Attempt: jwxt.OtherAttempt},
			{Course: "转专业认定课程", Score: "待录", Credits: milli(1000)},
		},
	}
}

func TestGradesGolden(t *testing.T) {
	readAt := time.Date(2026, 8, 1, 9, 30, 0, 0, time.FixedZone("CST", 8*3600))
	for _, l := range say.Langs() {
		all := render.GradeOptions{School: "华东示范大学", Student: "张三", ReadAt: readAt}
		golden(t, "grades."+string(l)+".html", strings.Join(pages(t, l, rich(), all), "\n=====\n")+"\n")
		one := render.GradeOptions{School: "华东示范大学", Term: spring}
		golden(t, "grades-term."+string(l)+".html", strings.Join(pages(t, l, rich(), one), "\n=====\n")+"\n")
		golden(t, "grades-long."+string(l)+".html", strings.Join(pages(t, l, long(60), all), "\n=====\n")+"\n")
	}
}

// long is a transcript of n ordinary rows over eight terms.
func long(n int) jwxt.Transcript {
	var tr jwxt.Transcript
	for i := range n {
		tr.Grades = append(tr.Grades, jwxt.Grade{
			Term: jwxt.Term{Year: 2021 + i%8/2, Part: 1 + i%2}, CourseID: fmt.Sprint("K", i),
			Course: fmt.Sprintf("专业课程第%03d号", i), Score: fmt.Sprint(55 + i%45), Failed: i%45 < 5,
			Credits: milli(int64(500 * (1 + i%8))), Point: milli(int64(i%45) * 100),
		})
	}
	return tr
}

func TestEveryCourseIsOnExactlyOnePage(t *testing.T) {
	hostile := long(200)
	for i := range hostile.Grades {
		g := &hostile.Grades[i]
		g.Course = fmt.Sprintf("专业课程第%03d号", i) + strings.Repeat(`<b>&"`, 100)
		g.Score, g.Mark, g.Exam = strings.Repeat("&", 90), strings.Repeat(`"`, 90), strings.Repeat("<", 90)
		g.RetakeTerm, g.Attempt = strings.Repeat(">", 90), jwxt.OtherAttempt
	}
	hostile.Summary = strings.Repeat(`"&<`, 900)
	for name, tr := range map[string]jwxt.Transcript{"ordinary": long(200), "hostile": hostile} {
		for _, l := range say.Langs() {
			o := render.GradeOptions{School: strings.Repeat(`"大`, 90), Student: strings.Repeat(`"`, 90), ReadAt: time.Unix(0, 0)}
			all := strings.Join(pages(t, l, tr, o), "\n")
			for i := range tr.Grades {
				if n := strings.Count(all, fmt.Sprintf("第%03d号", i)); n != 1 {
					t.Errorf("%s %s: course %d appears %d times", l, name, i, n)
				}
			}
		}
	}
}

func TestGradePageIsClamped(t *testing.T) {
	tr := long(60)
	last := render.Grades(say.Zh, tr, render.GradeOptions{}).Pages
	if last < 3 {
		t.Fatalf("60 rows on %d pages", last)
	}
	for asked, want := range map[int]int{-5: 1, 0: 1, 1: 1, 2: 2, last: last, last + 1: last, 1 << 40: last} {
		got := render.Grades(say.Zh, tr, render.GradeOptions{Page: asked})
		if got.Page != want || got.Pages != last {
			t.Errorf("page %d shows %d of %d, want %d of %d", asked, got.Page, got.Pages, want, last)
		}
	}
}

func TestTermsAndFilter(t *testing.T) {
	got := render.Grades(say.Zh, rich(), render.GradeOptions{Term: autumn})
	if diff := cmp.Diff([]jwxt.Term{spring, autumn}, got.Terms); diff != "" {
		t.Errorf("terms (-want +got):\n%s", diff)
	}
	if strings.Contains(got.HTML, "大学物理B") || !strings.Contains(got.HTML, "军事理论") {
		t.Errorf("not the autumn term:\n%s", got.HTML)
	}
	none := render.Grades(say.Zh, rich(), render.GradeOptions{School: "华东示范大学", Term: jwxt.Term{Year: 2019, Part: 3}, Page: 9})
	if visible := checkPage(t, none.HTML); !strings.Contains(visible, "2019–2020 学年第 3 学期没有成绩") || none.Page != 1 || none.Pages != 1 {
		t.Errorf("an empty term is page %d of %d:\n%s", none.Page, none.Pages, visible)
	}
}

// row is the line of the page that holds name.
func row(t *testing.T, g jwxt.Grade) string {
	t.Helper()
	g.Course = "此课"
	html := render.Grades(say.Zh, jwxt.Transcript{Grades: []jwxt.Grade{g}}, render.GradeOptions{}).HTML
	for line := range strings.SplitSeq(checkPage(t, html), "\n") {
		if strings.Contains(line, "此课") {
			return line
		}
	}
	t.Fatalf("no row in\n%s", html)
	return ""
}

func TestRow(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   jwxt.Grade
		want string
	}{
		{"ordinary", jwxt.Grade{Score: "84", Credits: milli(4000), Point: milli(3400)}, "84  此课 · 4 学分 · 3.4"},
		{"failed", jwxt.Grade{Score: "58", Credits: milli(3000), Point: milli(0), Failed: true}, "58  ❌ 此课 · 3 学分 · 0"},
		{"缓考 is never 0", jwxt.Grade{Score: "0", Mark: "缓考", Point: milli(0), Failed: true}, "缓考  此课"},
		{"缓考 without a mark", jwxt.Grade{Score: "0", Exam: "缓考", Attempt: jwxt.Deferred, Failed: true}, "缓考  此课"},
		{"缓考 in another term", jwxt.Grade{Attempt: jwxt.Deferred, RetakeTerm: "2024-2025-2"}, "缓考  此课 [缓考 2024-2025-2]"},
		{"a mark that says nothing", jwxt.Grade{Score: "0", Mark: "正常", Failed: true}, "0  ❌ 此课"},
		{"缓考 that was sat", jwxt.Grade{Score: "77", Mark: "缓考", Point: milli(2700)}, "77  此课 [缓考] · 2.7"},
		{"缺考", jwxt.Grade{Score: "0.00", Mark: "缺考", Failed: true, Point: milli(0)}, "缺考  ❌ 此课 · 0"},
		{"a real 0", jwxt.Grade{Score: "0", Failed: true, Point: milli(0)}, "0  ❌ 此课 · 0"},
		{"免修", jwxt.Grade{Score: "0", Mark: "免修", Failed: true, Credits: milli(2000)}, "免修  此课 · 2 学分"},
		{"level", jwxt.Grade{Score: "优", Credits: milli(250)}, "优  此课 · 0.25 学分"},
		{"hidden", jwxt.Grade{Score: "91", Hidden: true, Failed: true, Credits: milli(2000), Point: milli(4100)}, "🔒  此课 [评教后可见] · 2 学分"},
		{"nothing known", jwxt.Grade{}, "—  此课"},
		{"resit in the school's words", jwxt.Grade{Score: "60", Attempt: jwxt.Resit, Exam: "补考二"}, "60  此课 [补考二]"},
		{"resit by another column", jwxt.Grade{Score: "60", Attempt: jwxt.Resit, Exam: "正常考试", RetakeTerm: "2023-2024-2"}, "60  此课 [补考 2023-2024-2]"},
		{"retake", jwxt.Grade{Score: "60", Attempt: jwxt.Retake}, "60  此课 [重修]"},
		{"unknown attempt", jwxt.Grade{Score: "60", Attempt: jwxt.OtherAttempt, Exam: "清考"}, "60  此课 [清考]"},
		{"unknown attempt, no words", jwxt.Grade{Score: "60", Attempt: jwxt.OtherAttempt}, "60  此课 [非首次考试]"},
		{"-999 is no point", jwxt.Grade{Score: "80", Point: milli(-999000)}, "80  此课"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := row(t, tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestScoresAlign(t *testing.T) {
	html := render.Grades(say.Zh, rich(), render.GradeOptions{}).HTML
	for _, want := range []string{"<b>\u2007\u200784</b>", "<b>\u2007100</b>", "<b>缓考</b>", "<b>\u2007\u2007优</b>"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in\n%s", want, html)
		}
	}
}

func TestTotals(t *testing.T) {
	first := jwxt.Grade{Term: autumn, CourseID: "X", Score: "50", Failed: true, Credits: milli(3000), Point: milli(0)}
	resit := jwxt.Grade{Term: autumn, CourseID: "X", Score: "65", Credits: milli(3000), Point: milli(1500), Attempt: jwxt.Resit}
	retake := resit
	retake.Term, retake.Attempt = spring, jwxt.Retake
	policy := jwxt.Grade{Term: autumn, CourseID: "P", Score: "90", Credits: milli(250), Point: milli(4000)}
	policy2 := policy
	policy2.Term = spring
	id := 0
	third := func(point int64) jwxt.Grade {
		id++
		return jwxt.Grade{Course: fmt.Sprint(id), Score: "80", Credits: milli(1000), Point: milli(point)}
	}
	for _, tt := range []struct {
		name   string
		grades []jwxt.Grade
		want   string
	}{
		{"a failed course earns nothing", []jwxt.Grade{first}, "合计 1 门 · 3 学分（已得 0） · ❌ 1 门未通过 · 平均绩点 0"},
		{"a resit is the same course", []jwxt.Grade{resit, first}, "合计 1 门 · 3 学分 · 平均绩点 0.75"},
		{"so is a retake in another term", []jwxt.Grade{retake, first}, "合计 1 门 · 3 学分 · 平均绩点 0.75"},
		{"one number through many terms is many courses", []jwxt.Grade{policy2, policy}, "合计 2 门 · 0.5 学分 · 平均绩点 4"},
		{"no binary rounding", []jwxt.Grade{third(3330), third(3330), third(3345)}, "合计 3 门 · 3 学分 · 平均绩点 3.34"},
		{"half up", []jwxt.Grade{third(3330), third(3340)}, "合计 2 门 · 2 学分 · 平均绩点 3.34"},
		{"an unknown word earns nothing", []jwxt.Grade{{Course: "a", Score: "W", Credits: milli(1000)}}, "合计 1 门 · 1 学分（已得 0）"},
		{"no credits known", []jwxt.Grade{{Course: "a", Score: "90"}}, "合计 1 门"},
		{"huge numbers", []jwxt.Grade{
			{Course: "a", Score: "90", Credits: milli(999999999999), Point: milli(999999999999)},
			{Course: "b", Score: "90", Credits: milli(999999999999), Point: milli(999999999999)},
		}, "合计 2 门 · 1999999999.998 学分 · 平均绩点 1000000000"},
		{"缓考 and hidden stay out", []jwxt.Grade{
			{Course: "a", Score: "0", Mark: "缓考", Failed: true, Credits: milli(1000), Point: milli(0)},
			{Course: "b", Hidden: true, Credits: milli(1000), Point: milli(1000)},
			third(4000),
		}, "合计 3 门 · 3 学分（已得 1） · 平均绩点 4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			visible := checkPage(t, render.Grades(say.Zh, jwxt.Transcript{Grades: tt.grades}, render.GradeOptions{}).HTML)
			i := strings.Index(visible, "合计")
			got, _, _ := strings.Cut(visible[max(0, i):], "\n")
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func FuzzGrades(f *testing.F) {
	f.Add("高等数学", "84", "缓考", "补考", "所修门数:75", uint16(30), uint8(3), int64(3000))
	f.Add(`<b>&"`, "\u202e0", "\x00", "e\u0301\u0301", strings.Repeat("&", 999), uint16(250), uint8(255), int64(-1))
	f.Fuzz(func(t *testing.T, course, score, mark, exam, summary string, n uint16, flags uint8, number int64) {
		tr := jwxt.Transcript{Summary: summary}
		attempts := []jwxt.Attempt{jwxt.FirstAttempt, jwxt.Resit, jwxt.Retake, jwxt.Deferred, jwxt.OtherAttempt, jwxt.Attempt(exam)}
		for i := range int(n % 100) {
			tr.Grades = append(tr.Grades, jwxt.Grade{
				Term: jwxt.Term{Year: 2000 + i*int(flags)%7, Part: i % 4}, Course: fmt.Sprintf("«%d»", i) + course,
				Score: score, Mark: mark, Exam: exam, RetakeTerm: course, Attempt: attempts[(i+int(flags))%len(attempts)],
				Credits: milli(number % 1e12), Point: milli(number / 7 % 1e12),
				Hidden: flags&1 != 0 && i%3 == 0, Failed: flags&2 != 0 && i%2 == 0,
			})
		}
		for _, l := range say.Langs() {
			o := render.GradeOptions{School: course, Student: score, ReadAt: time.Unix(number%1e9, 0).UTC()}
			all := strings.Join(pages(t, l, tr, o), "\n")
			for i := range tr.Grades {
				if got := strings.Count(all, fmt.Sprintf("«%d»", i)); got != 1 && !strings.Contains(course+score+mark+exam+summary, "«") {
					t.Fatalf("course %d appears %d times", i, got)
				}
			}
		}
	})
}

func BenchmarkGrades(b *testing.B) {
	for _, n := range []int{10, 200} {
		b.Run(fmt.Sprint(n, "rows"), func(b *testing.B) {
			tr := long(n)
			b.ReportAllocs()
			for b.Loop() {
				render.Grades(say.Zh, tr, render.GradeOptions{School: "华东示范大学", Student: "张三", Page: 2})
			}
		})
	}
}
