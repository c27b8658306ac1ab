package jwglxt_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/jwglxt"
	"jwxtbot/jwxt/jwxttest"
)

// rows is a page of a list of total rows, with those from first to last.
func rows(first, last, total int) string {
	var items []string
	for i := first; i <= last; i++ {
		items = append(items, fmt.Sprintf(`{"kch":"C%03d","kcmc":"课程%d","cj":"%d","xnm":"2024","xqm":"3"}`, i, i, 60+i%40))
	}
	return fmt.Sprintf(`{"totalResult":"%d","items":[%s]}`, total, strings.Join(items, ","))
}

// TestLongLists reads all pages, and no list that is shorter than it says.
func TestLongLists(t *testing.T) {
	tests := []struct {
		name  string
		pages []string
		want  int // rows; -1 is Changed
	}{
		{"75 rows", []string{rows(1, 75, 75)}, 75},
		{"three pages", []string{rows(1, 100, 231), rows(101, 200, 231), rows(201, 231, 231)}, 231},
		{"the same page again", []string{rows(1, 100, 231), rows(1, 100, 231)}, -1},
		{"an empty second page", []string{rows(1, 100, 231), rows(1, 0, 231)}, -1},
		{"none of many", []string{rows(1, 0, 3)}, -1},
		{"no total", []string{`{"items":[{"kcmc":"a","cj":"1"}]}`}, -1},
		{"total in a row", []string{`{"items":[{"kcmc":"a","cj":"1","totalResult":"1"}]}`}, 1},
		{"no items", []string{`{"totalResult":"0"}`}, -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{
				"POST " + listPath:                          tt.pages,
				"POST /jwglxt/xtgl/index_cxXspjWtjNum.html": {"0"},
			}}
			got, err := jwglxt.New().Grades(t.Context(), s.conn(nil), jwxt.Term{})
			switch {
			case tt.want < 0:
				wantKind(t, err, jwxt.Changed, "")
				if len(got.Grades) > 0 {
					t.Errorf("%d rows beside the error", len(got.Grades))
				}
			case err != nil || len(got.Grades) != tt.want:
				t.Errorf("got %d rows, %v; want %d", len(got.Grades), err, tt.want)
			}
			for i := range tt.pages {
				if got := s.forms[i].Get("queryModel.currentPage"); got != fmt.Sprint(i+1) {
					t.Errorf("request %d asked for page %s", i+1, got)
				}
			}
		})
	}
}

// TestTermsAreAsked names a term as the vendor's form does.
func TestTermsAreAsked(t *testing.T) {
	for term, want := range map[jwxt.Term]string{
		{}: " ", {Year: 2024, Part: 1}: "2024 3", {Year: 2024, Part: 2}: "2024 12", {Year: 2024, Part: 3}: "2024 16",
	} {
		s := &stub{t: t, answers: map[string][]string{"POST " + listPath: {rows(1, 2, 2)}}}
		s.answers["POST /jwglxt/xtgl/index_cxXspjWtjNum.html"] = []string{"0"}
		if _, err := jwglxt.New().Grades(t.Context(), s.conn(nil), term); err != nil {
			t.Error(err)
		}
		f := s.form(listPath)
		if got := f.Get("xnm") + " " + f.Get("xqm"); got != want || f.Get("queryModel.showCount") != "100" {
			t.Errorf("%v was asked as %q, want %q", term, got, want)
		}
	}
}

