package fetch_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/fetch"
)

// inMemory serves h without a network, so that it works in a synctest bubble.
func inMemory(t *testing.T, h http.Handler, school jwxt.School) *fetch.Client {
	t.Helper()
	pipe := campus.NewPipe()
	server := &http.Server{Handler: h}
	go server.Serve(pipe)
	school.BaseURL = "http://jw.example.edu.cn"
	c, err := fetch.New(school, fetch.WithDial(pipe.DialContext))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); server.Close() })
	return c
}

func get(ctx context.Context, t testing.TB, c *fetch.Client, address string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

func TestPaceConcurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		c := inMemory(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			n := now.Add(1)
			defer now.Add(-1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			time.Sleep(time.Second)
		}), jwxt.School{})
		var all sync.WaitGroup
		start := time.Now()
		for range 10 {
			all.Go(func() {
				if _, err := get(t.Context(), t, c, "http://jw.example.edu.cn/"); err != nil {
					t.Error(err)
				}
			})
		}
		time.Sleep(time.Second / 2)
		if got := c.Waiting(); got != 7 {
			t.Errorf("%d are waiting, want 7", got)
		}
		all.Wait()
		if most.Load() != 3 || time.Since(start) != 4*time.Second {
			t.Errorf("at most %d at once, all in %v; want 3 and 4s", most.Load(), time.Since(start))
		}
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(10 * time.Second) }),
			jwxt.School{Pace: jwxt.Pace{Concurrent: 1}})
		var first sync.WaitGroup
		first.Go(func() { get(t.Context(), t, c, "http://jw.example.edu.cn/") })
		synctest.Wait()
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := get(ctx, t, c, "http://jw.example.edu.cn/")
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second || c.Waiting() != 0 {
			t.Errorf("got %v after %v, %d waiting", err, time.Since(start), c.Waiting())
		}
		first.Wait()
	})
}

func TestPaceSpacing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var starts []time.Duration
		begin := time.Now()
		c := inMemory(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			starts = append(starts, time.Since(begin))
		}), jwxt.School{Pace: jwxt.Pace{Spacing: 2 * time.Second}})
		if _, err := get(t.Context(), t, c, "http://jw.example.edu.cn/"); err != nil {
			t.Fatal(err)
		}
		// Who gives up waiting does not push the others back.
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := get(short, t, c, "http://jw.example.edu.cn/"); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v, want a deadline", err)
		}
		for range 2 {
			if _, err := get(t.Context(), t, c, "http://jw.example.edu.cn/"); err != nil {
				t.Fatal(err)
			}
		}
		if want := []time.Duration{0, 2 * time.Second, 4 * time.Second}; !equal(starts, want) {
			t.Errorf("started at %v, want %v", starts, want)
		}
	})
}

func equal(a, b []time.Duration) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestTimeoutCoversTheBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := inMemory(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for range 100 {
				w.Write([]byte("drip "))
				w.(http.Flusher).Flush()
				select {
				case <-time.After(time.Second):
				case <-r.Context().Done():
					return
				}
			}
		}), jwxt.School{Pace: jwxt.Pace{Timeout: 5 * time.Second, Concurrent: 1}})
		start := time.Now()
		for range 2 { // the second shows that the first gave its turn back
			_, err := get(t.Context(), t, c, "http://jw.example.edu.cn/")
			if jwxt.KindOf(err) != jwxt.Unreachable || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v, want Unreachable after the deadline", err)
			}
		}
		if got := time.Since(start); got != 10*time.Second {
			t.Errorf("gave up after %v, want 10s", got)
		}
	})
}

