package campus_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	_ "image/png"
	"math/big"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/jwxt/campus"
)

func jwglxt(j campus.Jwglxt) campus.Profile {
	return campus.Profile{ID: "jw", Name: "示范大学", Captcha: true, LockAfter: 3, System: j}
}

// zf is a plain client of jwglxt, written here once more, independently of the
// driver.
type zf struct {
	*browser
	root string
	form url.Values // of the open login page, filled in step by step
}

func openZF(t testing.TB, p campus.Profile) *zf {
	b := open(t, p)
	return &zf{browser: b, root: strings.TrimSuffix(rootOf(p), "/")}
}

func rootOf(p campus.Profile) string {
	if root, ok := p.System.Options()["root"]; ok {
		return root
	}
	return "/jwglxt"
}

var (
	csrfToken = regexp.MustCompile(`id="csrftoken" name="csrftoken" value="([^"]+)"`)
	tipText   = regexp.MustCompile(`(?s)id="tips"[^>]*>(?:\s*<span[^>]*></span>)?(.*?)</p>`)
	rtkText   = regexp.MustCompile(`rtk:'([^']+)'`)
)

// start opens the login page.
func (z *zf) start() page {
	z.t.Helper()
	p := z.get(z.root + "/xtgl/login_slogin.html")
	z.form = url.Values{"language": {"zh_CN"}}
	if m := csrfToken.FindStringSubmatch(p.Body); m != nil {
		z.form.Set("csrftoken", m[1])
	}
	if strings.Contains(p.Body, `id="yzm"`) {
		z.form.Set("yzm", z.answerOf([]byte(z.get(z.root+"/kaptcha?time=1").Body)))
	}
	return p
}

// answerOf asks the hook what a picture says.
func (z *zf) answerOf(picture []byte) string {
	z.t.Helper()
	sum := sha256.Sum256(picture)
	p := z.get("/_campus/captcha?sha256=" + hex.EncodeToString(sum[:]))
	if p.Status != http.StatusOK {
		z.t.Fatalf("captcha hook: status %d", p.Status)
	}
	return p.Body
}

// puzzle opens the slider and returns its key, board, piece and gap.
func (z *zf) puzzle() (rtk string, board, piece image.Image, gap int) {
	z.t.Helper()
	at := z.root + "/zfcaptchaLogin?instanceId=zfcaptchaLogin"
	rtk = rtkText.FindStringSubmatch(z.get(at + "&type=resource&name=zfdun_captcha.js").Body)[1]
	var ids struct{ SI, MI, IMTK string }
	if err := json.Unmarshal([]byte(z.get(at+"&type=refresh&time=1&rtk="+rtk).Body), &ids); err != nil {
		z.t.Fatal(err)
	}
	load := func(id string) (image.Image, string) {
		body := z.get(at + "&type=image&id=" + id + "&imtk=" + ids.IMTK).Body
		img, _, err := image.Decode(strings.NewReader(body))
		if err != nil {
			z.t.Fatal(err)
		}
		return img, body
	}
	board, bytes := load(ids.SI)
	piece, _ = load(ids.MI)
	gap, err := strconv.Atoi(z.answerOf([]byte(bytes)))
	if err != nil {
		z.t.Fatal(err)
	}
	return rtk, board, piece, gap
}

type dot struct {
	X int   `json:"x"`
	Y int   `json:"y"`
	T int64 `json:"t"`
}

// drag is what a hand makes of a way.
func drag(way int) []dot {
	var out []dot
	for i := range 25 {
		out = append(out, dot{1200 + way*i/24, 480 + i%3, 1_700_000_000_000 + int64(i)*30})
	}
	return out
}

// verify has a track judged and returns the status of the answer.
func (z *zf) verify(rtk string, track []dot) string {
	z.t.Helper()
	b64 := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			z.t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(b)
	}
	p := z.post(z.root+"/zfcaptchaLogin", url.Values{
		"type": {"verify"}, "rtk": {rtk}, "time": {"1"}, "mt": {b64(track)}, "instanceId": {"zfcaptchaLogin"},
		"extend": {b64(map[string]string{"appName": "Netscape", "userAgent": "UA", "appVersion": "5.0"})},
	})
	var said struct{ Status string }
	if err := json.Unmarshal([]byte(p.Body), &said); err != nil {
		z.t.Fatalf("verify: %v in %q", err, p.Body)
	}
	return said.Status
}

