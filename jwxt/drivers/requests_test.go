package drivers_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/jwxttest"
)

// browser is what a browser asks for on its way to a login and to the grades
// of all terms: documents, frames, redirects, pictures, and data that scripts
// fetch; no styles, scripts and decoration. The pages are those of the facts
// that each driver's documentation rests on, for a system with a captcha.
var browser = map[string]struct{ login, grades []string }{
	"qiangzhi": {
		[]string{"login page", "captcha", "post", "main page", "its widgets: notices, timetable"},
		[]string{"cjcx_frm (a frameset)", "cjcx_query", "cjcx_list"},
	},
	"qiangzhi behind authserver": {
		[]string{"entrance", "front's login page", "whether a captcha is needed", "post", "entrance with a ticket", "main page", "its widgets: notices, timetable"},
		[]string{"cjcx_frm (a frameset)", "cjcx_query", "cjcx_list"},
	},
	"wisedu behind authserver": {
		[]string{"portal", "front's login page", "whether a captcha is needed", "post", "portal with a ticket", "portal's page", "way into the app", "the app"},
		[]string{"the app", "its configuration", "xscjcx.do"},
	},
	"qiangzhi app": {
		[]string{"authUser", "getCurrentTime", "getUserInfo"},
		[]string{"getCjcx"},
	},
	"jwglxt": {
		[]string{"login page", "public key", "captcha", "post", "index_initMenu", "user", "news", "areas"},
		[]string{"page of the grid", "grid"},
	},
	"zhengfang": {
		[]string{"login page", "captcha", "post", "xs_main", "content (a frame)"},
		[]string{"grade page", "its post"},
	},
	"urp old": {
		[]string{"login page", "captcha", "post", "frameset", "top", "menu", "main"},
		[]string{"passed (a frameset)", "its list", "failed (a frameset)", "its list", "this term"},
	},
	"urp new": {
		[]string{"login page", "captcha", "post", "index.jsp", "academic info", "timetable"},
		[]string{"passed: page", "its data", "failed: page", "its data", "this term: page", "its data"},
	},
	"kingosoft aspx": {
		[]string{"home", "login page", "captcha", "post", "MAINFRM", "banner", "tools", "menu", "foot"},
		[]string{"Stu_MyScore", "Stu_MyScore_rpt", "and each picture where there are such"},
	},
	"kingosoft jsp": {
		[]string{"login page", "captcha", "GetKingoEncypt", "SetKingoEncypt", "post", "homes", "SetMainInfo"},
		[]string{"xscj.stuckcj", "xscj.stuckcj_data"},
	},
	"supwisdom eams": {
		[]string{"login page", "captcha", "post", "home", "its frame"},
		[]string{"grades: page", "list of all terms"},
	},
	"supwisdom eams5": {
		[]string{"login page", "salt", "post", "home"},
		[]string{"sheet", "semester-index", "info"},
	},
}

// TestRequests counts what each driver asks its simulated school for and holds
// it against REQUESTS.md.
func TestRequests(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Requests to the school\n\n" +
		"Counted at the simulated schools by `TestRequests`; `go test ./jwxt/drivers -update` writes this anew. " +
		"A redirect is a request. Reads are of a session that has read before. A browser's are those on the same way, " +
		"first for open and log in together, then for all grades, without styles, scripts and decoration: `requests_test.go` lists them.\n\n" +
		"| school | system | captcha | open | new picture | log in | browser | all grades | browser | a term | notices | a notice | timetable | exams | keep alive | log out |\n" +
		"|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, p := range campus.Demo() {
		b.WriteString(counted(t, p))
	}
	jwxttest.Compare(t, "REQUESTS.md", b.String())
}

// counter is one student at one school.
type counter struct {
	testing.TB
	school *campus.School
	driver jwxt.Driver
	conn   *jwxt.Conn
	row    []string
}

