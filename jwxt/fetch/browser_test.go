package fetch_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

// visit serves h on loopback and opens a browser on it.
func visit(t *testing.T, h http.HandlerFunc) (*fetch.Browser, *jwxt.Conn) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	school := jwxt.School{BaseURL: server.URL}
	c, err := fetch.New(school)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	conn := &jwxt.Conn{School: school, HTTP: c}
	return fetch.Open(conn), conn
}

func TestBrowserLooksLikeOne(t *testing.T) {
	var got *http.Request
	var body string
	b, conn := visit(t, func(_ http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got, body = r, string(raw)
	})
	form := fetch.Form{{Name: "b", Value: "2 &"}, {Name: "a", Value: "学"}, {Name: "b", Value: ""}}
	for gbk, want := range map[bool]string{false: "b=2+%26&a=%E5%AD%A6&b=", true: "b=2+%26&a=%D1%A7&b="} {
		if _, err := b.Send(t.Context(), fetch.Request{URL: "/x?y", Post: true, Form: form, GBK: gbk, Referer: "/jsxsd/"}); err != nil {
			t.Fatal(err)
		}
		if body != want {
			t.Errorf("GBK %v: posted %q, want %q", gbk, body, want)
		}
	}
	for name, want := range map[string]string{
		"Referer": conn.School.BaseURL + "/jsxsd/", "Origin": conn.School.BaseURL,
		"Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
		}
	}
	if !strings.HasPrefix(got.UserAgent(), "Mozilla/5.0") || got.Header.Get("Accept-Language") == "" {
		t.Errorf("headers are no browser's: %v", got.Header)
	}
	if _, err := b.Send(t.Context(), fetch.Request{URL: "/x", AJAX: true}); err != nil || got.Header.Get("X-Requested-With") != "XMLHttpRequest" {
		t.Errorf("as a script: %v, %v", got.Header, err)
	}
}

// A GET that carries a password is not sent again where the connection, which
// was used before, breaks without an answer. Others are: net/http sees to it.
func TestOnce(t *testing.T) {
	for once, want := range map[bool]int{true: 1, false: 2} {
		heard := make(chan string, 2)
		b, _ := visit(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/first" {
				return
			}
			heard <- r.Header.Get("token") + r.Header.Get("Content-Length") + strings.Join(r.TransferEncoding, "")
			panic(http.ErrAbortHandler)
		})
		if _, err := b.Get(t.Context(), "/first", ""); err != nil {
			t.Fatal(err)
		}
		_, err := b.Send(t.Context(), fetch.Request{URL: "/second", Once: once, Header: http.Header{"token": {"abc"}}})
		if got := <-heard; jwxt.KindOf(err) != jwxt.Unreachable || got != "abc" || len(heard) != want-1 {
			t.Errorf("once %v: %v, asked with %q and %d times more, want %d in all", once, err, got, len(heard), want)
		}
	}
}

func TestSessionInLocation(t *testing.T) {
	for to, want := range map[string]string{
		"/jwapp/sys/cjcx/*default/index.do;jsessionid=A1!b?gid=1": "http://jw.example.edu.cn/jwapp/sys/cjcx/*default/index.do?gid=1",
		"/a%2Fb;JSESSIONID=A1": "http://jw.example.edu.cn/a%2Fb",
		"/a;b=c":               "http://jw.example.edu.cn/a;b=c",
	} {
		u, _ := url.Parse("http://jw.example.edu.cn/x")
		got := fetch.Location(jwxt.Page{URL: u, Status: 302, Header: http.Header{"Location": {to}}})
		if got == nil || got.String() != want {
			t.Errorf("%s leads to %v, want %s", to, got, want)
		}
	}
}

func TestFollow(t *testing.T) {
	b, conn := visit(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: strings.Trim(r.URL.Path, "/"), Value: "1", Path: "/"})
		switch r.URL.Path {
		case "/a":
			http.Redirect(w, r, "b", http.StatusFound)
		case "/b":
			http.Redirect(w, r, "/c?d#e", http.StatusSeeOther)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/c":
			io.WriteString(w, r.Header.Get("Cookie")+" "+r.Referer())
		}
	})
	p, err := b.Get(t.Context(), "/a", "")
	if err != nil {
		t.Fatal(err)
	}
	last, trail, err := b.Follow(t.Context(), p, nil)
	if err != nil || len(trail) != 2 || trail[1].RequestURI() != "/c?d" {
		t.Fatalf("trail %v, %v", trail, err)
	}
	if got, want := string(last.Body), "a=1; b=1 "+conn.School.BaseURL+"/b"; got != want {
		t.Errorf("the end of the chain saw %q, want %q", got, want)
	}
	stopped, trail, err := b.Follow(t.Context(), p, func(u *url.URL) bool { return u.Path == "/c" })
	if err != nil || len(trail) != 1 || fetch.Location(stopped) == nil {
		t.Errorf("stopped after %v with %v", trail, err)
	}
	p, err = b.Get(t.Context(), "/loop", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, trail, err = b.Follow(t.Context(), p, nil); jwxt.KindOf(err) != jwxt.Changed || len(trail) != fetch.MaxHops {
		t.Errorf("a loop: %d hops, %v", len(trail), err)
	}
}

