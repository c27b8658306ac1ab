package bulletin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
)

// TestAddressesAreSites: boards that are reached by number are of one site only
// where the whole number is the same.
func TestAddressesAreSites(t *testing.T) {
	hosts := map[string]http.HandlerFunc{
		"202.38.64.1": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://8.8.64.1/tzgg.htm", http.StatusFound)
		},
		"8.8.64.1": serveList,
	}
	inWeb(t, hosts, func(t *testing.T, r *bulletin.Reader, w *web) {
		_, err := r.List(t.Context(), sourceAt("http://202.38.64.1/tzgg.htm"), bulletin.Validators{})
		wantClass(t, err, bulletin.HTTP)
		if got := w.pages(); len(got) != 1 {
			t.Errorf("asked %q", got)
		}
	})
}

// TestLongAddresses: an address that is nothing but long leads nowhere.
func TestLongAddresses(t *testing.T) {
	page := `<ul><li><a href="info/1001/1.htm?x=` + strings.Repeat("x", 100_000) + `">关于考试安排的通知</a> 2026-03-01</li>
		<li><a href="info/1001/2.htm">关于选课安排的通知</a> 2026-03-01</li></ul>`
	u, _ := url.Parse(tzgg)
	l, err := bulletin.ParseList(sourceAt(tzgg), jwxt.Page{URL: u, Status: 200, Body: []byte(page)}, time.Now())
	if err != nil || len(l.Items) != 1 || l.Items[0].Title != "关于选课安排的通知" {
		t.Errorf("got %d items, %v", len(l.Items), err)
	}
}

// TestLongValidators: what a server gives to be brought back is stored, and is
// not taken if it is no date and no tag but a burden.
func TestLongValidators(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	hosts := map[string]http.HandlerFunc{"jwc.example.edu.cn": func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"`+long+`"`)
		w.Header().Set("Last-Modified", long)
		serveList(w, r)
	}}
	inWeb(t, hosts, func(t *testing.T, r *bulletin.Reader, _ *web) {
		l, err := r.List(t.Context(), sourceAt(tzgg), bulletin.Validators{})
		if err != nil || len(l.Items) != 1 {
			t.Fatalf("got %d items, %v", len(l.Items), err)
		}
		if v := l.Validators; v.ETag != "" || v.LastModified != "" || v.Hash == "" {
			t.Errorf("got validators of %d and %d bytes", len(v.ETag), len(v.LastModified))
		}
	})
}
