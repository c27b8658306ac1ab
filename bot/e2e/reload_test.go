package e2e

import (
	"testing"

	"jwxtbot/jwxt/campus"
)

// twoSchools are the plain school and another.
func twoSchools() Options {
	north := PlainSchool()
	north.ID, north.Name = "beiling", "北岭示范大学"
	return Options{Profiles: []campus.Profile{PlainSchool(), north}}
}

// TestSchoolGoes: the operator takes a school off the list while people use it.
// They are told on their next wish; when it comes back, the login still works.
func TestSchoolGoes(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, twoSchools())
		p := w.Person(ZhangSan)
		p.Says("/start donghu")
		p.Sees("请发学号")
		p.Says(Number)
		p.Sees("请发密码")
		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("✅", "张三")

		w.Serves("beiling")
		p.Says("/grades")
		p.Sees("不在支持名单里，成绩没有查到", "登录信息我还留着")
		p.Says("/notices")
		p.Sees("不在支持名单里")

		w.Serves("donghu", "beiling")
		p.Says("/grades")
		p.Sees("张三的成绩")

		w.Serves("beiling")
		p.Says("/logout")
		p.Sees("👋")
		p.Says("/login")
		p.Sees("北岭示范大学")
	})
}

// TestSchoolGoesDuringLogin: a login under way ends with a word, and another
// school can be chosen at once. Who was asked for his password before is not
// asked for it again in vain.
func TestSchoolGoesDuringLogin(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, twoSchools())
		p := w.Person(ZhangSan)
		p.Says("/start donghu")
		p.Sees("请发学号")
		p.Says(Number)
		p.Sees("请发密码")
		p.Says(Password)
		picture := p.SeesPicture(nil)
		w.Serves("beiling")
		p.Says(p.Reads(picture))
		p.Sees("不在支持名单里，登录没有完成", "可以换一所学校")
		p.Says("/grades")
		p.Sees("请发学号", "北岭示范大学")
	})
}

// TestSchoolsStay: whoever is at another school notices nothing of a reload, be it
// in the middle of a login.
func TestSchoolsStay(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, twoSchools())
		p := w.Person(ZhangSan)
		p.Says("/start beiling")
		p.Sees("请发学号")
		p.Says(Number)
		w.Serves("beiling")
		p.Sees("请发密码")
		p.Says(Password)
		w.Serves("donghu", "beiling")
		picture := p.SeesPicture(nil)
		w.Serves("beiling")
		p.Says(p.Reads(picture))
		p.Sees("✅", "张三")
		w.Serves("donghu", "beiling")
		p.Says("/grades")
		p.Sees("张三的成绩")
		wantPosts(p, 1)
	})
}
