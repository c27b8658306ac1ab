package kingosoft_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/kingosoft"
)

func TestASPXRecognise(t *testing.T) {
	login := aspxLogin(aspxNoCaptcha, "")
	for name, tt := range map[string]struct {
		address, page string
		captcha       jwxt.CaptchaKind
		options       map[string]string // nil: not recognised
	}{
		"login page":       {"/_data/home_login.aspx", login, jwxt.CaptchaNone, map[string]string{"variant": "aspx"}},
		"another":          {"/jwweb/_data/index_LOGIN.aspx", aspxLogin("", ""), jwxt.CaptchaPicture, map[string]string{"variant": "aspx", "root": "/jwweb", "login": "/_data/index_LOGIN.aspx"}},
		"oldest":           {"/_data/home_login.aspx", `<form><input type=hidden name=__VIEWSTATE><select name=Sel_Type></select><input name=UserID><input type=password name=PassWord><span id=divLogNote></span></form>`, jwxt.CaptchaNone, map[string]string{"variant": "aspx", "password": "plain"}},
		"home page":        {"/jwmis/home.aspx", `<iframe src="_data/login_home.aspx">`, jwxt.CaptchaLater, map[string]string{"variant": "aspx", "root": "/jwmis", "login": "/_data/login_home.aspx"}},
		"a frame of other": {"/home.aspx", `<iframe src="_data/index_Lookxl.aspx">`, "", nil},
		"no frame":         {"/_data/index_LOGIN.aspx", `<p>x</p>`, "", nil},
		"another system":   {"/default2.aspx", `<form><input type=hidden name=__VIEWSTATE><input type=password name=TextBox2></form>`, "", nil},
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
