package urp_test

import (
	"encoding/json"
	"flag"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/urp"
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
	v, err := urp.New().ParsePage(as, p)
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
// .golden beside it. Pages of the old build are in GBK.
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
			got := read(t, as, page(t, "http://jw.example.edu.cn/x.do", body))
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
		p := page(t, "http://jw.example.edu.cn/j_spring_security_check", nil)
		p.Status, p.Header = status, http.Header{"Location": {to}}
		return p
	}
	tests := []struct {
		as   string
		page jwxt.Page
		kind jwxt.Kind
		said string
	}{
		{"grades", head(302, "/login"), jwxt.Expired, ""},
		{"grades", head(302, "/gotoLogin"), jwxt.Expired, ""},
		{"record", head(302, "/login?errorCode=concurrentSessionExpired"), jwxt.KickedOut, ""},
		{"detail", head(401, ""), jwxt.Expired, ""},
		{"grades", head(403, ""), jwxt.Blocked, ""},
		{"login", head(502, ""), jwxt.Unreachable, ""},
		{"answer", head(302, "/login?errorCode=badCaptcha"), jwxt.WrongCaptcha, ""},
		{"answer", head(302, "/login?errorCode=badCredentials"), jwxt.WrongPassword, ""},
		{"answer", head(302, "/login?errorCode=concurrentSessionExpired"), jwxt.KickedOut, ""},
		{"answer", head(302, "/login?errorCode=new"), jwxt.Changed, ""},
		{"timetable", head(200, ""), jwxt.Unsupported, ""},
	}
	for _, tt := range tests {
		_, err := urp.New().ParsePage(tt.as, tt.page)
		wantKind(t, err, tt.kind, tt.said)
	}
	v, err := urp.New().ParsePage("answer", head(302, "/index.jsp?secret=1"))
	if got, ok := v.(urp.AnswerPage); err != nil || !ok || got.Next != "http://jw.example.edu.cn/index.jsp" {
		t.Errorf("a taken login: got %+v, %v", v, err)
	}
}

func wantKind(t *testing.T, err error, kind jwxt.Kind, said string) {
	t.Helper()
	if err == nil || jwxt.KindOf(err) != kind || !strings.Contains(jwxt.SaidOf(err), said) {
		t.Errorf("got %v (said %q), want %v %q", err, jwxt.SaidOf(err), kind, said)
	}
}
