package campus

import (
	"net/http"
	"strings"
)

// kingoASPX is a running system.
type kingoASPX struct {
	KingoASPX
	kingo
	form kingoForm
}

// The words of this system. The first two are as seen; that of a later login
// is invented.
const (
	kingoNoRight = "您无权访问此页"
	kingoAged    = "您正查看的此页已过期"
	kingoOusted  = "系统提示：您的帐号已在其它地方登录，请重新登录！"
)

func (k *kingoASPX) sessionIDs() idStyle { return idStyle{"ASP.NET_SessionId", newASPID} }

// serve routes a request. Windows does not mind the case of a path.
func (k *kingoASPX) serve(v *visit) answer {
	path, below := strings.CutPrefix(strings.ToLower(v.r.URL.Path), strings.ToLower(k.Root)+"/")
	if !below {
		return k.notFound()
	}
	switch path {
	case "", "default.aspx":
		return redirect(k.Root + "/home.aspx")
	case "home.aspx":
		return k.home(v)
	case "_help/sorry_note.aspx":
		return k.page("aspx-note", map[string]any{"Root": k.Root, "Words": kingoAged})
	}
	if !strings.HasPrefix(v.r.Referer(), "http://"+v.r.Host+"/") {
		return k.errorPage(v)
	}
	switch path {
	case strings.ToLower(k.form.page[1:]):
		return k.entrance(v)
	case "sys/validatecode.aspx":
		return k.captcha(v)
	case "sys/logout.aspx":
		v.leave()
		return redirect(k.Root + "/home.aspx")
	}
	return k.member(v, path)
}

// member serves the pages that only the logged-in see.
func (k *kingoASPX) member(v *visit, path string) answer {
	handle := map[string]func(*visit, Account) answer{
		"mainfrm.aspx":                  k.frames,
		"frame/menu.aspx":               k.menu,
		"pub/foot.aspx":                 k.foot,
		"xsxj/stu_myinfo_rpt.aspx":      k.info,
		"xscj/stu_myscore_rpt.aspx":     k.grades,
		"xscj/stu_myscore_drawimg.aspx": k.drawing,
		"wsxk/stu_zxjg_rpt.aspx":        k.selection,
		"znpk/pri_stusel.aspx":          k.personalForm,
		"znpk/pri_stusel_rpt.aspx":      k.personal,
	}[path]
	if handle == nil {
		return k.notFound()
	}
	account, at := v.who()
	switch {
	case at == ousted:
		return k.page("aspx-note", map[string]any{"Root": k.Root, "Words": kingoOusted})
	case at == stranger:
		return k.expired(v)
	case account.Gate == GatePassword && path != "mainfrm.aspx": // invented
		return k.script("alert('您的密码为初始密码，请先修改密码！');top.location.href='" + k.Root + "/MyWeb/User_ModPWD.aspx'")
	}
	return handle(v, account)
}

// expired answers who is not logged in, in this school's way.
func (k *kingoASPX) expired(v *visit) answer {
	switch k.Expiry {
	case ExpireRedirect:
		return redirect(k.Root + "/_help/Sorry_note.aspx?ID=001&url=" + strings.ToUpper(v.r.URL.Path))
	case ExpireScript:
		return k.script("top.location.href='" + k.Root + k.form.page + "'")
	case ExpireForm:
		return k.loginPage(v)
	}
	return k.noRight(v)
}

// noRight is as seen, its broken markup included.
func (k *kingoASPX) noRight(v *visit) answer {
	return k.school.html(http.StatusOK, "<span style='font-color:red;font-size:12px' >系统提示："+kingoNoRight+
		"，可重新<a href='http://"+v.r.Host+k.Root+"' target=_top>登录</a>再试！</font>")
}

func (k *kingoASPX) script(code string) answer {
	return k.school.html(http.StatusOK, "<script language=javascript>"+code+"</script>")
}

func (k *kingoASPX) loginPage(v *visit) answer { return k.login(v, "", false) }

// errorPage is what a request without a Referer gets. Its words are invented.
func (k *kingoASPX) errorPage(*visit) answer {
	return k.page("aspx-note", map[string]any{"Root": k.Root, "Words": "系统提示：发生错误，请从首页进入！"})
}

// home frames the login page. It sets the junk cookies that the real one does.
func (k *kingoASPX) home(v *visit) answer {
	k.ensure(v)
	v.cookies = append(v.cookies, "name=value; path=/", "myCookie=; path=/")
	return k.page("aspx-home", map[string]any{"School": k.school.profile.Name, "Login": k.Root + k.form.page})
}

func (k *kingoASPX) frames(*visit, Account) answer {
	return k.page("aspx-main", map[string]any{"School": k.school.profile.Name, "Root": k.Root})
}

func (k *kingoASPX) menu(_ *visit, a Account) answer {
	return k.page("aspx-menu", map[string]any{"School": k.school.profile.Name, "ID": kingoID(a)})
}

// foot is the line below all pages.
func (k *kingoASPX) foot(_ *visit, a Account) answer {
	who := "[" + a.Number + "]" + a.Name
	if k.NoFoot {
		who = ""
	}
	return k.page("aspx-foot", map[string]any{"Who": who})
}

// info is 学籍信息.
func (k *kingoASPX) info(_ *visit, a Account) answer {
	return k.page("aspx-info", map[string]any{"Number": a.Number, "Name": a.Name, "Year": a.Number[:4]})
}

// kingoID is the system's own number of a student.
func kingoID(a Account) string { return a.Number[:4] + "00" + studentID(a.Number) }
