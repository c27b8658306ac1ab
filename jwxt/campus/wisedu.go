package campus

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// Jwapp is 金智's 教务系统 on the EMAP platform. It has no login of its own, so
// its Profile needs a Front. The zero value stands behind a portal, whose apps
// it is.
type Jwapp struct {
	// Graduate is gsapp, the postgraduates' system, which has grades alone.
	Graduate bool
	// NoPortal is a school without the portal 网上办事大厅: the apps are entered
	// by their index.
	NoPortal bool
	Nameless bool // rows do not carry the 学号
	Texts    bool // numbers are strings, and what has no point says N/A
	PageSize int  // most rows of a page, whatever is asked; 0 gives what is asked
	Doubling bool // the school counts half of the rows it has
	// Timetable is the name of its query; "" means xskcb.
	Timetable string
	// Expiry is how a query answers who is not logged in: ExpireRedirect to the
	// front, ExpireForm its page, ExpireError 401.
	Expiry Expiry
}

// Vendor is "wisedu".
func (Jwapp) Vendor() string { return "wisedu" }

// Options are the driver's.
func (j Jwapp) Options() map[string]string {
	out := map[string]string{}
	if j.Graduate {
		out["system"] = "gsapp"
	}
	if j.NoPortal {
		out["entrance"], out["who"] = j.index(j.gradeApp())+"?EMAP_LANG=zh", "homeapp"
	}
	if j.Timetable != "" {
		out["timetable"] = j.Timetable
	}
	return out
}

func (j Jwapp) open(s *School) vendor {
	j.Timetable, j.Expiry = cmp.Or(j.Timetable, "xskcb"), cmp.Or(j.Expiry, ExpireRedirect)
	return &jwapp{Jwapp: j, school: s}
}

func (j Jwapp) root() string {
	if j.Graduate {
		return "/gsapp"
	}
	return "/jwapp"
}

// The apps, and their numbers at every portal.
const (
	jwappGrades    = "cjcx"
	gsappGrades    = "wdcjapp"
	jwappTimetable = "wdkb"
	jwappExams     = "studentWdksapApp"
)

var jwappIDs = map[string]string{
	"4768574631264620": jwappGrades, "5094115980385668": gsappGrades, "4770397878132218": jwappTimetable, "4768687067472349": jwappExams,
}

func (j Jwapp) gradeApp() string {
	if j.Graduate {
		return gsappGrades
	}
	return jwappGrades
}

func (j Jwapp) index(app string) string { return j.root() + "/sys/" + app + "/*default/index.do" }

// jwapp is a running system.
type jwapp struct {
	Jwapp
	school *School
}

func (*jwapp) sessionIDs() idStyle {
	return idStyle{"MOD_AUTH_CAS", func() string { return "MOD_AUTH_ST-" + newID() }}
}

// ssoPath is the portal's, which clients of four schools ask; of schools without
// one it is invented.
func (j *jwapp) ssoPath() string {
	if j.NoPortal {
		return j.root() + "/login"
	}
	return "/login"
}

func (j *jwapp) admit(v *visit, _ string) string {
	if _, at := v.who(); v.sess == nil || at == ousted {
		v.begin("/")
	}
	if j.NoPortal {
		return j.index(j.gradeApp())
	}
	for id, app := range jwappIDs {
		if app == j.gradeApp() {
			return "/appShow?appId=" + id
		}
	}
	return "/new/index.html"
}

// signsOut tells that who logs out at the front is logged out here: what sets
// MOD_AUTH_CAS listens to the front for that.
func (*jwapp) signsOut() {}

func (j *jwapp) serve(v *visit) answer {
	path := v.r.URL.Path
	sys, below := strings.CutPrefix(path, j.root()+"/sys/")
	app, page, _ := strings.Cut(sys, "/")
	switch {
	case below && sys == "homeapp/api/home/currentUser.do" && j.NoPortal:
		return j.currentUser(v)
	case below && page == "*default/index.do":
		return j.enter(v, app)
	case below && strings.HasPrefix(page, "modules/"):
		return j.query(v, app, strings.TrimSuffix(strings.TrimPrefix(page, "modules/"), ".do"))
	case path == "/appShow" && !j.NoPortal:
		return j.show(v)
	case path == "/jsonp/userDesktopInfo.json" && !j.NoPortal:
		return j.desktop(v)
	}
	return j.notFound()
}

