package doctor_test

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/cas"
	"jwxtbot/jwxt/doctor"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/wengine"
)

func all() []jwxt.Driver {
	var out []jwxt.Driver
	for _, d := range drivers.All() {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b jwxt.Driver) int { return strings.Compare(a.Name(), b.Name()) })
	return out
}

// schools are the simulated ones of the demo, and one of each variant it lacks.
func schools() []campus.Profile {
	more := func(id string, captcha bool, s campus.System) campus.Profile {
		return campus.Profile{ID: id, Name: "示范大学", Captcha: captcha, System: s}
	}
	demo := slices.DeleteFunc(campus.Demo(), func(p campus.Profile) bool {
		_, app := p.System.(campus.QiangzhiApp) // for who knows that a school has it
		return app
	})
	return append(demo,
		more("qiangzhi-root", true, campus.Qiangzhi{Encoding: campus.Base64, Root: "/dblydx_jsxsd"}),
		more("zhengfang-bracket", true, campus.Zhengfang{Cookieless: campus.CookielessS}),
		more("urp-old-plain", false, campus.URPOld{}),
		more("urp-new-plain", true, campus.URPNew{}),
		more("eams-root", false, campus.EAMS{Login: "/loginExt.action"}),
		more("kingo-lit", true, campus.KingoASPX{Names: campus.KingoLIT}),
		more("kingo-jsp", true, campus.KingoJSP{}),
		more("eams5-root", false, campus.EAMS5{Root: "/eams5-student"}),
	)
}

// TestNamesEverySystem pastes the address of each simulated school as people
// do, and logs in at the school as the doctor describes it.
func TestNamesEverySystem(t *testing.T) {
	for _, p := range schools() {
		t.Run(p.ID, func(t *testing.T) {
			t.Parallel()
			school := campus.New(p)
			server := httptest.NewServer(school)
			t.Cleanup(server.Close)
			host := strings.TrimPrefix(server.URL, "http://")
			page := examined(t, server.URL).Address
			path := strings.TrimPrefix(page, server.URL)
			for _, pasted := range []string{
				host,
				server.URL + "/",
				"教务系统：" + page + "?time=1700000000#top，打不开",
				"http：／／" + host + "／index.html。",
				" http:/" + host + path[strings.LastIndex(path, "/"):] + ") ",
				page + ";jsessionid=0123456789ABCDEF",
				server.URL + "/framework/xsMain.jsp",
			} {
				checkSchool(t, p, school, examined(t, pasted))
			}
		})
	}
}

func examined(t *testing.T, pasted string) *doctor.Report {
	t.Helper()
	d := &doctor.Doctor{Drivers: all(), Fronts: cas.Pages{}, Driver: drivers.For, Private: true}
	r, err := d.Examine(t.Context(), pasted)
	if err != nil {
		t.Fatalf("%q: %v", pasted, err)
	}
	return r
}

// TestNamesFronts examines schools whose systems show nothing but the way to
// their front.
func TestNamesFronts(t *testing.T) {
	for name, p := range map[string]campus.Profile{
		"authserver before 强智":       {System: campus.Qiangzhi{}, Front: campus.Front{Kind: campus.Authserver, Captcha: campus.FrontPicture}},
		"authserver of old":          {System: campus.Zhengfang{Root: "/zjdxgc"}, Front: campus.Front{Kind: campus.Authserver, Old: true}},
		"apereo before 新正方":          {System: campus.Jwglxt{}, Front: campus.Front{Kind: campus.Apereo, Captcha: campus.FrontPicture}},
		"authserver before EAMS":     {System: campus.EAMS{}, Front: campus.Front{Kind: campus.Authserver}},
		"authserver before EAMS5":    {System: campus.EAMS5{}, Front: campus.Front{Kind: campus.Authserver}},
		"another entrance of 强智":     {System: campus.Qiangzhi{}, Front: campus.Front{Kind: campus.Apereo, Entrance: "/jsxsd/framework/cas.jsp"}},
		"jwapp, which has none else": {System: campus.Jwapp{}, Front: campus.Front{Kind: campus.Authserver}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p.ID, p.Name = "test", "示范大学"
			school := campus.New(p)
			server := httptest.NewServer(onlyItsFront(p, school))
			defer server.Close()
			r := examined(t, server.URL)
			if r.Front != string(p.Front.Kind) {
				t.Errorf("got front %q: %+v", r.Front, r)
			}
			checkSchool(t, p, school, r)
		})
	}
}