// An empty list is only then no grades when no 学生评价 is open.
func TestEmptyList(t *testing.T) {
	for count, kind := range map[string]jwxt.Kind{
		"3": jwxt.MustActFirst, `"3"`: jwxt.MustActFirst, "0": 0, "404 ": 0, "<html>": 0, "901": jwxt.Expired, "302 " + loginPath: jwxt.Expired,
	} {
		t.Run(count, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{
				"POST " + listPath:                          {rows(1, 0, 0)},
				"POST /jwglxt/xtgl/index_cxXspjWtjNum.html": {count},
			}}
			got, err := jwglxt.New().Grades(t.Context(), s.conn(nil), jwxt.Term{})
			switch {
			case kind != 0:
				wantKind(t, err, kind, "")
			case err != nil || got.Grades == nil || len(got.Grades) > 0:
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// Schools may have the list elsewhere.
func TestOptions(t *testing.T) {
	tests := []struct {
		name    string
		options map[string]string
		want    string
	}{
		{"usual", nil, "/jwglxt/cjcx/cjcx_cxDgXscj.html?gnmkdm=N305005&doType=query"},
		{"root of the host", map[string]string{"root": "/"}, "/cjcx/cjcx_cxDgXscj.html?gnmkdm=N305005&doType=query"},
		{"empty root", map[string]string{"root": ""}, "/cjcx/cjcx_cxDgXscj.html?gnmkdm=N305005&doType=query"},
		{"another list", map[string]string{"grades": "/cxdy/xscjcx_cxXscjIndex.html?gnmkdm=N5083&su={xh}"},
			"/jwglxt/cxdy/xscjcx_cxXscjIndex.html?gnmkdm=N5083&su=2020000001&doType=query"},
		{"without a query", map[string]string{"grades": "/a.html"}, "/jwglxt/a.html?doType=query"},
		{"doType of its own", map[string]string{"grades": "/a.html?doType=list"}, "/jwglxt/a.html?doType=list"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, _, _ := strings.Cut(tt.want, "?")
			s := &stub{t: t, answers: map[string][]string{"POST " + path: {rows(1, 2, 2)}}}
			c := s.conn(tt.options)
			c.Session.Student.Number = "2020000001"
			if _, err := jwglxt.New().Grades(t.Context(), c, jwxt.Term{}); err != nil || s.asked[0] != "POST "+tt.want {
				t.Errorf("asked %q, %v; want %q", s.asked, err, tt.want)
			}
		})
	}
}

// The captcha may be fixed where the page misleads.
func TestCaptchaOption(t *testing.T) {
	s := letsIn(t, map[string][]string{"GET /jwglxt/kaptcha": {"\xff\xd8\xff\xe0jpeg"}})
	step, err := jwglxt.New().Login(t.Context(), s.conn(map[string]string{"captcha": "kaptcha"}), nil)
	if err != nil || len(step.(*jwxt.Ask).Image) == 0 {
		t.Errorf("got %+v, %v", step, err)
	}
	_, err = jwglxt.New().Login(t.Context(), s.conn(map[string]string{"captcha": "letters"}), nil)
	wantKind(t, err, jwxt.Internal, "")
}

// connected is a student of a campus, logged in.
func connected(t *testing.T, p campus.Profile) *jwxt.Conn {
	t.Helper()
	s := campus.New(p)
	c := &jwxt.Conn{School: p.School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(s)}
	if _, err := attempt(t, c, jwxt.Answers{jwxt.FieldAccount: number, jwxt.FieldPassword: password}); err != nil {
		t.Fatal(err)
	}
	return c
}

// What the campus has and what is read of it are the same.
func TestGradesOfCampus(t *testing.T) {
	p := profile(campus.Jwglxt{PlainPassword: true})
	p.Captcha = false
	got, err := jwglxt.New().Grades(t.Context(), connected(t, p), jwxt.Term{})
	if err != nil {
		t.Fatal(err)
	}
	want := p.Accounts[0].Grades
	for i := range want {
		w := &want[i]
		w.Hours, w.Group, w.RetakeTerm, w.Detail, w.Parts, w.Extra = jwxt.Decimal{}, "", "", "", nil, nil
		if w.Score == "" {
			w.Score = w.Mark
		}
		if !w.Point.Valid() {
			w.Point = jwxt.Milli(0)
		}
		g := &got.Grades[i]
		g.Detail, g.Extra = "", nil
	}
	if diff := cmp.Diff(want, got.Grades, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || got.UnknownColumns != nil {
		t.Errorf("unknown %q (-want +got):\n%s", got.UnknownColumns, diff)
	}
}

// TestGradeDetail reads what a score is made of.
func TestGradeDetail(t *testing.T) {
	p := profile(campus.Jwglxt{PlainPassword: true})
	p.Captcha = false
	c := connected(t, p)
	var d jwxt.GradeDetailReader = jwglxt.New()
	all, err := jwglxt.New().Grades(t.Context(), c, jwxt.Term{})
	if err != nil {
		t.Fatal(err)
	}
	parts, err := d.GradeDetail(t.Context(), c, all.Grades[0].Detail)
	w := p.Accounts[0].Grades[0]
	want := []jwxt.ScorePart{
		{Name: "平时", Share: "40%", Score: w.Parts["平时成绩"]}, {Name: "期末", Share: "60%", Score: w.Parts["期末成绩"]},
		{Name: "总评", Score: w.Score},
	}
	if diff := cmp.Diff(want, parts); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	_, err = d.GradeDetail(t.Context(), c, "xs0101id=1")
	wantKind(t, err, jwxt.Internal, "")
}

// TestNoticeOfCampus reads a notice in full, files included.
func TestNoticeOfCampus(t *testing.T) {
	p := profile(campus.Jwglxt{PlainPassword: true})
	p.Captcha = false
	c := connected(t, p)
	list, err := jwglxt.New().Notices(t.Context(), c, 1)
	if err != nil || list.Total != 35 || list.Pages != 3 || list.Notices[0].Category != "置顶" {
		t.Fatalf("got %+v, %v", list, err)
	}
	want := campus.DemoNotices()[0]
	d, err := jwglxt.New().Notice(t.Context(), c, list.Notices[0].ID)
	if err != nil || d.Title != want.Title || d.Sender != want.Sender || d.Published != want.Published {
		t.Fatalf("got %+v, %v; want %+v", d.Notice, err, want.Notice)
	}
	if !strings.HasPrefix(d.Text, "各学院、全体同学：\n\n") || strings.Contains(d.Text, "发布人") || len(d.Attachments) != len(want.Files) {
		t.Errorf("text %q, files %+v", d.Text, d.Attachments)
	}
	if a := d.Attachments[0]; a.Name != want.Files[0].Name || a.URL != "http://jw.example.edu.cn"+want.Files[0].Path {
		t.Errorf("first file %+v", a)
	}
}

// TestMessagesOfCampus reads what the school writes to the student.
func TestMessagesOfCampus(t *testing.T) {
	p := profile(campus.Jwglxt{PlainPassword: true})
	p.Captcha = false
	c := connected(t, p)
	var d jwxt.MessageReader = jwglxt.New()
	got, err := d.Messages(t.Context(), c, 1)
	if err != nil || len(got.Messages) != 2 || got.Page != 1 || got.Pages != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	want := jwxt.Message{Title: "停课提醒", Text: "王测试老师第12周星期一第1-2节的计算机网络课程停课。", Published: "2026-05-06 16:40:02"}
	if diff := cmp.Diff(want, got.Messages[1]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	c.Session.Student.Number = "2020000009"
	if _, err := d.Messages(t.Context(), c, 1); !errors.Is(err, jwxt.ErrOtherStudent) {
		t.Errorf("another's messages: got %v", err)
	}
}

// A cancelled reading stays recognisable.
func TestUnderKeepsCause(t *testing.T) {
	p := profile(campus.Jwglxt{PlainPassword: true})
	p.Captcha = false
	c := connected(t, p)
	client, err := fetch.New(c.School)
	if err != nil {
		t.Fatal(err)
	}
	c.HTTP = client
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := jwglxt.New().KeepAlive(ctx, c); jwxt.KindOf(err) != jwxt.Unreachable {
		t.Errorf("got %v", err)
	}
}
