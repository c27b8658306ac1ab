package fetch_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/wengine"
)

// behindVPN serves h as a WebVPN and opens a browser at a school behind it.
func behindVPN(t *testing.T, base string, h func(http.ResponseWriter, *http.Request, *wengine.VPN)) (*fetch.Browser, *jwxt.Conn, *wengine.VPN) {
	t.Helper()
	var vpn *wengine.VPN
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h(w, r, vpn) }))
	t.Cleanup(server.Close)
	school := jwxt.School{BaseURL: base, Hosts: []string{"cas.example.edu.cn"}, Link: jwxt.Link{WebVPN: jwxt.WebVPN{URL: server.URL}}}
	vpn, err := wengine.New(school.Link.WebVPN)
	if err != nil {
		t.Fatal(err)
	}
	c, err := fetch.New(school)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	conn := &jwxt.Conn{School: school, HTTP: c}
	return fetch.Open(conn), conn, vpn
}

// wrapped is the path at which a VPN shows an inner address.
func wrapped(vpn *wengine.VPN, inner string) string {
	u, _ := url.Parse(inner)
	return vpn.Wrap(u).RequestURI()
}

// TestThroughVPN: the VPN is asked for wrapped addresses, and a driver sees the
// inner ones in the page, in its address and in where it redirects to.
func TestThroughVPN(t *testing.T) {
	var got *http.Request
	b, conn, vpn := behindVPN(t, "http://jw.example.edu.cn:8080", func(w http.ResponseWriter, r *http.Request, vpn *wengine.VPN) {
		got = r
		http.SetCookie(w, &http.Cookie{Name: "wengine_vpn_ticket", Value: "t1", Path: "/"})
		w.Header().Set("Location", wrapped(vpn, "https://cas.example.edu.cn/cas/login?x=1"))
		w.WriteHeader(http.StatusFound)
		io.WriteString(w, `<a href="`+wrapped(vpn, "http://jw.example.edu.cn:8080/b")+`">`)
	})
	p, err := b.Send(t.Context(), fetch.Request{URL: "/a?q=1", Post: true, Referer: "/ref"})
	if err != nil {
		t.Fatal(err)
	}
	if got.RequestURI != wrapped(vpn, "http://jw.example.edu.cn:8080/a?q=1") || got.Host != vpn.Root().Host {
		t.Errorf("asked %s for %s", got.Host, got.RequestURI)
	}
	if got.Header.Get("Origin") != vpn.Root().String() || got.Referer() != vpn.Root().String()+wrapped(vpn, "http://jw.example.edu.cn:8080/ref") {
		t.Errorf("from %s at %s", got.Referer(), got.Header.Get("Origin"))
	}
	if p.URL.String() != "http://jw.example.edu.cn:8080/a?q=1" || fetch.Location(p).String() != "https://cas.example.edu.cn/cas/login?x=1" {
		t.Errorf("%s leads to %s", p.URL, fetch.Location(p))
	}
	if string(p.Body) != `<a href="http://jw.example.edu.cn:8080/b">` {
		t.Errorf("the page is %s", p.Body)
	}
	conn.Session.Cookies = nil // as a driver does that begins a login
	if _, err := b.Get(t.Context(), "/", ""); err != nil || got.Header.Get("Cookie") != "wengine_vpn_ticket=t1" {
		t.Errorf("the ticket is lost: %q, %v", got.Header.Get("Cookie"), err)
	}
	if len(conn.Session.Cookies) != 1 {
		t.Errorf("the jar holds %v", conn.Session.Cookies)
	}
}

// TestVPNHostPin: a VPN reaches everything, but not for a school's pages.
func TestVPNHostPin(t *testing.T) {
	asked := 0
	b, conn, vpn := behindVPN(t, "https://jw.example.edu.cn", func(w http.ResponseWriter, r *http.Request, vpn *wengine.VPN) {
		asked++
		http.Redirect(w, r, wrapped(vpn, "https://elsewhere.example.com/"), http.StatusFound)
	})
	p, err := b.Get(t.Context(), "/", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = b.Follow(t.Context(), p, nil); jwxt.KindOf(err) != jwxt.Changed || asked != 1 {
		t.Errorf("got %v after %d requests, want Changed after 1", err, asked)
	}
	for _, to := range []string{wrapped(vpn, "http://jw.example.edu.cn/"), wrapped(vpn, "https://elsewhere.example.com/")} {
		req, _ := http.NewRequestWithContext(t.Context(), "GET", vpn.Root().String()+to, nil)
		if resp, err := conn.HTTP.Do(req); err == nil {
			resp.Body.Close()
			t.Errorf("%s was asked for", to)
		}
	}
}

// TestVPNForeignNames: names that no VPN would write are no way around the pin.
func TestVPNForeignNames(t *testing.T) {
	asked := 0
	b, _, _ := behindVPN(t, "http://jw.example.edu.cn", func(http.ResponseWriter, *http.Request, *wengine.VPN) { asked++ })
	for _, foreign := range []string{"http://elsewhere.example.com./", "http://-elsewhere.example.com/", "http://例子.example.com/", "http://else!where.example.com/"} {
		if _, err := b.Get(t.Context(), foreign, ""); jwxt.KindOf(err) != jwxt.Changed || asked > 0 {
			t.Errorf("%s: got %v after %d requests, want Changed after none", foreign, err, asked)
		}
	}
}

func TestVPNLoggedOut(t *testing.T) {
	tests := []struct {
		to, body string
		kind     jwxt.Kind
	}{
		{"/login?from=x", "", jwxt.Expired},
		{"/", "", jwxt.Expired},
		{"/wengine-vpn/failed", "", jwxt.Changed},
		{"", `<input name="auth_type" value="local"><input name="sms_code">`, jwxt.Expired},
	}
	for _, tt := range tests {
		b, _, _ := behindVPN(t, "http://jw.example.edu.cn", func(w http.ResponseWriter, _ *http.Request, _ *wengine.VPN) {
			if tt.to != "" {
				w.Header().Set("Location", tt.to)
				w.WriteHeader(http.StatusFound)
			}
			io.WriteString(w, tt.body)
		})
		if _, err := b.Get(t.Context(), "/x", ""); err == nil || jwxt.KindOf(err) != tt.kind || strings.Contains(err.Error(), "from=") {
			t.Errorf("%s: got %v, want %v", tt.to, err, tt.kind)
		}
	}
}

func TestVPNMisdescribed(t *testing.T) {
	school := jwxt.School{BaseURL: "http://jw.example.edu.cn", Link: jwxt.Link{WebVPN: jwxt.WebVPN{URL: "webvpn.example.edu.cn"}}}
	if _, err := fetch.New(school); err == nil {
		t.Error("a client was made")
	}
	if _, err := fetch.Open(&jwxt.Conn{School: school}).Get(t.Context(), "/", ""); jwxt.KindOf(err) != jwxt.Changed {
		t.Errorf("got %v", err)
	}
}