// encrypt fetches the key and encrypts with the standard library.
func (z *zf) encrypt(password string) string {
	z.t.Helper()
	var key struct{ Modulus, Exponent []byte } // base64, as encoding/json reads bytes
	if err := json.Unmarshal([]byte(z.get(z.root+"/xtgl/login_getPublicKey.html?time=1").Body), &key); err != nil {
		z.t.Fatal(err)
	}
	if key.Modulus[0] != 0 {
		z.t.Errorf("the modulus lacks Java's leading zero")
	}
	pub := rsa.PublicKey{N: new(big.Int).SetBytes(key.Modulus), E: int(new(big.Int).SetBytes(key.Exponent).Int64())}
	//lint:ignore SA1019 the vendor's page pads in this way and no other
	secret, err := rsa.EncryptPKCS1v15(rand.Reader, &pub, []byte(password))
	if err != nil {
		z.t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(secret)
}

// send posts the form and returns where that leads.
func (z *zf) send(number, mm string) page {
	z.form.Set("yhm", number)
	z.form["mm"] = []string{mm, mm}
	return z.post(z.root+"/xtgl/login_slogin.html?time=1", z.form)
}

func tip(p page) string {
	m := tipText.FindStringSubmatch(p.Body)
	if m == nil {
		return ""
	}
	return strings.TrimSpace(m[1])
}

// in logs the first demo account in, whatever the school wants for it.
func (z *zf) in() {
	z.t.Helper()
	if p := z.start(); strings.Contains(p.Body, "captcha_wrapper") {
		rtk, _, _, gap := z.puzzle()
		if status := z.verify(rtk, drag(gap)); status != "success" {
			z.t.Fatalf("verify: %s", status)
		}
	}
	mm := "Demo@2022"
	if !z.school.Profile().System.(campus.Jwglxt).PlainPassword {
		mm = z.encrypt(mm)
	}
	p := z.send("2022000001", mm)
	if !strings.HasSuffix(p.Path, "/xtgl/index_initMenu.html") || !strings.Contains(p.Body, `value="2022000001"`) {
		z.t.Fatalf("login ended at %s with %d:\n%s", p.Path, p.Status, p.Body)
	}
}

// grades asks for grades as the page's script does.
func (z *zf) grades(form url.Values) page {
	z.t.Helper()
	z.script = true
	defer func() { z.script = false }()
	return z.post(z.root+"/cjcx/cjcx_cxDgXscj.html?doType=query&gnmkdm=N305005", form)
}

// checkJwglxtDemo logs in and looks at the grades.
func checkJwglxtDemo(t *testing.T, b *browser) {
	z := &zf{browser: b, root: strings.TrimSuffix(rootOf(b.school.Profile()), "/")}
	z.in()
	wantText(t, z.grades(url.Values{"queryModel.showCount": {"100"}}), "高等数学A（上）", "重修", "缓考", `"totalResult":`)
}

func TestJwglxtLogin(t *testing.T) {
	for name, j := range map[string]campus.Jwglxt{
		"kaptcha": {}, "slider": {Slider: true}, "plain": {PlainPassword: true}, "no token": {NoToken: true},
		"root": {Root: "/"}, "counting": {Count: true},
	} {
		t.Run(name, func(t *testing.T) { openZF(t, jwglxt(j)).in() })
	}
}

// What a login must bring with it is looked at, each by itself.
func TestJwglxtLoginRefused(t *testing.T) {
	tests := []struct {
		name   string
		system campus.Jwglxt
		spoil  func(z *zf)
		mm     func(z *zf) string
		tip    string
	}{
		{"wrong captcha", campus.Jwglxt{}, func(z *zf) { z.form.Set("yzm", "0000") }, nil, "验证码输入错误！"},
		{"no captcha", campus.Jwglxt{}, func(z *zf) { z.form.Del("yzm") }, nil, "请输入验证码！"},
		{"no drag", campus.Jwglxt{Slider: true}, func(*zf) {}, nil, "请先滑动图片进行验证！"},
		{"foreign token", campus.Jwglxt{}, func(z *zf) { z.form.Set("csrftoken", "a,a") }, nil, "页面已过期，请刷新后重新登录！"},
		{"older token", campus.Jwglxt{}, func(z *zf) { z.get(z.root + "/xtgl/login_slogin.html") }, nil, "页面已过期，请刷新后重新登录！"},
		{"wrong password", campus.Jwglxt{}, func(*zf) {}, func(z *zf) string { return z.encrypt("demo@2022") }, "用户名或密码不正确，请重新输入！"},
		{"password in clear", campus.Jwglxt{}, func(*zf) {}, func(*zf) string { return "Demo@2022" }, "用户名或密码不正确，请重新输入！"},
		{"key never asked for", campus.Jwglxt{}, func(*zf) {}, func(*zf) string {
			return base64.StdEncoding.EncodeToString(make([]byte, 128))
		}, "用户名或密码不正确，请重新输入！"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := openZF(t, jwglxt(tt.system))
			z.start()
			tt.spoil(z)
			mm := ""
			if tt.mm != nil {
				mm = tt.mm(z)
			} else {
				mm = z.encrypt("Demo@2022")
			}
			if p := z.send("2022000001", mm); tip(p) != tt.tip || p.Status != http.StatusOK {
				t.Errorf("got %d %q, want %q", p.Status, tip(p), tt.tip)
			}
			if n := z.school.Sessions("2022000001"); n != 0 {
				t.Errorf("%d sessions are logged in", n)
			}
		})
	}
}

