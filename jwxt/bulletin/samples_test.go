package bulletin_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
)

// expected is what a saved page holds.
type expected struct {
	Base     string `json:"base"`
	Items    []row  `json:"items"`
	MustFail bool   `json:"must_fail"`
	Detail   *struct {
		Title       string            `json:"title"`
		Date        string            `json:"date"`
		Publisher   string            `json:"publisher"`
		Attachments []jwxt.Attachment `json:"attachments"`
	} `json:"detail"`
}

type row struct {
	ID    string `json:"id"`
	URL   string `json:"url"`
	Title string `json:"title"`
	Date  string `json:"date"`
}

var noon = time.Date(2026, 7, 31, 4, 0, 0, 0, time.UTC)

// TestSamples reads real pages, if their folder is there.
func TestSamples(t *testing.T) {
	dir := os.Getenv("JWXTBOT_SAMPLES")
	if dir == "" {
		t.Skip("JWXTBOT_SAMPLES is not set: no real pages to read")
	}
	dir = filepath.Join(dir, "notices")
	b, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var pages map[string]expected
	if err := json.Unmarshal(b, &pages); err != nil {
		t.Fatal(err)
	}
	for name, want := range pages {
		t.Run(name, func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			checkSample(t, name, body, want)
		})
	}
}

func checkSample(t *testing.T, name string, body []byte, want expected) {
	if want.Base == "" {
		want.Base = "https://jwc.example.edu.cn/tzgg.htm"
	}
	source := bulletin.Source{ID: "a", Name: "甲", URL: want.Base}
	p := pageOf(t, want.Base, body)
	l, err := bulletin.ParseList(source, p, noon)
	if len(want.Items) == 0 && err == nil {
		t.Errorf("%d items of a page that is no list", len(l.Items))
	}
	if len(want.Items) > 0 {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Items, rowsOf(l)); diff != "" {
			t.Errorf("items (-want +got):\n%s", diff)
		}
	}
	d, err := bulletin.ParseDetail(source, p, noon)
	switch {
	case want.MustFail:
		if err == nil && !d.Intranet {
			t.Errorf("a page without an article is %+v", d)
		}
	case want.Detail != nil:
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Date.String(); d.Title != want.Detail.Title || got != want.Detail.Date || d.Publisher != want.Detail.Publisher {
			t.Errorf("got %q, %s, %q; want %q, %s, %q", d.Title, got, d.Publisher, want.Detail.Title, want.Detail.Date, want.Detail.Publisher)
		}
		if diff := cmp.Diff(want.Detail.Attachments, append([]jwxt.Attachment{}, d.Attachments...)); diff != "" {
			t.Errorf("attachments (-want +got):\n%s", diff)
		}
	}
	if strings.HasPrefix(name, "synthetic_ruishu") {
		for _, status := range []int{202, 412} {
			p.Status = status
			_, err := bulletin.ParseList(source, p, noon)
			wantClass(t, err, bulletin.Blocked)
		}
	}
}

func rowsOf(l bulletin.List) []row {
	rows := []row{}
	for _, it := range l.Items {
		rows = append(rows, row{it.ID, it.URL, it.Title, it.Date.String()})
	}
	return rows
}

func pageOf(t testing.TB, address string, body []byte) jwxt.Page {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return jwxt.Page{URL: u, Status: http.StatusOK, Header: http.Header{}, Body: body}
}

func wantClass(t testing.TB, err error, want bulletin.Class) {
	t.Helper()
	e, ok := errors.AsType[*bulletin.Error](err)
	if !ok || e.Class != want {
		t.Errorf("got error %v, want class %s", err, want)
	}
}
