package kingosoft_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/kingosoft"
)

const picture = "image:GIF89a\x01\x00\x01\x00"

// posted is a form that was sent in GBK.
func posted(t *testing.T, body string) url.Values {
	t.Helper()
	v, err := url.ParseQuery(body)
	if err != nil {
		t.Fatal(err)
	}
	for name := range v {
		text, err := simplifiedchinese.GBK.NewDecoder().String(v.Get(name))
		if err != nil {
			t.Fatal(err)
		}
		v.Set(name, text)
	}
	return v
}

// The whole form goes back as the page's script leaves it, in GBK: decoys as
// they were, what is typed blank, the hashes of the known vectors.
func TestASPXPostedForm(t *testing.T) {
	s := &aspxStub{t: t, answers: map[string][]string{
		"GET " + aspxLoginPath:       {aspxLogin(`<input type=hidden name=txt_mm_length><input type=hidden name=validcodestate value=1>`, "")},
		"GET /sys/ValidateCode.aspx": {picture},
		"POST " + aspxLoginPath:      {aspxLogin("", "正在加载权限数据...")},
		"GET /PUB/foot.aspx":         {aspxFootPage},
	}}
	step, err := aspxAttempt(t, s.conn(), aspxAnswers("ab3d"))
	if done, ok := step.(*jwxt.Done); err != nil || !ok || done.Student != (jwxt.Student{Number: "201730269", Name: "张三"}) {
		t.Fatalf("got %+v, %v", step, err)
	}
	want := url.Values{
		"__VIEWSTATE": {"a+/b="}, "pcInfo": {fetch.UserAgent + "undefined" + strings.TrimPrefix(fetch.UserAgent, "Mozilla/") + " SN:NULL"},
		"typeName": {"学生"}, "txt_mm_length": {"6"}, "validcodestate": {"1"}, "Sel_Type": {"STU"}, "user": {"201730269"},
		"decoy": {"请输入密码"}, "typed": {""}, "hashed": {"0903C47F53452427DC69B281AFEC5A"}, "code": {"E38A53279F1F13FCE1EDE4C330A5C8"},
	}
	if diff := cmp.Diff(want, posted(t, s.bodies[2])); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(s.bodies[2], "typeName=%D1%A7%C9%FA") {
		t.Errorf("not in GBK: %s", s.bodies[2])
	}
	asked := []string{
		"GET " + aspxLoginPath + " /home.aspx", "GET /sys/ValidateCode.aspx?t= " + aspxLoginPath,
		"POST " + aspxLoginPath + " " + aspxLoginPath, "GET /PUB/foot.aspx /MAINFRM.aspx",
	}
	for i := range s.asked {
		if before, after, ok := strings.Cut(s.asked[i], "?t="); ok {
			s.asked[i] = before + "?t=" + strings.TrimLeft(after, "0123456789")
		}
	}
	if diff := cmp.Diff(asked, s.asked); diff != "" {
		t.Errorf("requests and their Referers (-want +got):\n%s", diff)
	}
}

// An empty captcha stays empty, and a school without one is sent what its page
// has in the field.
func TestASPXEmptyCaptcha(t *testing.T) {
	for more, options := range map[string][]string{
		`<script>var vcFlag = "YES";</script>`: nil,
		aspxNoCaptcha:                          nil,
		`<script>var vcFlag = "NO";</script>`:  {"captcha", "always"},
	} {
		s := &aspxStub{t: t, answers: map[string][]string{
			"GET " + aspxLoginPath: {aspxLogin(more, "")}, "GET /sys/ValidateCode.aspx": {picture},
			"POST " + aspxLoginPath: {aspxLogin("", "正在加载权限数据...")}, "GET /PUB/foot.aspx": {aspxFootPage},
		}}
		if _, err := aspxAttempt(t, s.conn(options...), aspxAnswers("")); err != nil {
			t.Fatal(err)
		}
		if got := posted(t, s.bodies[len(s.bodies)-2]).Get("code"); got != "" {
			t.Errorf("%s: sent %q for an empty captcha", more, got)
		}
	}
}

