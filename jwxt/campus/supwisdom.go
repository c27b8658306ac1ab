package campus

import (
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"
	"text/template"
	"time"

	"jwxtbot/jwxt"
)

// EAMS is 树维's older system (beangle, /eams). The zero value is a plain one.
type EAMS struct {
	Root  string // "" means /eams; "/" is a system at the root of its host
	Login string // login page below Root; "" means /login.action
	// EncryptAccount has the account sent in AES, as one school's loginExt does.
	EncryptAccount bool
	// Plain is the oldest build, which hashes nothing.
	Plain bool
	// Pause is how long after its page a login is taken; 0 means half a second.
	// Throttled lists, too, refuse who asks twice within it.
	Pause     time.Duration
	Throttled bool
	// Parts adds 考试情况, 平时成绩, 期末成绩 and 绩点 to the columns.
	Parts bool
	// Batches has examinations in one table for each 考试批次.
	Batches bool
	// NoNumber leaves the 学号 out of the home page; 学籍信息 has it always.
	NoNumber bool
	Expiry   Expiry // ExpireRedirect unless ExpireForm or ExpireText
}

// EAMS5 is its successor (/student). Where Profile.Captcha is set, each login
// needs one.
type EAMS5 struct {
	Root string // "" means /student; "/" is a system at the root of its host
	// CaptchaAfter wrong passwords of an account have its logins need a
	// captcha; 0 never does.
	CaptchaAfter int
	HTML         bool   // an older build: the sheet is a page of tables
	BrowsersOnly bool   // who is none by its User-Agent is refused
	PrintByID    bool   // the data of a timetable are below the student's number
	Flat         bool   // rows name the course by keys of their own, and numbers are strings
	Expiry       Expiry // ExpireRedirect unless ExpireForm
}

// Vendor is "supwisdom".
func (EAMS) Vendor() string { return "supwisdom" }

// Options are the driver's.
func (e EAMS) Options() map[string]string {
	out := map[string]string{"variant": "eams"}
	if e.Root != "" {
		out["root"] = e.Root
	}
	if e.Login != "" {
		out["login"] = e.Login
	}
	if e.Plain {
		out["password"] = "plain"
	}
	if e.Pause != 0 {
		out["pause"] = (2 * e.Pause).String()
	}
	return out
}

func (e EAMS) open(s *School) vendor {
	e.Root = rootPath(e.Root, "/eams")
	e.Login, e.Pause = cmp.Or(e.Login, "/login.action"), cmp.Or(e.Pause, time.Second/2)
	return &eams{EAMS: e, supwisdom: supwisdom{e.Root, s, loadPages("supwisdom")}}
}

// Vendor is "supwisdom".
func (EAMS5) Vendor() string { return "supwisdom" }

// Options are the driver's.
func (e EAMS5) Options() map[string]string {
	out := map[string]string{"variant": "eams5"}
	if e.Root != "" {
		out["root"] = e.Root
	}
	return out
}

func (e EAMS5) open(s *School) vendor {
	e.Root = rootPath(e.Root, "/student")
	return &eams5{EAMS5: e, supwisdom: supwisdom{e.Root, s, loadPages("supwisdom")}}
}

// rootPath is the path that a system's pages lie below.
func rootPath(root, usual string) string {
	return strings.TrimSuffix(cmp.Or(root, usual), "/")
}

// supwisdom is what the two systems have in common.
type supwisdom struct {
	root   string
	school *School
	pages  *template.Template
}

func (s supwisdom) page(name string, data any) answer {
	return s.school.html(http.StatusOK, render(s.pages, name+".html", data))
}

// text is a page that says one sentence.
func (s supwisdom) text(html string) answer { return s.page("text", html) }

func (s supwisdom) notFound() answer { return s.school.html(http.StatusNotFound, notFoundPage) }

func (s supwisdom) errorPage(*visit) answer {
	return s.text("<h2>系统错误</h2>") // invented
}

// cookiePath is the path of the session's cookie.
func (s supwisdom) cookiePath() string { return cmp.Or(s.root, "/") }

// closedWords answers for the grades of who may not see them, and reports
// whether that is so. 评教's sentence is one school's; the other is invented.
func closedWords(a Account, term string) (string, bool) {
	switch {
	case a.Gate == GateClosed:
		return "成绩查询功能未开放", true
	case unevaluated(a, term):
		return "就差一个评教的距离啦", true
	}
	return "", false
}

// semesterID is the system's own number of a term.
func semesterID(t jwxt.Term) string { return strconv.Itoa((t.Year-2000)*3 + t.Part + 20) }

// studentID is the system's own number of a student.
func studentID(number string) string {
	h := fnv.New32a()
	h.Write([]byte(number))
	return strconv.Itoa(int(h.Sum32()%900_000) + 100_000)
}

// sha1Hex is how both systems have passwords sent, the salt in front.
func sha1Hex(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// logInHashed is logIn for a password of which the school is sent a hash only.
// hash is called while the school is held.
func (v *visit) logInHashed(number, sent string, hash func(password string) string) verdict {
	v.school.mu.Lock()
	right := "\x00" // nobody's
	if p := v.school.people[number]; p != nil && hash(p.Password) == sent {
		right = p.Password
	}
	v.school.mu.Unlock()
	return v.logIn(number, right)
}

// exists reports whether there is such an account.
func (v *visit) exists(number string) bool {
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	return v.school.people[number] != nil
}

// ofSemester are the rows of a term by the system's number, all for "". Scores
// that are withheld are among them.
func ofSemester(a Account, id string) (rows []jwxt.Grade) {
	if a.Gate == GateEmpty {
		return nil
	}
	for _, g := range a.Grades {
		if id == "" || semesterID(g.Term) == id {
			rows = append(rows, g)
		}
	}
	return rows
}

// termsOf are the terms of rows in order, each once.
func termsOf(rows []jwxt.Grade) (terms []jwxt.Term) {
	for _, g := range rows {
		if n := len(terms); n == 0 || terms[n-1] != g.Term {
			terms = append(terms, g.Term)
		}
	}
	return terms
}
