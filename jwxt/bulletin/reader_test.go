package bulletin_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/jwxt/bulletin"
	"jwxtbot/jwxt/campus"
)

// web is everything behind the wire: hosts by name, and what they were asked.
type web struct {
	hosts map[string]http.HandlerFunc

	mu    sync.Mutex
	busy  map[string]bool // host names that are being asked, by site
	asked []visit
}

type visit struct {
	at, until time.Duration // since the start
	what      string        // GET jwc.example.edu.cn/tzgg.htm
}

const listBody = `<ul><li><a href="/info/1/2.htm">关于选课的通知</a>2026-06-30</li></ul>`

func serveList(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(listBody)) }

// inWeb runs a test in a bubble, with a Reader that reaches these hosts only.
func inWeb(t *testing.T, hosts map[string]http.HandlerFunc, test func(t *testing.T, r *bulletin.Reader, w *web)) {
	synctest.Test(t, func(t *testing.T) {
		w := &web{hosts: hosts, busy: map[string]bool{}}
		start := time.Now()
		pipe := campus.NewPipe()
		server := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
			w.serve(t, rw, req, start)
		})}
		go func() { _ = server.Serve(pipe) }()
		r := bulletin.NewReader(bulletin.Options{UserAgent: "jwxtbot/1 (+mailto:op@example.org)", Dial: pipe.DialContext})
		test(t, r, w)
		r.Close()
		server.Close()
	})
}

func (w *web) serve(t *testing.T, rw http.ResponseWriter, req *http.Request, start time.Time) {
	w.mu.Lock()
	site := strings.TrimPrefix(req.Host, strings.Split(req.Host, ".")[0]+".")
	if w.busy[site] {
		t.Errorf("%s is asked twice at once", site)
	}
	w.busy[site] = true
	i := len(w.asked)
	w.asked = append(w.asked, visit{at: time.Since(start), what: req.Method + " " + req.Host + req.URL.RequestURI()})
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		w.busy[site] = false
		w.asked[i].until = time.Since(start)
		w.mu.Unlock()
	}()
	if got := req.UserAgent(); got != "jwxtbot/1 (+mailto:op@example.org)" {
		t.Errorf("it says to be %q", got)
	}
	h := w.hosts[req.Host]
	if h == nil || req.URL.Path == "/robots.txt" && w.hosts[req.Host+"/robots.txt"] == nil {
		http.NotFound(rw, req)
		return
	}
	if req.URL.Path == "/robots.txt" {
		h = w.hosts[req.Host+"/robots.txt"]
	}
	h(rw, req)
}

// pages are the requests for anything but robots.txt.
func (w *web) pages() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, v := range w.asked {
		if !strings.HasSuffix(v.what, "/robots.txt") {
			out = append(out, v.what)
		}
	}
	return out
}

func sourceAt(address string) bulletin.Source {
	return bulletin.Source{ID: "a", Name: "甲", URL: address}
}

const tzgg = "http://jwc.example.edu.cn/tzgg.htm"

