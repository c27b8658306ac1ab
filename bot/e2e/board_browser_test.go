package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"jwxtbot/jwxt/campus/boards"
)

// The class group of the demo, its administrator and a member.
const (
	classGroup = "-1001000000001"
	classAdmin = "1001"
	classMate  = "1002"
)

// TestBrowserBoards has the demo's class group subscribe, by buttons, and its
// school publish; the group gets a card, and a member reads it, takes its date
// home and looks at the boards. It needs Chromium, as TestBrowser does.
func TestBrowserBoards(t *testing.T) {
	chromium := findChromium(t)
	page, _ := demoSites(t)
	b := openBrowser(t, chromium, page)
	b.size(1280, 800)
	b.do(chromedp.WaitVisible(id("link")))
	if got, want := js[string](b, `document.querySelector("[data-testid=link]").pathname`), boards.OfficePath; got != want {
		t.Errorf("the page links to %s, want %s", got, want)
	}
	b.begins(classMate) // a bot may not write to who never wrote to it

	b.visits(classAdmin, classGroup)
	b.say("/subscribe")
	b.sees("订哪所学校的通知")
	b.shot("boards-schools")
	b.tap("东湖示范大学")
	b.sees("东湖示范大学", "选好了点“完成”")
	b.tap("教务处")
	b.tap("图书馆")
	b.until(`[...document.querySelectorAll("[data-testid=button]")].filter(b => b.innerText.includes("✅")).length === 2`)
	b.shot("boards-choose")
	b.size(390, 844)
	b.shot("boards-choose-phone")
	b.size(1280, 800)
	b.tap("完成")
	b.sees("最近的 3 条")
	b.shot("boards-subscribed")

	office := b.tab(page + boards.OfficePath)
	office.size(1280, 800)
	office.do(chromedp.Click(id("publish-donghu-jwc")), chromedp.WaitVisible(id("done")))
	office.shot("boards-office")
	office.size(390, 844)
	office.noSidewaysScroll()
	office.shot("boards-office-phone")

	title := "关于全国大学英语四、六级考试报名的通知"
	b.sees("📢 "+title, "东湖示范大学教务处", "⏰ 截止", "17:00", "📍 教学楼A座201", "📎 四六级报名流程.docx")
	shot := b.shot("boards-card")
	b.inked(shot, `[data-testid=message]:last-of-type .text`)

	b.visits(classMate, classGroup)
	b.tap("已阅")
	b.buttoned("已阅 1")
	b.visits(classAdmin, classGroup)
	b.tap("已阅 1")
	b.buttoned("已阅 2")
	b.shot("boards-read")
	b.visits(classMate, classGroup)
	b.tap("加日历")
	b.until(`location.hash === "#` + classMate + "/" + classMate + `"`)
	b.sees(title + ".ics")
	b.shot("boards-calendar")
	b.holdsCalendar(title)

	publish(t, page, url.Values{"board": {"donghu-lib"}, "title": {"关于寒假闭馆的通知"}, "text": {"闭馆三周。"}})
	publish(t, page, url.Values{"board": {"xiyuan-jwc"}, "title": {"别校的通知"}})
	b.visits(classAdmin, classGroup)
	b.sees("📢 关于寒假闭馆的通知", "东湖示范大学图书馆")
	if strings.Contains(b.text(), "别校的通知") {
		t.Error("the group has a notice of a board that it did not subscribe to")
	}
	act(t, page, "correct", url.Values{"board": {"donghu-lib"}})
	b.until(`[...document.querySelectorAll("[data-testid=message]")].some(m => m.textContent.includes("📢 关于寒假闭馆的通知（更正）"))`)
	b.shot("boards-corrected")

	b.size(390, 844)
	b.shot("boards-group-phone")
	b.noSidewaysScroll()
	b.visits(classAdmin, classAdmin)
	b.say("/start")
	b.sees("你好")
	b.say("/notices")
	b.sees("看哪所学校的通知")
	b.tap("东湖示范大学")
	b.sees("不用登录")
	b.shot("boards-home-phone")
	b.tap("教务处")
	b.sees("1. "+title, "8. ")
	b.shot("boards-list-phone")
	b.tap("1")
	b.sees("逾期不再受理", "四六级报名流程.docx")
	b.shot("boards-notice-phone")
	b.noSidewaysScroll()
	b.size(1280, 800)
	b.shot("boards-notice")
}

// visits looks at a chat as a person.
func (b browser) visits(person, chat string) {
	b.t.Helper()
	js[chromedp.Void](b, `location.hash = "#`+person+"/"+chat+`"`)
	b.until(`document.querySelector("[data-testid=as-` + person + `]")?.getAttribute("aria-checked") === "true"`)
	b.shows("chat-" + chat)
}

// begins has a person begin the private chat.
func (b browser) begins(person string) {
	b.t.Helper()
	b.visits(person, person)
	b.say("/start")
	b.until(`document.querySelector("[data-testid=message][data-from=bot]")`)
}

// buttoned waits until the newest message with buttons has one of that name.
func (b browser) buttoned(name string) {
	b.t.Helper()
	b.until(`[...document.querySelectorAll("[data-testid=keyboard]")].at(-1).innerText.includes("` + name + `")`)
}

// holdsCalendar fails unless the newest file is a calendar's with an event of
// that name.
func (b browser) holdsCalendar(title string) {
	b.t.Helper()
	file := js[string](b, `fetch([...document.querySelectorAll("[data-testid=document]")].at(-1).href).then(r => r.text())`)
	unfolded := strings.ReplaceAll(file, "\r\n ", "")
	for _, want := range []string{"BEGIN:VEVENT", title, "DTSTART", "BEGIN:VALARM"} {
		if !strings.Contains(unfolded, want) {
			b.t.Errorf("the calendar file lacks %q:\n%s", want, file)
		}
	}
}

func publish(t *testing.T, page string, form url.Values) {
	t.Helper()
	act(t, page, "publish", form)
}

// act does something at a board as its office.
func act(t *testing.T, page, what string, form url.Values) {
	t.Helper()
	body(t)(http.PostForm(page+boards.OfficePath+what, form))
}
