package qiangzhi_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/qiangzhi"
)

var update = flag.Bool("update", false, "write the golden files anew")

// outcome is what a page is read as: a value, or a refusal.
type outcome struct {
	Kind  string `json:"kind,omitempty"`
	Said  string `json:"said,omitempty"`
	Value any    `json:"value,omitempty"`
}

func read(t testing.TB, as string, p jwxt.Page) string {
	t.Helper()
	v, err := qiangzhi.New().ParsePage(as, p)
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
// .golden beside it; the same page in GBK must read alike.
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
			got := read(t, as, page(t, "http://jw.example.edu.cn/jsxsd/kscj/cjcx_list", body))
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
			gbk, err := simplifiedchinese.GB18030.NewEncoder().Bytes(body)
			if err != nil {
				t.Fatal(err)
			}
			again := read(t, as, page(t, "http://jw.example.edu.cn/jsxsd/kscj/cjcx_list", gbk))
			if diff := cmp.Diff(got, again); diff != "" {
				t.Errorf("in GBK (-UTF-8 +GBK):\n%s", diff)
			}
		})
	}
}
