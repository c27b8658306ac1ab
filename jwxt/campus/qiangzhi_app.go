package campus

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
)

// QiangzhiApp is the API of 强智's phone app, beside which this school shows no
// student site. It asks no captcha. The zero value is a plain one at /app.do.
type QiangzhiApp struct {
	Path    string // "" means /app.do
	Wrapped bool   // lists come as "result", and a login's answer has "success"
	ByTerm  bool   // who names no term is given the current one's grades
}

// Vendor is "qiangzhi".
func (QiangzhiApp) Vendor() string { return "qiangzhi" }

// Options are the driver's.
func (q QiangzhiApp) Options() map[string]string {
	out := map[string]string{"api": "app", "plain_http": "yes"}
	if q.Path != "" {
		out["app"] = q.Path
	}
	if q.ByTerm {
		out["by_term"] = "yes"
	}
	return out
}

func (q QiangzhiApp) open(s *School) vendor {
	q.Path = cmp.Or(q.Path, "/app.do")
	return &qiangzhiApp{q, s}
}

type qiangzhiApp struct {
	QiangzhiApp
	school *School
}

// sessionIDs are tokens, which come in the answer to a login and go in a header.
func (*qiangzhiApp) sessionIDs() idStyle { return idStyle{"", newID} }

func (q *qiangzhiApp) serve(v *visit) answer {
	if v.r.URL.Path != q.Path {
		return q.notFound()
	}
	v.sess = v.site.live([]string{v.r.Header.Get("token")}, v.r.URL.Path)
	method := v.r.URL.Query().Get("method")
	if method == "authUser" {
		return q.logIn(v)
	}
	account, at := v.who()
	switch {
	case at == ousted:
		return q.refuse("您的账号在其它地方登录，请重新登录！") // as the student site says it
	case at == stranger:
		return q.loginPage(v)
	case account.Gate == GatePassword:
		return q.refuse("初始密码，请先修改密码") // invented
	}
	// The API would answer for any 学号. Who asks for another's is a client that
	// this campus must not let pass.
	if xh := v.form.Get("xh"); xh != account.Number {
		return q.notFound()
	}
	return q.inside(v, account, method)
}

func (q *qiangzhiApp) inside(v *visit, a Account, method string) answer {
	term, err := jwxt.ParseTerm(v.form.Get("xnxqid"))
	if err != nil && (method == "getKbcxAzc" || q.ByTerm) {
		term = a.Current()
	}
	switch method {
	case "getXnxq":
		var rows []any
		for _, t := range slices.Backward(termsOf(a.Grades)) {
			rows = append(rows, map[string]any{"xnxq01id": t.String(), "xqmc": t.String(), "isdqxq": map[bool]string{true: "1", false: "0"}[t == a.Current()]})
		}
		return q.list(rows)
	case "getCjcx":
		return q.grades(a, term)
	case "getKbcxAzc":
		return q.week(a, term, v.form.Get("zc"))
	case "getKscx":
		return q.exams(a)
	}
	return q.refuse("方法不存在") // invented
}

// logIn answers with a token, or with -1 and why.
func (q *qiangzhiApp) logIn(v *visit) answer {
	number := v.form.Get("xh")
	v.begin("/")
	switch v.logIn(number, v.form.Get("pwd")) {
	case locked:
		v.leave()
		return q.refuse("该账号已被锁定") // invented, as the next
	case wrong:
		v.leave()
		return q.refuse("该帐号不存在或密码错误")
	}
	account, _ := v.who()
	token := v.sess.ids["/"]
	if q.Wrapped {
		return q.json(map[string]any{"success": true, "token": token, "msg": "登录成功", "userdwmc": computing, "usertype": "2",
			"user": map[string]any{"username": account.Name, "useraccount": account.Number, "userdwmc": computing}})
	}
	return q.json(map[string]any{"flag": "1", "token": token, "msg": "验证成功", "userrealname": account.Name, "userdwmc": computing, "usertype": "2"})
}

func (q *qiangzhiApp) refuse(said string) answer {
	if q.Wrapped {
		return q.json(map[string]any{"success": false, "token": -1, "msg": said})
	}
	return q.json(map[string]any{"flag": "0", "token": "-1", "msg": said, "userrealname": nil, "userdwmc": nil})
}

