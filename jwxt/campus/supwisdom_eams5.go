package campus

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
)

// eams5 is a running EAMS5.
type eams5 struct {
	EAMS5
	supwisdom
}

func (e *eams5) sessionIDs() idStyle { return idStyle{"SESSION", newID} }

func (e *eams5) serve(v *visit) answer {
	page, below := strings.CutPrefix(v.r.URL.Path, e.root+"/")
	switch {
	case e.BrowsersOnly && !strings.HasPrefix(v.r.UserAgent(), "Mozilla/"):
		return e.school.html(http.StatusForbidden, notFoundPage)
	case v.r.URL.Path == e.root, below && page == "":
		return redirect(e.root + "/home")
	case !below:
		return e.notFound()
	}
	switch page {
	case "login":
		if v.r.Method == http.MethodPost {
			return e.logIn(v)
		}
		return e.loginPage(v)
	case "login-salt":
		return e.salt(v)
	case "login-captcha":
		return e.captcha(v)
	case "logout":
		v.leave()
		return redirect(e.root + "/login")
	}
	if bad, stop := e.refused(v); stop {
		return bad
	}
	return e.inside(v, page)
}

// inside serves the pages that only the logged-in see. The inner number in the
// address must be the visitor's own.
func (e *eams5) inside(v *visit, page string) answer {
	account, _ := v.who()
	id := studentID(account.Number)
	switch page {
	case "home":
		return e.text(account.Name)
	case "for-std/student-info", "for-std/course-table":
		return redirect(e.root + "/" + page + "/info/" + id)
	case "for-std/student-info/info/" + id:
		return e.page("info5", map[string]any{"Name": account.Name, "Number": account.Number})
	case "for-std/grade/sheet":
		return redirect(e.root + "/" + page + "/semester-index/" + id)
	case "for-std/grade/sheet/semester-index/" + id:
		return e.index(account)
	case "for-std/grade/sheet/info/" + id:
		return e.sheet(account, v.form.Get("semester"))
	case "for-std/course-table/info/" + id:
		return e.tablePage(account)
	case "for-std/exam-arrange/info/" + id:
		return e.exams(account)
	}
	if semester, data, ok := strings.Cut(strings.TrimPrefix(page, "for-std/course-table/semester/"), "/"); ok && data == e.printed(id) {
		return e.printData(account, semester)
	}
	return e.notFound()
}

// refused stops who may not come in. The words for who was kicked out are
// Spring Security's own; no school's are known.
func (e *eams5) refused(v *visit) (answer, bool) {
	account, at := v.who()
	switch {
	case at == ousted:
		return bytesAnswer(http.StatusOK, "text/plain;charset=UTF-8", []byte("This session has been expired (possibly due to multiple concurrent logins being attempted as the same user).")), true
	case at == stranger && e.Expiry == ExpireForm:
		return e.loginPage(v), true
	case at == stranger:
		return redirect(e.root + "/login?expired"), true
	case account.Gate == GatePassword:
		return e.page("password", nil), true // invented
	}
	return answer{}, false
}

func (e *eams5) ensure(v *visit) {
	if _, at := v.who(); v.sess == nil || at == ousted {
		v.begin(e.cookiePath())
	}
}

func (e *eams5) loginPage(v *visit) answer {
	e.ensure(v)
	return e.page("login5", map[string]any{"School": e.school.profile.Name, "Root": e.root})
}

// salt is what the session's next password is hashed with.
func (e *eams5) salt(v *visit) answer {
	e.ensure(v)
	salt, _, _ := strings.Cut(newToken(), ",")
	v.note("salt", salt)
	return bytesAnswer(http.StatusOK, "text/plain;charset=UTF-8", []byte(salt))
}

func (e *eams5) captcha(v *visit) answer {
	e.ensure(v)
	kind := "image/png"
	if e.school.profile.JPEG {
		kind = "image/jpeg"
	}
	return bytesAnswer(http.StatusOK, kind, v.draw())
}

// needsCaptcha reports whether a login of this account needs one.
func (e *eams5) needsCaptcha(number string) bool {
	e.school.mu.Lock()
	defer e.school.mu.Unlock()
	p := e.school.people[number]
	return e.school.profile.Captcha || e.CaptchaAfter > 0 && p != nil && p.wrong >= e.CaptchaAfter
}

