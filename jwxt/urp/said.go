package urp

import (
	"bytes"
	"errors"
	"regexp"

	"jwxtbot/jwxt"
)

// sentences are what URP answers with, first match first. A comment above a
// row is a sentence as seen.
var sentences = [...]struct {
	kind jwxt.Kind
	text *regexp.Regexp
}{
	{jwxt.KickedOut, regexp.MustCompile(`(?:账号|帐号|账户|用户).{0,12}(?:其它|其他|别的|异)地.{0,4}登[录陆]`)},
	// 你输入的验证码错误，请您重新输入！
	{jwxt.WrongCaptcha, regexp.MustCompile(`验证码.{0,6}(?:错|不正确|有误|失效|过期|为空|无效|不匹配)|请输入(?:正确的)?验证码`)},
	{jwxt.Locked, regexp.MustCompile(`锁定|冻结|停用|禁用|(?:错误|失败|登录)次数.{0,6}(?:过多|超过|上限|限制)`)},
	{jwxt.MustActFirst, regexp.MustCompile(`(?:修改|更改|重置).{0,6}密码|密码.{0,8}(?:过期|过于简单|强度)|弱密码|初始密码`)},
	// 你输入的证件号不存在，请您重新输入！ / 您的密码不正确，请您重新输入！ / 账号不存在 / 用户名或密码错误
	{jwxt.WrongPassword, regexp.MustCompile(`(?:密码|口令).{0,6}(?:错|不正确|有误|不匹配)|(?:证件号|账号|帐号|账户|用户名?|学号).{0,4}(?:不存在|错误|有误|不正确)`)},
	// 您没有注册 : the term is to be registered for first (电子注册).
	{jwxt.MustActFirst, regexp.MustCompile(`没有注册|尚?未注册|评教|教学评[价估]|(?:进行|完成|参加).{0,4}评估|未评[价估]|欠费|缴费|完善.{0,6}信息`)},
	// 当前不允许查看分项成绩！ / 对不起、非选课阶段不允许选课
	{jwxt.Closed, regexp.MustCompile(`不允许查[看询]|非选课阶段|未开放|暂停|维护|已关闭|尚未开始|不在.{0,8}时间|禁止.{0,4}(?:登录|查询)|没有.{0,4}权限`)},
	{jwxt.Blocked, regexp.MustCompile(`频繁|操作过快|访问过快|访问被拒绝`)},
	// 数据库忙请稍候再试
	{jwxt.Unreachable, busyWords},
	// 请您登录后再使用
	{jwxt.Expired, regexp.MustCompile(`登[录陆]后再使用|请先?重新登[录陆]|重新登[录陆]|请先登[录陆]|(?:会话|页面).{0,4}(?:过期|超时|失效)|登[录陆].{0,4}(?:超时|过期|失效)|尚?未登[录陆]`)},
}

var (
	busyWords  = regexp.MustCompile(`数据库忙|繁忙|正忙|人数(?:过多|已满)|系统.{0,2}(?:错误|异常)`)
	tokenWords = regexp.MustCompile(`(?i)(?:tokenvalue|csrf[ _]token|令牌).{0,4}(?:无效|失效|invalid|expired)`)
)

// spoken makes the error of a known sentence, nil for an unknown one.
func spoken(op, said string) error {
	for _, m := range sentences {
		if m.text.MatchString(said) {
			return jwxt.Refuse(m.kind, op, said)
		}
	}
	if tokenWords.MatchString(said) {
		return &jwxt.Error{Kind: jwxt.Expired, Op: op, Said: said, TriesLeft: -1, Err: errToken}
	}
	return nil
}

// errToken is a form whose token the school does not take: no end of the
// session, for the page gives another one when it is read anew.
var errToken = errors.New("the school does not take the page's token")

// busy reports whether the school asks to come back in a moment.
func busy(p jwxt.Page) bool {
	return bytes.Contains(p.Body, []byte("errorTop")) && busyWords.MatchString(readPage(p).errorTop())
}

var noneWords = regexp.MustCompile(`暂无(?:课程|课表|考试|安排|数据|记录)|(?:没有|未)查询到|没有(?:课程|课表|考试|数据)`)

// saysNone reports whether the page's own sentence is that there is nothing.
func (g *page) saysNone() bool { return !g.isLogin() && noneWords.MatchString(g.said()) }

// refused is the error by which a page denies data, or nil where it does not.
// It is asked only of pages without data: course names may hold any of these
// sentences.
func refused(op string, g *page) error {
	said := g.said()
	switch {
	case g.isLogin():
		if err := spoken(op, said); jwxt.KindOf(err) == jwxt.KickedOut {
			return err
		}
		return jwxt.Fail(jwxt.Expired, op, errors.New("the login page came"))
	case g.has("concurrentSessionExpired"):
		return jwxt.Fail(jwxt.KickedOut, op, errors.New("concurrentSessionExpired"))
	case g.has("gotoLogin"), g.lost():
		return jwxt.Fail(jwxt.Expired, op, errLost)
	case g.doc.Find(`input[type="password"]`).Length() > 1:
		return jwxt.Refuse(jwxt.MustActFirst, op, g.title())
	}
	return spoken(op, said)
}
