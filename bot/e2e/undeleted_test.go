package e2e

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
)

// stands reports whether a message of the chat is there.
func (p *Person) stands(id int) bool {
	return slices.ContainsFunc(p.Telegram.Messages(p.ID), func(m emulator.Message) bool { return m.ID == id })
}

// deletions counts how often a message of the chat was to be deleted.
func (p *Person) deletions(id int) (n int) {
	for _, c := range sends(p.World, p.ID) {
		if c.Method == "deleteMessage" && c.Params["message_id"] == strconv.Itoa(id) {
			n++
		}
	}
	return n
}

// undeleted are the rows of messages that are still to be deleted.
func undeleted(w *World) []string {
	return slices.DeleteFunc(keys(w, "unsay/"), func(key string) bool { return strings.HasPrefix(key, "due/") })
}

// TestDeletedLater: a password's message that Telegram could not delete is
// deleted when it can, also after a restart; the person is told of both.
func TestDeletedLater(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p := w.Person(ZhangSan)
		p.reachesPassword(Number)
		w.Telegram.Fault(emulator.Fault{Method: "deleteMessage", HTML502: true, Times: -1})
		password := p.Says(Password)
		p.Sees("我没能删掉你发密码的那条消息")
		w.Stop()
		w.Start()
		time.Sleep(30 * time.Minute)
		if !p.stands(password) {
			t.Fatal("it is gone although it cannot be")
		}
		p.seesNot("现在已经不在了")
		w.Telegram.ClearFaults()
		time.Sleep(time.Hour)
		if p.stands(password) {
			t.Errorf("it still stands in the chat:\n%s", p.Chat())
		}
		time.Sleep(time.Hour)
		if got := count(p, "现在已经不在了"); got != 1 {
			t.Errorf("told %d times, want once:\n%s", got, p.Chat())
		}
		if left := undeleted(w); len(left) != 0 {
			t.Errorf("still to be deleted: %q", left)
		}
	})
}

// TestDeletionWaits: told to wait, the bot asks for no deletion either, and says
// so when it may.
func TestDeletionWaits(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p := w.Person(ZhangSan)
		p.reachesPassword(Number)
		w.Telegram.Fault(emulator.Fault{Method: "deleteMessage", RetryAfter: 40})
		password := p.Says(Password)
		time.Sleep(time.Second)
		before := len(sends(w, p.ID))
		time.Sleep(38 * time.Second)
		for _, c := range sends(w, p.ID)[before:] {
			t.Errorf("%s was called at %v", c.Method, c.At)
		}
		time.Sleep(40 * time.Second)
		if p.stands(password) {
			t.Error("it still stands in the chat")
		}
		if got := count(p, "我没能删掉"); got != 1 {
			t.Errorf("told %d times that it could not be deleted, want once", got)
		}
		p.Sees("现在已经不在了")
	})
}

// TestDeletionWaitsAcrossARestart: how long Telegram wants to be left alone is
// stored with what is to be deleted.
func TestDeletionWaitsAcrossARestart(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p := w.Person(ZhangSan)
		p.reachesPassword(Number)
		w.Telegram.Fault(emulator.Fault{Method: "deleteMessage", RetryAfter: 600})
		password := p.Says(Password)
		settles()
		w.Stop()
		w.Start()
		time.Sleep(9 * time.Minute)
		if got := p.deletions(password); got != 1 {
			t.Errorf("it was to be deleted %d times, want once", got)
		}
		time.Sleep(2 * time.Minute)
		if p.stands(password) {
			t.Error("it still stands in the chat")
		}
	})
}

// TestDeletionIsGivenUp when Telegram deletes the message no more, after two days.
func TestDeletionIsGivenUp(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p := w.Person(ZhangSan)
		p.reachesPassword(Number)
		w.Telegram.Fault(emulator.Fault{Method: "deleteMessage", HTML502: true, Times: -1})
		password := p.Says(Password)
		time.Sleep(47 * time.Hour)
		if len(undeleted(w)) == 0 {
			t.Error("given up after 47 hours")
		}
		time.Sleep(2 * time.Hour)
		before := p.deletions(password)
		if before > 500 { // eight calls within five seconds, once an hour
			t.Errorf("%d calls in two days", before)
		}
		time.Sleep(3 * time.Hour)
		if left := undeleted(w); len(left) != 0 || p.deletions(password) != before {
			t.Errorf("tried %d times after two days; stored %q", p.deletions(password)-before, left)
		}
	})
}

// TestOddPicture: a captcha that is no picture to Telegram comes as a file, and
// is solved and replaced like any other.
func TestOddPicture(t *testing.T) {
	story(t, func(t *testing.T) {
		w := New(t, Options{})
		p := w.Person(ZhangSan)
		for _, method := range []string{"sendPhoto", "editMessageMedia"} {
			w.Telegram.Fault(emulator.Fault{Method: method, Times: -1, Status: 400, Description: "Bad Request: PHOTO_INVALID_DIMENSIONS"})
		}
		file := func(other []byte) emulator.Message {
			t.Helper()
			return p.wait("a file", func(m emulator.Message) bool {
				return m.Document != nil && string(m.Document) != string(other) && hasButton(m, "换一张")
			})
		}
		p.reachesPassword(Number)
		p.Says(Password)
		old := file(nil)
		p.Taps("换一张")
		m := file(old.Document)
		m.Photo = m.Document
		p.Says(p.Reads(m))
		p.Sees("✅", "张三")
		for _, m := range p.Telegram.Messages(p.ID) {
			if m.Document != nil {
				t.Error("the file still stands in the chat")
			}
		}
		wantPosts(p, 1)
	})
}