// logIn judges a posted login. Of all messages no capture is known.
func (e *eams5) logIn(v *visit) answer {
	var form struct{ Username, Password, Captcha string }
	if v.r.Header.Get("Content-Type") != "application/json" || json.NewDecoder(v.r.Body).Decode(&form) != nil {
		return e.school.html(http.StatusUnsupportedMediaType, notFoundPage)
	}
	salt := v.noted("salt")
	if salt == "" {
		return e.verdict(false, false, "页面已过期，请刷新")
	}
	v.note("salt", "")
	if e.needsCaptcha(form.Username) && !v.captchaRight(form.Captcha) {
		if form.Captcha == "" && !e.school.profile.Captcha {
			return e.verdict(false, true, "")
		}
		return e.verdict(false, true, "验证码错误")
	}
	switch v.logInHashed(form.Username, form.Password, func(password string) string { return sha1Hex(salt + "-" + password) }) {
	case right:
		v.reissue()
		return e.verdict(true, false, "")
	case locked:
		return e.verdict(false, e.needsCaptcha(form.Username), "账号已被锁定")
	}
	return e.verdict(false, e.needsCaptcha(form.Username), "用户名或密码错误")
}

func (e *eams5) verdict(result, needCaptcha bool, message string) answer {
	out := map[string]any{"result": result, "needCaptcha": needCaptcha}
	if message != "" {
		out["message"] = message
	}
	return e.json(out)
}

func (e *eams5) json(v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain values
	}
	return bytesAnswer(http.StatusOK, "application/json;charset=UTF-8", body)
}

// index is the page around the sheet, with the terms to choose from.
func (e *eams5) index(account Account) answer {
	var terms []map[string]string
	for _, t := range termsOf(account.Grades) {
		terms = append(terms, map[string]string{"ID": semesterID(t), "Name": semesterName(t)})
	}
	return e.page("index5", map[string]any{"Terms": terms})
}

func semesterName(t jwxt.Term) string {
	return strconv.Itoa(t.Year) + "-" + strconv.Itoa(t.Year+1) + "学年第" + [...]string{1: "一", 2: "二", 3: "三"}[t.Part] + "学期"
}

// sheet is the grade sheet of a term, or of all for "".
func (e *eams5) sheet(account Account, semester string) answer {
	rows := ofSemester(account, semester)
	term := ""
	if semester != "" && len(rows) > 0 {
		term = rows[0].Term.String()
	}
	if words, closed := closedWords(account, term); closed {
		return e.text(words)
	}
	if e.HTML {
		return e.tables(published(rows))
	}
	semesters, byID, grades := []any{}, map[string]any{}, map[string][]any{}
	for _, t := range termsOf(account.Grades) {
		number, _ := strconv.Atoi(semesterID(t))
		one := map[string]any{"id": number, "nameZh": semesterName(t), "name": t.String()}
		semesters, byID[semesterID(t)] = append(semesters, one), one
		grades[semesterID(t)] = []any{}
	}
	for i, g := range rows {
		id := semesterID(g.Term)
		grades[id] = append(grades[id], e.row(i, g))
	}
	return e.json(map[string]any{"semesters": semesters, "id2semesters": byID, "semesterId2studentGrades": grades})
}

// row is a grade as the sheet writes it.
func (e *eams5) row(i int, g jwxt.Grade) map[string]any {
	detail := ""
	for _, name := range []string{"平时成绩", "期末成绩"} {
		if g.Parts[name] != "" {
			detail += `<span class="grade-detail">` + name + ":" + g.Parts[name] + `</span>`
		}
	}
	var score, point any
	if s := cmp.Or(g.Score, g.Mark); s != "" {
		score = s
	}
	if g.Point.Valid() {
		point = json.Number(g.Point.String())
	}
	out := map[string]any{
		"id": 5_000_000 + i, "courseType": map[string]any{"nameZh": g.Nature, "nameEn": nil}, "gaGrade": score, "gp": point,
		"gradeDetail": detail, "published": !g.Hidden, "passed": !g.Failed && !g.Hidden, "fillAGrace": false, "lessonCode": g.CourseID + ".01",
	}
	if e.Flat {
		out["courseName"], out["courseCode"], out["credits"], out["courseModuleTypeName"] = g.Course, g.CourseID, g.Credits.String(), g.Nature
		delete(out, "courseType")
		if g.Point.Valid() {
			out["gp"] = g.Point.String()
		}
		return out
	}
	out["course"] = map[string]any{"nameZh": g.Course, "nameEn": nil, "code": g.CourseID, "credits": json.Number(g.Credits.String())}
	return out
}

// tables is the sheet of an older build.
func (e *eams5) tables(rows []jwxt.Grade) answer {
	var terms []map[string]any
	for _, t := range termsOf(rows) {
		var out []map[string]string
		for _, g := range rows {
			if g.Term == t {
				out = append(out, map[string]string{
					"Course": g.Course, "ID": g.CourseID, "Credits": g.Credits.String(), "Point": g.Point.String(),
					"Score": cmp.Or(g.Score, g.Mark),
				})
			}
		}
		terms = append(terms, map[string]any{"Name": semesterName(t), "Rows": out})
	}
	return e.page("sheet5", map[string]any{"Terms": terms})
}
