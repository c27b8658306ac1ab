package boards_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"jwxtbot/jwxt/bulletin"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/campus/boards"
)

// visit sends a form to the page, or asks for it, and returns the answer.
func visit(h http.Handler, method, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// dialTo leads to a server, whatever is dialled.
func dialTo(server *httptest.Server) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
}

func TestOffice(t *testing.T) {
	sites := boards.Demo(time.Now())
	office := boards.NewOffice(sites, 8080)
	board := url.Values{"board": {sites[0].ID}}
	top := func() string {
		page := visit(office, http.MethodGet, boards.OfficePath, nil).Body.String()
		_, page, _ = strings.Cut(page, "<ul>")
		page, _, _ = strings.Cut(page, "</span>")
		return page[strings.LastIndex(page, ">")+1:]
	}
	old := top()
	act := func(what string, form url.Values) {
		t.Helper()
		w := visit(office, http.MethodPost, boards.OfficePath+what, form)
		if w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", what, w.Code, w.Body)
		}
	}
	act("publish", board)
	sample := boards.Samples(time.Now())[0].Title
	if got := top(); got != sample {
		t.Errorf("published: %q is on top, want %q", got, sample)
	}
	act("correct", board)
	if got, want := top(), sample+"（更正）"; got != want {
		t.Errorf("corrected: got %q, want %q", got, want)
	}
	act("remove", board)
	if got := top(); got != old {
		t.Errorf("removed: got %q, want %q", got, old)
	}
	act("publish", url.Values{"board": {sites[0].ID}, "title": {" 停课 <b>通知</b>\n"}, "text": {"一\r\n二"}})
	if got, want := top(), "停课 &lt;b&gt;通知&lt;/b&gt;"; got != want {
		t.Errorf("own words: got %q, want %q", got, want)
	}

	for range boards.Samples(time.Now()) {
		act("publish", board)
	}
	if got := top(); !strings.HasPrefix(got, sample+"（") {
		t.Errorf("the first sample again: got %q, want another title", got)
	}
	office.Known = true
	act("publish", board)
	if got := top(); !strings.HasSuffix(got, "）") {
		t.Errorf("a sample that may be known: got %q, want another title", got)
	}

	if w := visit(office, http.MethodPost, boards.OfficePath+"publish", url.Values{"board": {"x"}}); w.Code != http.StatusNotFound {
		t.Errorf("a board that is not there: got %d", w.Code)
	}
	if w := visit(office, http.MethodPost, boards.OfficePath+"publish", board, "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
		t.Errorf("from another site: got %d", w.Code)
	}
}

// TestDemo: the demo's boards are read by the program's own Reader, those of
// schools that the demo has, and a second demo's notices are others than the first's.
func TestDemo(t *testing.T) {
	var schools []string
	for _, p := range campus.Demo() {
		schools = append(schools, p.ID)
	}
	ids := func(now time.Time) map[string]bool {
		sites := boards.Demo(now)
		server := httptest.NewServer(boards.Street(sites, http.NotFoundHandler()))
		defer server.Close()
		r := bulletin.NewReader(bulletin.Options{UserAgent: "jwxtbot", Gap: time.Millisecond, Dial: dialTo(server)})
		defer r.Close()
		out := map[string]bool{}
		for _, s := range sites {
			if !strings.Contains(strings.Join(schools, " "), s.School) {
				t.Errorf("the demo has no school %s", s.School)
			}
			id := s.Publish(boards.Samples(now)[0])
			src := s.Source(s.ID, s.School, s.Root(8080))
			l, err := r.List(t.Context(), src, bulletin.Validators{})
			if err != nil || len(l.Items) < 9 {
				t.Fatalf("%s: %d items, %v", s.ID, len(l.Items), err)
			}
			d, err := r.Detail(t.Context(), src, l.Items[0])
			if err != nil || !strings.Contains(d.Text, "报名") || id < 1000 {
				t.Errorf("%s: %v %q", s.ID, err, d.Text)
			}
			out[l.Items[0].ID] = true
		}
		return out
	}
	now := time.Now()
	first, second := ids(now), ids(now.Add(10*time.Second))
	for id := range first {
		if second[id] {
			t.Errorf("the next demo publishes %s again", id)
		}
	}
}
