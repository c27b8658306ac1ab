package bulletin_test

import (
	"net/http"
	"strings"
	"testing"

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
