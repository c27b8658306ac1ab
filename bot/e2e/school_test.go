package e2e

import (
	"fmt"
	"testing"
	"time"

	"jwxtbot/jwxt/campus"
)

// manySchools is the plain school among eleven others.
func manySchools() Options {
	out := []campus.Profile{PlainSchool()}
	for i, name := range []string{
		"北岭大学", "北岭师范学院", "长川理工大学", "大湾学院", "高原农业大学", "海角大学",
		"江岸学院", "林海大学", "平川师范大学", "青石学院", "山门大学",
	} {
		out = append(out, campus.Profile{ID: fmt.Sprintf("s%d", i), Name: name, System: campus.Qiangzhi{}, Captcha: true})
	}
	return Options{Profiles: out}
}

// TestFindsSchool: by page, by part of the name, by id, by nothing.
func TestFindsSchool(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, manySchools()).Person(ZhangSan)
		p.Says("/login")
		list := p.Sees("你是哪所学校的", "第 1/2 页")
		p.Taps("下一页 ›")
		if next := p.Sees("第 2/2 页"); next.ID != list.ID {
			t.Errorf("the next page is message %d, not in place of %d", next.ID, list.ID)
		}
		p.Taps("‹ 上一页")
		p.Sees("第 1/2 页")

		p.Says("火星大学")
		p.Sees("没有找到“火星大学”")
		p.Says("<b>北岭")
		p.Sees("没有找到“<b>北岭”")
		p.Says("北岭")
		p.Sees("找到 2 所学校")
		p.Taps("北岭师范学院")
		p.Sees("北岭师范学院", "请发学号")

		p.Says("/login")
		p.Sees("你是哪所学校的")
		p.Says("东湖")
		p.Sees("东湖示范大学", "请发学号")
		p.Says("/login")
		p.Sees("你是哪所学校的")
		p.Says("DONGHU")
		p.Sees("东湖示范大学", "请发学号")
		p.Says(Number)
		p.Sees("请发密码")
		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("✅", "东湖示范大学")
		obeysTelegram(p.World)
	})
}

// TestDeepLink: t.me/bot?start=… leads to one school, or to what a group was
// asked for.
func TestDeepLink(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, manySchools()).Person(ZhangSan)
		p.Says("/start nowhere")
		p.Sees("不在支持名单里")
		p.Says("/start s3")
		p.Sees("大湾学院", "请发学号")
		p.Says("/start donghu")
		p.Sees("东湖示范大学", "请发学号")
		p.Says(Number)
		p.Sees("请发密码")
		p.Says(Password)
		p.SolvesCaptcha()
		p.Sees("✅")
		p.Says("/start donghu")
		p.Sees("你已经登录了", "东湖示范大学")
		p.Says("/start grades")
		p.Sees("张三的成绩")
		for _, ends := range []string{"logout", "cancel"} { // a link is no way to do that to somebody
			p.Says("/start " + ends)
			p.Sees("不在支持名单里")
		}
		p.Says("/grades")
		p.Sees("张三的成绩")
	})
}

// TestSlowSchool: while one school does not answer, another's students are
// answered at once.
func TestSlowSchool(t *testing.T) {
	story(t, func(t *testing.T) {
		other := PlainSchool()
		other.ID, other.Name = "beiling", "北岭大学"
		w := New(t, Options{Profiles: []campus.Profile{PlainSchool(), other}})
		slow, quick := w.Person(ZhangSan), w.Person(LiSi)
		for p, school := range map[*Person]string{slow: "donghu", quick: "beiling"} {
			p.Says("/start " + school)
			p.wait("a question", p.isNewWith("取消", "Cancel"))
			p.Says(Number)
			p.wait("a question", p.isNewWith("取消", "Cancel"))
			p.Says(Password)
			p.Says(p.Reads(p.wait("a picture", p.showsPicture)))
			p.Sees("✅", "张三")
		}
		err := w.Schools["donghu"].AddFault(campus.Fault{Kind: campus.FaultStall, Delay: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			slow.Says("/grades")
			slow.Says("/cancel")
		}
		slow.Says("/grades")
		for range 5 {
			time.Sleep(5 * time.Second) // a chat gets a message a second
			began := time.Now()
			quick.Says("/grades")
			quick.Sees("北岭大学", "张三")
			if took := time.Since(began); took > time.Second {
				t.Errorf("the other school's student waited %v", took)
			}
		}
		w.Schools["donghu"].ClearFaults()
	})
}
