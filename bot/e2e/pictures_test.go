package e2e

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt/campus"
)

// drawing is a school of 青果's that gives marks as pictures.
func drawing() Options {
	return plain(func(p *campus.Profile) {
		p.Charset, p.System = campus.GBK, campus.KingoASPX{Root: "/jwweb", Pictures: true}
	})
}

// seesDrawing waits for a picture of marks other than the one given.
func (p *Person) seesDrawing(other []byte) emulator.Message {
	p.TB.Helper()
	m := p.wait("a picture of marks", func(m emulator.Message) bool {
		return m.Bot && p.isNew(m) && strings.Contains(m.Text, "🖼") && !bytes.Equal(m.Photo, other)
	})
	if kind := http.DetectContentType(m.Photo); kind != "image/jpeg" {
		p.TB.Errorf("the picture is %s", kind)
	}
	return m
}

// TestPicturesOfMarks: where a school draws its marks the person is sent what it
// drew, newest term first, a page each in the same message.
func TestPicturesOfMarks(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, drawing()).Person(ZhangSan)
		p.LogsIn(Number, Password)
		p.Says("/grades")
		first := p.seesDrawing(nil)
		p.Sees("张三的成绩", "2025–2026 学年第 2 学期", "只给成绩的图片", "第 1/")
		p.Taps("下一页 ›")
		second := p.seesDrawing(first.Photo)
		if second.ID != first.ID {
			t.Errorf("the next page came as message %d, not in place of %d", second.ID, first.ID)
		}
		p.Taps("‹ 上一页")
		if back := p.seesDrawing(second.Photo); !bytes.Equal(back.Photo, first.Photo) {
			t.Error("the page before has another picture")
		}

		p.Says("/grades 2022-2023-1")
		p.Sees("2022–2023 学年第 1 学期", "只给成绩的图片")

		time.Sleep(time.Hour)
		p.School().Expire("")
		p.Says("/grades")
		p.Sees("请发密码")
		p.Says(Password)
		p.SolvesCaptcha()
		p.seesDrawing(nil)
		p.Says("/logout")
		p.Sees("已退出")
		obeysTelegram(p.World)
	})
}

// TestPicturesOfMarksInEnglish says it in the person's language, and never in a
// group.
func TestPicturesOfMarksInEnglish(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, drawing()).Person(ZhangSan)
		p.LogsIn(Number, Password)
		p.Says("/language")
		p.Taps("English")
		p.Says("/grades")
		p.Sees("This school gives grades as a picture only")
		p.seesDrawing(nil)
		if _, err := p.Telegram.SendText(ZhangSan, Class, "/grades"); err != nil {
			t.Fatal(err)
		}
		settles()
		for _, m := range p.Telegram.Messages(Class) {
			if m.Photo != nil {
				t.Error("a picture of marks is in the group")
			}
		}
		obeysTelegram(p.World)
	})
}
