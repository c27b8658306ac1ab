package jwglxt_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwglxt"
	"jwxtbot/jwxt/jwxttest"
)

// sample reads a real page, if the folder of real pages is there.
func sample(t *testing.T, name string) jwxt.Page {
	t.Helper()
	dir := os.Getenv("JWXTBOT_SAMPLES")
	if dir == "" {
		t.Skip("JWXTBOT_SAMPLES is not set: no real pages to read")
	}
	body, err := os.ReadFile(filepath.Join(dir, "zhengfang-new", name))
	if err != nil {
		t.Fatal(err)
	}
	return jwxttest.Page(t, "http://jw.example"+loginPath, body)
}

func TestSampleLoginPages(t *testing.T) {
	const action = "http://jw.example" + loginPath
	for name, want := range map[string]jwglxt.LoginPage{
		"gcp-login_slogin-fragment.html":  {Action: action, Fields: []string{"csrftoken", "language", "yhm", "mm", "yzm"}, Plain: true, Captcha: "kaptcha"},
		"zjxu-login_slogin-fragment.html": {Action: action, Fields: []string{"csrftoken", "yhm", "mm", "yzm"}, Captcha: "kaptcha"},
		"ptu-login_slogin-adapted.html":   {Action: action, Fields: []string{"csrftoken", "yhm", "mm"}, Captcha: "none", Limit: 3, Minutes: 3},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := jwglxt.New().ParsePage("login", sample(t, name))
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// The token of a real page, a uuid and the same without dashes, goes back whole.
func TestSampleToken(t *testing.T) {
	page := string(sample(t, "ptu-login_slogin-adapted.html").Body)
	token := regexp.MustCompile(`name="csrftoken" value="([0-9a-f-]{36},[0-9a-f]{32})"`).FindStringSubmatch(page)
	if token == nil {
		t.Fatal("the page has no token of this kind")
	}
	s := letsIn(t, map[string][]string{
		"GET " + loginPath:                         {page, "302 " + homePath},
		"GET /jwglxt/xtgl/login_getPublicKey.html": {keyJSON(ownKey(t, 1024).N, 65537)},
	})
	if _, err := attempt(t, s.conn(nil), answers()); err != nil {
		t.Fatal(err)
	}
	if got := s.form(loginPath).Get("csrftoken"); got != token[1] {
		t.Errorf("posted %q, want %q", got, token[1])
	}
}

// Two refusals are real, the last is from a client's test.
func TestSampleTips(t *testing.T) {
	p := sample(t, "tips-login-failure-fragments.html")
	const begin = `<p id="tips"`
	var got []string
	for _, tip := range strings.Split(string(p.Body), begin)[1:] {
		p.Body = []byte(begin + tip)
		_, err := jwglxt.New().ParsePage("answer", p)
		got = append(got, jwxt.KindOf(err).String()+" "+jwxt.SaidOf(err))
	}
	wrong := "WrongPassword 用户名或密码不正确，请重新输入！"
	if diff := cmp.Diff([]string{wrong, wrong, "WrongCaptcha 请输入验证码！"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The file holds one row of a list of 21.
func TestSampleGradeRow(t *testing.T) {
	p := sample(t, "zju-xscjcx-one-item.json")
	p.Body = append([]byte(`{"totalResult":"1","items":[`), append(p.Body, "]}"...)...)
	got, err := jwglxt.New().ParsePage("grades", p)
	want := jwxt.Transcript{Grades: []jwxt.Grade{{
		Term: jwxt.Term{Year: 2024, Part: 2}, CourseID: "CS1024M", Course: "汇编语言", Score: "弃修", Mark: "弃修",
		Credits: jwxt.Milli(2000), Point: jwxt.Milli(0),
	}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestSampleLesson(t *testing.T) {
	got, err := jwglxt.New().ParsePage("timetable", sample(t, "whut-kbList-one.json"))
	want := jwxt.Timetable{Term: jwxt.Term{Year: 2020, Part: 1}, Lessons: []jwxt.Lesson{{
		Course: "微机原理与应用B", CourseID: "M04213", Group: "微机原理与应用B-0004", Teacher: "张测试", Campus: "南湖校区", Room: "博4-C206",
		Credits: jwxt.Milli(2500), Weekday: 1, From: 1, To: 2, Weeks: []int{2, 3, 4, 6, 7, 8, 9}, WeekText: "2-4周,6-9周",
		Extra: map[string]string{"考核方式": "考试", "授课方式": "面授讲课", "课程性质": "必修"},
	}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// What is not what it is asked for never comes back as data.
func TestSamplesRefused(t *testing.T) {
	tests := []struct {
		file, as string
		kind     jwxt.Kind
	}{
		{"gcp-login_slogin-fragment.html", "grades", jwxt.Expired},
		{"zjxu-login_slogin-fragment.html", "notices", jwxt.Expired},
		{"ptu-login_slogin-adapted.html", "notice", jwxt.Expired},
		{"ptu-login_slogin-adapted.html", "answer", jwxt.Changed},
		{"tips-login-failure-fragments.html", "answer", jwxt.WrongPassword},
		{"whut-kbList-one.json", "grades", jwxt.Changed},
		{"whut-kbList-one.json", "notices", jwxt.Changed},
		{"zju-xscjcx-one-item.json", "grades", jwxt.Changed},
		{"gcp-login_slogin-fragment.html", "timetable", jwxt.Expired},
		{"gcp-login_slogin-fragment.html", "exams", jwxt.Expired},
		{"whut-kbList-one.json", "exams", jwxt.Changed},
		{"zju-xscjcx-one-item.json", "timetable", jwxt.Changed},
	}
	for _, tt := range tests {
		t.Run(tt.file+" as "+tt.as, func(t *testing.T) {
			_, err := jwglxt.New().ParsePage(tt.as, sample(t, tt.file))
			wantKind(t, err, tt.kind, "")
		})
	}
}
