package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"jwxtbot/jwxt/campus"
)

// TestExpired: however a school says that a session is over, what was asked
// for is answered after the captcha.
func TestExpired(t *testing.T) {
	for _, form := range []campus.Expiry{
		campus.ExpireRedirect, campus.ExpireForm, campus.ExpireText, campus.ExpireError, campus.ExpireCAS,
	} {
		for _, encoding := range []campus.Encoding{campus.Base64, campus.Interleave} {
			t.Run(string(form)+" "+string(encoding), func(t *testing.T) {
				story(t, func(t *testing.T) {
					p := New(t, qiangzhi(func(q *campus.Qiangzhi) { q.Expiry, q.Encoding = form, encoding })).Person(ZhangSan)
					p.LogsIn(Number, Password)
					p.School().Expire("")
					p.Says("/grades")
					p.Sees("已经结束了上次的登录", "登录好我就接着查成绩", "请发密码")
					p.seesNot("还没有成绩", "正在东湖示范大学查成绩")
					p.Says(Password)
					p.SolvesCaptcha()
					p.Sees("张三的成绩")
					p.School().Expire("")
					p.Says("/notices")
					p.Sees("已经结束了上次的登录", "登录好我就接着看通知")
					p.Says(Password)
					p.SolvesCaptcha()
					p.Sees("📢", "1.")
					wantPosts(p, 3)
				})
			})
		}
	}
}

// TestResumes: what was asked for on a dead session is answered as it was
// asked, the term and the tapped notice included.
func TestResumes(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		again := func() {
			t.Helper()
			p.Sees("请发密码")
			p.Says(Password)
			p.SolvesCaptcha()
			p.Sees("✅", "张三")
		}
		p.School().Expire("")
		p.Says("/grades 2022-2023-1")
		again()
		p.Sees("张三的成绩", "2022–2023 学年第 1 学期")

		p.Says("/notices")
		p.Sees("📢", "2.")
		p.School().Expire("")
		p.Taps("2")
		again()
		p.Sees(campus.DemoNotices()[1].Title, "有效期")

		p.School().Expire("")
		p.Says("/grades")
		p.Sees("请发密码")
		p.Says("/notices") // the person's mind changes meanwhile
		again()
		p.Sees("📢", "1.")
	})
}

// TestKickedOut: the person is told, because it may have been somebody else.
func TestKickedOut(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		p.School().Kick(Number)
		p.Says("/grades")
		p.Sees("你的账号在别处登录了", "尽快改密码", "请发密码")
		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("张三的成绩")
	})
}

// TestDiesAtOnce: a session that dies right after its login ends in an
// apology and not in another login.
func TestDiesAtOnce(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		p.School().Expire("")
		fails(p, campus.FaultLoginPage, "cjcx_")
		p.Says("/grades")
		p.Sees("请发密码")
		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("登录已经过期", "成绩没有查到", "错误编号")
		settles()
		wantPosts(p, 2)
		if n := len(p.pictures()); n != 0 {
			t.Errorf("the chat shows %d pictures after the apology", n)
		}
		p.School().ClearFaults()
		p.Taps("再试一次")
		p.Sees("请发密码")
		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("张三的成绩")
	})
}

// TestRotatedCookies: a school that changes its cookies with an answer is
// followed.
func TestRotatedCookies(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		for range 3 {
			p.School().RotateCookies(Number)
			p.Says("/grades")
			p.Sees("张三的成绩")
		}
		wantPosts(p, 1)
	})
}

// mixUp makes a school answer with another student's pages (串号).
type mixUp struct{ on atomic.Bool }

func (m *mixUp) front(school http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !m.on.Load() {
			school.ServeHTTP(w, r)
			return
		}
		rec := httptest.NewRecorder()
		school.ServeHTTP(rec, r)
		body := strings.ReplaceAll(rec.Body.String(), "张三("+Number+")", "李四(2020000002)")
		if strings.Contains(r.URL.Path, "cjcx_list") {
			body = strings.Replace(body, "<body>", `<body><div id="Top1_divLoginName">李四(2020000002)</div>`, 1)
		}
		for k, v := range rec.Header() {
			if k != "Content-Length" {
				w.Header()[k] = v
			}
		}
		w.WriteHeader(rec.Code)
		w.Write([]byte(body))
	})
}

// TestAnotherStudent: a session that turns out to be another student's is
// dropped, and nothing of it is shown.
func TestAnotherStudent(t *testing.T) {
	story(t, func(t *testing.T) {
		var mix mixUp
		p := New(t, Options{Front: mix.front}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		mix.on.Store(true)
		p.Says("/grades")
		p.Sees("另一位同学的信息", "请发密码")
		p.seesNot("李四", "的成绩", "2020000002")

		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("另一位同学的信息")
		p.seesNot("李四", "的成绩", "2020000002", "✅ 张三（2020000001）已登录东湖示范大学\n接着")

		mix.on.Store(false)
		p.Taps("再试一次")
		p.Sees("请发密码")
		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("张三的成绩")
	})
}
