package supwisdom

import (
	"errors"
	"regexp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/markup"
)

// sentences are what the two systems answer with, first match first. A comment
// above a row is a sentence as seen; rows without one are as such systems speak.
var sentences = [...]struct {
	kind jwxt.Kind
	text *regexp.Regexp
}{
	// 请不要过快点击
	{jwxt.Blocked, regexp.MustCompile(`过快点击|点击过快|操作过快|访问过快|频繁`)},
	// 本次会话已经被过期（可能是由于重复登录） / what Spring Security says by
	// itself; not seen at a school of EAMS5.
	{jwxt.KickedOut, regexp.MustCompile(`会话已经?被过期|重复登录|multiple concurrent logins|(?:其它|其他|别的|异)地.{0,4}登[录陆]`)},
	{jwxt.WrongCaptcha, regexp.MustCompile(`验证码.{0,6}(?:错|不正确|有误|失效|过期|为空|无效|不匹配)|(?:请输入|缺少)(?:正确的)?验证码`)},
	{jwxt.Locked, regexp.MustCompile(`锁定|冻结|停用|禁用|(?:错误|失败|登录)次数.{0,6}(?:过多|超过|上限|限制)|超过.{0,8}(?:错误|失败)次数`)},
	{jwxt.MustActFirst, regexp.MustCompile(`(?:修改|更改|重置).{0,6}密码|密码.{0,8}(?:过期|过于简单|强度)|弱密码|初始密码|短信验证`)},
	// 密码错误 / 账户不存在
	{jwxt.WrongPassword, regexp.MustCompile(`(?:密码|口令).{0,6}(?:错|不正确|有误|不匹配)|(?:账号|帐号|账户|用户名?|学号).{0,4}(?:不存在|错误|有误|不正确)`)},
	// 就差一个评教的距离啦
	{jwxt.MustActFirst, regexp.MustCompile(`评教|教学评价|课程评价|未评价|欠费|缴费|未注册|完善.{0,6}信息`)},
	// 只允许校内访问
	{jwxt.Blocked, regexp.MustCompile(`只允许校内|仅限校内|访问被拒绝`)},
	{jwxt.Closed, regexp.MustCompile(`未开放|没有(?:访问)?权限|无权限|暂停|维护|已关闭|尚未开始|不在.{0,8}时间`)},
	{jwxt.Unreachable, regexp.MustCompile(`系统.{0,2}(?:繁忙|正忙|错误|异常)|人数(?:过多|已满)|服务器.{0,2}(?:繁忙|错误)`)},
	// 你还没有登录系统，请首先登录. / 账号密码登录
	{jwxt.Expired, regexp.MustCompile(`没有登录系统|请首先登录|账号密码登录|请先?重新登[录陆]|重新登[录陆]|请先登[录陆]|(?:会话|登[录陆]).{0,4}(?:过期|超时|失效)|尚?未登[录陆]`)},
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
// It is asked only of pages without data: course names may hold any of these
// sentences.
func refused(op string, g *page) error {
	switch {
	case g.isLogin():
		if err := spoken(op, g.tip()); jwxt.KindOf(err) == jwxt.KickedOut {
			return err
		}
		return jwxt.Fail(jwxt.Expired, op, errors.New("the login page came"))
	case g.doc.Find(`input[type="password"]`).Length() > 1:
		return jwxt.Refuse(jwxt.MustActFirst, op, markup.Bounded(markup.Clean(g.doc.Find("title").Text())))
	}
	return spoken(op, g.said())
}

// refusedOr is refused, and unread where the page does not say why.
func refusedOr(op string, g *page, why string) error {
	if err := refused(op, g); err != nil {
		return err
	}
	return driver.Unread(op, g.said(), why)
}
