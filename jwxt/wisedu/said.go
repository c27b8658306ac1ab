package wisedu

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// sentences are what the system answers with, first match first. Only
// 查询学年学期的课程未发布 is as seen; the others are as such systems speak.
var sentences = [...]struct {
	kind jwxt.Kind
	text *regexp.Regexp
}{
	{jwxt.KickedOut, regexp.MustCompile(`(?:其它|其他|别的|异)地.{0,4}登[录陆]|重复登[录陆]|被迫下线|挤下线`)},
	{jwxt.Expired, regexp.MustCompile(`请先?重新登[录陆]|重新登[录陆]|请先登[录陆]|(?:会话|登[录陆]).{0,4}(?:过期|超时|失效)|尚?未登[录陆]`)},
	{jwxt.MustActFirst, regexp.MustCompile(`(?:修改|更改|重置).{0,6}密码|弱密码|初始密码|评教|教学评价|课程评价|未评价|欠费|缴费|未注册|完善.{0,6}信息`)},
	{jwxt.Blocked, regexp.MustCompile(`频繁|过快|访问被拒绝|只允许校内|仅限校内`)},
	{jwxt.Closed, regexp.MustCompile(`未发布|未开放|没有(?:访问)?权限|无(?:访问)?权限|暂停|维护|已关闭|尚未开始|不在.{0,8}时间`)},
	{jwxt.Unreachable, regexp.MustCompile(`系统.{0,2}(?:繁忙|正忙|错误|异常)|服务器.{0,2}(?:繁忙|错误|异常)`)},
}

// denied is the error of a query that the school did not carry out.
func denied(op, said, why string) error {
	said = markup.Bounded(said)
	for _, m := range sentences {
		if m.text.MatchString(said) {
			return jwxt.Refuse(m.kind, op, said)
		}
	}
	return driver.Unread(op, said, why)
}

// refused is the error of a page that came where an object was asked for: the
// front's login page as a rule.
func refused(op string, p jwxt.Page) error {
	text := fetch.Text(p)
	if isLogin(text) {
		return jwxt.Fail(jwxt.Expired, op, errors.New("the login page came"))
	}
	return denied(op, prose(text), "a page came where data was asked for")
}

// loginMarks stand on the login pages of the front and on nothing else of the
// school's. The salts are of the two generations of 金智's own.
var loginMarks = [][]byte{
	[]byte("pwdEncryptSalt"), []byte("pwdDefaultEncryptSalt"), []byte("casLoginForm"), []byte("pwdFromId"), []byte("/authserver/login"),
}

// shortPage is more than a page has, in bytes, that only leads elsewhere.
const shortPage = 4 << 10

// loginJump is a script that leads to a login, of whatever kind.
var loginJump = regexp.MustCompile(`(?i)location(?:\.href)?\s*=\s*['"][^'"]{0,200}(?:/login|/cas/|/sso/|/iap/)`)

var passwordInput = regexp.MustCompile(`(?i)<input\b[^>]{0,400}\btype\s*=\s*["']?password\b`)

func isLogin(text []byte) bool {
	for _, m := range loginMarks {
		if bytes.Contains(text, m) {
			return true
		}
	}
	return passwordInput.Match(text) || len(text) < shortPage && loginJump.Match(text)
}

// prose is what a page says, if that is one sentence and not more.
func prose(text []byte) string {
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return ""
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Style && n.Parent.DataAtom != atom.Title {
			b.WriteString(n.Data + " ")
		}
	}
	if s := markup.Clean(b.String()); len([]rune(s)) <= markup.MaxSaid {
		return s
	}
	return ""
}
