package jwglxt_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwglxt"
)

const (
	lessonPath = "/jwglxt/kbcx/xskbcx_cxXsKb.html"
	indexPath  = "/jwglxt/kbcx/xskbcx_cxXskbcxIndex.html"
	examPath   = "/jwglxt/kwgl/kscx_cxXsksxxIndex.html"

	mine = "2020000001"
)

// indexPage is the page of a function with its choice of terms.
func indexPage(number, prefix string) string {
	return `<html><input type="hidden" id="sessionUserKey" value="` + number + `"><form id="searchForm"><select name="` + prefix +
		`xnm" id="` + prefix + `xnm"><option value="2024">2024-2025</option><option value="2025" selected="selected">2025-2026</option></select><select name="` +
		prefix + `xqm" id="` + prefix + `xqm"><option value="3">1</option><option value="12" selected="selected">2</option></select></form></html>`
}

func lessonsOf(number, year, part string) string {
	return `{"kbList":[{"kcmc":"线性代数","xqj":"1","jcs":"1-2","zcd":"1-16周"}],"sjkList":[],"xsxx":{"XH":"` + number + `","XNM":"` + year + `","XQM":"` + part + `"}}`
}

func TestTimetableOfTerm(t *testing.T) {
	spring := jwxt.Term{Year: 2025, Part: 2}
	tests := []struct {
		name          string
		term          jwxt.Term
		index, answer string
		kind          jwxt.Kind // Internal for none
	}{
		{"the current one", jwxt.Term{}, indexPage(mine, ""), lessonsOf(mine, "2025", "12"), jwxt.Internal},
		{"a named one", spring, "", lessonsOf(mine, "2025", "12"), jwxt.Internal},
		{"another one comes", spring, "", lessonsOf(mine, "2025", "3"), jwxt.Changed},
		{"another student's", spring, "", lessonsOf("2020000002", "2025", "12"), jwxt.KickedOut},
		{"another student's page", jwxt.Term{}, indexPage("2020000002", ""), "", jwxt.KickedOut},
		{"a page without terms", jwxt.Term{}, "<html><h4>学生课表查询</h4></html>", "", jwxt.Changed},
		{"a page that refuses", jwxt.Term{}, `<html><p class="error_title">无功能权限，</p></html>`, "", jwxt.Closed},
		{"status 901", spring, "", "901 x", jwxt.Expired},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{"GET " + indexPath: {tt.index}, "POST " + lessonPath: {tt.answer}}}
			c := s.conn(nil)
			c.Session.Student = jwxt.Student{Number: mine}
			got, err := jwglxt.New().Timetable(t.Context(), c, tt.term)
			wantRow(t, tt.kind, len(got.Lessons), err)
			if tt.kind != jwxt.Internal {
				return
			}
			if f := s.form(lessonPath); f.Get("xnm") != "2025" || f.Get("xqm") != "12" {
				t.Errorf("asked with %v", f)
			}
			if tt.term.IsZero() && !strings.Contains(s.asked[0], "gnmkdm=N2151") {
				t.Errorf("asked for %v, without the menu's code", s.asked)
			}
		})
	}
}

// wantRow is one row and no error, or the kind and no row.
func wantRow(t *testing.T, kind jwxt.Kind, rows int, err error) {
	t.Helper()
	switch {
	case kind == jwxt.Internal && (err != nil || rows != 1):
		t.Errorf("got %d rows and %v, want 1", rows, err)
	case kind != jwxt.Internal && (err == nil || jwxt.KindOf(err) != kind || rows != 0):
		t.Errorf("got %d rows and %v, want %v", rows, err, kind)
	case kind == jwxt.KickedOut && !errors.Is(err, jwxt.ErrOtherStudent):
		t.Errorf("got %v, want ErrOtherStudent", err)
	}
}

func TestExamPages(t *testing.T) {
	row := func(name, number string) string {
		return `{"kcmc":"` + name + `","kssj":"2026-01-05(08:30-10:30)","xh":"` + number + `"}`
	}
	page := func(total string, rows ...string) string {
		return `{"totalResult":"` + total + `","items":[` + strings.Join(rows, ",") + `]}`
	}
	tests := []struct {
		name  string
		pages []string
		rows  int // -1 is Changed
	}{
		{"one page", []string{page("2", row("a", mine), row("b", mine))}, 2},
		{"two pages", []string{page("3", row("a", mine), row("b", mine)), page("3", row("c", mine))}, 3},
		{"an empty second page", []string{page("3", row("a", mine)), page("3")}, -1},
		{"none of many", []string{page("3")}, -1},
		{"none", []string{page("0")}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{"GET " + examPath: {indexPage(mine, "cx_")}, "POST " + examPath: tt.pages}}
			c := s.conn(nil)
			c.Session.Student = jwxt.Student{Number: mine}
			got, err := jwglxt.New().Exams(t.Context(), c, jwxt.Term{})
			if tt.rows < 0 {
				wantRow(t, jwxt.Changed, len(got.Exams), err)
			} else if err != nil || len(got.Exams) != tt.rows || got.Term != (jwxt.Term{Year: 2025, Part: 2}) {
				t.Errorf("got %d rows of %v and %v, want %d", len(got.Exams), got.Term, err, tt.rows)
			}
		})
	}
	s := &stub{t: t, answers: map[string][]string{"POST " + examPath: {page("1", row("a", "2020000002"))}}}
	c := s.conn(nil)
	c.Session.Student = jwxt.Student{Number: mine}
	_, err := jwglxt.New().Exams(t.Context(), c, jwxt.Term{Year: 2025, Part: 1})
	wantRow(t, jwxt.KickedOut, 0, err)
}

// TestMenuCodes reads at a school whose menu has other codes and names.
func TestMenuCodes(t *testing.T) {
	s := &stub{t: t, answers: map[string][]string{
		"GET /jwglxt/kbcx/xskbcx_cxXskbcxIndex.html": {indexPage(mine, "")},
		"POST /jwglxt/kbcx/xskbcx_cxXsgrkb.html":     {lessonsOf(mine, "2025", "12")},
		"POST /jwglxt/kwgl/kscx_cxXsksxxIndex.html":  {`{"totalResult":"0","items":[]}`},
	}}
	c := s.conn(map[string]string{"timetable": "/kbcx/xskbcx_cxXsgrkb.html?gnmkdm=N253508", "exams": "/kwgl/kscx_cxXsksxxIndex.html?gnmkdm=N358199"})
	if _, err := jwglxt.New().Timetable(t.Context(), c, jwxt.Term{}); err != nil {
		t.Error(err)
	}
	if _, err := jwglxt.New().Exams(t.Context(), c, jwxt.Term{Year: 2025, Part: 2}); err != nil {
		t.Error(err)
	}
	want := []string{
		"GET /jwglxt/kbcx/xskbcx_cxXskbcxIndex.html?gnmkdm=N253508&layout=default",
		"POST /jwglxt/kbcx/xskbcx_cxXsgrkb.html?gnmkdm=N253508",
		"POST /jwglxt/kwgl/kscx_cxXsksxxIndex.html?gnmkdm=N358199&doType=query",
	}
	if !slices.Equal(s.asked, want) {
		t.Errorf("asked %q, want %q", s.asked, want)
	}
}