// count does something and notes how many requests it cost; "–" for what the
// driver cannot.
func (c *counter) count(able bool, do func(context.Context) error) int {
	c.Helper()
	if !able {
		c.row = append(c.row, "–")
		return 0
	}
	before := c.school.Politeness().Requests
	if err := do(c.Context()); jwxt.KindOf(err) == jwxt.Unsupported && err != nil {
		c.row = append(c.row, "–")
		return 0
	} else if err != nil {
		c.Fatalf("%s: after %q: %v", c.school.Profile().ID, c.row, err)
	}
	n := c.school.Politeness().Requests - before
	c.row = append(c.row, strconv.Itoa(n))
	return n
}

func counted(t *testing.T, p campus.Profile) string {
	t.Helper()
	school := campus.New(p)
	server := httptest.NewServer(school)
	defer server.Close()
	at := p.School(server.URL)
	client, err := fetch.New(at)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	driver, err := drivers.For(at)
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{TB: t, school: school, driver: driver, conn: &jwxt.Conn{School: at, HTTP: client}}
	student := jwxttest.Campus{School: school, Number: school.Accounts()[0].Number}
	captcha := c.login(student)
	c.reads()
	system := strings.TrimSpace(at.Vendor + " " + at.Options["variant"] + at.Options["build"] + at.Options["api"])
	if at.Front.Kind != "" {
		system += " behind " + at.Front.Kind
	}
	b, known := browser[system]
	if !known {
		t.Errorf("what does a browser ask %s for?", system)
	}
	c.row = slices.Insert(c.row, 4, strconv.Itoa(len(b.grades)))
	c.row = slices.Insert(c.row, 3, strconv.Itoa(len(b.login)))
	return fmt.Sprintf("| %s | %s | %s | %s |\n", p.Name, system, captcha, strings.Join(c.row, " | "))
}

// login counts the opening of a form, another picture, and the answer.
func (c *counter) login(student jwxttest.Campus) (captcha string) {
	var ask *jwxt.Ask
	step := func(a jwxt.Answers) func(context.Context) error {
		return func(ctx context.Context) error {
			s, err := c.driver.Login(ctx, c.conn, a)
			if next, ok := s.(*jwxt.Ask); ok {
				ask = next
			}
			return err
		}
	}
	c.count(true, step(nil))
	captcha = "none"
	if ask.Puzzle != nil {
		captcha = "slider"
	} else if ask.Image != nil {
		captcha = "picture"
	}
	c.count(captcha != "none", step(nil))
	c.count(true, step(student.Answers(ask)))
	return captcha
}

func (c *counter) reads() {
	grades, _ := jwxt.As[jwxt.GradeReader](c.driver)
	read := func(t jwxt.Term) func(context.Context) error {
		return func(ctx context.Context) error { _, err := grades.Grades(ctx, c.conn, t); return err }
	}
	if err := read(jwxt.Term{})(c.Context()); err != nil { // what a first reading learns is no part of the next
		c.Fatal(err)
	}
	c.count(true, read(jwxt.Term{}))
	c.count(true, read(jwxt.Term{Year: 2022, Part: 1}))
	notices, able := jwxt.As[jwxt.NoticeReader](c.driver)
	var first string
	c.count(able, func(ctx context.Context) error {
		list, err := notices.Notices(ctx, c.conn, 1)
		if err == nil {
			first = list.Notices[0].ID
		}
		return err
	})
	c.count(able, func(ctx context.Context) error { _, err := notices.Notice(ctx, c.conn, first); return err })
	timetable, able := jwxt.As[jwxt.TimetableReader](c.driver)
	c.count(able, func(ctx context.Context) error { _, err := timetable.Timetable(ctx, c.conn, jwxt.Term{}); return err })
	exams, able := jwxt.As[jwxt.ExamReader](c.driver)
	c.count(able, func(ctx context.Context) error { _, err := exams.Exams(ctx, c.conn, jwxt.Term{}); return err })
	keeper, able := jwxt.As[jwxt.Keeper](c.driver)
	c.count(able, func(ctx context.Context) error { return keeper.KeepAlive(ctx, c.conn) })
	logout, able := jwxt.As[jwxt.LogoutCaller](c.driver)
	c.count(able, func(ctx context.Context) error { return logout.Logout(ctx, c.conn) })
}