// onlyItsFront hides a school's own login: whoever asks for a page that a
// stranger may see is sent to the entrance.
func onlyItsFront(p campus.Profile, school http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := p.School("http://" + r.Host)
		d, _ := drivers.For(at)
		fronted, _ := jwxt.As[jwxt.Fronted](d)
		entrance := at.Front.Options["entrance"]
		if entrance == "" {
			entrance, _ = fronted.Entrance(at)
		}
		if r.URL.Path == "/" || strings.HasSuffix(r.URL.Path, "/jsxsd/") || len(r.Cookies()) == 0 && strings.Contains(r.URL.Path, "login_slogin") {
			http.Redirect(w, r, entrance, http.StatusFound)
			return
		}
		school.ServeHTTP(w, r)
	})
}

func checkSchool(t *testing.T, p campus.Profile, school *campus.School, r *doctor.Report) {
	t.Helper()
	charset := "UTF-8"
	if p.Charset == campus.GBK {
		charset = "GBK"
	}
	if r.Vendor != p.System.Vendor() || !r.Opened || r.Trouble != "" || r.Charset != charset || len(r.Because) == 0 {
		t.Errorf("got %+v", r)
		return
	}
	c := &jwxt.Conn{School: r.School}
	client, err := fetch.New(r.School)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	c.HTTP = client
	d, err := drivers.For(r.School)
	if err != nil {
		t.Fatal(err)
	}
	step, err := d.Login(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	student := jwxttest.Campus{School: school, Number: school.Accounts()[0].Number}
	for ask, more := step.(*jwxt.Ask); more; ask, more = step.(*jwxt.Ask) {
		if step, err = d.Login(t.Context(), c, student.Answers(ask)); err != nil {
			t.Fatalf("login at %+v: %v", r.School, err)
		}
	}
	grades, _ := jwxt.As[jwxt.GradeReader](d)
	got, err := grades.Grades(t.Context(), c, jwxt.Term{})
	if err != nil || len(got.Grades)+len(got.Pictures) == 0 {
		t.Errorf("grades at %+v: %d rows, %v", r.School, len(got.Grades), err)
	}
}

func TestTroubles(t *testing.T) {
	wall := func(status int, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			w.Write([]byte(body))
		})
	}
	for _, tt := range []struct {
		name    string
		handler http.Handler
		want    doctor.Trouble
	}{
		{"瑞数, 202", wall(202, "<html><script>$_ts=window['$_ts'];</script></html>"), doctor.Firewall},
		{"瑞数, 412", wall(412, "<html><script>$_ts={}</script></html>"), doctor.Firewall},
		{"for the campus", wall(403, "<html>该资源仅允许校内访问，请使用校园网</html>"), doctor.Inside},
		{"for the campus, politely", wall(200, "<html>您访问的资源限校内访问</html>"), doctor.Inside},
		{"a page of no system", wall(200, "<html><form><input type=password name=p></form></html>"), doctor.Unknown},
		{"nothing there", http.NotFoundHandler(), doctor.Unknown},
		{"broken", wall(502, "Bad Gateway"), doctor.Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(tt.handler)
			defer server.Close()
			r := examined(t, server.URL)
			if r.Trouble != tt.want || r.Vendor != "" {
				t.Errorf("got %+v, want %s", r, tt.want)
			}
			if tt.want == doctor.Firewall && len(r.Visits) != 1 {
				t.Errorf("a wall was asked %d times", len(r.Visits))
			}
			if len(r.Visits) > 20 {
				t.Errorf("%d requests are no handful", len(r.Visits))
			}
		})
	}
}

func TestSilence(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if r := examined(t, "http://"+l.Addr().String()); r.Trouble != doctor.Silent {
		t.Errorf("got %+v", r)
	}
}

// TestTLS examines schools whose TLS an ordinary client refuses.
func TestTLS(t *testing.T) {
	for name, tt := range map[string]struct {
		config *tls.Config
		legacy bool
	}{
		"no authority": {config: &tls.Config{}},
		"old, too": {&tls.Config{
			MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10, CipherSuites: []uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA},
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := campus.Demo()[0]
			school := campus.New(p)
			server := httptest.NewUnstartedServer(school)
			server.TLS = tt.config
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			defer server.Close()
			for _, pasted := range []string{server.URL, strings.TrimPrefix(server.URL, "https://")} {
				r := examined(t, pasted)
				want := jwxt.Link{LegacyTLS: tt.legacy, Pins: []string{fetch.KeyPin(server.Certificate())}}
				if diff := cmp.Diff(want, r.School.Link); diff != "" {
					t.Errorf("%q: %+v (-want +got):\n%s", pasted, r, diff)
				}
				checkSchool(t, p, school, r)
			}
		})
	}
}

