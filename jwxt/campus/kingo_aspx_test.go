package campus_test

import (
	"crypto/md5"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jwxtbot/jwxt/campus"
)

func kingoASPX(k campus.KingoASPX) campus.Profile {
	return campus.Profile{ID: "kingo", Name: "洛阳示范学院", Charset: campus.GBK, Captcha: true, LockAfter: 3, System: k}
}

var (
	kingoHidden = regexp.MustCompile(`<input [^>]*name="(__VIEWSTATE|validcodestate)"[^>]* value="([^"]*)"`)
	kingoAssign = regexp.MustCompile(`document\.all\.(\w+)\.value=s;`)
	kingoSchool = regexp.MustCompile(`['"](\d{5})['"]`)
)

func md5Upper30(s string) string {
	sum := md5.Sum([]byte(s))
	return strings.ToUpper(hex.EncodeToString(sum[:]))[:30]
}

// kingoForm opens the login page and fills it in, independently of the driver:
// the names of the first kind of form, the hashes as public clients have them.
func (b *browser) kingoForm(number, password, captcha string) (page string, form url.Values) {
	b.t.Helper()
	options := b.school.Profile().System.Options()
	page = options["root"] + "/_data/home_login.aspx"
	body := b.get(page).Body
	code := kingoSchool.FindStringSubmatch(body)
	names := kingoAssign.FindAllStringSubmatch(body, -1)
	if len(names) != 2 || code == nil {
		b.t.Fatalf("no script on the login page:\n%s", body)
	}
	form = url.Values{
		"Sel_Type": {"STU"}, "typeName": {inGBK("学生")}, "txt_psasas": {inGBK("请输入密码")}, "txt_asmcdefsddsd": {number},
		"txt_pewerwedsdfsdff": {""}, "txt_sdertfgsadscxcadsads": {""}, "txt_mm_expression": {"15"}, "txt_mm_length": {"9"}, "txt_mm_userzh": {"0"},
		names[0][1]: {md5Upper30(number + md5Upper30(password) + code[1])},
	}
	for _, m := range kingoHidden.FindAllStringSubmatch(body, -1) {
		form.Set(m[1], m[2])
	}
	if captcha == "" && form.Get("validcodestate") == "1" {
		captcha = strings.ToLower(b.read(options["root"] + "/sys/ValidateCode.aspx?t=1")) // its case does not count
	}
	form.Set(names[1][1], md5Upper30(md5Upper30(strings.ToUpper(captcha))+code[1]))
	return page, form
}

func (b *browser) kingoIn(number, password string) page {
	b.t.Helper()
	return b.post(b.kingoForm(number, password, ""))
}

// The vectors by which clients are known to hash.
func TestKingoHash(t *testing.T) {
	if got := md5Upper30("201730269" + md5Upper30("111111") + "14045"); got != "0903C47F53452427DC69B281AFEC5A" {
		t.Errorf("password: got %s", got)
	}
	if got := md5Upper30(md5Upper30("AB3D") + "14045"); got != "E38A53279F1F13FCE1EDE4C330A5C8" {
		t.Errorf("captcha: got %s", got)
	}
}

func checkKingoDemo(t *testing.T, b *browser) {
	if _, jsp := b.school.Profile().System.(campus.KingoJSP); jsp {
		checkKingoJSPDemo(t, b)
		return
	}
	root := b.school.Profile().System.Options()["root"]
	wantText(t, b.kingoIn("2022000001", "Demo@2022"), "正在加载权限数据...", "MAINFRM.aspx")
	wantText(t, b.get(root+"/PUB/foot.aspx"), "[2022000001]张三")
	list := b.kingoGrades(root, nil)
	if !b.school.Profile().System.(campus.KingoASPX).Pictures {
		wantText(t, list, "高等数学A（上）", "2022-2023学年第一学期", "课程/环节", "免修")
		return
	}
	src := regexp.MustCompile(`<img [^>]*src='([^']+)'`).FindStringSubmatch(list.Body)
	if src == nil {
		t.Fatalf("no picture in the list:\n%s", list.Body)
	}
	b.referer = b.base + root + "/xscj/Stu_MyScore_rpt.aspx"
	drawn := b.get(root + "/xscj/" + src[1])
	if kind := http.DetectContentType([]byte(drawn.Body)); kind != "image/jpeg" {
		t.Errorf("the marks are drawn as %s", kind)
	}
	wantText(t, b.get(root+"/xscj/"+strings.Replace(src[1], "xh=", "xh=1", 1)), "您无权访问此页")
}