func TestOneAtATimePerSite(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) { time.Sleep(time.Second); serveList(w, r) }
	hosts := map[string]http.HandlerFunc{"jwc.example.edu.cn": slow, "lib.example.edu.cn": slow, "jwc.other.edu.cn": slow}
	inWeb(t, hosts, func(t *testing.T, r *bulletin.Reader, w *web) {
		var wg sync.WaitGroup
		for range 3 {
			for host := range hosts {
				wg.Go(func() {
					if _, err := r.List(t.Context(), sourceAt("http://"+host+"/tzgg.htm"), bulletin.Validators{}); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		last := map[string]time.Duration{}
		for _, v := range w.asked {
			site := v.what[strings.IndexByte(v.what, '.'):]
			site, _, _ = strings.Cut(site, "/")
			if before, ok := last[site]; ok && v.at-before < 2*time.Second {
				t.Errorf("%s only %v after the one before", v.what, v.at-before)
			}
			last[site] = v.until
		}
		// Six lists and two robots.txt for one site, three and one for the other.
		if len(w.asked) != 12 || last[".other.edu.cn"] >= last[".example.edu.cn"] {
			t.Errorf("got %d requests, the last at %v; want 12, and no site to wait for another", len(w.asked), last)
		}
	})
}

func TestRobots(t *testing.T) {
	rules := "User-agent: *\nDisallow: /\n\nUser-agent: OtherBot\nUser-agent: jwxtbot/2.0\nDisallow: /private/\nAllow: /private/tzgg.htm$ # ours\nDisallow: /*.pdf\nDisallow: /tie.htm\nAllow: /tie.htm\nCrawl-delay: 30\n"
	hosts := map[string]http.HandlerFunc{
		"jwc.example.edu.cn":            serveList,
		"jwc.example.edu.cn/robots.txt": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, rules) },
	}
	inWeb(t, hosts, func(t *testing.T, r *bulletin.Reader, w *web) {
		list := func(path string) error {
			_, err := r.List(t.Context(), sourceAt("http://jwc.example.edu.cn"+path), bulletin.Validators{})
			return err
		}
		for _, path := range []string{"/private/x.htm", "/a/b.pdf", "/private/tzgg.htm?a=1"} {
			wantClass(t, list(path), bulletin.Robots)
		}
		for _, path := range []string{"/tzgg.htm", "/private/tzgg.htm", "/tie.htm"} {
			if err := list(path); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		if gap := w.asked[2].at - w.asked[1].at; gap < 30*time.Second {
			t.Errorf("asked again after %v; the Crawl-delay is 30 s", gap)
		}
		rules = "" // and tomorrow it is read again
		time.Sleep(24 * time.Hour)
		if err := list("/private/x.htm"); err != nil {
			t.Error(err)
		}
		if got, want := len(w.asked)-len(w.pages()), 2; got != want {
			t.Errorf("robots.txt was asked for %d times in two days, want %d", got, want)
		}
	})
}

func TestRobotsThatCannotBeRead(t *testing.T) {
	status := http.StatusInternalServerError
	hosts := map[string]http.HandlerFunc{
		"jwc.example.edu.cn":            serveList,
		"jwc.example.edu.cn/robots.txt": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) },
	}
	inWeb(t, hosts, func(t *testing.T, r *bulletin.Reader, w *web) {
		_, err := r.List(t.Context(), sourceAt(tzgg), bulletin.Validators{})
		wantClass(t, err, bulletin.HTTP)
		status = http.StatusForbidden // 4xx: there are no rules
		if _, err := r.List(t.Context(), sourceAt(tzgg), bulletin.Validators{}); err != nil {
			t.Error(err)
		}
	})
}

