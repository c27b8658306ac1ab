package campus

import (
	"cmp"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"path"
	"strings"
	"text/template"
)

// zhengfang is a running system.
type zhengfang struct {
	Zhengfang
	school *School
	pages  *template.Template
	key    func() *rsa.PrivateKey
	seal   string // of __VIEWSTATE
}

// sessionIDs are ASP.NET's: 24 letters and digits, in a cookie or in the
// address.
func (z *zhengfang) sessionIDs() idStyle {
	if z.Cookieless != "" {
		return idStyle{"", newASPID}
	}
	return idStyle{"ASP.NET_SessionId", newASPID}
}

func newASPID() string { return strings.ToLower(newID())[:24] }

// serve routes a request. Where the session is in the address, a request
// without one is sent to where it has one.
func (z *zhengfang) serve(v *visit) answer {
	below, ok := strings.CutPrefix(v.r.URL.Path, z.Root+"/")
	if !ok {
		return z.notFound()
	}
	if z.Cookieless != "" {
		id, page := sessionOf(below)
		if id == "" {
			v.begin("/")
			return redirect(z.folder(v) + cmp.Or(below, "default2.aspx"))
		}
		if v.sess = z.school.site.live([]string{id}, "/"); v.sess == nil && page != "default2.aspx" {
			return z.expired(v)
		}
		if v.sess == nil {
			return z.errorPage(v) // a dead address has no login page either
		}
		below = page
	}
	return z.page(v, below)
}

// sessionOf parts (id)/page or (S(id))/page.
func sessionOf(below string) (id, page string) {
	segment, page, ok := strings.Cut(below, "/")
	if !ok || !strings.HasPrefix(segment, "(") || !strings.HasSuffix(segment, ")") {
		return "", below
	}
	id = strings.TrimSuffix(strings.TrimPrefix(segment, "("), ")")
	if inner, ok := strings.CutPrefix(id, "S("); ok {
		id = strings.TrimSuffix(inner, ")")
	}
	return id, page
}

// folder is the path of the site as this visitor must write it.
func (z *zhengfang) folder(v *visit) string {
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	switch {
	case z.Cookieless == "" || v.sess == nil:
		return z.Root + "/"
	case z.Cookieless == CookielessS:
		return z.Root + "/(S(" + v.sess.ids["/"] + "))/"
	}
	return z.Root + "/(" + v.sess.ids["/"] + ")/"
}

// page serves a page by its name, which Windows does not mind the case of.
func (z *zhengfang) page(v *visit, name string) answer {
	name = strings.ToLower(name)
	switch name {
	case "":
		return redirect(z.folder(v) + "default2.aspx")
	case "default2.aspx":
		return z.entrance(v)
	case "checkcode.aspx":
		return z.captcha(v)
	}
	if strings.HasPrefix(name, "wbwj/") {
		return z.download(name)
	}
	handle := z.inside(name)
	if handle == nil {
		return z.notFound()
	}
	if bad, stop := z.refused(v, name); stop {
		return bad
	}
	return handle(v)
}

// inside finds the pages that only the logged-in see.
func (z *zhengfang) inside(name string) func(*visit) answer {
	switch name {
	case "xs_main.aspx":
		return z.home
	case string(z.Grades):
		return z.grades
	case "xskbcx.aspx":
		return z.timetable
	case "xskscx.aspx":
		return z.exams
	case "content.aspx":
		return z.notices
	case "ggsm.aspx":
		return z.notice
	}
	return nil
}

// refused stops who may not come in, who does not come from the main page, and
// who asks for another student.
func (z *zhengfang) refused(v *visit, name string) (answer, bool) {
	account, at := v.who()
	xh := v.r.URL.Query().Get("xh")
	switch {
	case at == ousted:
		// The words are invented: no capture of a session ended by a later
		// login is known.
		return z.form(v, "您的账号在其它地方登录，您已被迫下线！"), true
	case at == stranger:
		return z.expired(v), true
	case account.Gate == GatePassword: // invented, too
		return z.script(v, "alert('您的密码过于简单，请先修改密码！');window.location='mmxg.aspx';"), true
	case name != "xs_main.aspx" && !strings.Contains(v.r.Referer(), ".aspx"):
		return z.errorPage(v), true
	case name != "ggsm.aspx" && name != "content.aspx" && xh != account.Number:
		return z.errorPage(v), true
	}
	return answer{}, false
}

// expired answers who is not logged in, in this school's way.
func (z *zhengfang) expired(v *visit) answer {
	switch {
	case z.Cookieless != "" && v.sess == nil || z.Expiry == ExpireError:
		return z.errorPage(v)
	case z.Expiry == ExpireForm:
		return z.loginPage(v)
	case z.Expiry == ExpireScript:
		return z.script(v, "window.location='default2.aspx'")
	}
	return z.moved(z.folder(v) + "default2.aspx")
}

// moved is a redirect as ASP.NET writes it.
func (z *zhengfang) moved(to string) answer {
	a := z.school.html(http.StatusFound, `<html><head><title>Object moved</title></head><body><h2>Object moved to <a href="`+to+`">here</a>.</h2></body></html>`)
	a.header.Set("Location", to)
	return a
}

func (z *zhengfang) script(_ *visit, script string) answer {
	return z.school.html(http.StatusOK, "<script language='javascript'>"+script+"</script>")
}

func (z *zhengfang) loginPage(v *visit) answer { return z.form(v, "") }

// errorPage is what this system shows for all that it does not expect.
func (z *zhengfang) errorPage(*visit) answer { return z.render("error", nil) }

func (z *zhengfang) notFound() answer {
	return z.school.html(http.StatusNotFound, notFoundPage)
}

func (z *zhengfang) render(name string, data any) answer {
	a := z.school.html(http.StatusOK, render(z.pages, name+".html", data))
	if z.school.profile.Charset == GBK {
		a.header.Set("Content-Type", "text/html; charset=gb2312")
	}
	return a
}

// viewState is __VIEWSTATE of a page: its state, which names the student, and
// a MAC, in base64.
func (z *zhengfang) viewState(v *visit, page string) string {
	account, _ := v.who()
	state := "dDw" + page + ";" + account.Number + ";" + account.Name + ">;"
	return base64.StdEncoding.EncodeToString(append([]byte(state), z.mac(state)...))
}

func (z *zhengfang) mac(state string) []byte {
	h := hmac.New(sha1.New, []byte(z.seal))
	h.Write([]byte(state))
	return h.Sum(nil)
}

// stated reports whether a posted form carries the __VIEWSTATE of its page and
// of this visitor.
func (z *zhengfang) stated(v *visit, page string) bool {
	return v.form.Get("__VIEWSTATE") == z.viewState(v, page)
}

// download serves the files of notices.
func (z *zhengfang) download(name string) answer {
	for _, n := range z.school.Notices() {
		for _, f := range n.Files {
			if path.Base(f.Path) == path.Base(name) {
				return bytesAnswer(http.StatusOK, fileType(strings.ToLower(path.Ext(f.Path))), f.Data)
			}
		}
	}
	return z.notFound()
}
