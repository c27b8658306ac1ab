package kingosoft

import (
	"bytes"
	"errors"
	"regexp"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// aspxPage is an answer that has been parsed as HTML.
type aspxPage struct {
	jwxt.Page
	text []byte // the body as UTF-8
	doc  *goquery.Selection
}

// readASPX parses p. It never fails: what the HTML parser gives up on is an
// empty document.
func readASPX(p jwxt.Page) *aspxPage {
	g := &aspxPage{Page: p, text: fetch.Text(p)}
	root, err := html.Parse(bytes.NewReader(g.text))
	if err != nil {
		root = &html.Node{Type: html.DocumentNode}
	}
	g.doc = goquery.NewDocumentFromNode(root).Selection
	return g
}

// endsInTable reports whether a page stops inside its last table, or before the
// end of a document that it has begun.
func endsInTable(text []byte) bool {
	text = bytes.ToLower(text)
	if markup.Has(text, "<html") && !markup.Has(text, "</html") {
		return true
	}
	last := max(bytes.LastIndex(text, []byte("<td")), bytes.LastIndex(text, []byte("<th")))
	return last >= 0 && !markup.Has(text[last:], "</table", "</html")
}

// isLogin reports whether this is a login page: it asks for a password, and has
// a line to answer in.
func (g *aspxPage) isLogin() bool {
	return g.doc.Find(`input[type="password"]`).Length() > 0 && g.doc.Find("#divLogNote").Length() > 0
}

// note is the line by which the login page answers.
func (g *aspxPage) note() string {
	return markup.Bounded(markup.Clean(aspxText(g.doc.Find("#divLogNote").First())))
}

func aspxText(s *goquery.Selection) string {
	if len(s.Nodes) == 0 {
		return ""
	}
	return markup.Text(s.Nodes[0])
}

// aspxShort is more than any page of one sentence is long, in bytes.
const aspxShort = 8 << 10

var (
	aspxAlert = regexp.MustCompile(`alert\(\s*(?:'([^']{1,400})'|"([^"]{1,400})")`)
	aspxAway  = regexp.MustCompile(`(?i)location(?:\.href)?\s*=\s*['"][^'"]{0,200}(?:login|/home\.aspx|/default)`)
)

// said is what a page says to a person, if it is nothing but a sentence: in the
// line of a login page, in an alert, or as its text.
func (g *aspxPage) said() string {
	if s := g.note(); s != "" || g.isLogin() || len(g.text) > aspxShort {
		return s
	}
	if m := aspxAlert.FindSubmatch(g.text); m != nil {
		return markup.Bounded(markup.Clean(string(m[1]) + string(m[2])))
	}
	if s := markup.Clean(aspxText(g.doc.Find("body"))); len([]rune(s)) <= markup.MaxSaid {
		return s
	}
	return ""
}

// leads reports whether the page is a script that goes to the login.
func (g *aspxPage) leads() bool {
	return len(g.text) < aspxShort && g.doc.Find("table, form").Length() == 0 && aspxAway.Match(g.text)
}

// aspxSentences are what this system answers with, first match first. A comment
// above a row is a sentence as seen; rows without one are as such systems speak.
var aspxSentences = [...]struct {
	kind jwxt.Kind
	text *regexp.Regexp
}{
	{jwxt.KickedOut, regexp.MustCompile(`(?:其它|其他|别的|异)地.{0,4}登[录陆]|重复登[录陆]|被迫下线`)},
	// 验证码错误！ 登录失败！
	{jwxt.WrongCaptcha, regexp.MustCompile(`验证码.{0,6}(?:错|不正确|有误|失效|过期|为空|无效|不匹配)|须录入验证码`)},
	{jwxt.Locked, regexp.MustCompile(`锁定|冻结|停用|禁用|(?:错误|失败|登[录陆])次数.{0,6}(?:过多|超过|上限|限制)|超过.{0,8}(?:错误|失败)次数`)},
	{jwxt.MustActFirst, regexp.MustCompile(`(?:修改|更改|重置).{0,6}密码|密码.{0,8}(?:过期|过于简单|强度)|弱密码|初始密码`)},
	// 帐号或密码不正确！请重新输入。 / 账号或密码不正确！请重新输入。 / 该账号尚未分配角色!
	{jwxt.WrongPassword, regexp.MustCompile(`(?:密码|口令).{0,6}(?:错|不正确|有误|不匹配)|(?:账号|帐号|账户|用户名?|学号).{0,4}(?:不存在|错误|有误|不正确|尚未分配)`)},
	{jwxt.MustActFirst, regexp.MustCompile(`评教|教学评价|课程评价|未评价|欠费|缴费|未注册|完善.{0,6}信息`)},
	// 您无权访问此页，可重新登录再试！ / 您正查看的此页已过期
	{jwxt.Expired, regexp.MustCompile(`无权访问此页|此页已过期|请先?重新登[录陆]|请先登[录陆]|(?:会话|登[录陆]).{0,4}(?:过期|超时|失效)|尚?未登[录陆]`)},
	{jwxt.Closed, regexp.MustCompile(`未开放|没有(?:访问)?权限|无权|暂停|维护|已关闭|尚未开始|不在.{0,8}时间|禁止选课`)},
	{jwxt.Unreachable, regexp.MustCompile(`系统.{0,2}(?:繁忙|正忙|异常)|人数(?:过多|已满)|服务器.{0,2}(?:繁忙|错误)`)},
}

// aspxSpoken makes the error of a known sentence, nil for an unknown one.
func aspxSpoken(op, said string) error {
	for _, m := range aspxSentences {
		if m.text.MatchString(said) {
			return jwxt.Refuse(m.kind, op, said)
		}
	}
	return nil
}

// refused is the error by which a page denies data; the last resort is that it
// was not understood. It is asked only of pages without data: course names may
// hold any of the sentences.
func (g *aspxPage) refused(op, why string) error {
	err := aspxSpoken(op, g.said())
	switch {
	case err != nil && (jwxt.KindOf(err) == jwxt.KickedOut || !g.isLogin()):
		return err
	case g.isLogin():
		return jwxt.Fail(jwxt.Expired, op, errors.New("the login page came"))
	case g.leads():
		return jwxt.Fail(jwxt.Expired, op, errors.New("a script goes to the login"))
	}
	return driver.Unread(op, g.said(), why)
}
