package jwxttest

import (
	"encoding/json"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jwxtbot/jwxt"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Page is an answer of status 200 from an address.
func Page(t testing.TB, address string, body []byte) jwxt.Page {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return jwxt.Page{URL: u, Status: 200, Body: body}
}

// Golden reads each testdata/<page>-<what>.html or .json as if it came from an
// address, and compares what the driver makes of it, be it a value or a refusal,
// with the .golden beside it; -update writes those anew. With gbk the same page
// in GBK must read alike.
func Golden(t *testing.T, d jwxt.PageParser, address string, gbk bool) {
	files, err := filepath.Glob("testdata/*-*.*[ln]")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".golden") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			as, _, _ := strings.Cut(filepath.Base(file), "-")
			got := outcome(t, d, as, Page(t, address, body))
			Compare(t, file+".golden", got)
			if !gbk {
				return
			}
			other, err := simplifiedchinese.GB18030.NewEncoder().Bytes(body)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, outcome(t, d, as, Page(t, address, other))); diff != "" {
				t.Errorf("in GBK (-UTF-8 +GBK):\n%s", diff)
			}
		})
	}
}

// outcome is what a page is read as, in JSON.
func outcome(t testing.TB, d jwxt.PageParser, as string, p jwxt.Page) string {
	t.Helper()
	var out struct {
		Kind  string `json:"kind,omitempty"`
		Said  string `json:"said,omitempty"`
		Value any    `json:"value,omitempty"`
	}
	v, err := d.ParsePage(as, p)
	if err != nil {
		out.Kind, out.Said = jwxt.KindOf(err).String(), jwxt.SaidOf(err)
	} else {
		out.Value = v
	}
	b, err := json.MarshalIndent(out, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

// Compare holds got against a golden file; -update writes it anew.
func Compare(t *testing.T, golden, got string) {
	t.Helper()
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
}
