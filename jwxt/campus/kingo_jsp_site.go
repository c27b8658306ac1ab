package campus

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
)

func (k *kingoJSP) serve(v *visit) answer {
	page, below := strings.CutPrefix(v.r.URL.Path, k.Root+"/")
	switch {
	case !below && v.r.URL.Path == "/": // a front page of the host's
		return redirect(k.Root + "/")
	case !below:
		return k.notFound()
	}
	switch page {
	case "", "cas/login.action":
		if page == "" {
			k.ensure(v)
			return redirect(k.Root + "/cas/login.action")
		}
		return k.loginPage(v)
	case "cas/genValidateCode":
		k.ensure(v)
		return bytesAnswer(http.StatusOK, v.pictureType(), v.draw())
	case "custom/js/GetKingoEncypt.jsp", "custom/js/SetKingoEncypt.jsp", "frame/homepage":
		return k.handOut(v, page)
	case "cas/logon.action":
		return k.logon(v)
	case "frame/home/js/SetMainInfo.jsp":
		return k.mainInfo(v)
	case "online/message":
		return k.online(v)
	case "frame/errors/error.jsp":
		return k.text("")
	}
	if bad, stop := k.refused(v); stop {
		return bad
	}
	return k.inside(v, page)
}

// inside serves the pages that only the logged-in see.
func (k *kingoJSP) inside(v *visit, page string) answer {
	account, _ := v.who()
	switch page {
	case "frame/homes.html":
		return k.page("jsp-home", account.Name)
	case "jw/common/showYearTerm.action":
		now := account.Current()
		return k.json(map[string]any{"xn": strconv.Itoa(now.Year), "xqM": season(now), "userCode": userCode(account.Number)})
	case "student/xscj.stuckcj.jsp":
		return k.page("jsp-grade-form", account.Number[:4])
	case "student/xscj.stuckcj_data.jsp":
		return k.grades(v, account)
	case "wsxk/xkjg.ckdgxsxdkchj_data10319.jsp":
		return k.timetable(v, account, "lessons")
	case "student/wsxk.xskcb10319.jsp":
		return k.timetable(v, account, "grid")
	case "frame/droplist/getDropLists.action":
		return k.droplist(v, account)
	case "taglib/DataTable.jsp":
		if !k.ExamDate && v.form.Get("tableId") == "2538" {
			return k.exams(v, account, []string{"序号", "课程", "学分", "类别", "考核方式", "考试时间", "考试地点", "座位号"})
		}
	case "student/ksap.ksapb_date.jsp":
		if k.ExamDate {
			return k.exams(v, account, []string{"课程", "学分", "考试时间", "考试地点", "座位号", "备注"})
		}
	}
	return k.notFound()
}

// refused stops who may not come in. The sentence for who has no session is as
// seen; no school's for who was kicked out or must change the password is known.
func (k *kingoJSP) refused(v *visit) (answer, bool) {
	account, at := v.who()
	switch {
	case at == ousted:
		return k.alert("您的账号已在其他地方登录，请重新登录!"), true
	case at == stranger && k.Expiry == ExpireRedirect:
		return redirect(k.Root + "/cas/login.action"), true
	case at == stranger && k.Expiry == ExpireForm:
		return k.loginPage(v), true
	case at == stranger:
		return k.alert("温馨提示：凭证已失效，请重新登录!"), true
	case account.Gate == GatePassword:
		return k.page("jsp-password", nil), true
	}
	return answer{}, false
}

// alert is the page by which the system says something and goes to its login.
func (k *kingoJSP) alert(words string) answer {
	return k.page("jsp-alert", map[string]any{"Words": words, "Root": k.Root})
}

// sorry is the detour by which the system refuses a function.
func (k *kingoJSP) sorry(words string) answer {
	return redirect(k.Root + "/frame/errors/error.jsp?errormsg=" + url.QueryEscape(words))
}

// mainInfo tells the script of the home page who is logged in; a stranger is
// kingo.guest.
func (k *kingoJSP) mainInfo(v *visit) answer {
	account, at := v.who()
	switch {
	case k.NoMain:
		return k.notFound()
	case at == ousted:
		bad, _ := k.refused(v)
		return bad
	}
	now, code := account.Current(), "kingo.guest"
	if at == insider {
		code = userCode(account.Number)
	}
	return k.page("jsp-main-info", map[string]any{"A": account, "Code": code, "Year": now.Year, "Season": season(now)})
}

// online answers who is logged in with something, and all others with nothing.
func (k *kingoJSP) online(v *visit) answer {
	if _, at := v.who(); at != insider {
		return k.text("")
	}
	return k.text("0")
}

// season is a term's part as the system counts it.
func season(t jwxt.Term) string { return strconv.Itoa(max(t.Part-1, 0)) }

// userCode is the system's own number of a student.
func userCode(number string) string { return "00" + number }

func (k *kingoJSP) ensure(v *visit) {
	if _, at := v.who(); v.sess == nil || at == ousted {
		v.begin(cmp.Or(k.Root, "/"))
	}
}

// loginPage has the session's id in a script, and whether a captcha is wanted.
func (k *kingoJSP) loginPage(v *visit) answer {
	k.ensure(v)
	return k.page("jsp-login", map[string]any{
		"School": k.school.profile.Name, "Root": k.Root, "Session": k.sessionID(v), "Captcha": k.school.profile.Captcha,
	})
}

func (k *kingoJSP) sessionID(v *visit) string {
	k.school.mu.Lock()
	defer k.school.mu.Unlock()
	return v.sess.ids[cmp.Or(k.Root, "/")]
}

func (k *kingoJSP) errorPage(*visit) answer { return k.sorry("系统错误，请稍后再试！") } // invented

// text is a page that says one sentence.
func (k *kingoJSP) text(words string) answer { return k.school.html(http.StatusOK, words) }
