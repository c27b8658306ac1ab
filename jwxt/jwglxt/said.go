package jwglxt

import (
	"errors"
	"regexp"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// sentences are what jwglxt answers with, first match first. A comment above a
// row is a sentence as seen.
var sentences = [...]struct {
	kind jwxt.Kind
	text *regexp.Regexp
}{
	{jwxt.KickedOut, regexp.MustCompile(`(?:账号|帐号|账户|用户).{0,12}(?:其它|其他|别的|异)地.{0,4}登[录陆]`)},
	// 请输入验证码！
	{jwxt.WrongCaptcha, regexp.MustCompile(`验证码.{0,6}(?:错|不正确|有误|失效|过期|为空|无效|不匹配)|请输入(?:正确的)?验证码`)},
	// 请先滑动图片进行验证！
	{jwxt.WrongCaptcha, regexp.MustCompile(`滑动.{0,8}验证|滑块.{0,6}(?:错|失败|不正确)|验证失败`)},
	// 您已超过最大登录失败次数，请在598秒后再登
	{jwxt.Locked, regexp.MustCompile(`锁定|冻结|停用|禁用|(?:错误|失败|登录)次数.{0,6}(?:过多|超过|上限|限制)|超过.{0,8}(?:错误|失败)次数`)},
	{jwxt.MustActFirst, regexp.MustCompile(`(?:修改|更改|重置).{0,6}密码|密码.{0,8}(?:过期|过于简单|强度|须先修改)|弱密码|初始密码|短信验证|身份确认`)},
	// 用户名或密码不正确，请重新输入！
	{jwxt.WrongPassword, regexp.MustCompile(`(?:密码|口令).{0,6}(?:错|不正确|有误|不匹配)|(?:账号|帐号|账户|用户名?|学号).{0,4}(?:不存在|错误|有误|不正确)`)},
	{jwxt.MustActFirst, regexp.MustCompile(`评教|教学评价|学生评价|课程评价|未评价|欠费|缴费|未注册|完善.{0,6}信息`)},
	// 无功能权限， / 没有访问权限! : the function is not open for students.
	{jwxt.Closed, regexp.MustCompile(`无功能权限|没有访问权限|未开放|暂停|维护|已关闭|尚未开始|不在.{0,8}时间|禁止.{0,4}(?:登录|查询)`)},
	{jwxt.Blocked, regexp.MustCompile(`频繁|操作过快|访问过快|访问被拒绝`)},
	{jwxt.Unreachable, regexp.MustCompile(`系统.{0,2}(?:繁忙|正忙|错误|异常)|人数(?:过多|已满)|服务器.{0,2}(?:繁忙|错误)`)},
	{jwxt.Expired, regexp.MustCompile(`请先?重新登[录陆]|重新登[录陆]|请先登[录陆]|(?:会话|页面).{0,4}(?:过期|超时|失效)|登[录陆].{0,4}(?:超时|过期|失效)|尚?未登[录陆]`)},
}

// spoken makes the error of a known sentence, nil for an unknown one.
func spoken(op, said string) error {
	for _, m := range sentences {
		if m.text.MatchString(said) {
			return jwxt.Refuse(m.kind, op, said)
		}
	}
	return nil
}

// refused is the error by which a page denies data, or nil where it does not.
// It is asked only of pages without data: notices and course names may hold any
// of these sentences.
func refused(op string, g *page) error {
	switch {
	case g.isLogin() || markup.Clean(g.doc.Find("h5").First().Text()) == "用户登录":
		if err := spoken(op, g.tip()); jwxt.KindOf(err) == jwxt.KickedOut {
			return err
		}
		return jwxt.Fail(jwxt.Expired, op, errors.New("the login page came"))
	case g.doc.Find(`input[type="password"]`).Length() > 1:
		return jwxt.Refuse(jwxt.MustActFirst, op, markup.Clean(g.doc.Find("title").Text()))
	}
	if err := spoken(op, g.said()); err != nil {
		return err
	}
	if strings.Contains(g.doc.Find("title").Text(), "错误") {
		// What zfn_api was given in place of a list once its session had ended.
		return jwxt.Fail(jwxt.Expired, op, errors.New("an error page without a reason"))
	}
	return nil
}
