package cas

import (
	"regexp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
)

// sentences are what fronts answer with, first match first. A comment above a
// row is a sentence as seen; rows without one are as such systems speak.
var sentences = [...]struct {
	kind jwxt.Kind
	text *regexp.Regexp
}{
	// 登录请求过于频繁 / 发送过于频繁
	{jwxt.Blocked, regexp.MustCompile(`频繁|过快|访问被拒绝|(?:IP|地址).{0,6}(?:禁止|限制)|too many requests`)},
	// A password that may be among what is wrong counts as one, and so does one that
	// will lock the account: neither is a captcha's fault, nor locked yet.
	{jwxt.WrongPassword, regexp.MustCompile(`密码.{0,4}(?:或|、|和|及|/).{0,4}验证码|验证码.{0,2}(?:或|、|和|及|/).{0,8}密码|(?:密码|用户名|帐号|账号).{0,40}(?:将|会)被?.{0,6}(?:锁定|冻结)`)},
	{jwxt.Locked, regexp.MustCompile(`锁定|冻结|停用|禁用|(?:错误|失败|登录)次数.{0,6}(?:过多|超过|上限|限制)|超过.{0,8}(?:错误|失败)次数|locked|disabled`)},
	{jwxt.MustActFirst, regexp.MustCompile(`(?:修改|更改|重置).{0,6}密码后|密码.{0,8}(?:过期|过于简单|强度)|弱密码|初始密码|未激活|请先?激活|完善.{0,8}信息|绑定.{0,6}(?:手机|微信)`)},
	// 无效的验证码 / 验证码错误，请重新输入 / 验证码不正确
	{jwxt.WrongCaptcha, regexp.MustCompile(`验证码|captcha`)},
	// 用户名或密码错误 / 您提供的用户名或者密码有误 / 用户名或密码有误，用户名为工号/学号，…
	{jwxt.WrongPassword, regexp.MustCompile(`(?:密码|口令|凭证).{0,6}(?:错|不正确|有误|不匹配|无效)|(?:账号|帐号|账户|用户名?|学号).{0,4}(?:不存在|错误|有误|不正确)|[Ii]nvalid credentials|bad credentials`)},
	{jwxt.Expired, regexp.MustCompile(`页面.{0,4}(?:失效|过期)|(?:会话|登[录陆]).{0,4}(?:过期|超时|失效)|请?重新登[录陆]|刷新.{0,4}重试`)},
	{jwxt.Closed, regexp.MustCompile(`未开放|暂停|维护|已关闭|不在.{0,8}时间|应用未(?:注册|授权)|未认证授权的服务|not authorized to use CAS`)},
	{jwxt.Unreachable, regexp.MustCompile(`系统.{0,2}(?:繁忙|正忙|错误|异常)|人数(?:过多|已满)|服务器.{0,2}(?:繁忙|错误)`)},
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

// unread is the error for a page that is not understood. It carries what the
// page says, if that is short.
func unread(op string, g *page, why string) error {
	return driver.Unread(op, g.said(), why)
}

// spokenOr is the error of the page's sentence, and unread where it has none
// that is known.
func spokenOr(op string, g *page, why string) error {
	if err := spoken(op, g.said()); err != nil {
		return err
	}
	return unread(op, g, why)
}
