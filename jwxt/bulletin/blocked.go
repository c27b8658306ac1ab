package bulletin

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"jwxtbot/jwxt"
)

// refused classifies an answer by its status. nil means that the body counts.
func refused(p jwxt.Page) error {
	e := &Error{Status: p.Status, RetryAfter: retryAfter(p.Header, time.Time{})}
	switch p.Status {
	case 0, http.StatusOK:
		return nil
	// 瑞数 answers 202 or 412, a firewall seen at Sudy boards 493, 加速乐 521.
	case http.StatusAccepted, http.StatusPreconditionFailed, http.StatusForbidden, 493, 521:
		e.Class, e.Err = Blocked, errors.New("a firewall answers in the board's place")
		if saysInside(string(p.Body)) {
			e.Class, e.Err = Intranet, errors.New("the board is for the campus only")
		}
	case http.StatusUnauthorized, http.StatusProxyAuthRequired:
		e.Class, e.Err = Intranet, errors.New("the board asks for a login")
	default:
		e.Class, e.Err = HTTP, errors.New(strings.ToLower(http.StatusText(p.Status)))
	}
	return e
}

// scripts are what firewalls put into the page that they answer with.
var scripts = []string{
	`$_ts=`, `$_ts =`, `['$_ts']`, `["$_ts"]`, // 瑞数
	"yunsuo_session", "safedog", "SafeLine", "__jsl_clearance", "jsluid", "acw_sc__v2", "_waf_",
}

// wall reports whether a page without a single article is a firewall's.
func wall(body []byte) bool {
	const scriptBytes, wordBytes = 16 << 10, 4 << 10
	head := body[:min(len(body), scriptBytes)]
	for _, s := range scripts {
		if bytes.Contains(head, []byte(s)) {
			return true
		}
	}
	if len(body) > wordBytes {
		return false
	}
	for _, s := range []string{"网站防火墙", "Web应用防火墙", "您的请求可能存在威胁", "访问被拦截", "请求被拦截", "请求过于频繁", "访问过于频繁"} {
		if bytes.Contains(body, []byte(s)) {
			return true
		}
	}
	return false
}

// saysInside reports whether a short text tells that only the campus may read.
func saysInside(text string) bool {
	if len(text) > 16<<10 {
		return false
	}
	for _, s := range []string{
		"仅允许校内", "只允许校内", "仅限校内", "限校内", "校内地址", "校内访问", "校园网访问", "校园网内",
		"内网访问", "并非校内", "非校内",
	} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// inside reports whether the page stands in for one that the campus may read.
func (a *answer) inside() bool {
	doc := a.html()
	title := oneLine(doc.Find("title").First().Text())
	body := textOf(doc.Find("body"))
	if mark := a.source.Rules.Detail.Intranet; mark != "" && (strings.Contains(title, mark) || len(body) < 16<<10 && strings.Contains(body, mark)) {
		return true
	}
	return strings.HasPrefix(title, "系统提示") || saysInside(title+" "+body) ||
		doc.Find("input[type=password]").Length() > 0 && doc.Find("a[href]").Length() < 30
}

// nothing says why a page that came has no article: the reasons that lie
// outside it first. what is the reader's own finding.
func (a *answer) nothing(what string) error {
	e := &Error{Status: http.StatusOK, Err: errors.New(what)}
	text := textOf(a.html().Find("body"))
	switch {
	case wall(a.body):
		e.Class, e.Err = Blocked, errors.New("a firewall's script answers in the board's place")
	case a.inside():
		e.Class, e.Err = Intranet, errors.New("the page is shown to the campus only")
	case strings.TrimSpace(text) == "":
		e.Class, e.Err = Empty, errors.New("the page is blank")
	case saysNone(text):
		e.Class, e.Err = Empty, errors.New("the page says that there is nothing")
	case a.source.Rules.kind() == KindSelectors:
		e.Class = Redesign
		if n := len(a.shaped(time.Time{})); n > 0 {
			e.Err = fmt.Errorf("%s; by the shape of links there are %d articles", what, n)
		}
	case a.system() && !a.isArticle() && !dateForms[0].MatchString(text):
		e.Class = Empty // a known system's list, and nothing on it has a date
	default:
		e.Class = Redesign
	}
	return e
}

func saysNone(text string) bool {
	for _, s := range []string{"暂无", "没有找到", "没有相关", "没有数据", "无数据", "No Data", "栏目正在建设"} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// retryAfter reads the header in both its forms; a moment counts from now.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if d, err := time.ParseDuration(v + "s"); err == nil && d > 0 && isNumber(v) {
		return min(d, maxRetryAfter)
	}
	if t, err := http.ParseTime(v); err == nil && !now.IsZero() && t.After(now) {
		return min(t.Sub(now), maxRetryAfter)
	}
	return 0
}

// maxRetryAfter is as long as a server's word is taken.
const maxRetryAfter = 24 * time.Hour