func TestJwglxtSlider(t *testing.T) {
	shifted := func(way int, change func([]dot) []dot) []dot { return change(drag(way)) }
	tests := []struct {
		name  string
		track func(gap int) []dot
		want  string
	}{
		{"to the gap", drag, "success"},
		{"four pixels off", func(gap int) []dot { return drag(gap - 4) }, "success"},
		{"nine pixels off", func(gap int) []dot { return drag(gap + 9) }, "fail"},
		{"not moved", func(int) []dot { return drag(0) }, "fail"},
		{"four points", func(gap int) []dot {
			return shifted(gap, func(d []dot) []dot { return []dot{d[0], d[8], d[16], d[24]} })
		}, "fail"},
		{"a leap", func(gap int) []dot {
			return shifted(gap, func(d []dot) []dot { return append(d[:4:4], d[22], d[23], d[24]) })
		}, "fail"},
		{"time runs back", func(gap int) []dot { return shifted(gap, func(d []dot) []dot { d[9].T -= 500; return d }) }, "fail"},
		{"in no time", func(gap int) []dot {
			return shifted(gap, func(d []dot) []dot {
				for i := range d {
					d[i].T = 1
				}
				return d
			})
		}, "fail"},
		{"nothing", func(int) []dot { return nil }, "fail"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := openZF(t, jwglxt(campus.Jwglxt{Slider: true}))
			z.start()
			rtk, _, _, gap := z.puzzle()
			if got := z.verify(rtk, tt.track(gap)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got := z.verify(rtk, drag(gap)); got != "fail" {
				t.Error("one puzzle was judged twice")
			}
		})
	}
	t.Run("foreign key", func(t *testing.T) {
		z := openZF(t, jwglxt(campus.Jwglxt{Slider: true}))
		_, _, _, gap := z.puzzle()
		if got := z.verify("742f4433", drag(gap)); got != "fail" {
			t.Errorf("got %q", got)
		}
	})
}

// The piece laid at the gap shows the picture without one: what a person sees
// is what the school judges.
func TestJwglxtPieceFits(t *testing.T) {
	z := openZF(t, jwglxt(campus.Jwglxt{Slider: true}))
	_, board, piece, gap := z.puzzle()
	if board.Bounds().Dy() != piece.Bounds().Dy() {
		t.Fatalf("board %v, piece %v", board.Bounds(), piece.Bounds())
	}
	inside, apart := 0, 0
	for y := range piece.Bounds().Dy() {
		for x := range piece.Bounds().Dx() {
			if p := color.NRGBAModel.Convert(piece.At(x, y)).(color.NRGBA); p.A == 255 {
				inside++
				b := color.NRGBAModel.Convert(board.At(gap+x, y)).(color.NRGBA)
				if b != (color.NRGBA{p.R/3 + 160, p.G/3 + 160, p.B/3 + 160, 255}) {
					apart++
				}
			}
		}
	}
	if inside < 1500 || apart > 0 {
		t.Errorf("of %d points of the piece %d do not fit the gap", inside, apart)
	}
}

