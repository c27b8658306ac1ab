package campus_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jwxtbot/jwxt/campus"
)

func jwapp(s campus.System) campus.Profile {
	return campus.Profile{ID: "jw", Name: "示范大学", System: s, Front: campus.Front{Kind: campus.Authserver, Plain: true, Old: true}}
}

// hiddenInput is the value of a form's field.
func hiddenInput(body, name string) string {
	_, after, _ := strings.Cut(body, `name="`+name+`" value="`)
	value, _, _ := strings.Cut(after, `"`)
	return value
}

// jwappLogin is a plain client's login through the front, which here encrypts
// nothing: it is not what is tested.
func (b *browser) jwappLogin(entrance, number, password string) page {
	b.t.Helper()
	form := b.get(entrance)
	return b.post(form.Path, url.Values{
		"username": {number}, "password": {password}, "lt": {hiddenInput(form.Body, "lt")}, "dllt": {"userNamePasswordLogin"},
		"execution": {hiddenInput(form.Body, "execution")}, "_eventId": {"submit"}, "rmShown": {"1"},
	})
}

const (
	jwappGrades = "/jwapp/sys/cjcx/modules/cjcx/xscjcx.do"
	jwappIndex  = "/jwapp/sys/cjcx/*default/index.do"
)

func (b *browser) jwappGrades() page {
	b.t.Helper()
	b.script = true
	defer func() { b.script = false }()
	return b.post(jwappGrades, url.Values{"querySetting": {"[]"}, "*json": {"1"}, "pageSize": {"10"}, "pageNumber": {"1"}})
}

// A client that does what clients of real schools do reads its grades; one that
// leaves a step out does not.
func TestJwappSteps(t *testing.T) {
	b := open(t, jwapp(campus.Jwapp{}))
	b.http.CheckRedirect = withoutSessionIDs
	wantText(t, b.get("/jsonp/userDesktopInfo.json"), `"hasLogin":false`)
	wantText(t, b.jwappLogin("/appShow?appId=4768574631264620", "2022000001", "Demo@2022"), `appName="cjcx"`)
	wantText(t, b.get("/jsonp/userDesktopInfo.json"), `"hasLogin":true`, `"userId":"2022000001"`)
	wantText(t, b.jwappGrades(), `"totalSize"`, `"XNXQDM":"2025-2026-2"`, `"CXCKDM_DISPLAY":"初修"`)

	b.get("/jwapp/sys/wdkb/*default/index.do") // another app's cookie takes the place of this one's
	if p := b.jwappGrades(); p.Status != http.StatusForbidden {
		t.Errorf("without its own app's cookie: status %d", p.Status)
	}
	b.get(jwappIndex)
	wantText(t, b.jwappGrades(), `"totalSize"`)
	if p := b.post(jwappGrades, url.Values{}); p.Status != http.StatusForbidden {
		t.Errorf("not as the page's script asks: status %d", p.Status)
	}
	if p := b.get(jwappIndex + ";jsessionid=A1"); p.Status != http.StatusNotFound {
		t.Errorf("with a session in the address: status %d", p.Status)
	}
	b.school.Expire("2022000001")
	wantText(t, b.get(jwappIndex), `appName="cjcx"`) // the front remembers, and leads back
	b.school.Expire("2022000001")
	b.school.ExpireFront("2022000001")
	wantText(t, b.get(jwappIndex), "execution")
}

// withoutSessionIDs follows redirects as a client with cookies should.
func withoutSessionIDs(r *http.Request, _ []*http.Request) error {
	path, _, _ := strings.Cut(r.URL.Path, ";jsessionid=")
	r.URL.Path, r.URL.RawPath = path, ""
	return nil
}

// Who logs out at the front is logged out of the apps.
func TestJwappLogout(t *testing.T) {
	b := open(t, jwapp(campus.Jwapp{NoPortal: true}))
	wantText(t, b.jwappLogin(jwappIndex, "2022000001", "Demo@2022"), `appName="cjcx"`)
	b.get("/authserver/logout")
	if n := b.school.Sessions("2022000001"); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

// The API of the phone app answers who has a token, for his own number.
func TestQiangzhiApp(t *testing.T) {
	for kind, wrapped := range map[string]bool{"app.do": false, "wrapped": true} {
		t.Run(kind, func(t *testing.T) {
			b := open(t, campus.Profile{ID: "qa", Name: "示范大学", System: campus.QiangzhiApp{Wrapped: wrapped}})
			wantText(t, b.get("/app.do?method=getXnxq&xh=2022000001"), "token已失效", "-1")
			wantText(t, b.get("/app.do?method=authUser&xh=2022000001&pwd=wrong"), "密码错误", "-1")
			wantText(t, b.get("/app.do?method=authUser&xh=2021000005&pwd=Demo@2021"), "锁定")
			said := b.get("/app.do?method=authUser&xh=2022000001&pwd=Demo@2022").Body
			_, token, _ := strings.Cut(said, `"token":"`)
			token, _, _ = strings.Cut(token, `"`)
			ask := func(query string) string {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.base+"/app.do?method="+query, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("token", token)
				res, err := b.http.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				body, err := io.ReadAll(res.Body)
				if err != nil {
					t.Fatal(err)
				}
				return string(body)
			}
			if got := ask("getCjcx&xh=2022000001&xnxqid="); !strings.Contains(got, "高等数学A（上）") || strings.Contains(got, `"result"`) != wrapped {
				t.Errorf("grades: %.200s", got)
			}
			if got := ask("getKbcxAzc&xh=2022000001&xnxqid=2022-2023-1&zc=25"); !strings.Contains(got, "[null]") {
				t.Errorf("a week without lessons: %.200s", got)
			}
			if got := ask("getCjcx&xh=2024000002&xnxqid="); strings.Contains(got, "高等数学") || !strings.Contains(got, "404") {
				t.Errorf("another student's grades: %.200s", got)
			}
		})
	}
}
