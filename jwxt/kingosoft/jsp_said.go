package kingosoft

import (
	"regexp"
	"strconv"

	"jwxtbot/jwxt"
)

// jspSentences are what the newer system answers with, first match first. A
// comment above a row is a sentence as seen; rows without one are as such
// systems speak.
var jspSentences = [...]struct {
	kind jwxt.Kind
	text *regexp.Regexp
}{
	// 验证码错误
	{jwxt.WrongCaptcha, regexp.MustCompile(`验证码.{0,6}(?:错|不正确|有误|失效|过期|为空|无效|不匹配)|请输入(?:正确的)?验证码`)},
	// 您的账号已被锁定
	{jwxt.Locked, regexp.MustCompile(`(?:账号|帐号|账户|用户)(?:已经?)?被?(?:锁定|冻结|停用|禁用)`)},
	// 账号或密码有误! / 您1小时内已输错2次密码，若超过8次，您的账号将被锁定！
	{jwxt.WrongPassword, regexp.MustCompile(`已输错|密码.{0,6}(?:错|不正确|有误|不匹配)|(?:账号|帐号|账户|用户名?).{0,4}(?:不存在|错误|有误)`)},
	{jwxt.KickedOut, regexp.MustCompile(`(?:其[他它]|别的|异)地.{0,4}登[录陆]|重复登[录陆]|被(?:迫下线|踢)`)},
	// 温馨提示：凭证已失效，请重新登录!
	{jwxt.Expired, regexp.MustCompile(`凭证已失效|请?重新登[录陆]|请先登[录陆]|尚?未登[录陆]|会话.{0,4}(?:过期|超时|失效)`)},
	{jwxt.MustActFirst, regexp.MustCompile(`评教|教学评价|未评价|(?:修改|更改|重置).{0,6}密码|弱密码|初始密码|短信|欠费|缴费|未注册`)},
	{jwxt.Blocked, regexp.MustCompile(`频繁|过快|请求过多|(?:访问|请求)次数`)},
	// 没有访问权限 / 未授权访问 / 请更换账号登陆
	{jwxt.Closed, regexp.MustCompile(`未开放|没有.{0,4}权限|无权|未授权|请更换账号|暂停|维护|已关闭|尚未开始|不在.{0,8}时间`)},
	// 查询失败 / 服务异常
	{jwxt.Unreachable, regexp.MustCompile(`系统.{0,2}(?:繁忙|正忙|错误|异常)|查询失败|服务(?:器)?.{0,2}(?:繁忙|错误|异常)`)},
}

// jspSpoken makes the error of a known sentence, nil for an unknown one.
func jspSpoken(op, said string) error {
	for _, m := range jspSentences {
		if m.text.MatchString(said) {
			e := jwxt.Refuse(m.kind, op, said)
			if m.kind == jwxt.WrongPassword {
				e.TriesLeft = triesLeft(said)
			}
			return e
		}
	}
	return nil
}

var triesCounted = regexp.MustCompile(`已输错(\d{1,3})次.{0,12}超过(\d{1,3})次`)

// triesLeft are the wrong passwords that a sentence leaves: those before the
// one that locks. -1 where it does not say.
func triesLeft(said string) int {
	m := triesCounted.FindStringSubmatch(said)
	if m == nil {
		return -1
	}
	spent, _ := strconv.Atoi(m[1])
	may, _ := strconv.Atoi(m[2])
	return max(may-spent, 0)
}
