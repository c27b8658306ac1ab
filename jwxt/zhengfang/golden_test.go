package zhengfang_test

import (
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/zhengfang"
)

var update = flag.Bool("update", false, "write the golden files anew")

func page(t testing.TB, body string) jwxt.Page {
	t.Helper()
	u, err := url.Parse("http://jw.example.edu.cn/(abc)/x.aspx?xh=2020000001")
	if err != nil {
		t.Fatal(err)
	}
	return jwxt.Page{URL: u, Status: 200, Body: []byte(body)}
}

// outcome is what a page is read as: a value, or a refusal.
type outcome struct {
	Kind  string `json:"kind,omitempty"`
	Said  string `json:"said,omitempty"`
	Value any    `json:"value,omitempty"`
}

func read(t testing.TB, as string, p jwxt.Page) string {
	t.Helper()
	v, err := zhengfang.New().ParsePage(as, p)
	out := outcome{Value: v}
	if err != nil {
		out = outcome{Kind: jwxt.KindOf(err).String(), Said: jwxt.SaidOf(err)}
	}
	b, err := json.MarshalIndent(out, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

// TestGolden reads testdata/<page>-<what>.html, as the UTF-8 that it is and as
// the GBK that schools send, and compares with the .golden beside it.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*-*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, file := range files {
		as, _, _ := strings.Cut(filepath.Base(file), "-")
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := read(t, as, page(t, string(body)))
			if diff := cmp.Diff(got, read(t, as, page(t, gbk(string(body))))); diff != "" {
				t.Errorf("in GBK it is another (-UTF-8 +GBK):\n%s", diff)
			}
			golden := file + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestParsePageHeads reads what stands in an answer's head.
func TestParsePageHeads(t *testing.T) {
	head := func(status int, to string) jwxt.Page {
		p := page(t, "")
		p.Status, p.Header = status, map[string][]string{"Location": {to}}
		return p
	}
	d := zhengfang.New()
	for _, as := range []string{"login", "gradeform", "grades", "notices", "notice"} {
		_, err := d.ParsePage(as, head(302, "/default2.aspx"))
		wantKind(t, err, jwxt.Expired, "")
		_, err = d.ParsePage(as, head(502, ""))
		wantKind(t, err, jwxt.Unreachable, "")
	}
	v, err := d.ParsePage("answer", head(302, "xs_main.aspx?xh=2020000001"))
	if got, ok := v.(zhengfang.AnswerPage); err != nil || !ok || got.Next != "http://jw.example.edu.cn/(…)/xs_main.aspx" {
		t.Errorf("a taken login: got %+v, %v", v, err)
	}
	_, err = d.ParsePage("answer", head(302, "js_main.aspx"))
	wantKind(t, err, jwxt.Unsupported, "")
	_, err = d.ParsePage("timetable", head(200, ""))
	wantKind(t, err, jwxt.Unsupported, "")
}
