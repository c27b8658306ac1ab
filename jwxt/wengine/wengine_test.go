package wengine_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/wengine"
)

// prefix is the maker's IV in hex.
const prefix = "77726476706e69737468656265737421"

func vpn(t testing.TB, w jwxt.WebVPN) *wengine.VPN {
	t.Helper()
	v, err := wengine.New(w)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func parse(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestVectors holds the cipher to addresses that schools have in use. The one
// of more than 16 characters is the first whose second block counts.
func TestVectors(t *testing.T) {
	v := vpn(t, jwxt.WebVPN{URL: "https://webvpn.example.edu.cn"})
	for inner, code := range map[string]string{
		"http://cas.hfut.edu.cn/":         "/http/" + prefix + "f3f652d22f367d44300d8db9d6562d/",
		"http://jxglstu.hfut.edu.cn/a":    "/http/" + prefix + "faef469034247d1e760e9cb8d6502720ede479/a",
		"http://jxfw.sues.edu.cn/?x=1":    "/http/" + prefix + "faef478b69237d556d468ca88d1b203b/?x=1",
		"http://xg.sylu.edu.cn/SyluTW/":   "/http/" + prefix + "e8f00f8f3e3c7d1e7b0c9ce29b5b/SyluTW/",
		"http://www.baidu.com/":           "/http/" + prefix + "e7e056d2253161546b468aa395/",
		"https://kns.cnki.net/K.aspx?a=$": "/https/" + prefix + "fbf952d2243e635930068cb8/K.aspx?a=$",
	} {
		want := "https://webvpn.example.edu.cn" + code
		if got := v.Wrap(parse(t, inner)).String(); got != want {
			t.Errorf("%s: got %s, want %s", inner, got, want)
		}
		back, ok := v.Unwrap(parse(t, want))
		if !ok || back.String() != inner {
			t.Errorf("%s: got %v, %v, want %s", want, back, ok, inner)
		}
	}
}

func TestWrap(t *testing.T) {
	v := vpn(t, jwxt.WebVPN{URL: "https://webvpn.example.edu.cn:8443/", Key: "Wxzxvpn2023key@$"})
	for _, inner := range []string{
		"http://jw.example.edu.cn:8080/a/b;jsessionid=1?c=%E5&d", "https://jw.example.edu.cn/", "http://10.0.0.1/(x)/default2.aspx",
		"https://jw.example.edu.cn:80/", "http://[2001:db8::1]:81/", "http://jw.example.edu.cn/a%2Fb/%20c", "http://a.b/?",
	} {
		out := v.Wrap(parse(t, inner))
		if out.Host != "webvpn.example.edu.cn:8443" || !v.Own(out) {
			t.Errorf("%s leads to %s", inner, out)
		}
		if got, ok := v.Unwrap(parse(t, out.String())); !ok || got.String() != inner {
			t.Errorf("%s: got %v back", inner, got)
		}
	}
	if got := v.Wrap(parse(t, "HTTPS://JW.Example.edu.cn:443")); !strings.HasPrefix(got.Path, "/https/") || !strings.HasSuffix(got.Path, "/") {
		t.Errorf("got %s", got)
	}
	for _, own := range []string{
		"https://webvpn.example.edu.cn:8443/login", "https://webvpn.example.edu.cn:8443/http/zz/", "https://webvpn.example.edu.cn:8443/http/" + prefix + "/",
		"https://webvpn.example.edu.cn:8443/ftp/" + prefix + "f3f652d22f367d44300d8db9d6562d/", "https://webvpn.example.edu.cn:8443/http-x/" + prefix + "f3f6/",
		"https://webvpn.example.edu.cn/http/" + prefix + "f3f652d22f367d44300d8db9d6562d/", "https://webvpn.example.edu.cn:8443",
	} {
		if got, ok := v.Unwrap(parse(t, own)); ok {
			t.Errorf("%s was taken for %s", own, got)
		}
	}
}

func TestNew(t *testing.T) {
	for _, w := range []jwxt.WebVPN{
		{}, {URL: "webvpn.example.edu.cn"}, {URL: "ftp://webvpn.example.edu.cn"}, {URL: "https://webvpn.example.edu.cn/login"},
		{URL: "https://webvpn.example.edu.cn", Key: "short"}, {URL: "https://webvpn.example.edu.cn", IV: "x"},
	} {
		if _, err := wengine.New(w); err == nil {
			t.Errorf("%+v was taken", w)
		}
	}
}

func TestRestore(t *testing.T) {
	v := vpn(t, jwxt.WebVPN{URL: "https://webvpn.example.edu.cn"})
	const code = prefix + "f3f652d22f367d44300d8db9d6562d"
	tests := []struct{ name, page, want string }{
		{"absolute", `<form action="https://webvpn.example.edu.cn/http/` + code + `/cas/login?a=1">`, `<form action="http://cas.hfut.edu.cn/cas/login?a=1">`},
		{"from the root", `<a href='/https-8443/` + code + `/x'>`, `<a href='https://cas.hfut.edu.cn:8443/x'>`},
		{"without a scheme", `url(//webvpn.example.edu.cn/http/` + code + `)`, `url(http://cas.hfut.edu.cn)`},
		{"picture", `<img src="img/captcha.jpg?vpn-1"><img src='a?t=1&vpn-1'>`, `<img src="img/captcha.jpg"><img src='a?t=1'>`},
		{"script", `<script>vpn_eval((function(){ f("/x") }).toString().slice(12, -2),"");</script>`, `<script>vpn_eval((function(){ f("/x") }).toString().slice(12, -2),"");</script>`},
		{"the VPN's own", `<script src="/wengine-vpn/js/main.js?ver=1"></script>`, `<script src="/wengine-vpn/js/main.js?ver=1"></script>`},
		{"another key", `<a href="/http/` + prefix + `00/">`, `<a href="/http/` + prefix + `00/">`},
		{"GBK", "<a href=\"/http/" + code + "/\">\xb3\xc9\xbc\xa8</a>", "<a href=\"http://cas.hfut.edu.cn/\">\xb3\xc9\xbc\xa8</a>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(v.Restore([]byte(tt.page))); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestRealPage restores a page that a school's WebVPN rewrote.
func TestRealPage(t *testing.T) {
	dir := os.Getenv("JWXTBOT_SAMPLES")
	if dir == "" {
		t.Skip("JWXTBOT_SAMPLES is not set")
	}
	page, err := os.ReadFile(filepath.Join(dir, "wisedu", "sylu-webvpn-wengine-rewritten.html"))
	if err != nil {
		t.Fatal(err)
	}
	got := string(vpn(t, jwxt.WebVPN{URL: "https://webvpn.sylu.edu.cn"}).Restore(page))
	for _, want := range []string{
		`action="http://xg.sylu.edu.cn/SyluTW/Sys/UserLogin.aspx"`, `src="LoginImg/logo1.png"`, `src="jscript/login.js"`, "vpn_eval((function(){",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(got, "https://webvpn.sylu.edu.cn/http") {
		t.Error("a wrapped address is left")
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("http://jw.example.edu.cn:8080/a;b=1?c=2", "wrdvpnisthebest!")
	f.Add("https://[2001:db8::1]/", "0123456789abcdef")
	f.Add("http://a_b.example/%2F//x?", "")
	f.Fuzz(func(t *testing.T, inner, key string) {
		v, err := wengine.New(jwxt.WebVPN{URL: "https://webvpn.example.edu.cn", Key: key})
		if err != nil {
			t.Skip()
		}
		u, err := url.Parse(inner)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			t.Skip()
		}
		out, err := url.Parse(v.Wrap(u).String())
		if err != nil || !v.Own(out) {
			t.Fatalf("%q leads to %v, %v", inner, out, err)
		}
		back, ok := v.Unwrap(out)
		if ok && (!strings.EqualFold(back.Hostname(), u.Hostname()) || back.RawQuery != u.RawQuery || u.Path != "" && back.Path != u.Path) {
			t.Errorf("%q came back as %q", inner, back)
		}
	})
}

func FuzzRestore(f *testing.F) {
	f.Add([]byte(`<a href="https://webvpn.example.edu.cn/http/` + prefix + `f3f652d22f367d44300d8db9d6562d/x?vpn-1">`))
	f.Fuzz(func(t *testing.T, page []byte) {
		v := vpn(t, jwxt.WebVPN{URL: "https://webvpn.example.edu.cn"})
		once := v.Restore(page)
		if strings.Contains(string(once), "webvpn.example.edu.cn/http/"+prefix+"f3f652d22f367d44300d8db9d6562d/") {
			t.Errorf("a wrapped address is left in %q", once)
		}
	})
}