// The count of failures is told before a try, locks at its limit, and is taken
// back when the time is over.
func TestJwglxtLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := &zf{browser: openPipe(t, jwglxt(campus.Jwglxt{Count: true, PlainPassword: true})), root: "/jwglxt"}
		count := func(number string) string {
			return strings.Trim(z.post("/jwglxt/xtgl/login_cxDlxgxx.html", url.Values{"yhm": {number}}).Body, `"`)
		}
		if got := count("1999999999"); got != "0" {
			t.Errorf("nobody: got %q", got)
		}
		for i := range 3 {
			if got := count("2022000001"); !strings.HasPrefix(got, fmt.Sprintf("%d_", i)) {
				t.Errorf("after %d failures: got %q", i, got)
			}
			z.start()
			z.send("2022000001", "wrong")
		}
		z.start()
		if got := tip(z.send("2022000001", "Demo@2022")); got != "您的账号已被锁定，请稍后再试！" {
			t.Errorf("locked: got %q", got)
		}
		forgive := url.Values{"yhm": {"2022000001"}}
		if got := z.post("/jwglxt/xtgl/login_cxUpdateDlsbcs.html", forgive).Body; strings.Contains(got, "成功") {
			t.Error("a lock was taken back at once")
		}
		time.Sleep(11 * time.Minute)
		if got := z.post("/jwglxt/xtgl/login_cxUpdateDlsbcs.html", forgive).Body; !strings.Contains(got, "操作成功") {
			t.Errorf("after its time: got %q", got)
		}
		z.in()
	})
}

func TestJwglxtExpiry(t *testing.T) {
	for expiry, want := range map[campus.Expiry]int{"": 901, campus.ExpireRedirect: 302, campus.ExpireForm: 200} {
		t.Run(string(expiry), func(t *testing.T) {
			z := openZF(t, jwglxt(campus.Jwglxt{Expiry: expiry}))
			z.in()
			z.school.Expire("")
			z.stay()
			p := z.grades(nil)
			if p.Status != want {
				t.Errorf("got %d, want %d", p.Status, want)
			}
			if expiry == campus.ExpireForm {
				wantText(t, p, "<h5>用户登录</h5>")
			}
		})
	}
}

// A session is its JSESSIONID at the server that the cookie route leads to,
// and both login and rotation change the former.
func TestJwglxtCookies(t *testing.T) {
	z := openZF(t, jwglxt(campus.Jwglxt{Expiry: campus.ExpireRedirect}))
	z.start()
	at, err := url.Parse(z.base + "/jwglxt/")
	if err != nil {
		t.Fatal(err)
	}
	value := func(name string) string {
		for _, c := range z.http.Jar.Cookies(at) {
			if c.Name == name {
				return c.Value
			}
		}
		return ""
	}
	before, route := value("JSESSIONID"), value("route")
	z.in()
	if before == "" || value("JSESSIONID") == before || route == "" {
		t.Errorf("JSESSIONID %q became %q, route is %q", before, value("JSESSIONID"), route)
	}
	z.http.Jar.SetCookies(at, []*http.Cookie{{Name: "route", Value: "another", Path: "/"}})
	z.stay()
	if p := z.grades(nil); p.Status != http.StatusFound {
		t.Errorf("at another server: got %d", p.Status)
	}
}

func TestJwglxtGrid(t *testing.T) {
	z := openZF(t, jwglxt(campus.Jwglxt{}))
	z.in()
	var all, second, term struct {
		TotalResult string
		TotalPage   int
		Items       []map[string]any
	}
	read := func(into any, form url.Values) {
		t.Helper()
		if err := json.Unmarshal([]byte(z.grades(form).Body), into); err != nil {
			t.Fatal(err)
		}
	}
	read(&all, url.Values{"queryModel.showCount": {"100"}})
	read(&second, url.Values{"queryModel.showCount": {"10"}, "queryModel.currentPage": {"2"}})
	read(&term, url.Values{"queryModel.showCount": {"100"}, "xnm": {"2022"}, "xqm": {"12"}})
	if all.TotalResult != strconv.Itoa(len(all.Items)) || len(all.Items) < 60 {
		t.Errorf("all: %s rows, %d came", all.TotalResult, len(all.Items))
	}
	if len(second.Items) != 10 || second.Items[0]["kch"] != all.Items[10]["kch"] || second.TotalPage != (len(all.Items)+9)/10 {
		t.Errorf("the second page: %d rows of %d pages, first %v", len(second.Items), second.TotalPage, second.Items[0]["kch"])
	}
	for _, m := range term.Items {
		if m["xnm"] != "2022" || m["xqm"] != "12" {
			t.Errorf("another term's row: %v", m["kcmc"])
		}
	}
	if len(term.Items) == 0 {
		t.Error("the term is empty")
	}
}
