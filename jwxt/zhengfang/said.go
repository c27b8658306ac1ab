package zhengfang

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// alerted is the first sentence that the page's scripts alert on loading, which
// is how this system says nearly everything.
func (g *page) alerted() string {
	for _, s := range g.script {
		if a := markup.Alert(s); a != "" {
			return markup.Bounded(markup.Clean(a))
		}
	}
	return ""
}

// said is any sentence of the page that stands for its whole answer: what it
// alerts, or its text, if that is short and all there is.
func (g *page) said() string {
	if s := g.alerted(); s != "" {
		return s
	}
	if len(g.forms) > 0 {
		return ""
	}
	for n := range g.root.Descendants() {
		if n.DataAtom == atom.Body && n.Type == html.ElementNode {
			if s := markup.Text(n); len([]rune(s)) <= markup.MaxSaid {
				return s
			}
		}
	}
	return ""
}

// sentences are what this system answers with, first match first. A comment
// above a row is a sentence as seen; rows without one are what such sentences
// are likely to say.
var sentences = [...]struct {
	kind jwxt.Kind
	text *regexp.Regexp
}{
	{jwxt.KickedOut, regexp.MustCompile(`(?:账号|帐号|账户|用户).{0,12}(?:其它|其他|别的|异)地.{0,4}登[录陆]|被迫下线`)},
	// 验证码不正确！！
	{jwxt.WrongCaptcha, regexp.MustCompile(`验证码.{0,6}(?:错|不正确|有误|失效|过期|为空|不能空|无效|不匹配)|请输入(?:正确的)?验证码`)},
	// 密码错误，您密码输入错误已达5次，账号已锁定无法登录，次日自动解锁！如忘记密码，请与教务处联系!
	{jwxt.Locked, regexp.MustCompile(`锁定|冻结|停用|禁用|(?:错误|失败|登录)次数.{0,6}(?:过多|超过|上限|限制)`)},
	{jwxt.MustActFirst, regexp.MustCompile(`(?:修改|更改|重置).{0,6}密码|密码.{0,8}(?:过期|过于简单|强度|初始)|弱密码|初始密码`)},
	// 密码错误！！ / 密码错误，您还有4次尝试机会！如忘记密码，请与教务处联系!
	{jwxt.WrongPassword, regexp.MustCompile(`(?:密码|口令).{0,6}(?:错|不正确|有误|不匹配)`)},
	// 用户名不存在或未按照要求参加教学活动！！
	{jwxt.WrongPassword, regexp.MustCompile(`(?:账号|帐号|账户|用户名?|学号).{0,4}(?:不存在|错误|有误|不正确)`)},
	// 请登录教务系统完成教师评价后在登录
	{jwxt.MustActFirst, regexp.MustCompile(`评教|教学.{0,4}评价|教师评价|学生评价|课程评价|未评价|欠费|缴费|未注册|完善.{0,6}信息`)},
	{jwxt.Closed, regexp.MustCompile(`未开放|暂停|维护|已关闭|尚未开始|不在.{0,8}时间|禁止.{0,4}(?:登录|查询)|没有.{0,4}权限|无权`)},
	{jwxt.Blocked, regexp.MustCompile(`频繁|操作过快|访问过快`)},
	// 系统正忙！
	{jwxt.Unreachable, regexp.MustCompile(`系统.{0,2}(?:繁忙|正忙|忙)|人数(?:过多|已满)|服务器.{0,2}(?:繁忙|错误)`)},
	{jwxt.Expired, regexp.MustCompile(`请先?重新登[录陆]|请先登[录陆]|会话.{0,4}(?:过期|超时|失效)|登[录陆].{0,4}(?:超时|过期|失效)|尚?未登[录陆]`)},
}

var triesLeft = regexp.MustCompile(`(?:还有|还剩|剩余|剩下)[^\d]{0,8}(\d{1,2})\s*次`)

// spoken makes the error of a known sentence, nil for an unknown one.
func spoken(op, said string) error {
	for _, m := range sentences {
		if !m.text.MatchString(said) {
			continue
		}
		e := jwxt.Refuse(m.kind, op, said)
		if left := triesLeft.FindStringSubmatch(said); left != nil && m.kind == jwxt.WrongPassword {
			e.TriesLeft, _ = strconv.Atoi(left[1])
		}
		return e
	}
	return nil
}

// errTrouble is the 出错啦 page: the system is busy, or the session segment of
// the address is dead, or what was posted does not fit.
var errTrouble = errors.New("the school's 出错啦 page")

func (g *page) isTrouble() bool { return g.has("ERROR - 出错啦") }

// toLogin matches the short pages that send a browser back to the login.
var toLogin = regexp.MustCompile(`(?i)location(?:\.href)?\s*=\s*['"][^'"]*default\w*\.aspx`)

// refused is the error by which a page denies data, or nil where it does not.
// It is asked only of pages without data: notices and course names may hold any
// of these sentences.
func refused(op string, g *page) error {
	if g.isTrouble() {
		e := jwxt.Fail(jwxt.Unreachable, op, errTrouble)
		if g.has("系统正忙") {
			e.Said = "系统正忙！"
		}
		return e
	}
	said := g.said()
	if err := spoken(op, said); err != nil && (!g.isLogin() || jwxt.KindOf(err) == jwxt.KickedOut) {
		return err
	}
	switch {
	case g.isLogin():
		return jwxt.Fail(jwxt.Expired, op, errors.New("the login page came"))
	case len(g.text) < 4<<10 && toLogin.Match(g.text):
		return jwxt.Fail(jwxt.Expired, op, errors.New("a script leads to the login page"))
	case g.Status == http.StatusOK && g.changesPassword():
		return jwxt.Refuse(jwxt.MustActFirst, op, g.title)
	}
	return nil
}

// changesPassword reports whether the page wants the old password and a new one.
func (g *page) changesPassword() bool {
	n := 0
	for _, in := range g.inputs {
		if strings.EqualFold(markup.Attr(in, "type"), "password") {
			n++
		}
	}
	return n > 1
}