// list is a list of rows; nothing is a list of null.
func (q *qiangzhiApp) list(rows []any) answer {
	if len(rows) == 0 {
		rows = []any{nil}
	}
	if q.Wrapped {
		return q.json(map[string]any{"success": true, "result": rows})
	}
	return q.json(rows)
}

// grades are those of a term, or all. Of the words for what stands before them
// no capture is known.
func (q *qiangzhiApp) grades(a Account, t jwxt.Term) answer {
	switch {
	case a.Gate == GateClosed:
		return q.json(map[string]any{"flag": "0", "msg": "系统功能暂未开放"})
	case unevaluated(a, ""):
		return q.json(map[string]any{"flag": "0", "msg": "评教未完成，不能查询成绩！"})
	case a.Gate == GateEmpty:
		return q.list(nil)
	}
	var rows []any
	for _, g := range a.Grades {
		if !t.IsZero() && g.Term != t || g.Hidden {
			continue
		}
		rows = append(rows, map[string]any{
			"xqmc": g.Term.String(), "kcmc": g.Course, "zcj": cmp.Or(g.Score, g.Mark), "xf": q.credits(g), "kclbmc": "公共课", "kcxzmc": g.Nature,
			"kcywmc": "", "ksxzmc": g.Exam, "cjbsmc": g.Mark, "bz": "", "xm": a.Name,
		})
	}
	return q.list(rows)
}

// credits are a string with two decimals at one school and a number at another.
func (q *qiangzhiApp) credits(g jwxt.Grade) any {
	if q.Wrapped {
		return json.Number(g.Credits.String())
	}
	return fmt.Sprintf("%.2f", float64(g.Credits.Milli())/1000)
}

// week is the timetable of one week, which names all weeks of each lesson.
func (q *qiangzhiApp) week(a Account, t jwxt.Term, zc string) answer {
	week, err := strconv.Atoi(zc)
	if err != nil {
		return q.list(nil)
	}
	var rows []any
	for _, l := range a.Lessons(t) {
		if !slices.Contains(l.Weeks, week) {
			continue
		}
		from, to, parity := span(l.Weeks)
		at := ""
		for n := l.From; n <= l.To && n > 0; n++ {
			at += fmt.Sprintf("%02d", n)
		}
		row := map[string]any{"kcmc": l.Course, "jsxm": l.Teacher, "jsmc": l.Room, "kkzc": fmt.Sprintf("%d-%d", from, to),
			"sjbz": strings.NewReplacer("单", "1", "双", "2").Replace(cmp.Or(parity, "0")), "kssj": "", "jssj": "", "kcsj": ""}
		if l.Weekday > 0 {
			row["kcsj"] = strconv.Itoa(l.Weekday) + at
			row["kssj"], _ = bell(l.From)
			_, row["jssj"] = bell(l.To)
		}
		rows = append(rows, row)
	}
	return q.list(rows)
}

func (q *qiangzhiApp) exams(a Account) answer {
	var rows []any
	for _, e := range a.Exams(jwxt.Term{}) {
		when := ""
		if e.Date != "" {
			when = e.Date + " " + e.Starts + "~" + e.Ends
		}
		rows = append(rows, map[string]any{"kcmc": e.Course, "ksmc": a.Current().String() + e.Name, "jsmc": e.Room, "ksqssj": when, "ksjc": nil, "xm": a.Name, "bj": "计科2001", "bz": nil})
	}
	return q.list(rows)
}

// loginPage is what the API says to who has no token that lives. Its shape is
// not known: -1 is what a refused login has.
func (q *qiangzhiApp) loginPage(*visit) answer { return q.refuse("token已失效，请重新登录") }

func (q *qiangzhiApp) errorPage(*visit) answer {
	return q.school.html(http.StatusOK, "<html><body>系统错误</body></html>") // invented
}

func (q *qiangzhiApp) notFound() answer { return q.school.html(http.StatusNotFound, notFoundPage) }

func (q *qiangzhiApp) json(v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values
	}
	return bytesAnswer(http.StatusOK, "application/json;charset=UTF-8", body)
}