// show is the portal's way into an app. Its server writes the session into the
// address too, where no other knows it.
func (j *jwapp) show(v *visit) answer {
	app := jwappIDs[v.form.Get("appId")]
	switch _, at := v.who(); {
	case at == ousted:
		return j.elsewhere()
	case at == stranger:
		return redirect("/login?service=" + url.QueryEscape("http://"+v.r.Host+v.r.URL.RequestURI()))
	case app == "":
		return j.notFound()
	}
	return redirect(j.index(app) + ";jsessionid=" + newID() + "?amp_sec_version_=1&gid_=" + newID() + "&EMAP_LANG=zh&THEME=cherry")
}

// desktop tells the portal's page who is logged in.
func (j *jwapp) desktop(v *visit) answer {
	account, at := v.who()
	if at != insider {
		return j.json(map[string]any{"hasLogin": false, "userId": nil, "userName": nil})
	}
	return j.json(map[string]any{"hasLogin": true, "userId": account.Number, "userName": account.Name, "userDepartment": computing, "userSex": "男"})
}

func (j *jwapp) currentUser(v *visit) answer {
	if bad, stop := j.refused(v); stop {
		return bad
	}
	account, _ := v.who()
	return j.json(map[string]any{"code": "0", "datas": map[string]any{
		"userId": account.Number, "userName": account.Name, "welcomeInfo": map[string]any{"xnxqdm": account.Current().String()},
	}})
}

// enter is an app's index, which gives the cookie that its queries want. The
// cookie of the app before is void.
func (j *jwapp) enter(v *visit, app string) answer {
	account, at := v.who()
	switch {
	case at == ousted:
		return j.elsewhere()
	case at == stranger:
		return j.toFront(v)
	case account.Gate == GatePassword:
		return j.school.html(http.StatusOK, "<html><body>您的密码为初始密码，请先修改密码。</body></html>") // invented
	}
	weu := newID()
	v.note("weu", weu)
	v.note("app", app)
	for name, value := range map[string]string{"_WEU": weu, "EMAP_LANG": "zh", "THEME": "cherry"} {
		v.cookies = append(v.cookies, (&http.Cookie{Name: name, Value: value, Path: j.root()}).String())
	}
	return j.school.html(http.StatusOK, `<!DOCTYPE html><html><head><title>`+j.school.profile.Name+`</title><script>var contextPath="`+j.root()+`",appName="`+app+`";</script></head><body><main></main></body></html>`)
}

// elsewhere is the page of who was kicked out. Its words, as those of a query's
// answer, are invented: no school's are known.
func (j *jwapp) elsewhere() answer {
	return j.school.html(http.StatusOK, "<html><body>"+jwappElsewhere+"</body></html>")
}

const jwappElsewhere = "您的账号已在其他地方登录，请重新登录"

// entered reports whether the visitor has the cookie of an app.
func (j *jwapp) entered(v *visit, app string) bool {
	c, err := v.r.Cookie("_WEU")
	return err == nil && c.Value == v.noted("weu") && v.noted("app") == app
}

// toFront sends a stranger to the front's login page.
func (j *jwapp) toFront(v *visit) answer {
	f := j.school.front
	if f == nil {
		return j.loginPage(v)
	}
	return redirect("http://" + f.hostOf(v.r.Host) + f.Root + "/login?service=" + url.QueryEscape("http://"+v.r.Host+f.door))
}

// refused stops a query of who may not come in.
func (j *jwapp) refused(v *visit) (answer, bool) {
	switch _, at := v.who(); {
	case at == ousted:
		return j.json(map[string]any{"code": "-1", "msg": jwappElsewhere}), true
	case at == insider:
		return answer{}, false
	}
	switch j.Expiry {
	case ExpireForm:
		return j.loginPage(v), true
	case ExpireError:
		return j.school.html(http.StatusUnauthorized, "<html><body>401</body></html>"), true
	}
	return j.toFront(v), true
}

// loginPage is a front's, as it comes in the place of an answer.
func (j *jwapp) loginPage(*visit) answer {
	return j.school.html(http.StatusOK, `<!DOCTYPE html><html><head><title>统一身份认证平台</title></head><body><form id="pwdFromId" method="post"><input id="username" name="username"><input id="password" type="password" name="passwordText"><input type="hidden" id="pwdEncryptSalt" value="abcdefghijkmnprs"></form></body></html>`)
}

func (j *jwapp) errorPage(*visit) answer {
	return j.school.html(http.StatusOK, "<html><body>系统错误，请稍后再试</body></html>") // invented
}

func (j *jwapp) notFound() answer { return j.school.html(http.StatusNotFound, notFoundPage) }

func (j *jwapp) json(v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values
	}
	return bytesAnswer(http.StatusOK, "application/json;charset=UTF-8", body)
}
