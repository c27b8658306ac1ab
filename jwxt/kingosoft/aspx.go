package kingosoft

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// aspx is the older system.
type aspx struct{}

func (aspx) options() map[string][]string {
	return map[string][]string{
		"root": nil, "login": nil, "captcha": {"none", "always"}, "password": {"plain"},
		"grades": {"effective", "original"}, "timetable": {"selection", "personal"}, "account": {"alias"},
	}
}

// The keys of Session.Memo.
const (
	aspxMemoForm = "form" // the open login form
	aspxMemoWho  = "who"  // the page that tells whose session it is
)

// aspxVisit is one call at a school of the older system.
type aspxVisit struct {
	driver.Visit
	utf8 bool // the page read last was not in GBK, as the maker's are
}

func openASPX(c *jwxt.Conn) *aspxVisit {
	return &aspxVisit{Visit: driver.Open(c, aspxMemoForm, aspxMemoWho)}
}

// path is an address below the site's root.
func (v *aspxVisit) path(p string) string { return strings.TrimSuffix(v.Option("root", ""), "/") + p }

// login is the address of the login page.
func (v *aspxVisit) login() string { return v.path(v.Option("login", aspxLoginPage)) }

// The pages that are read, below the root. This system refuses who comes from
// nowhere, so each is asked for as if from the page that links to it.
const (
	aspxLoginPage = "/_data/home_login.aspx" // the likeliest of several names
	aspxFrames    = "/MAINFRM.aspx"
	aspxFoot      = "/PUB/foot.aspx"
	aspxInfo      = "/xsxj/Stu_MyInfo_RPT.aspx"
	aspxGradeForm = "/xscj/Stu_MyScore.aspx"
	aspxGradeList = "/xscj/Stu_MyScore_rpt.aspx"
	aspxSelection = "/wsxk/stu_zxjg"
	aspxPersonal  = "/znpk/Pri_StuSel"
	aspxLogout    = "/sys/Logout.aspx"
)

// send makes one request for a page behind the login.
func (v *aspxVisit) send(ctx context.Context, op string, r fetch.Request) (*aspxPage, error) {
	r.GBK = !v.utf8
	p, err := v.Web.Send(ctx, r)
	if err == nil {
		p, _, err = v.Web.Follow(ctx, p, func(to *url.URL) bool { return aspxLeadsOut(p.URL, to) })
	}
	if err != nil {
		return nil, driver.Under(op, err)
	}
	v.utf8 = !fetch.IsGBK(p)
	return readASPX(p), aspxEnded(op, p)
}

// aspxLeadsOut reports whether a page that redirects to an address has thereby
// said that nobody is logged in: a login page, the home page around it, the
// page of excuses, or another host (the school's CAS).
func aspxLeadsOut(from, to *url.URL) bool {
	path := strings.ToLower(to.Path)
	for _, mark := range []string{"login", "/home.aspx", "/default", "sorry", "/cas"} {
		if strings.Contains(path, mark) {
			return true
		}
	}
	return to.Hostname() != from.Hostname()
}

// aspxEnded is the error by which the head of an answer tells that nobody is
// logged in, or nil.
func aspxEnded(op string, p jwxt.Page) error {
	if to := fetch.Location(p); to != nil && aspxLeadsOut(p.URL, to) {
		return jwxt.Fail(jwxt.Expired, op, errors.New("redirected to a login"))
	}
	if p.Status == http.StatusUnauthorized { // not seen; what it says is plain
		return jwxt.Fail(jwxt.Expired, op, errors.New("status 401"))
	}
	return nil
}

// KeepAlive implements [jwxt.Keeper]: the request that tells whose session it is.
func (aspx) KeepAlive(ctx context.Context, c *jwxt.Conn) error {
	_, err := driver.Read(c, func() (struct{}, error) {
		return struct{}{}, openASPX(c).mine(ctx, "kingosoft: keep alive")
	})
	return err
}

// Logout implements [jwxt.LogoutCaller]. The session is forgotten here even if
// the school does not answer.
func (aspx) Logout(ctx context.Context, c *jwxt.Conn) error {
	v := openASPX(c)
	_, err := v.Web.Get(ctx, v.path(aspxLogout), v.path("/SYS/Main_tools.aspx"))
	v.Drop()
	if err != nil {
		return driver.Under("kingosoft: logout", err)
	}
	return nil
}
