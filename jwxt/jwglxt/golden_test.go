package jwglxt_test

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
	"jwxtbot/jwxt/jwglxt"
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
	v, err := jwglxt.New().ParsePage(as, p)
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
			got := read(t, as, page(t, "http://jw.example.edu.cn/jwglxt/x.html?xwbh=51AF", body))
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
		p := page(t, "http://jw.example.edu.cn/jwglxt/cjcx/cjcx_cxDgXscj.html", nil)
		p.Status, p.Header = status, map[string][]string{"Location": {to}}
		return p
	}
	for _, as := range []string{"login", "grades", "detail", "notices", "notice"} {
		for name, p := range map[string]jwxt.Page{"901": head(901, ""), "302": head(302, loginPath)} {
			_, err := jwglxt.New().ParsePage(as, p)
			if jwxt.KindOf(err) != jwxt.Expired {
				t.Errorf("%s with %s: got %v, want Expired", as, name, err)
			}
		}
	}
	v, err := jwglxt.New().ParsePage("answer", head(302, loginPath+"?secret=1"))
	if got, ok := v.(jwglxt.AnswerPage); err != nil || !ok || got.Next != "http://jw.example.edu.cn"+loginPath {
		t.Errorf("a taken login: got %+v, %v", v, err)
	}
	_, err = jwglxt.New().ParsePage("grades", head(502, ""))
	wantKind(t, err, jwxt.Unreachable, "")
	_, err = jwglxt.New().ParsePage("timetable", head(200, ""))
	wantKind(t, err, jwxt.Unsupported, "")
}