// TestPostIsNotRepeated: 307 asks for the post, password and all, once more.
func TestPostIsNotRepeated(t *testing.T) {
	posts := 0
	b, _ := visit(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			posts++
			http.Redirect(w, r, "/again", http.StatusTemporaryRedirect)
		}
	})
	p, err := b.Send(t.Context(), fetch.Request{URL: "/login", Post: true, Form: fetch.Form{{Name: "p", Value: "x"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Follow(t.Context(), p, nil); err != nil || posts != 1 {
		t.Errorf("posted %d times, %v", posts, err)
	}
}

// TestDowngrade: an https school redirects to http://; the request goes to
// https all the same, and never in clear.
func TestDowngrade(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" {
			w.Header().Add("Set-Cookie", "JSESSIONID=1; Path=/; Secure")
			w.Header().Set("Location", "http://127.0.0.1/main")
			w.WriteHeader(http.StatusFound)
			return
		}
		io.WriteString(w, r.URL.Path+" "+r.Header.Get("Cookie"))
	}))
	defer server.Close()
	school := jwxt.School{BaseURL: server.URL}
	c, err := fetch.New(school, func(tr *http.Transport) { tr.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} })
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b := fetch.Open(&jwxt.Conn{School: school, HTTP: c})
	p, err := b.Get(t.Context(), "/login", "")
	if err != nil {
		t.Fatal(err)
	}
	last, _, err := b.Follow(t.Context(), p, nil)
	if err != nil || string(last.Body) != "/main JSESSIONID=1" || last.URL.Scheme != "https" {
		t.Errorf("got %q from %v, %v", last.Body, last.URL, err)
	}
}

// TestDowngradeInCapitals: a host's name is the same in capitals.
func TestDowngradeInCapitals(t *testing.T) {
	for _, base := range []string{"https://jw.example.edu.cn", "https://JW.Example.edu.cn"} {
		school := jwxt.School{BaseURL: base}
		dialed := ""
		c, err := fetch.New(school, fetch.WithDial(func(_ context.Context, _, addr string) (net.Conn, error) {
			dialed = addr
			return nil, io.EOF
		}))
		if err != nil {
			t.Fatal(err)
		}
		for _, to := range []string{"http://jw.example.edu.cn/", "http://JW.EXAMPLE.EDU.CN/", "http://jw.example.edu.cn:80/"} {
			b := fetch.Open(&jwxt.Conn{School: school, HTTP: c})
			b.Get(t.Context(), to, "")
			req, _ := http.NewRequestWithContext(t.Context(), "GET", to, nil)
			if resp, err := c.Do(req); err == nil {
				resp.Body.Close()
			}
			if strings.HasSuffix(dialed, ":80") {
				t.Errorf("from %s to %s in clear", base, to)
			}
		}
	}
}

func TestUntrustedCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	school := jwxt.School{BaseURL: server.URL}
	c, err := fetch.New(school)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = fetch.Open(&jwxt.Conn{School: school, HTTP: c}).Get(t.Context(), "/", "")
	if jwxt.KindOf(err) != jwxt.Unreachable || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("got %v, want Unreachable that speaks of the certificate", err)
	}
}

func TestAnswersRefused(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		kind   jwxt.Kind
	}{
		{"500", 500, "x", jwxt.Unreachable},
		{"503", 503, "x", jwxt.Unreachable},
		{"403", 403, "x", jwxt.Blocked},
		{"412", 412, "x", jwxt.Blocked},
		{"429", 429, "x", jwxt.Blocked},
		{"202", 202, "<script>x</script>", jwxt.Blocked},
		{"script wall", 200, "<html><script>$_ts=window['$_ts'];</script></html>", jwxt.Blocked},
		{"words of a wall", 200, "<h1>您的请求可能存在威胁，已被拦截</h1>", jwxt.Blocked},
		{"3 MiB", 200, strings.Repeat("x", 3<<20), jwxt.Changed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, conn := visit(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Set-Cookie", "JSESSIONID=empty; Path=/")
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			})
			_, err := b.Get(t.Context(), "/x?secret", "")
			if err == nil || jwxt.KindOf(err) != tt.kind || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, want %v", err, tt.kind)
			}
			if tt.status >= 400 && len(conn.Session.Cookies) > 0 {
				t.Error("the cookie of an error page was taken")
			}
		})
	}
}

// TestNoWall reads pages of the school that speak of walls.
func TestNoWall(t *testing.T) {
	for _, body := range []string{
		"<html><table><tr><td>关于校园网站防火墙升级的通知</td></tr></table></html>",
		"<html><script>$_ts={};</script><form><input name=userAccount></form></html>",
		"<p>访问被拦截怎么办</p>" + strings.Repeat(" ", 5000),
	} {
		if err := fetch.Check(jwxt.Page{Status: 200, Body: []byte(body)}); err != nil {
			t.Errorf("%.60q: %v", body, err)
		}
	}
}

func TestLocationIgnoresNonsense(t *testing.T) {
	u, _ := url.Parse("http://jw.edu.cn/a")
	for _, to := range []string{"", "http://[::1", ":", "%zz"} {
		p := jwxt.Page{URL: u, Status: 302, Header: http.Header{"Location": {to}}}
		if got := fetch.Location(p); got != nil {
			t.Errorf("Location(%q) = %v", to, got)
		}
	}
}

func TestUnusableAddress(t *testing.T) {
	b, _ := visit(t, func(http.ResponseWriter, *http.Request) {})
	_, err := b.Get(t.Context(), "http://[::1?token=canary", "")
	var e *jwxt.Error
	if !errors.As(err, &e) || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v, want a *jwxt.Error without the address", err)
	}
}

func TestBrowserPostsJSON(t *testing.T) {
	var kind, body string
	b, _ := visit(t, func(_ http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		kind, body = r.Header.Get("Content-Type"), string(raw)
	})
	if _, err := b.Send(t.Context(), fetch.Request{URL: "/x", Post: true, JSON: []byte(`{"a":"学"}`)}); err != nil {
		t.Fatal(err)
	}
	if kind != "application/json" || body != `{"a":"学"}` {
		t.Errorf("posted %s as %s", body, kind)
	}
}
