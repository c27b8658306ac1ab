package supwisdom_test

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
	"jwxtbot/jwxt/supwisdom"
)

var update = flag.Bool("update", false, "write the golden files anew")

func page(t testing.TB, address string, body []byte) jwxt.Page {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return jwxt.Page{URL: u, Status: 200, Body: body}
}

// outcome is what a page is read as: a value, or a refusal.
type outcome struct {
	Kind  string `json:"kind,omitempty"`
	Said  string `json:"said,omitempty"`
	Value any    `json:"value,omitempty"`
}

func read(t testing.TB, as string, p jwxt.Page) string {
	t.Helper()
	v, err := supwisdom.New().ParsePage(as, p)
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

// TestGolden reads testdata/<page>-<what>.{html,json} and compares with the
// .golden beside it.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*-*.*[ln]")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, file := range files {
		as, _, _ := strings.Cut(filepath.Base(file), "-")
		if strings.HasSuffix(file, ".golden") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := read(t, as, page(t, "http://jw.example.edu.cn/eams/x.action", body))
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
		p := page(t, "http://jw.example.edu.cn/eams/home.action", nil)
		p.Status, p.Header = status, map[string][]string{"Location": {to}}
		return p
	}
	for _, as := range []string{"login", "student", "terms", "grades"} {
		_, err := supwisdom.New().ParsePage(as, head(302, "/eams/login.action"))
		wantKind(t, err, jwxt.Expired, "")
	}
	_, err := supwisdom.New().ParsePage("grades", head(401, ""))
	wantKind(t, err, jwxt.Expired, "")
	v, err := supwisdom.New().ParsePage("answer", head(302, "/eams/home.action?secret=1"))
	if got, ok := v.(supwisdom.AnswerPage); err != nil || !ok || got.Next != "http://jw.example.edu.cn/eams/home.action" {
		t.Errorf("a taken login: got %+v, %v", v, err)
	}
	_, err = supwisdom.New().ParsePage("grades", head(502, ""))
	wantKind(t, err, jwxt.Unreachable, "")
	_, err = supwisdom.New().ParsePage("timetable", head(200, ""))
	wantKind(t, err, jwxt.Unsupported, "")
}
