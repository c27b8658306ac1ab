package campus_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
)

var update = flag.Bool("update", false, "write the golden files anew")

// openLoggedIn is a school without captcha, with the demo account logged in.
func openLoggedIn(t *testing.T, q campus.Qiangzhi) *browser {
	t.Helper()
	p := school(q)
	p.Captcha = false
	b := open(t, p)
	b.logInDemo()
	return b
}

// table reads the last #dataList as header texts and rows of cell texts.
func table(t *testing.T, p page) (header []string, rows [][]string) {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(p.Body))
	if err != nil {
		t.Fatal(err)
	}
	doc.Find("table#dataList").Last().Find("tr").Each(func(i int, tr *goquery.Selection) {
		cells := tr.Find("th, td").Map(func(_ int, c *goquery.Selection) string { return strings.TrimSpace(c.Text()) })
		if i == 0 {
			header = cells
			return
		}
		rows = append(rows, cells)
	})
	return header, rows
}

func TestGradeTable(t *testing.T) {
	for n := 10; n <= 21; n++ {
		for _, skin := range []campus.Skin{campus.SkinOld, campus.SkinNew, campus.SkinApp} {
			t.Run(fmt.Sprintf("%d columns, %s", n, skin), func(t *testing.T) {
				b := openLoggedIn(t, campus.Qiangzhi{Columns: n, Skin: skin})
				header, rows := table(t, b.get("/jsxsd/kscj/cjcx_list"))
				if len(header) != n {
					t.Fatalf("got %d columns, want %d: %v", len(header), n, header)
				}
				want := b.school.Accounts()[0].Grades
				if len(rows) != len(want) {
					t.Fatalf("got %d rows, want %d", len(rows), len(want))
				}
				for i, row := range rows {
					checkRow(t, header, row, want[i])
				}
			})
		}
	}
}

func checkRow(t *testing.T, header, row []string, g jwxt.Grade) {
	t.Helper()
	if len(row) != len(header) {
		t.Fatalf("%s: got %d cells under %d headers: %q", g.Course, len(row), len(header), row)
	}
	score := g.Score
	if score == "" && !slices.Contains(header, "成绩标识") {
		score = g.Mark
	}
	for column, want := range map[string]string{
		"开课学期": g.Term.String(), "课程编号": g.CourseID, "课程名称": g.Course, "成绩": score,
		"成绩标识": g.Mark, "学分": g.Credits.String(), "绩点": g.Point.String(), "考试性质": g.Exam,
		"补重学期": g.RetakeTerm, "课程属性": g.Attribute, "原始课程名称": g.Extra["原始课程名称"],
	} {
		if i := slices.Index(header, column); i >= 0 && row[i] != want {
			t.Errorf("%s: %s is %q, want %q", g.Course, column, row[i], want)
		}
	}
}

func TestGradeTableOfOneTerm(t *testing.T) {
	b := openLoggedIn(t, campus.Qiangzhi{PartColumns: true})
	form := url.Values{"kksj": {"2022-2023-2"}, "xsfs": {"all"}}
	header, rows := table(t, b.post("/jsxsd/kscj/cjcx_list", form))
	if !slices.Contains(header, "平时成绩") || len(rows) < 5 {
		t.Errorf("got %d rows under %v", len(rows), header)
	}
	for _, row := range rows {
		if row[1] != "2022-2023-2" {
			t.Errorf("row of another term: %q", row)
		}
	}
}

func TestTranscript(t *testing.T) {
	got, err := json.MarshalIndent(campus.Transcript("2020000001", 2020, 8, true), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/transcript.golden"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("transcript (-want +got):\n%s", diff)
	}
}

// What the transcripts promise to hold.
func TestTranscriptIsRich(t *testing.T) {
	rows := campus.Transcript("2022000001", 2022, 8, true)
	seen := map[string]int{}
	for _, g := range rows {
		seen[g.Term.String()]++
		seen[g.Score]++
		seen[g.Mark]++
		seen[string(g.Attempt)]++
		if g.Hidden {
			seen["hidden"]++
		}
		if g.Failed {
			seen["failed"]++
		}
	}
	for _, want := range []string{
		"2022-2023-1", "2022-2023-2", "2023-2024-1", "2023-2024-2", "2024-2025-1", "2024-2025-2", "2025-2026-1", "2025-2026-2",
		"优", "良", "通过", "缓考", "缺考", "免修", "resit", "retake", "deferred", "hidden", "failed",
	} {
		if seen[want] == 0 {
			t.Errorf("no row with %s", want)
		}
	}
	if len(rows) < 60 {
		t.Errorf("got %d rows, want at least 60", len(rows))
	}
	if short := campus.Transcript("2022000001", 2022, 1, false); len(short) == 0 || short[0].Term != short[len(short)-1].Term {
		t.Errorf("one term: got %d rows", len(short))
	}
}