// TestWebVPN examines a WebVPN, and addresses through one.
func TestWebVPN(t *testing.T) {
	vpn := campus.NewWebVPN(campus.WebVPNProfile{})
	server := httptest.NewServer(vpn)
	defer server.Close()
	if r := examined(t, server.URL); r.Trouble != doctor.Gateway || r.Vendor != "" {
		t.Errorf("got %+v", r)
	}
	w, err := wengine.New(jwxt.WebVPN{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	for inner, vendor := range map[string]string{
		"http://jwxt.example.edu.cn/jsxsd/":                         "qiangzhi",
		"https://jwxt.example.edu.cn/jwglxt/xtgl/login_slogin.html": "jwglxt",
		"http://jwxt.example.edu.cn:8080/eams/home.action":          "supwisdom",
		"http://www.example.edu.cn/news.htm":                        "",
	} {
		u, _ := url.Parse(inner)
		r := examined(t, w.Wrap(u).String())
		if r.Trouble != doctor.Gateway || r.Vendor != vendor || vendor != "" && (r.School.BaseURL != u.Scheme+"://"+u.Host || r.School.Link.WebVPN.URL != server.URL) {
			t.Errorf("%s: got %+v", inner, r)
		}
		if len(r.Visits) > 0 {
			t.Errorf("%s: a WebVPN was asked without a login: %+v", inner, r.Visits)
		}
	}
	other, _ := wengine.New(jwxt.WebVPN{URL: server.URL, Key: "anotherkey123456", IV: wengine.DefaultKey})
	u, _ := url.Parse("http://jwxt.example.edu.cn/jsxsd/")
	if r := examined(t, other.Wrap(u).String()); r.Vendor != "" || r.Trouble != doctor.Gateway {
		t.Errorf("a key of its own: got %+v", r)
	}
}

// TestPrivateAddresses pastes inner addresses, and one that redirects inside.
func TestPrivateAddresses(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	d := &doctor.Doctor{Drivers: all(), Driver: drivers.For}
	for _, pasted := range []string{server.URL, "http://localhost:" + port(server.URL), "http://169.254.169.254/latest/meta-data/"} {
		r, err := d.Examine(t.Context(), pasted)
		if err != nil || r.Trouble != doctor.Hidden {
			t.Errorf("%q: got %+v, %v", pasted, r, err)
		}
	}
	if asked {
		t.Error("a private address was asked")
	}
}

func port(address string) string {
	u, _ := url.Parse(address)
	return u.Port()
}

func TestNothingPasted(t *testing.T) {
	d := &doctor.Doctor{Drivers: all(), Private: true}
	for _, pasted := range []string{"", "教务系统", "http://", "12345"} {
		if r, err := d.Examine(t.Context(), pasted); err == nil {
			t.Errorf("%q: got %+v", pasted, r)
		}
	}
}

func TestRedact(t *testing.T) {
	page := `<form action="/jsxsd/xk/LoginToXk"><input name="csrftoken" value="5e7d2f5a-3c1b-4b59-9f0e-1d2c3b4a5968,5e7d2f5a3c1b4b599f0e1d2c3b4a5968">
<input type=hidden value=secretvalue name=x> 欢迎 张三同学 2020000001 <a href="/x;jsessionid=0123456789ABCDEF0123456789ABCDEF">login_cxUpdateDlsbcs</a> 张三(2020000001)</form>`
	got := string(doctor.Redact([]byte(page)))
	for _, secret := range []string{"5e7d2f5a", "secretvalue", "张三", "2020000001", "0123456789ABCDEF"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is left in %s", secret, got)
		}
	}
	for name, leak := range map[string]string{
		"a value with a bracket":     `<input name=x value="a>secretvalue" type=hidden>`,
		"a number within a token":    `token="deadbeef12345678secretvaluecafebabe"`,
		"a token of letters":         `token="AbCdEfGhSecretValueIjKlMnOpQrSt/UvWx"`,
		"a cookieless session":       `action="/(secretvalue4555abcdefghijk1)/default2.aspx"`,
		"a short id behind the path": `href="/x;jsessionid=secretvalue"`,
		"a ticket":                   `location="/sso?ticket=ST-1-secretvalue"`,
	} {
		if got := string(doctor.Redact([]byte(leak))); strings.Contains(strings.ToLower(got), "secretvalue") {
			t.Errorf("%s is left in %s", name, got)
		}
	}
	for _, mark := range []string{"/jsxsd/xk/LoginToXk", `name="csrftoken"`, "login_cxUpdateDlsbcs"} {
		if !strings.Contains(got, mark) {
			t.Errorf("%q is gone from %s", mark, got)
		}
	}
}

// otherName is a server's address by another name of the loopback.
func otherName(address string) string { return strings.Replace(address, "127.0.0.1", "localhost", 1) }

// TestPinsOfOneHost: what a server's TLS needs is not asked of another to which it
// sends, and is not written down for it.
func TestPinsOfOneHost(t *testing.T) {
	p := campus.Demo()[0]
	school := campus.New(p)
	system := httptest.NewServer(school)
	defer system.Close()
	door := httptest.NewUnstartedServer(http.RedirectHandler(otherName(system.URL)+"/jsxsd/", http.StatusFound))
	door.Config.ErrorLog = log.New(io.Discard, "", 0)
	door.StartTLS()
	defer door.Close()
	other := httptest.NewUnstartedServer(http.RedirectHandler(otherName(door.URL), http.StatusFound))
	other.Config.ErrorLog = door.Config.ErrorLog
	other.StartTLS()
	defer other.Close()
	if r := examined(t, door.URL); len(r.School.Link.Pins) > 0 || r.School.BaseURL != otherName(system.URL) {
		t.Errorf("got %+v at %s", r.School.Link, r.School.BaseURL)
	} else {
		checkSchool(t, p, school, r)
	}
	if r := examined(t, other.URL); r.Trouble != doctor.Certificate {
		t.Errorf("another key behind the pinned one: got %+v", r)
	}
}

const frontPage = `<form id="pwdFromId" action="/authserver/login"><input id="pwdEncryptSalt" value="abcdefABCDEF2345">
	<input name="execution" value="e1"><input type="password" name="passwordText"></form>`

// frontFor serves a front's login page that sends people back to an address.
func frontFor(t *testing.T, back func(host string) string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			http.Redirect(w, r, "/authserver/login?service="+url.QueryEscape(back(r.Host)), http.StatusFound)
		case "/authserver/login":
			io.WriteString(w, frontPage)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// TestBackOfAFront: where a front says it sends people back is somebody's word. It
// is no way inside, and no session is kept of it.
func TestBackOfAFront(t *testing.T) {
	for _, back := range []string{"ftp://jwxt.example.edu.cn/jsxsd/sso.jsp", "//jwxt.example.edu.cn/jsxsd/sso.jsp", "http://:8/jsxsd/sso.jsp"} {
		r := examined(t, frontFor(t, func(string) string { return back }).URL)
		if r.Front != "authserver" || r.Vendor != "" || len(r.School.BaseURL) > 0 {
			t.Errorf("%s: got %+v", back, r)
		}
	}
	r := examined(t, frontFor(t, func(host string) string {
		return "http://user:secret@" + host + "/(abcdefghijklmnopqrstuvwx)/login_cas.aspx"
	}).URL)
	if got := r.School.BaseURL + r.School.Front.Options["entrance"]; r.Vendor != "zhengfang" || strings.Contains(got, "abcdef") || strings.Contains(got, "secret") {
		t.Errorf("got %+v, entrance %s", r, got)
	}
}

// TestBudget: what a driver asks to open a login counts as well.
func TestBudget(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if strings.HasSuffix(r.URL.Path, "/sso.jsp") || r.URL.Path == "/ring" {
			http.Redirect(w, r, "/ring", http.StatusFound)
			return
		}
		if r.URL.RawQuery == "" {
			http.Redirect(w, r, "/authserver/login?service="+url.QueryEscape("http://"+r.Host+"/jsxsd/sso.jsp"), http.StatusFound)
			return
		}
		io.WriteString(w, frontPage)
	}))
	defer s.Close()
	r := examined(t, s.URL)
	if r.Trouble != doctor.NotOpened || asked > 30 || len(r.Visits) != asked {
		t.Errorf("asked %d times, %d are told of: %+v", asked, len(r.Visits), r)
	}
}
