package jwglxt

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// failures is how often an account has failed to log in, and when last.
type failures struct {
	count int
	last  time.Time
}

var failureCount = regexp.MustCompile(`^(\d{1,6})_(\d{1,15})$`)

// readFailures reads the answer of login_cxDlxgxx: "3_1700000000000", quoted or
// not, or "0" for an account that does not exist.
func readFailures(p jwxt.Page) (f failures, err error) {
	text := strings.Trim(strings.TrimSpace(string(fetch.Text(p))), `"`)
	if text == "0" && p.Status == http.StatusOK {
		return f, jwxt.Refuse(jwxt.WrongPassword, opLogin, "用户不存在")
	}
	m := failureCount.FindStringSubmatch(text)
	if m == nil || p.Status != http.StatusOK {
		return f, driver.Unread(opLogin, readPage(p).said(), "the count of failures was not told")
	}
	f.count, _ = strconv.Atoi(m[1])
	ms, err := strconv.ParseInt(m[2], 10, 64)
	f.last = time.UnixMilli(ms)
	return f, err
}

// tries asks how many tries the account has left, before one is spent; -1
// where the form does not count. It does what the page's own script does: a
// lock whose time is over is taken back first.
func (v *visit) tries(ctx context.Context, f form, account string) (int, error) {
	if !f.Count || f.Limit == 0 {
		return -1, nil
	}
	ask := fetch.Request{URL: v.path("/xtgl/login_cxDlxgxx.html"), Post: true, AJAX: true, Referer: f.Page, Form: fetch.Form{{Name: "yhm", Value: account}}}
	p, err := v.Web.Send(ctx, ask)
	if err != nil {
		return 0, driver.Under(opLogin, err)
	}
	had, err := readFailures(p)
	if err != nil || had.count < f.Limit {
		return f.Limit - had.count, err
	}
	if f.Minutes == 0 { // the page does not tell when it ends
		return 0, jwxt.Refuse(jwxt.Locked, opLogin, "您已超过最大登录失败次数")
	}
	if wait := time.Until(had.last.Add(time.Duration(f.Minutes) * time.Minute)); wait > 0 {
		return 0, jwxt.Refuse(jwxt.Locked, opLogin, fmt.Sprintf("您已超过最大登录失败次数，请在%d秒后再登", int(wait.Seconds())+1))
	}
	ask.URL = v.path("/xtgl/login_cxUpdateDlsbcs.html")
	if p, err = v.Web.Send(ctx, ask); err != nil {
		return 0, driver.Under(opLogin, err)
	}
	if !strings.Contains(string(fetch.Text(p)), "成功") {
		return 0, jwxt.Fail(jwxt.Locked, opLogin, errors.New("the school does not take the failures back"))
	}
	return f.Limit, nil
}