func TestConditional(t *testing.T) {
	var got []string
	withTag := true
	hosts := map[string]http.HandlerFunc{"jwc.example.edu.cn": func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("If-None-Match")+"|"+r.Header.Get("If-Modified-Since"))
		if withTag {
			w.Header().Set("ETag", `"x"`)
			w.Header().Set("Last-Modified", "Tue, 30 Jun 2026 23:30:00 GMT")
			if r.Header.Get("If-None-Match") == `"x"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		serveList(w, r)
	}}
	inWeb(t, hosts, func(t *testing.T, r *bulletin.Reader, _ *web) {
		s := sourceAt(tzgg)
		first, err := r.List(t.Context(), s, bulletin.Validators{})
		if err != nil || first.Unchanged || len(first.Items) != 1 {
			t.Fatalf("got %+v, %v", first, err)
		}
		again, err := r.List(t.Context(), s, first.Validators)
		if err != nil || !again.Unchanged || again.Validators != first.Validators {
			t.Errorf("304: got %+v, %v", again, err)
		}
		withTag = false // a server that forgets: the same body counts
		again, err = r.List(t.Context(), s, first.Validators)
		if err != nil || !again.Unchanged || again.Validators.Hash != first.Validators.Hash || again.Validators.ETag != "" {
			t.Errorf("same body: got %+v, %v", again, err)
		}
		s.Rules.Item = "li" // another description reads the same body anew
		again, err = r.List(t.Context(), s, first.Validators)
		if err != nil || again.Unchanged || len(again.Items) != 1 || again.Preset != bulletin.KindSelectors {
			t.Errorf("changed description: got %+v, %v", again, err)
		}
		want := []string{"|", `"x"|Tue, 30 Jun 2026 23:30:00 GMT`, `"x"|Tue, 30 Jun 2026 23:30:00 GMT`, "|"}
		if !slices.Equal(got, want) {
			t.Errorf("got conditions %q, want %q", got, want)
		}
	})
}

// TestNotModifiedUnasked holds that a 304 hides nothing that was never read.
func TestNotModifiedUnasked(t *testing.T) {
	hosts := map[string]http.HandlerFunc{"jwc.example.edu.cn": func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotModified)
	}}
	inWeb(t, hosts, func(t *testing.T, r *bulletin.Reader, _ *web) {
		l, err := r.List(t.Context(), sourceAt(tzgg), bulletin.Validators{})
		wantClass(t, err, bulletin.HTTP)
		if l.Unchanged {
			t.Error("a list that was never read is unchanged")
		}
	})
}

func TestPOST(t *testing.T) {
	hosts := map[string]http.HandlerFunc{"jwc.example.edu.cn": func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "POST" || r.FormValue("page") != "1" {
			t.Errorf("got %s with page %q", r.Method, r.FormValue("page"))
		}
		fmt.Fprint(w, `{"data": [{"title": "一", "url": "/n/1"}]}`)
	}}
	inWeb(t, hosts, func(t *testing.T, r *bulletin.Reader, _ *web) {
		s := sourceAt(tzgg)
		s.Method, s.Body = "POST", "page=1"
		if l, err := r.List(t.Context(), s, bulletin.Validators{}); err != nil || l.Preset != bulletin.KindJSON {
			t.Errorf("got %+v, %v", l, err)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	status, after := http.StatusTooManyRequests, "600"
	busy := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", after)
		w.WriteHeader(status)
	}
	hosts := map[string]http.HandlerFunc{"jwc.example.edu.cn": busy, "lib.example.edu.cn": serveList, "jwc.other.edu.cn": serveList}
	inWeb(t, hosts, func(t *testing.T, r *bulletin.Reader, w *web) {
		ask := func(host string) error {
			_, err := r.List(t.Context(), sourceAt("http://"+host+"/tzgg.htm"), bulletin.Validators{})
			return err
		}
		wantRetry(t, ask("jwc.example.edu.cn"), 600*time.Second)
		before := len(w.asked)
		wantRetry(t, ask("lib.example.edu.cn"), 600*time.Second) // the machine is the same
		if len(w.asked) != before {
			t.Errorf("of %q the last although the site asked to be left alone", w.pages())
		}
		if err := ask("jwc.other.edu.cn"); err != nil {
			t.Error(err)
		}
		time.Sleep(600 * time.Second)
		if err := ask("lib.example.edu.cn"); err != nil {
			t.Error(err)
		}
		// Other answers speak for their own address, and may name a moment.
		time.Sleep(5 * time.Second)
		status, after = http.StatusServiceUnavailable, time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)
		wantRetry(t, ask("jwc.example.edu.cn"), time.Minute)
		if err := ask("lib.example.edu.cn"); err != nil {
			t.Error(err)
		}
	})
}

// wantRetry allows for the seconds that a moment in a header cuts off.
func wantRetry(t testing.TB, err error, want time.Duration) {
	t.Helper()
	wantClass(t, err, bulletin.HTTP)
	if e, ok := errors.AsType[*bulletin.Error](err); ok && (e.RetryAfter > want || e.RetryAfter < want-3*time.Second) {
		t.Errorf("got RetryAfter %v, want %v", e.RetryAfter, want)
	}
}

func TestRedirects(t *testing.T) {
	to := func(address string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, address, http.StatusFound) }
	}
	hosts := map[string]http.HandlerFunc{
		"jwc.example.edu.cn": func(w http.ResponseWriter, r *http.Request) {
			// To itself, with a cookie: seen at boards that no script guards.
			if _, err := r.Cookie("seen"); err == nil {
				serveList(w, r)
				return
			}
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: "1", Path: "/"})
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		},
		"old.example.edu.cn":  to("http://jwc.example.edu.cn/tzgg.htm"),
		"away.example.edu.cn": to("http://jwc.other.edu.cn/tzgg.htm"),
		"sso.example.edu.cn":  to("https://authserver.other.edu.cn/authserver/login?service=x"),
		"loop.example.edu.cn": to("/tzgg.htm"),
		"in.example.edu.cn":   to("http://169.254.169.254/latest"),
		"jwc.other.edu.cn":    serveList,
	}
	tests := []struct {
		host  string
		hosts []string
		want  bulletin.Class
	}{
		{"jwc.example.edu.cn", nil, ""},
		{"old.example.edu.cn", nil, ""},
		{"away.example.edu.cn", nil, bulletin.HTTP},
		{"away.example.edu.cn", []string{"jwc.other.edu.cn"}, ""},
		{"sso.example.edu.cn", nil, bulletin.Intranet},
		{"loop.example.edu.cn", nil, bulletin.HTTP},
		{"in.example.edu.cn", nil, bulletin.HTTP},
		{"in.example.edu.cn", []string{"169.254.169.254"}, bulletin.Net},
	}
	for _, tt := range tests {
		t.Run(tt.host, func(t *testing.T) {
			inWeb(t, hosts, func(t *testing.T, r *bulletin.Reader, w *web) {
				s := sourceAt("http://" + tt.host + "/tzgg.htm")
				s.Hosts = tt.hosts
				l, err := r.List(t.Context(), s, bulletin.Validators{})
				if tt.want != "" {
					wantClass(t, err, tt.want)
				} else if err != nil || len(l.Items) != 1 {
					t.Errorf("got %+v, %v", l, err)
				}
				for _, v := range w.asked {
					if strings.Contains(v.what, "169.254") || strings.Contains(v.what, "authserver") {
						t.Errorf("asked %s", v.what)
					}
				}
			})
		})
	}
}

func TestBodies(t *testing.T) {
	hosts := map[string]http.HandlerFunc{
		"big.example.edu.cn": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write(make([]byte, bulletin.MaxBody+1))
			_ = z.Close()
		},
		"zip.example.edu.cn": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Accept-Encoding") != "gzip" {
				t.Errorf("accepts %q", r.Header.Get("Accept-Encoding"))
			}
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write([]byte(listBody))
			_ = z.Close()
		},
		"mute.example.edu.cn": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"half.example.edu.cn": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			serveList(w, r)
		},
	}
	inWeb(t, hosts, func(t *testing.T, r *bulletin.Reader, _ *web) {
		ask := func(ctx context.Context, host string) error {
			_, err := r.List(ctx, sourceAt("http://"+host+"/tzgg.htm"), bulletin.Validators{})
			return err
		}
		wantClass(t, ask(t.Context(), "big.example.edu.cn"), bulletin.HTTP)
		if err := ask(t.Context(), "zip.example.edu.cn"); err != nil {
			t.Error(err)
		}
		wantClass(t, ask(t.Context(), "half.example.edu.cn"), bulletin.Net)
		start := time.Now()
		wantClass(t, ask(t.Context(), "mute.example.edu.cn"), bulletin.Net)
		if took := time.Since(start); took > 25*time.Second {
			t.Errorf("gave up after %v", took)
		}
		// Who stops waiting gets his own word back, and keeps nobody waiting.
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := ask(ctx, "zip.example.edu.cn"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's", err)
		}
		if err := ask(t.Context(), "zip.example.edu.cn"); err != nil {
			t.Error(err)
		}
	})
}
