package campus

import "net/http"

// The words of a refused login. The last is invented: no capture of a locked
// account is known.
const (
	saysWrongCaptcha = "验证码错误!!"
	saysNoDog        = "请安装加密狗插件，插入加密狗！" // the captcha was left empty
	saysWrong        = "该帐号不存在或密码错误,请联系管理员!"
	saysLocked       = "该帐号已被锁定,请联系管理员!"
)

// front serves the host's own web application, which hides the password with
// scode and sxh and hands over to the student site with a ticket.
func (q *qiangzhi) front(v *visit) answer {
	switch {
	case v.r.Method != http.MethodPost:
		return q.loginPage(v)
	case v.form.Get("flag") == "sess":
		return q.challenge(v)
	case v.form.Get("method") == q.logonMethod():
		return q.logIn(v)
	}
	return q.notFound()
}

func (q *qiangzhi) logonMethod() string {
	if q.Ldap {
		return "logonLdap"
	}
	return "logon"
}

// challenge gives scode#sxh. They are good for the next login of the session.
func (q *qiangzhi) challenge(v *visit) answer {
	if v.sess == nil {
		return bytesAnswer(http.StatusOK, "text/html;charset=UTF-8", []byte("no"))
	}
	scode, sxh := v.newChallenge()
	v.note("scode", scode)
	v.note("sxh", sxh)
	return bytesAnswer(http.StatusOK, "text/html;charset=UTF-8", []byte(scode+"#"+sxh))
}

// entrance serves the student site's own login address.
func (q *qiangzhi) entrance(v *visit) answer {
	method := v.r.URL.Query().Get("method")
	switch {
	case method == "exit":
		v.leave()
		return redirect(q.Root + "/")
	case method == "jwxt" && q.Encoding == Interleave:
		return q.redeem(v)
	case v.r.Method != http.MethodPost:
		if q.Encoding == Interleave {
			return redirect("/")
		}
		return q.loginPage(v)
	case q.Encoding == Interleave || v.r.URL.Path != q.action():
		return q.notFound()
	}
	return q.logIn(v)
}

// action is where the login form goes, without its query.
func (q *qiangzhi) action() string {
	switch {
	case q.Encoding == Interleave:
		return "/Logon.do"
	case q.Ldap:
		return q.Root + "/xk/LoginToXkLdap"
	}
	return q.Root + "/xk/LoginToXk"
}

// loginPage shows the form, opening a session for it where there is none.
func (q *qiangzhi) loginPage(v *visit) answer {
	if _, at := v.who(); q.FreshForm && at == stranger {
		v.leave()
	}
	return q.form(v, "")
}

// ensure gives the visitor a session that can log in.
func (q *qiangzhi) ensure(v *visit) {
	if _, at := v.who(); v.sess != nil && at != ousted {
		return
	}
	if q.Encoding == Interleave {
		v.begin("/")
		return
	}
	v.begin("/", q.Root)
}

func (q *qiangzhi) form(v *visit, said string) answer {
	q.ensure(v)
	action := q.action()
	if q.Encoding == Interleave {
		action += "?method=" + q.logonMethod()
	}
	return q.page(http.StatusOK, "login", map[string]any{
		"Head": q.head("登录"), "School": q.school.profile.Name,
		"Action": action, "Captcha": q.school.profile.Captcha,
		"Encoding": q.Encoding, "Skin": q.Skin,
		"Picture": q.picturePath(), "Said": said, "Where": q.Failure,
	})
}

// picturePath is the captcha's: in the web application that has the form.
func (q *qiangzhi) picturePath() string {
	if q.Encoding == Interleave {
		return "/verifycode.servlet"
	}
	return q.Root + "/verifycode.servlet"
}

func (q *qiangzhi) captcha(v *visit) answer {
	if !q.school.profile.Captcha {
		return q.notFound()
	}
	q.ensure(v)
	kind := "image/png"
	if q.school.profile.JPEG {
		kind = "image/jpeg"
	}
	a := bytesAnswer(http.StatusOK, kind, v.draw())
	a.header.Set("Cache-Control", "no-store")
	return a
}

// logIn judges a posted form: the picture first, then the person.
func (q *qiangzhi) logIn(v *visit) answer {
	if q.Referer && !sameHost(v.r) {
		return q.page(http.StatusOK, "illegal", nil)
	}
	if said := q.judge(v); said != "" {
		return q.form(v, said)
	}
	v.reissue()
	if q.Encoding == Interleave {
		ticket := newID()
		v.note("ticket", ticket)
		return redirect("http://" + v.r.Host + q.Root + "/xk/LoginToXk?method=jwxt&ticqzket=" + ticket)
	}
	return q.welcome(v)
}

// judge returns the words of refusal, "" if the person is now logged in.
func (q *qiangzhi) judge(v *visit) string {
	if q.school.profile.Captcha {
		code := v.form.Get("RANDOMCODE")
		switch right := v.captchaRight(code); {
		case code == "":
			return saysNoDog
		case !right:
			return saysWrongCaptcha
		}
	}
	number, password, ok := q.credentials(v)
	if !ok {
		return saysWrong
	}
	q.ensure(v)
	switch v.logIn(number, password) {
	case right:
		return ""
	case locked:
		return saysLocked
	}
	return saysWrong
}

// redeem ends the handover: a ticket is good once, in the session that got it.
func (q *qiangzhi) redeem(v *visit) answer {
	ticket := v.form.Get("ticqzket")
	if ticket == "" || v.noted("ticket") != ticket {
		return redirect("/")
	}
	v.note("ticket", "")
	v.join(q.Root)
	return q.welcome(v)
}

// welcome sends the logged-in person to the home page.
func (q *qiangzhi) welcome(v *visit) answer {
	home := q.Root + q.mainPath()
	if q.Skin != SkinOld {
		home += "?t1=1"
	}
	if q.ScriptHandover {
		return q.page(http.StatusOK, "handover", map[string]any{"Home": home})
	}
	return redirect("http://" + v.r.Host + home)
}

// mainPath is the page after login, below the root.
func (q Qiangzhi) mainPath() string {
	switch q.Skin {
	case SkinNew:
		return "/framework/xsMain_new.jsp"
	case SkinApp:
		return "/framework/xsMainV_new.htmlx"
	}
	return "/framework/xsMain.jsp"
}

// home is the page after login; it tells who is logged in.
func (q *qiangzhi) home(v *visit) answer {
	account, _ := v.who()
	return q.page(http.StatusOK, "main", map[string]any{
		"Head": q.head("学生个人中心"), "Name": account.Name, "Number": account.Number,
		"Skin": q.Skin, "Widgets": q.Widgets,
	})
}

// blank is what open pages ask for every ten minutes.
func (q *qiangzhi) blank(*visit) answer {
	return q.page(http.StatusOK, "blank", nil)
}

func (q *qiangzhi) changePassword(*visit) answer {
	return q.page(http.StatusOK, "password", map[string]any{"Head": q.head("修改密码")})
}