// Whether there is a captcha is told by a field, else by the script's flag, else
// by there being a picture.
func TestASPXWantsCaptcha(t *testing.T) {
	for more, want := range map[string]bool{
		aspxNoCaptcha: false,
		`<input type=hidden name=validcodestate value=1><script>var vcFlag = "NO";</script>`: true,
		`<script>var vcFlag = "NO";</script>`:                                                false,
		`<script>var vcFlag = "YES";</script>`:                                               true,
		``:                                                                                   true, // chkyzm is there
	} {
		s := &aspxStub{t: t, answers: map[string][]string{
			"GET " + aspxLoginPath: {aspxLogin(more, "")}, "GET /sys/ValidateCode.aspx": {picture},
		}}
		step, err := kingosoft.New().Login(t.Context(), s.conn(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(step.(*jwxt.Ask).Fields) == 3; got != want || len(step.(*jwxt.Ask).Image) > 0 != want {
			t.Errorf("%s: asks for a captcha: %v, want %v", more, got, want)
		}
	}
}

func TestASPXRefusals(t *testing.T) {
	tests := []struct {
		name, answer string
		kind         jwxt.Kind
		said         string
	}{
		{"wrong password", aspxLogin("", "帐号或密码不正确！请重新输入。"), jwxt.WrongPassword, "帐号或密码不正确"},
		{"other letters", aspxLogin("", "账号或密码不正确！请重新输入。"), jwxt.WrongPassword, "账号或密码不正确"},
		{"no such account", aspxLogin("", "该账号尚未分配角色!"), jwxt.WrongPassword, "尚未分配角色"},
		{"wrong captcha", aspxLogin("", "<font color=Red>验证码错误！<br>登录失败！</font>"), jwxt.WrongCaptcha, "验证码错误！ 登录失败！"},
		{"locked", aspxLogin("", "帐号已锁定"), jwxt.Locked, "锁定"},
		{"weak", aspxLogin("", "密码过于简单，请修改密码"), jwxt.MustActFirst, "修改密码"},
		{"unknown", aspxLogin("", "发生未知错误！<br>登录失败！"), jwxt.Changed, "发生未知错误"},
		{"silent", aspxLogin("", ""), jwxt.Changed, ""},
		{"no right", `<span style='font-color:red'>系统提示：您无权访问此页，可重新<a href=x>登录</a>再试！</font>`, jwxt.Expired, "无权访问此页"},
		{"alert", `<script>alert('系统维护，暂停登录')</script>`, jwxt.Closed, "系统维护"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &aspxStub{t: t, answers: map[string][]string{
				"GET " + aspxLoginPath: {aspxLogin(aspxNoCaptcha, "")}, "POST " + aspxLoginPath: {tt.answer},
			}}
			_, err := aspxAttempt(t, s.conn(), aspxAnswers(""))
			wantKind(t, err, tt.kind, tt.said)
			if len(s.asked) != 2 {
				t.Errorf("asked %q", s.asked)
			}
		})
	}
}

// A page whose script is not understood is answered with nothing, and so is one
// that the school's options contradict.
func TestASPXScripts(t *testing.T) {
	page := aspxLogin(aspxNoCaptcha, "")
	for name, tt := range map[string]struct {
		page    string
		options []string
		kind    jwxt.Kind
	}{
		"no script":          {strings.ReplaceAll(page, "function chk", "function no"), nil, jwxt.Changed},
		"another hash":       {strings.ReplaceAll(page, "md5(", "sha1("), nil, jwxt.Changed},
		"no code":            {strings.ReplaceAll(page, "'14045'", "theCode"), nil, jwxt.Changed},
		"no account":         {strings.Replace(page, "document.all.user.value+", "theUser+", 1), nil, jwxt.Changed},
		"plain, but hashed":  {page, []string{"password", "plain"}, jwxt.Internal},
		"no variant":         {page, []string{"variant", ""}, jwxt.Internal},
		"an unknown variant": {page, []string{"variant", "php"}, jwxt.Internal},
		"an unknown option":  {page, []string{"capcha", "none"}, jwxt.Internal},
		"an unknown value":   {page, []string{"captcha", "often"}, jwxt.Internal},
		"no login page":      {"<p>欢迎</p>", nil, jwxt.Changed},
		"closed":             {"<p>系统维护中</p>", nil, jwxt.Closed},
	} {
		s := &aspxStub{t: t, answers: map[string][]string{"GET " + aspxLoginPath: {tt.page}}}
		_, err := kingosoft.New().Login(t.Context(), s.conn(tt.options...), nil)
		if jwxt.KindOf(err) != tt.kind || err == nil {
			t.Errorf("%s: got %v, want %v", name, err, tt.kind)
		}
	}
}

// Whose session it is, is told by the foot line or else by 学籍信息; nobody else's
// is taken.
func TestASPXWhose(t *testing.T) {
	info := `<table><tr><td>学&nbsp;&nbsp;号</td><td>201730269</td><td>姓 名</td><td>张三</td></tr></table>`
	for name, tt := range map[string]struct {
		foot, info string
		kind       jwxt.Kind
		options    []string
	}{
		"foot":               {foot: aspxFootPage},
		"foot without names": {foot: `<div id=TheFootMemo>当前用户：学生</div>`, info: info},
		"another's":          {foot: strings.Replace(aspxFootPage, "201730269", "201730270", 1), kind: jwxt.KickedOut},
		"an alias":           {foot: strings.Replace(aspxFootPage, "201730269", "201730270", 1), options: []string{"account", "alias"}},
		"nobody's":           {foot: `<div id=TheFootMemo></div>`, info: `<table><tr><td>学号</td><td></td></tr></table>`, kind: jwxt.Changed},
		"not in after all":   {foot: `<script>top.location.href='/_data/home_login.aspx'</script>`, kind: jwxt.Expired},
	} {
		t.Run(name, func(t *testing.T) {
			s := &aspxStub{t: t, answers: map[string][]string{
				"GET " + aspxLoginPath: {aspxLogin(aspxNoCaptcha, "")}, "POST " + aspxLoginPath: {aspxLogin("", "正在加载权限数据...")},
				"GET /PUB/foot.aspx": {tt.foot}, "GET /xsxj/Stu_MyInfo_RPT.aspx": {tt.info},
			}}
			c := s.conn(tt.options...)
			_, err := aspxAttempt(t, c, aspxAnswers(""))
			if err == nil != (tt.kind == jwxt.Internal) || err != nil && jwxt.KindOf(err) != tt.kind {
				t.Fatalf("got %v, want %v", err, tt.kind)
			}
			if tt.kind == jwxt.KickedOut && !c.Session.Empty() {
				t.Errorf("another's session is kept: %+v", c.Session)
			}
			if err != nil {
				return
			}
			// A later use asks the page that told.
			s.asked = nil
			if err := kingosoft.New().KeepAlive(t.Context(), c); err != nil || len(s.asked) != 1 {
				t.Errorf("keeping alive asked %q and got %v", s.asked, err)
			}
		})
	}
}