// gradePage is the JSON build's answer.
type gradePage struct {
	Code  int
	Count int
	Data  []struct {
		Course string          `json:"kc_mc"`
		Term   string          `json:"xnxqid"`
		Score  json.RawMessage `json:"zcj"`
		Text   *string         `json:"zcjstr"`
		Point  json.RawMessage `json:"jd"`
		Hidden int             `json:"kz"`
	}
}

func TestGradeJSON(t *testing.T) {
	p := school(campus.Qiangzhi{JSON: true, Encoding: campus.Plain, Skin: campus.SkinApp})
	p.Captcha = false
	b := open(t, p)
	b.logIn("2024000002", "Demo@2024")
	wantText(t, b.get("/jsxsd/kscj/cjcx_list"), "dataTables")
	if got := b.post("/jsxsd/kscj/cjcx_list", nil); got.Status != http.StatusOK || got.Body != "" {
		t.Errorf("POST: got %d with %d bytes, want 200 with none", got.Status, len(got.Body))
	}
	b.script = true
	grades := b.school.Accounts()[1].Grades
	var names []string
	for n := 1; ; n++ {
		var got gradePage
		body := b.get(fmt.Sprintf("/jsxsd/kscj/cjcx_list?pageNum=%d&pageSize=10&kksj=&xsfs=all", n)).Body
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		if got.Count != len(grades) {
			t.Fatalf("count is %d, want %d", got.Count, len(grades))
		}
		if len(got.Data) == 0 {
			break
		}
		for _, item := range got.Data {
			names = append(names, item.Course)
			withheld := item.Text == nil && item.Score == nil && string(item.Point) == "null"
			if withheld != (item.Hidden == 1) {
				t.Errorf("%s: kz is %d, withheld %v", item.Course, item.Hidden, withheld)
			}
		}
	}
	var want []string
	for _, g := range grades {
		want = append(want, g.Course)
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("courses over all pages (-want +got):\n%s", diff)
	}
}

func TestGradesNeedTheForm(t *testing.T) {
	for _, form := range []string{"/jsxsd/kscj/cjcx_frm", "/jsxsd/kscj/cjcx_query"} {
		b := openLoggedIn(t, campus.Qiangzhi{FormFirst: true})
		wantText(t, b.get("/jsxsd/kscj/cjcx_list"), "chucuole.gif", "/jsxsd/xk/LoginToXk?method=exit")
		b.get(form)
		wantText(t, b.get("/jsxsd/kscj/cjcx_list"), "高等数学A（上）")
	}
}

func TestGates(t *testing.T) {
	const list, newest = "/jsxsd/kscj/cjcx_list", "/jsxsd/kscj/cjcx_list?kksj=2025-2026-2"
	tests := []struct {
		gate  campus.Gate
		path  string
		want  string
		empty bool
	}{
		{campus.Open, list, "高等数学A（上）", false},
		{campus.GateEvaluate, list, "alert('评教未完成，不能查询成绩！')", true},
		{campus.GateEvaluate, "/jsxsd/kscj/cjcx_list?kksj=2022-2023-1", "alert('评教未完成，不能查询成绩！')", true},
		{campus.GateNewest, list, "alert('评教未完成，不能查询成绩！')", true},
		{campus.GateNewest, newest, "alert('评教未完成，不能查询成绩！')", true},
		{campus.GateNewest, "/jsxsd/kscj/cjcx_list?kksj=2022-2023-1", "高等数学A（上）", false},
		{campus.GateEmpty, list, "未查询到数据", true},
		{campus.GateClosed, list, "系统功能暂未开放", false},
		{campus.GatePassword, list, "请先修改密码", false},
		{campus.GateLocked, list, "高等数学A（上）", false}, // only a login is refused
	}
	for _, tt := range tests {
		t.Run(string(tt.gate)+tt.path, func(t *testing.T) {
			b := openLoggedIn(t, campus.Qiangzhi{})
			if !b.school.SetGate("2022000001", tt.gate) {
				t.Fatal("no such account")
			}
			p := b.get(tt.path)
			wantText(t, p, tt.want)
			if tt.empty {
				if _, rows := table(t, p); !cmp.Equal(rows, [][]string{{"未查询到数据"}}) {
					t.Errorf("got rows %q, want 未查询到数据 alone", rows)
				}
			}
		})
	}
}

func TestGradeDetail(t *testing.T) {
	b := openLoggedIn(t, campus.Qiangzhi{Skin: campus.SkinNew})
	_, link, _ := strings.Cut(b.get("/jsxsd/kscj/cjcx_list").Body, "javascript:openWindow('")
	link, _, _ = strings.Cut(link, "'")
	header, rows := table(t, b.get(link))
	want := b.school.Accounts()[0].Grades[0]
	if len(rows) != 1 || len(header) != len(rows[0]) || rows[0][5] != want.Score || rows[0][1] != want.Parts["期末成绩"] {
		t.Errorf("got %q under %q, want the parts of %s", rows, header, want.Score)
	}
}
