package campus_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"jwxtbot/jwxt/campus"
)

// browser is a plain client: a jar, a Referer, redirects followed.
type browser struct {
	t       testing.TB
	school  *campus.School
	base    string
	http    *http.Client
	script  bool   // send X-Requested-With
	agent   string // User-Agent, where it is not Go's
	shy     bool   // send no Referer
	referer string // to send; "" is the school itself
}

// page is an answer, decoded.
type page struct {
	Status int
	Path   string // where redirects ended
	Header http.Header
	Body   string
}

func open(t testing.TB, p campus.Profile) *browser {
	t.Helper()
	s := campus.New(p)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return visit(t, s, server.URL)
}

// visit is one more browser at a school that is open already.
func visit(t testing.TB, s *campus.School, base string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, school: s, base: base, http: &http.Client{Jar: jar}}
}

func (b *browser) get(path string) page { return b.send(http.MethodGet, path, nil) }

func (b *browser) post(path string, form url.Values) page {
	return b.send(http.MethodPost, path, form)
}

func (b *browser) send(method, path string, form url.Values) page {
	b.t.Helper()
	res, err := b.do(method, path, form)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if strings.Contains(strings.ToLower(res.Header.Get("Content-Type")), "charset=gb") {
		body, err = simplifiedchinese.GBK.NewDecoder().Bytes(body)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return page{res.StatusCode, res.Request.URL.Path, res.Header, string(body)}
}

func (b *browser) do(method, path string, form url.Values) (*http.Response, error) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if !b.shy {
		r.Header.Set("Referer", cmp.Or(b.referer, b.base+"/"))
	}
	if b.agent != "" {
		r.Header.Set("User-Agent", b.agent)
	}
	if b.script {
		r.Header.Set("X-Requested-With", "XMLHttpRequest")
	}
	return b.http.Do(r)
}

// stay makes the browser show redirects instead of following them.
func (b *browser) stay() {
	b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
}

var (
	formAction = regexp.MustCompile(`<form[^>]* action="([^"]*)"`)
	pictureSrc = regexp.MustCompile(`<img src="([^"]*verifycode[^"]*)"`)
)

// loginForm opens the login page and reads where its form and picture are.
func (b *browser) loginForm() (action, picture string) {
	b.t.Helper()
	entry := "/"
	if q := b.school.Profile().System.(campus.Qiangzhi); q.Encoding != campus.Interleave {
		entry = cmp.Or(q.Root, "/jsxsd") + "/"
	}
	body := b.get(entry).Body
	m := formAction.FindStringSubmatch(body)
	if m == nil {
		b.t.Fatalf("no form on the login page:\n%s", body)
	}
	if p := pictureSrc.FindStringSubmatch(body); p != nil {
		picture = p[1]
	}
	return m[1], picture
}

// read asks the hook for the answer of the picture the session now sees.
func (b *browser) read(picture string) string {
	b.t.Helper()
	sum := sha256.Sum256([]byte(b.get(picture).Body))
	p := b.get("/_campus/captcha?sha256=" + hex.EncodeToString(sum[:]))
	if p.Status != http.StatusOK {
		b.t.Fatalf("captcha hook: status %d", p.Status)
	}
	return p.Body
}

// credentials are the form's fields as a page's script fills them. The three
// ways are written here once more, independently of the server.
func (b *browser) credentials(number, password string) url.Values {
	b.t.Helper()
	switch b.school.Profile().System.(campus.Qiangzhi).Encoding {
	case campus.Plain:
		return url.Values{"USERNAME": {number}, "PASSWORD": {password}}
	case campus.Interleave:
		said := b.post("/Logon.do?method=logon&flag=sess", nil).Body
		scode, sxh, ok := strings.Cut(said, "#")
		if !ok {
			b.t.Fatalf("challenge: got %q", said)
		}
		return url.Values{"encoded": {interleave(number+"%%%"+password, scode, sxh)}}
	}
	return url.Values{"encoded": {
		base64.StdEncoding.EncodeToString([]byte(number)) + "%%%" + base64.StdEncoding.EncodeToString([]byte(password)),
	}}
}

func interleave(code, scode, sxh string) string {
	out := ""
	for i := range len(code) {
		if i == 20 {
			return out + code[i:]
		}
		n := min(int(sxh[i]-'0'), len(scode))
		out += code[i:i+1] + scode[:n]
		scode = scode[n:]
	}
	return out
}

// logIn goes through the whole login and returns the page it ends on.
func (b *browser) logIn(number, password string) page {
	b.t.Helper()
	action, picture := b.loginForm()
	form := b.credentials(number, password)
	if picture != "" {
		form.Set("RANDOMCODE", b.read(picture))
	}
	return b.post(action, form)
}

// demo is the first demo account, logged in.
func (b *browser) logInDemo() {
	b.t.Helper()
	p := b.logIn("2022000001", "Demo@2022")
	if p.Status != http.StatusOK || !strings.Contains(p.Body, "学生个人中心") {
		b.t.Fatalf("login ended at %s with status %d:\n%s", p.Path, p.Status, p.Body)
	}
}

func wantText(t testing.TB, p page, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(p.Body, text) {
			t.Errorf("%s lacks %q:\n%.1500s", p.Path, text, p.Body)
		}
	}
}

// openPipe is open without a network, for synctest.
func openPipe(t testing.TB, p campus.Profile) *browser {
	t.Helper()
	s, pipe := campus.New(p), campus.NewPipe()
	server := &http.Server{Handler: s}
	go server.Serve(pipe)
	b := visit(t, s, "http://school.test")
	b.http.Transport = &http.Transport{DialContext: pipe.DialContext}
	t.Cleanup(func() {
		b.http.CloseIdleConnections()
		server.Close()
	})
	return b
}

// beside is one more browser on the same wire.
func (b *browser) beside() *browser {
	b.t.Helper()
	other := visit(b.t, b.school, b.base)
	other.http.Transport = b.http.Transport
	return other
}