func (b *browser) kingoGrades(root string, more url.Values) page {
	b.t.Helper()
	form := url.Values{"SJ": {"1"}, "SelXNXQ": {"0"}, "btn_search": {inGBK("检索")}, "zfx_flag": {"0"}}
	for name := range more {
		form.Set(name, more.Get(name))
	}
	return b.post(root+"/xscj/Stu_MyScore_rpt.aspx", form)
}

// The words of each refusal.
func TestKingoASPXRefusals(t *testing.T) {
	b := open(t, kingoASPX(campus.KingoASPX{}))
	wantText(t, b.kingoIn("2022000001", "wrong"), "帐号或密码不正确！请重新输入。")
	wantText(t, b.kingoIn("1999000001", "wrong"), "该账号尚未分配角色!")
	wantText(t, b.kingoIn("2021000005", "Demo@2021"), "已被锁定")
	wantText(t, b.post(b.kingoForm("2022000001", "Demo@2022", "!!!!")), "验证码错误！<br>登录失败！")
	for field, value := range map[string]string{
		"txt_asmcdefsddsd": "", "txt_pewerwedsdfsdff": "Demo@2022", "__VIEWSTATE": "x", "txt_psasas": "", "typeName": "", "txt_mm_length": "",
	} {
		page, form := b.kingoForm("2022000001", "Demo@2022", "")
		form.Set(field, value)
		wantText(t, b.post(page, form), "发生未知错误！<br>登录失败！")
	}
	wantText(t, b.kingoIn("2022000001", "Demo@2022"), "正在加载权限数据...")
	b.shy = true
	for _, path := range []string{"/_data/home_login.aspx", "/sys/ValidateCode.aspx", "/PUB/foot.aspx"} {
		wantText(t, b.get(path), "发生错误")
	}
}

// What a stranger is answered with.
func TestKingoASPXExpiry(t *testing.T) {
	for expiry, want := range map[campus.Expiry]string{
		"": "您无权访问此页", campus.ExpireScript: "top.location.href='/_data/home_login.aspx'", campus.ExpireForm: "chkpwd", campus.ExpireRedirect: "您正查看的此页已过期",
	} {
		b := open(t, kingoASPX(campus.KingoASPX{Expiry: expiry}))
		wantText(t, b.kingoGrades("", nil), want)
	}
}

// The report of what was chosen comes twice, and marks of one term have theirs
// above them.
func TestKingoASPXLists(t *testing.T) {
	b := open(t, kingoASPX(campus.KingoASPX{Personal: true}))
	b.kingoIn("2022000001", "Demo@2022")
	if got := strings.Count(b.get("/wsxk/stu_zxjg_rpt.aspx").Body, "class=T><td rowspan=2>选定"); got != 2 {
		t.Errorf("the report comes %d times", got)
	}
	term := url.Values{"SelXNXQ": {"2"}, "sel_xn": {"2022"}, "sel_xq": {"1"}}
	wantText(t, b.kingoGrades("", term), "学年学期：2022-2023学年第二学期", "学号：2022000001")
	term.Set("SJ", "0")
	wantText(t, b.kingoGrades("", term), "<td>学年学期：2022-2023学年第二学期</td>", "末考", "补考")
	wantText(t, b.post("/znpk/Pri_StuSel_rpt.aspx", url.Values{"Sel_XNXQ": {"20220"}, "rad": {"on"}, "px": {"0"}}), "hidevalue='[", "一[1-2节]")
	wantText(t, b.kingoGrades("", url.Values{"SelXNXQ": {"9"}}), "发生错误")
	b.school.SetGate("2022000001", campus.GateEvaluate)
	wantText(t, b.kingoGrades("", nil), "评教")
	b.school.SetGate("2022000001", campus.GateEmpty)
	wantText(t, b.kingoGrades("", nil), "没有检索到记录!")
}
