package jwglxt_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwglxt"
	"jwxtbot/jwxt/jwxttest"
)

// TestPeerBugs holds this driver against bugs found in other clients of
// jwglxt. Bugs that a test elsewhere would find are named there:
//
//   - A grade list is read to 100 rows (zfn_api, ZFCheckScores,
//     zhengfang-grade-monitor): TestLongLists.
//   - Any page with 请 in it is a success (new-school-sdk): TestGolden,
//     answer-please-is-no-success, and TestRefusals.
//   - A wrong password is posted again, once more in clear (ZFCheckScores): the
//     suite's "wrong password" and "broken login", and TestPostedForm.
//   - An empty or broken reply is taken for data (most monitors): the suite's
//     "broken answers", and grades-null, -cut and -none among the golden pages.
//   - The site at the root of its host is not found: TestOptions.
func TestPeerBugs(t *testing.T) {
	for bug, test := range map[string]func(*testing.T){
		"zfn_api loses the cookie that comes with the picture":           pictureCookie,
		"zfn_api returns nothing where the login keeps the cookie route": routeIsKept,
		"new-school-sdk, zhengfang-grade-monitor keep one row a course":  secondAttempt,
		"zfn_api dies of 无功能权限, which comes as a page":                   noRight,
		"zfn_api dies of a score that is a number":                       numbers,
	} {
		t.Run(bug, test)
	}
}

func pictureCookie(t *testing.T) {
	var sent string
	school := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/kaptcha"):
			w.Header().Set("Set-Cookie", "JSESSIONID=picture; Path=/jwglxt")
			w.Write([]byte("\xff\xd8\xff\xe0jpeg"))
		case r.Method == http.MethodPost:
			sent = r.Header.Get("Cookie")
			w.Write([]byte(home))
		case r.URL.Path == loginPath:
			w.Header().Set("Set-Cookie", "JSESSIONID=page; Path=/jwglxt")
			w.Write([]byte(strings.Replace(loginPage("", ""), "</form>", `<input name="yzm" id="yzm"></form>`, 1)))
		default:
			w.Write([]byte(userPage))
		}
	})
	c := (&stub{}).conn(nil)
	c.HTTP = jwxttest.InProcess(school)
	if _, err := jwglxt.New().Login(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	c.Session = stored(t, c.Session)
	if _, err := jwglxt.New().Login(t.Context(), c, answers("captcha", "x")); err != nil || sent != "JSESSIONID=picture" {
		t.Errorf("the answer went with %q, %v; want the picture's cookie", sent, err)
	}
}

// stored is a session that has been away.
func stored(t *testing.T, s jwxt.Session) (out jwxt.Session) {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func routeIsKept(t *testing.T) {
	var sent string
	school := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost && r.URL.Path == loginPath:
			w.Header().Set("Set-Cookie", "JSESSIONID=new; Path=/jwglxt")
			http.Redirect(w, r, homePath, http.StatusFound)
		case r.URL.Path == loginPath:
			w.Header().Add("Set-Cookie", "JSESSIONID=old; Path=/jwglxt")
			w.Header().Add("Set-Cookie", "route=7; Path=/")
			w.Write([]byte(loginPage("", "")))
		case r.URL.Path == homePath:
			w.Write([]byte(home))
		default:
			sent = r.Header.Get("Cookie")
			w.Write([]byte(userPage))
		}
	})
	c := (&stub{}).conn(nil)
	c.HTTP = jwxttest.InProcess(school)
	if _, err := attempt(t, c, answers()); err != nil || sent != "JSESSIONID=new; route=7" {
		t.Errorf("after the login: %q, %v", sent, err)
	}
}

// grades reads a list that one request answers.
func grades(t *testing.T, answer string) (jwxt.Transcript, error) {
	t.Helper()
	s := &stub{t: t, answers: map[string][]string{"POST " + listPath: {answer}}}
	return jwglxt.New().Grades(t.Context(), s.conn(nil), jwxt.Term{})
}

func secondAttempt(t *testing.T) {
	got, err := grades(t, `{"totalResult":3,"items":[{"kch":"A","kcmc":"概率论","cj":"52","ksxz":"正常考试"},
		{"kch":"A","kcmc":"概率论","cj":"61","ksxz":"补考"},{"kch":"A","kcmc":"概率论","cj":"90","ksxz":"重修"}]}`)
	var attempts []string
	for _, g := range got.Grades {
		attempts = append(attempts, g.Score+" "+string(g.Attempt))
	}
	if have, want := strings.Join(attempts, ", "), "52 , 61 resit, 90 retake"; err != nil || have != want {
		t.Errorf("got %q, %v; want %q", have, err, want)
	}
}

func noRight(t *testing.T) {
	_, err := grades(t, `<html><head><title>错误提示</title></head><body><div><p class="error_title">无功能权限，</p>请与管理员联系</div></body></html>`)
	wantKind(t, err, jwxt.Closed, "无功能权限")
}

func numbers(t *testing.T) {
	got, err := grades(t, `{"totalResult":1,"items":[{"kcmc":"概率论","cj":61,"xf":2.5,"jd":null,"xnm":2024,"xqm":3}]}`)
	if err != nil || len(got.Grades) != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	if g := got.Grades[0]; g.Score != "61" || g.Credits != jwxt.Milli(2500) || g.Point.Valid() || g.Term.String() != "2024-2025-1" {
		t.Errorf("got %+v", g)
	}
}