func TestHostPin(t *testing.T) {
	tests := []struct {
		base, address string
		hosts         []string
		allowed       bool
	}{
		{"http://jw.example.edu.cn", "http://jw.example.edu.cn/jsxsd/", nil, true},
		{"http://jw.example.edu.cn", "https://JW.example.edu.cn/", nil, true},
		{"http://jw.example.edu.cn:8080", "http://jw.example.edu.cn/", nil, true},
		{"http://jw.example.edu.cn", "http://jw.example.edu.cn:8080/", nil, false},
		{"http://jw.example.edu.cn", "http://evil.example.com/", nil, false},
		{"http://jw.example.edu.cn", "http://x.jw.example.edu.cn/", nil, false},
		{"http://jw.example.edu.cn", "http://jw.example.edu.cn.evil.com/", nil, false},
		{"http://jw.example.edu.cn", "http://jw.example.edu.cn@evil.com/", nil, false},
		{"http://jw.example.edu.cn", "https://cas.example.edu.cn/login", []string{"cas.example.edu.cn"}, true},
		{"http://jw.example.edu.cn", "https://cas.example.edu.cn:8443/", []string{"cas.example.edu.cn:8443"}, true},
		{"https://jw.example.edu.cn", "http://jw.example.edu.cn/", nil, false},
		{"http://jw.example.edu.cn", "ftp://jw.example.edu.cn/", nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.base+" to "+tt.address, func(t *testing.T) {
			dialled := errors.New("dialled")
			c, err := fetch.New(jwxt.School{BaseURL: tt.base, Hosts: tt.hosts},
				fetch.WithDial(func(context.Context, string, string) (net.Conn, error) { return nil, dialled }))
			if err != nil {
				t.Fatal(err)
			}
			_, err = get(t.Context(), t, c, tt.address)
			if got := jwxt.KindOf(err) == jwxt.Unreachable; got != tt.allowed {
				t.Errorf("got %v, want allowed: %v", err, tt.allowed)
			}
		})
	}
}

// TestErrorsAreDiscreet has servers put secrets where net/http would quote them.
func TestErrorsAreDiscreet(t *testing.T) {
	for name, answer := range map[string]string{
		"broken header":  "HTTP/1.1 200 OK\r\nSet-Cookie JSESSIONID=canary\r\n\r\n",
		"broken status":  "JSESSIONID=canary\r\n\r\n",
		"broken length":  "HTTP/1.1 200 OK\r\nContent-Length: canary\r\n\r\n",
		"broken chunks":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ncanary\r\n",
		"nothing at all": "",
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					conn.Read(make([]byte, 4096))
					io.WriteString(conn, answer)
					conn.Close()
				}
			}()
			c, err := fetch.New(jwxt.School{BaseURL: "http://" + l.Addr().String()})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, err = get(t.Context(), t, c, "http://"+l.Addr().String()+"/jsxsd/x;jsessionid=canary?pwd=canary")
			if jwxt.KindOf(err) != jwxt.Unreachable || strings.Contains(err.Error(), "canary") {
				t.Errorf("got %v, want Unreachable and no canary", err)
			}
		})
	}
}

func TestSafeURL(t *testing.T) {
	for address, want := range map[string]string{
		"http://jw.cn/a/b?ticket=1#x":               "http://jw.cn/a/b",
		"http://u:p@jw.cn/a":                        "http://jw.cn/a",
		"http://jw.cn/a;jsessionid=1/b;c=2":         "http://jw.cn/a/b",
		"http://jw.cn/(abcdefghijkl)/default2.aspx": "http://jw.cn/(…)/default2.aspx",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := fetch.SafeURL(u); got != want {
			t.Errorf("SafeURL(%q) = %q, want %q", address, got, want)
		}
	}
}

func TestProxy(t *testing.T) {
	var asked string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.String()
		io.WriteString(w, "by proxy")
	}))
	defer proxy.Close()
	c, err := fetch.New(jwxt.School{BaseURL: "http://jw.example.invalid", Proxy: proxy.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got, err := get(t.Context(), t, c, "http://jw.example.invalid/jsxsd/")
	if err != nil || got != "by proxy" || asked != "http://jw.example.invalid/jsxsd/" {
		t.Errorf("got %q, %v; the proxy was asked for %q", got, err, asked)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, s := range []jwxt.School{
		{}, {BaseURL: "jw.example.edu.cn"}, {BaseURL: "ftp://jw.example.edu.cn"}, {BaseURL: "http://[::1"},
		{BaseURL: "http://jw.example.edu.cn", Proxy: "canary@host:1080"},
		{BaseURL: "http://jw.example.edu.cn", Proxy: "gopher://u:canary@host"},
		{BaseURL: "http://jw.example.edu.cn", Proxy: "http://u:canary@ho st"},
	} {
		if _, err := fetch.New(s); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("New(%+v): got %v, want an error without the proxy's password", s, err)
		}
	}
	for _, proxy := range []string{"http://127.0.0.1:1", "https://127.0.0.1:1", "socks5://u:p@127.0.0.1:1"} {
		if _, err := fetch.New(jwxt.School{BaseURL: "http://jw.example.edu.cn", Proxy: proxy}); err != nil {
			t.Errorf("proxy %s: %v", proxy, err)
		}
	}
}
