package qiangzhi

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// shown is the sentence by which a page answers a login: the element made for
// it, a red one, or an alert that the page raises by itself.
func (g *page) shown() string {
	for _, ok := range []func(*html.Node) bool{
		func(n *html.Node) bool { id := markup.Attr(n, "id"); return id == "showMsg" || id == "errorinfo" },
		func(n *html.Node) bool {
			return n.DataAtom == atom.Font && strings.EqualFold(markup.Attr(n, "color"), "red")
		},
	} {
		for n := range g.root.Descendants() {
			if n.Type != html.ElementNode || !ok(n) || unseen(n) {
				continue
			}
			if s := markup.Text(n); s != "" {
				return markup.Bounded(s)
			}
		}
	}
	return g.alerted()
}

// alerted is the first sentence that the page's scripts alert on loading.
func (g *page) alerted() string {
	for _, s := range g.script {
		if a := firstAlert(s); a != "" {
			return markup.Bounded(markup.Clean(a))
		}
	}
	return ""
}

// said is any sentence of the page that stands for its whole answer: what it
// shows, alerts, or says in a message field or as its only text.
func (g *page) said() string {
	if s := g.shown(); s != "" {
		return s
	}
	if m := messageField.FindSubmatch(g.text); m != nil && markup.IsJSON(g.text) {
		return markup.Bounded(markup.Clean(string(m[1])))
	}
	if s := strings.Join(g.loose, " "); len([]rune(s)) <= markup.MaxSaid {
		return s
	}
	return ""
}

var messageField = regexp.MustCompile(`"(?:msgContent|msg)"\s*:\s*"([^"\\]+)"`)

// guarded is how the server writes its message into the page, often inside a
// function that runs on loading: if('message'!=”){alert(…)}.
var guarded = regexp.MustCompile(`if\s*\(\s*(?:'([^']+)'|"([^"]+)")\s*!=\s*(?:''|"")\s*\)`)

// firstAlert is the sentence that a script alerts without being asked.
func firstAlert(script string) string {
	if m := guarded.FindStringSubmatch(script); m != nil {
		return m[1] + m[2]
	}
	return markup.Alert(script)
}

// meaning is one row of the table of sentences.
type meaning struct {
	kind jwxt.Kind
	text *regexp.Regexp
}

// sentences are what 强智 answers with, first match first. A comment above a
// row is a sentence as seen.
var sentences = [...]meaning{
	// 您的账号在其它地方登录
	{jwxt.KickedOut, regexp.MustCompile(`(?:账号|帐号|账户|用户).{0,12}(?:其它|其他|别的|异)地.{0,4}登[录陆]`)},
	// 验证码错误!! / 验证码不正确
	{jwxt.WrongCaptcha, regexp.MustCompile(`验证码.{0,4}(?:错|不正确|有误|失效|过期|为空|无效|不匹配)|请输入(?:正确的)?验证码`)},
	// 请安装加密狗插件，插入加密狗！: what an empty captcha is answered with
	{jwxt.WrongCaptcha, regexp.MustCompile(`加密狗`)},
	{jwxt.Locked, regexp.MustCompile(`锁定|冻结|停用|禁用|(?:错误|失败|登录)次数.{0,6}(?:过多|超过|上限|限制)`)},
	{jwxt.MustActFirst, regexp.MustCompile(`(?:修改|更改|重置).{0,6}密码|密码.{0,8}(?:过期|过于简单|弱|强度|初始)|弱密码|初始密码`)},
	// 该帐号不存在或密码错误,请联系管理员! / 用户名或密码错误
	{jwxt.WrongPassword, regexp.MustCompile(`(?:密码|口令).{0,6}(?:错|不正确|有误|不匹配)|(?:账号|帐号|账户|用户名?|学号).{0,4}(?:不存在|错误|有误|不正确)`)},
	// 评教未完成，不能查询成绩！
	{jwxt.MustActFirst, regexp.MustCompile(`评教|教学评价|课程评价|未评价|欠费|缴费|未注册|完善.{0,6}信息`)},
	// 系统功能暂未开放 / 课表暂未公布，不能查看课表！
	{jwxt.Closed, regexp.MustCompile(`未开放|未公布|暂停|维护|已关闭|尚未开始|不在.{0,8}时间|禁止.{0,4}(?:登录|查询)`)},
	{jwxt.Blocked, regexp.MustCompile(`频繁|操作过快|访问过快`)},
	{jwxt.Unreachable, regexp.MustCompile(`系统.{0,2}(?:繁忙|正忙)|人数(?:过多|已满)|服务器.{0,2}(?:繁忙|错误)`)},
	// 系统更新了选课数据,请重新登录系统 / 请先登录系统
	{jwxt.Expired, regexp.MustCompile(`请先?重新登[录陆]|重新登[录陆]系统|请先登[录陆]|会话.{0,4}(?:过期|超时|失效)|登[录陆].{0,4}(?:超时|过期|失效)|尚?未登[录陆]`)},
}

var tries = regexp.MustCompile(`(?:还有|还剩|剩余|剩下|还可以?(?:尝试|输入|登录)?)[^\d]{0,8}(\d{1,2})\s*次`)

// kindOf is what a sentence means. ok is false for an unknown one.
func kindOf(said string) (k jwxt.Kind, left int, ok bool) {
	left = -1
	if m := tries.FindStringSubmatch(said); m != nil && strings.Contains(said, "密码") {
		if left, _ = strconv.Atoi(m[1]); left > 0 {
			return jwxt.WrongPassword, left, true
		}
	}
	for _, m := range sentences {
		if m.text.MatchString(said) {
			return m.kind, left, true
		}
	}
	return jwxt.Changed, -1, false
}

// spoken makes the error of a known sentence, nil for an unknown one.
func spoken(op, said string) error {
	k, left, ok := kindOf(said)
	if !ok {
		return nil
	}
	e := jwxt.Refuse(k, op, said)
	if k == jwxt.WrongPassword {
		e.TriesLeft = left
	}
	return e
}
