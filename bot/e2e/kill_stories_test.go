package e2e

import (
	"context"
	"strings"

	"jwxtbot/bot/emulator"
)

// This file holds what the students do.

// story is one dialogue from /start to the end. It leaves nothing behind.
func (s *student) story() {
	s.fresh()
	s.erased = false
	s.types("/start")
	s.sees("the greeting", says("👋 你好"))
	s.asks()
	if s.chance(4) {
		s.mistypesPassword()
	}
	if s.chance(3) {
		s.wishesFirst()
	} else {
		s.logsIn()
	}
	s.asks()
	s.readsGrades()
	if s.chance(2) {
		s.isExpired()
	}
	s.readsNotices()
	if s.id == firstStudent && s.chance(2) {
		s.asksInGroup()
	}
	s.leaves()
	s.tally.stories.Add(1)
}

func (s *student) grades() screen {
	return func(m emulator.Message) bool { return says("🎓", s.account.Name+"的成绩")(m) }
}

func (s *student) mistypesPassword() {
	s.account.Password += "x"
	s.reachesPassword()
	s.password()
	s.finishes(says("没有接受这个学号或密码"))
	s.asks()
	s.fresh()
}

// wishesFirst asks for the grades, logs in for them, and gets them.
func (s *student) wishesFirst() {
	s.types("/grades")
	which, m := s.await("the first question", says("你是哪所学校的"), says("请发密码"))
	if which == 1 && !strings.Contains(m.Text, s.account.Number) {
		s.presses("换学校或账号")
		s.sees("the schools", says("你是哪所学校的"))
	}
	s.presses(s.schools[s.school].Profile().Name)
	s.sees("the question for the account", says("请发学号"))
	s.types(s.account.Number)
	s.sees("the question for the password", says("请发密码", s.account.Number))
	s.password()
	s.getsGrades()
}

// getsGrades finishes a login that was made for the grades.
func (s *student) getsGrades() {
	if !s.finishes(s.grades()) {
		s.fresh()
		s.logsIn()
	}
}

func (s *student) readsGrades() {
	s.types("/grades 2023-2024-1")
	m := s.sees("grades", s.grades())
	if hasButton(m, "下一页 ›") {
		s.presses("下一页 ›")
		s.sees("the next page", says("🎓", "第 2/"))
	}
	s.types("/help")
	s.sees("help", says("我能做什么"))
}

// isExpired asks for grades with a session that the school has ended.
func (s *student) isExpired() {
	s.schools[s.school].Expire(s.account.Number)
	s.types("/grades")
	s.sees("that the session is over", says("已经结束了上次的登录", "请发密码"))
	s.password()
	s.getsGrades()
}

func (s *student) readsNotices() {
	s.types("/notices")
	list := s.sees("notices", says("📢"))
	if hasButton(list, "下一页 ›") {
		s.presses("下一页 ›")
		list = s.sees("the next page", offers("‹ 上一页"))
	}
	s.presses(noteButton(list))
	s.sees("a notice", offers("‹ 返回列表"))
	s.presses("‹ 返回列表")
	s.sees("the list", says("📢"))
}

// noteButton is the data of the list's first number.
func noteButton(m emulator.Message) string {
	for _, row := range m.Buttons {
		for _, b := range row {
			if strings.HasPrefix(b.Data, "note:") {
				return b.Data
			}
		}
	}
	return "no notices"
}

func (s *student) asksInGroup() {
	s.wire.acted(groupChat)
	id, err := s.telegram.SendText(s.id, groupChat, "/grades@jwxt_demo_bot")
	if err != nil {
		s.lost("cannot say it: %v", err)
	}
	ctx, cancel := context.WithTimeout(s.tb.Context(), mustFollow)
	defer cancel()
	_, err = s.telegram.WaitMessage(ctx, groupChat, func(m emulator.Message) bool {
		return m.Bot && m.ID > id && strings.Contains(m.Text, "请在私聊里用")
	})
	if err != nil {
		s.lost("no answer in the group")
	}
}

// leaves wipes everything in one of two ways.
func (s *student) leaves() {
	s.types("/privacy")
	s.sees("what is stored", says("我存了你的什么", s.account.Number))
	if s.chance(2) {
		s.presses("全部删除")
		s.sees("the question", says("确定要删除"))
		s.presses("确定删除")
		s.sees("that all is erased", says("已经全部删除"))
		s.erased = true
		return
	}
	s.types("/logout")
	s.sees("that the session has ended", says("👋", "清除"))
}
