package doctor_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/doctor"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/jwxttest"
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
	return append(campus.Demo(),
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
	d := &doctor.Doctor{Drivers: all(), Private: true}
	r, err := d.Examine(t.Context(), pasted)
	if err != nil {
		t.Fatalf("%q: %v", pasted, err)
	}
	return r
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
	d := drivers.All()[r.Vendor]
	step, err := d.Login(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	number := school.Accounts()[0].Number
	if _, err := d.Login(t.Context(), c, jwxttest.Campus{School: school, Number: number}.Answers(step.(*jwxt.Ask))); err != nil {
		t.Fatalf("login at %+v: %v", r.School, err)
	}
	reader, _ := jwxt.As[jwxt.GradeReader](d)
	got, err := reader.Grades(t.Context(), c, jwxt.Term{})
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

func TestCertificate(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	if r := examined(t, server.URL); r.Trouble != doctor.Certificate {
		t.Errorf("got %+v", r)
	}
}

// TestPrivateAddresses pastes inner addresses, and one that redirects inside.
func TestPrivateAddresses(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	d := &doctor.Doctor{Drivers: all()}
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
	for _, mark := range []string{"/jsxsd/xk/LoginToXk", `name="csrftoken"`, "login_cxUpdateDlsbcs"} {
		if !strings.Contains(got, mark) {
			t.Errorf("%q is gone from %s", mark, got)
		}
	}
}
