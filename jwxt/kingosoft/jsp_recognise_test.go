package kingosoft_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/kingosoft"
)

func TestJSPRecognise(t *testing.T) {
	const older = `<script>var _sessionid="0123456789ABCDEF";</script><input id="randnumber"><img src="genValidateCode"><input type=password>`
	for name, tt := range map[string]struct {
		address, page string
		captcha       jwxt.CaptchaKind
		options       map[string]string // nil: not recognised
	}{
		"captcha at once":        {"/cas/login.action", logonPage("1"), jwxt.CaptchaPicture, map[string]string{"variant": "jsp"}},
		"captcha after failures": {"/dglgjw/cas/login.action", logonPage("0"), jwxt.CaptchaLater, map[string]string{"variant": "jsp", "root": "/dglgjw"}},
		"older":                  {"/cas/login.action", older, jwxt.CaptchaPicture, map[string]string{"variant": "jsp"}},
		"elsewhere":              {"/index.html", older, "", nil},
		"another's login":        {"/cas/login.action", `<input name=username><input type=password name=password>`, "", nil},
		"no login":               {"/cas/login.action", `<p>KINGOSOFT genValidateCode</p>`, "", nil},
	} {
		s, ok := kingosoft.New().Recognise(jwxttest.Page(t, "http://jw.example.edu.cn"+tt.address, []byte(tt.page)))
		if ok != (tt.options != nil) || s.Captcha != tt.captcha || ok && len(s.Because) == 0 {
			t.Errorf("%s: got %+v, %v", name, s, ok)
		}
		if diff := cmp.Diff(tt.options, s.Options); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", name, diff)
		}
	}
}
