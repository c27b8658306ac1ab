package fetch_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

func address(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestCookies(t *testing.T) {
	tests := []struct {
		name string
		from string
		set  []string
		to   string
		want string
	}{
		{"two of one name, the longest path first", "http://jw.edu.cn/jsxsd/", []string{"JSESSIONID=root; Path=/", "JSESSIONID=app; Path=/jsxsd"}, "http://jw.edu.cn/jsxsd/x", "JSESSIONID=app; JSESSIONID=root"},
		{"a path is whole segments", "http://jw.edu.cn/", []string{"a=1; Path=/jsxsd"}, "http://jw.edu.cn/jsxsd2/x", ""},
		{"the path itself", "http://jw.edu.cn/", []string{"a=1; Path=/jsxsd"}, "http://jw.edu.cn/jsxsd", "a=1"},
		{"no path given: that of the page", "http://jw.edu.cn/jsxsd/xk/Login", []string{"a=1"}, "http://jw.edu.cn/jsxsd/xk/other", "a=1"},
		{"no path given: not above the page", "http://jw.edu.cn/jsxsd/xk/Login", []string{"a=1"}, "http://jw.edu.cn/jsxsd/kscj/x", ""},
		{"replaced", "http://jw.edu.cn/", []string{"a=1", "a=2"}, "http://jw.edu.cn/", "a=2"},
		{"deleted by Max-Age", "http://jw.edu.cn/", []string{"a=1; Path=/", "a=; Path=/; Max-Age=0"}, "http://jw.edu.cn/", ""},
		{"deleted by Expires", "http://jw.edu.cn/", []string{"a=1; Path=/", "a=x; Path=/; Expires=Thu, 01 Jan 1970 00:00:10 GMT"}, "http://jw.edu.cn/", ""},
		{"Max-Age wins over Expires", "http://jw.edu.cn/", []string{"a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:10 GMT"}, "http://jw.edu.cn/", "a=1"},
		{"Secure stays off http", "https://jw.edu.cn/", []string{"a=1; Secure", "b=2"}, "http://jw.edu.cn/", "b=2"},
		{"Secure over https", "https://jw.edu.cn/", []string{"a=1; Secure"}, "https://jw.edu.cn/", "a=1"},
		{"host-only", "http://jw.xyz.edu.cn/", []string{"a=1"}, "http://x.jw.xyz.edu.cn/", ""},
		{"of the domain", "http://jw.xyz.edu.cn/", []string{"a=1; Domain=.xyz.edu.cn"}, "http://cas.xyz.edu.cn/", "a=1"},
		{"foreign domain dropped", "http://jw.xyz.edu.cn/", []string{"a=1; Domain=evil.com"}, "http://evil.com/", ""},
		{"foreign domain with our name in it", "http://jw.xyz.edu.cn/", []string{"a=1; Domain=w.xyz.edu.cn"}, "http://w.xyz.edu.cn/", ""},
		{"a domain that belongs to nobody", "http://jw.xyz.edu.cn/", []string{"a=1; Domain=edu.cn"}, "http://other.edu.cn/", ""},
		{"an address is no domain", "http://10.1.2.3/", []string{"a=1; Domain=2.3"}, "http://9.9.2.3/", ""},
		{"an address names itself", "http://10.1.2.3/", []string{"a=1; Domain=10.1.2.3"}, "http://10.1.2.3/", "a=1"},
		{"upper case host", "http://JW.edu.cn/", []string{"a=1"}, "http://jw.EDU.cn/", "a=1"},
		{"another port is the same host", "http://jw.edu.cn:8080/", []string{"a=1"}, "http://jw.edu.cn/", "a=1"},
		{"no cookie at all", "http://jw.edu.cn/", []string{"", "=", ";;", "a b c"}, "http://jw.edu.cn/", ""},
		{"too large", "http://jw.edu.cn/", []string{"a=" + strings.Repeat("x", 5000)}, "http://jw.edu.cn/", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var have []jwxt.Cookie
			for _, s := range tt.set {
				have = fetch.SetCookies(have, address(t, tt.from), http.Header{"Set-Cookie": {s}}, noon)
			}
			if got := fetch.CookieHeader(have, address(t, tt.to), noon); got != tt.want {
				t.Errorf("sent %q, want %q (held %+v)", got, tt.want, have)
			}
		})
	}
}

func TestCookiesAge(t *testing.T) {
	u := address(t, "http://jw.edu.cn/")
	have := fetch.SetCookies(nil, u, http.Header{"Set-Cookie": {"a=1; Max-Age=60", "b=2"}}, noon)
	later := noon.Add(time.Minute)
	if got := fetch.CookieHeader(have, u, later); got != "b=2" {
		t.Errorf("after a minute: sent %q, want b=2", got)
	}
	if got := fetch.SetCookies(have, u, nil, later); len(got) != 1 {
		t.Errorf("after a minute: held %+v, want only b", got)
	}
}

func TestCookiesAreBounded(t *testing.T) {
	u, h := address(t, "http://jw.edu.cn/"), http.Header{}
	for i := range 1000 {
		h.Add("Set-Cookie", strings.Repeat("n", i%50+1)+string(rune('a'+i%26))+"=1")
	}
	if got := fetch.SetCookies(nil, u, h, noon); len(got) > 64 {
		t.Errorf("%d cookies are held", len(got))
	}
}

// FuzzSetCookies: whatever a server sets, it reaches no other domain and puts
// no line break into a header.
func FuzzSetCookies(f *testing.F) {
	f.Add("JSESSIONID=1; Path=/jsxsd; HttpOnly", "jw.xyz.edu.cn")
	f.Add("a=1; Domain=.xyz.edu.cn; Max-Age=99999999999", "jw.xyz.edu.cn")
	f.Add("a=\"q;\"; Expires=Mon; Domain=cn; Secure; SameSite=None", "10.0.0.1:8080")
	f.Fuzz(func(t *testing.T, line, host string) {
		u := &url.URL{Scheme: "https", Host: host, Path: "/jsxsd/x"}
		have := fetch.SetCookies(nil, u, http.Header{"Set-Cookie": {line}}, noon)
		foreign := &url.URL{Scheme: "https", Host: "evil.example.com", Path: "/jsxsd/x"}
		if !strings.Contains(strings.ToLower(host), "example.com") && fetch.CookieHeader(have, foreign, noon) != "" {
			t.Errorf("%q of %q is sent to another host", line, host)
		}
		if got := fetch.CookieHeader(have, u, noon); strings.ContainsAny(got, "\r\n") {
			t.Errorf("the header has a line break: %q", got)
		}
	})
}
