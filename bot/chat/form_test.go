package chat_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/jwxt"
	"jwxtbot/store"
)

const url = "https://bot.example/form/"

// onPage plays a story of one person, a chat and a page.
func onPage(t *testing.T, school *formSchool, story func(*testing.T, *formStage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { story(t, newFormStage(t, url, school)) })
}

// TestFormLogin: the login goes on on the page, the chat shows one message
// meanwhile, and then answers what was asked before.
func TestFormLogin(t *testing.T) {
	onPage(t, &formSchool{fields: letterForm, judge: takes}, func(t *testing.T, st *formStage) {
		st.says("/grades")
		at, before := st.page(), st.items()
		if v := st.view(at, chat.FormChoose); v.School != "" || v.Lang != "zh" {
			t.Errorf("at first the page shows %+v", v)
		}
		v := st.opens(at, "a")
		if v.School != "a" || v.AskID != "ask1" || string(v.Image) != "picture 1" || !cmp.Equal(v.Fields, letterForm) || v.Message != "" || v.Held {
			t.Errorf("the form is %+v", v)
		}
		st.submits(at, entry(v))
		st.view(at, chat.FormDone)
		want := []post{{"1", jwxt.Answers{jwxt.FieldAccount: "2020000001", jwxt.FieldPassword: "Page#Pass-1", jwxt.FieldCaptcha: "ab12"}}}
		if diff := cmp.Diff(want, st.school.got(), cmp.AllowUnexported(post{})); diff != "" {
			t.Errorf("posted (-want +got):\n%s", diff)
		}
		texts := st.shown(before)
		if len(texts) != 4 || !strings.Contains(texts[0], "网页") || !strings.Contains(texts[1], "张三") || !strings.Contains(texts[3], "成绩") {
			t.Errorf("meanwhile the chat showed %q, want one message, then the welcome and the grades", texts)
		}
		if st.Vault.Holds(me) {
			t.Error("the password is still in memory")
		}
		st.submits(at, entry(v))
		if n := len(st.school.got()); n != 1 {
			t.Errorf("%d forms were posted", n)
		}
	})
}

// TestFormEveryQuestionLeadsThere: each question of a login, and each failure,
// has the way to the page; without a page none has.
func TestFormEveryQuestionLeadsThere(t *testing.T) {
	for _, address := range []string{url, ""} {
		synctest.Test(t, func(t *testing.T) {
			wrong := &jwxt.Error{Kind: jwxt.WrongPassword, TriesLeft: 3}
			st := newFormStage(t, address, &formSchool{fields: letterForm, judge: once(wrong)})
			for _, text := range []string{"/login", "大学", "无此校", "a", "?", "2020000001", "Chat#Pass-1", "ab12"} {
				before := st.items()
				st.says(text)
				ways := 0
				for _, it := range st.since(before) {
					for _, row := range it.Body.Buttons {
						for _, b := range row {
							if b.WebApp != "" && it.Body.Photo == nil {
								ways++
							}
						}
					}
				}
				question := text != "Chat#Pass-1" // answered with a picture
				if got, want := ways > 0, question && address != ""; got != want {
					t.Errorf("address %q: after %q there are %d ways to the page", address, text, ways)
				}
			}
			if n := len(st.school.got()); n != 1 {
				t.Errorf("%d forms were posted", n)
			}
		})
	}
}

// TestFormWrongCaptcha: the next picture comes, and the password need not be
// typed again.
func TestFormWrongCaptcha(t *testing.T) {
	refused := &jwxt.Error{Kind: jwxt.WrongCaptcha, Said: "验证码<错误>"}
	onPage(t, &formSchool{fields: letterForm, judge: once(refused)}, func(t *testing.T, st *formStage) {
		st.says("/login")
		at := st.page()
		first := st.opens(at, "a")
		st.submits(at, entry(first))
		v := st.view(at, chat.FormFilling)
		if v.AskID == first.AskID || string(v.Image) != "picture 2" || !v.Held || v.Account != "2020000001" {
			t.Errorf("after a wrong captcha the page shows %+v", v)
		}
		if !strings.Contains(v.Message, "“验证码<错误>”") || strings.Contains(v.Message, "blockquote") {
			t.Errorf("it says %q, want the school's words quoted, as plain text", v.Message)
		}
		again := entry(v)
		again.Password = ""
		st.submits(at, again)
		st.view(at, chat.FormDone)
		posts := st.school.got()
		if len(posts) != 2 || posts[1].picture != "2" || posts[1].answers[jwxt.FieldPassword] != "Page#Pass-1" {
			t.Errorf("posted %v", posts)
		}
	})
}

// TestFormPictures: an answer goes only with its own picture's cookies. An
// older one shows the newest picture; one that has aged out brings the next.
func TestFormPictures(t *testing.T) {
	onPage(t, &formSchool{fields: letterForm, judge: takes}, func(t *testing.T, st *formStage) {
		st.says("/login")
		at := st.page()
		first := st.opens(at, "a")
		for range 2 { // the second is a double tap on what was the picture's button
			if err := st.FormRefresh(t.Context(), me, at, first.AskID); err != nil {
				t.Fatal(err)
			}
		}
		settle()
		v := st.view(at, chat.FormFilling)
		st.submits(at, entry(first))
		now := st.view(at, chat.FormFilling)
		if now.AskID != v.AskID || string(now.Image) != "picture 2" || !strings.Contains(now.Message, "旧图") || now.Held {
			t.Errorf("after an answer to an older picture the page shows %+v", now)
		}
		time.Sleep(6 * time.Minute)
		if v := st.view(at, chat.FormChoose); !strings.Contains(v.Message, "失效") || v.School != "a" {
			t.Errorf("after its time the page shows %+v", v)
		}
		st.submits(at, entry(v))
		v = st.view(at, chat.FormFilling)
		if string(v.Image) != "picture 3" || !strings.Contains(v.Message, "失效") {
			t.Errorf("after an answer that came too late the page shows %+v", v)
		}
		if n := len(st.school.got()); n != 0 {
			t.Errorf("%d forms were posted, want none", n)
		}
	})
}

// TestFormOfAnotherLogin: a page that was left open does nothing to the login
// that was begun after it, nor to its password.
func TestFormOfAnotherLogin(t *testing.T) {
	onPage(t, &formSchool{fields: letterForm, judge: takes}, func(t *testing.T, st *formStage) {
		st.says("/login")
		old := st.page()
		v := st.opens(old, "a")
		for _, text := range []string{"/start a", "2020000002", "Chat#Pass-2"} {
			if st.says(text); st.page() == old {
				t.Fatal("the new login has the old page")
			}
		}
		late := entry(v)
		late.AskID = "ask2" // even if it knew
		st.submits(old, late)
		for _, act := range []func() error{
			func() error { return st.FormOpen(t.Context(), me, old, "b", "") },
			func() error { return st.FormRefresh(t.Context(), me, old, "ask2") },
			func() error { return st.FormSubmit(t.Context(), 8, st.page(), late) }, // another chat
		} {
			if err := act(); err != nil {
				t.Fatal(err)
			}
			settle()
		}
		st.view(old, chat.FormOver)
		st.says("cd34")
		want := []post{{"2", jwxt.Answers{jwxt.FieldAccount: "2020000002", jwxt.FieldPassword: "Chat#Pass-2", jwxt.FieldCaptcha: "cd34"}}}
		if diff := cmp.Diff(want, st.school.got(), cmp.AllowUnexported(post{})); diff != "" {
			t.Errorf("posted (-want +got):\n%s", diff)
		}
		st.view(st.page(), chat.FormDone)
		if st.Vault.Holds(8) {
			t.Error("a chat that has no login keeps a password")
		}
	})
}

// holds counts the rows that hold a text, once they are opened.
func holds(t *testing.T, db store.DB, text string) (n int) {
	t.Helper()
	err := db.View(t.Context(), func(tx store.Tx) error {
		for _, prefix := range []string{"chat/", "job/", "out/"} {
			rows, err := store.NewTable[json.RawMessage](prefix, 9, box(t)).Scan(tx, "", store.MaxRows)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if r.Err != nil || strings.Contains(string(r.Value), text) {
					n++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFormOnce: a form sent ten times at once is posted once. While it is, the
// database knows the account and not the password.
func TestFormOnce(t *testing.T) {
	onPage(t, &formSchool{fields: letterForm, judge: takes, slow: time.Second}, func(t *testing.T, st *formStage) {
		st.says("/login")
		at := st.page()
		v := st.opens(at, "a")
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				if err := st.FormSubmit(t.Context(), me, at, entry(v)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		st.view(at, chat.FormChecking)
		if account, password := holds(t, st.db, "2020000001"), holds(t, st.db, "Page#Pass-1"); account < 2 || password > 0 {
			t.Errorf("%d rows hold the account, %d the password", account, password)
		}
		settle()
		st.view(at, chat.FormDone)
		if n := len(st.school.got()); n != 1 {
			t.Errorf("%d forms were posted", n)
		}
	})
}

// TestFormFailure: the page and the chat tell the same, the chat in its one
// message; the next try opens the form anew, and our own guard holds.
func TestFormFailure(t *testing.T) {
	wrong := func(jwxt.Answers) (jwxt.Step, error) {
		return nil, &jwxt.Error{Kind: jwxt.WrongPassword, Said: "密码不对哦", TriesLeft: -1}
	}
	onPage(t, &formSchool{fields: letterForm, judge: wrong}, func(t *testing.T, st *formStage) {
		st.says("/login")
		at, before := st.page(), st.items()
		for range 2 {
			st.submits(at, entry(st.opens(at, "a")))
			v := st.view(at, chat.FormChoose)
			if !strings.Contains(v.Message, "密码不对哦") || v.Held || v.School != "a" || v.Account != "2020000001" {
				t.Errorf("after a wrong password the page shows %+v", v)
			}
			st.sees("密码不对哦")
		}
		if err := st.FormOpen(t.Context(), me, at, "a", "2020000001"); err != nil {
			t.Fatal(err)
		}
		settle()
		if v := st.view(at, chat.FormChoose); !strings.Contains(v.Message, "30 分钟") {
			t.Errorf("a third try is met with %q", v.Message)
		}
		time.Sleep(31 * time.Minute)
		st.view(at, chat.FormOver)
		for _, it := range st.since(before) {
			if it.Op == msg.Send || it.Op == msg.Show && it.Message == 0 {
				t.Errorf("a message was posted: %q", it.Body.Text)
			}
		}
	})
}

// TestFormEnds: after /cancel, after the time of a login, and after an erasure
// the page is over and sends nothing.
func TestFormEnds(t *testing.T) {
	for name, end := range map[string]func(*formStage){
		"/cancel": func(st *formStage) { st.says("/cancel") },
		"its time": func(st *formStage) {
			time.Sleep(31 * time.Minute)
			st.sees("取消")
		},
		"/logout": func(st *formStage) { st.says("/logout") },
	} {
		t.Run(name, func(t *testing.T) {
			onPage(t, &formSchool{fields: letterForm, judge: takes}, func(t *testing.T, st *formStage) {
				st.says("/login")
				at := st.page()
				v := st.opens(at, "a")
				end(st)
				if v := st.view(at, chat.FormOver); v.Image != nil || v.Account != "" {
					t.Errorf("the page that is over shows %+v", v)
				}
				st.submits(at, entry(v))
				if err := st.FormOpen(t.Context(), me, at, "a", ""); err != nil {
					t.Fatal(err)
				}
				settle()
				if st.view(at, chat.FormOver); len(st.school.got()) > 0 || st.school.drawn != 1 || st.Vault.Holds(me) {
					t.Errorf("after the end: %d posts, %d pictures", len(st.school.got()), st.school.drawn)
				}
			})
		})
	}
}

// TestFormRestart: a restart keeps the form on the page; only the password is
// asked again, also where the form was about to be posted.
func TestFormRestart(t *testing.T) {
	onPage(t, &formSchool{fields: letterForm, judge: takes}, func(t *testing.T, st *formStage) {
		st.says("/login")
		at := st.page()
		v := st.opens(at, "a")
		st.stop()
		if err := st.FormSubmit(t.Context(), me, at, entry(v)); err != nil { // stored, and then the program dies
			t.Fatal(err)
		}
		st.start()
		again := st.view(at, chat.FormFilling)
		if again.AskID != v.AskID || !bytes.Equal(again.Image, v.Image) || again.Held || !strings.Contains(again.Message, "重启") {
			t.Errorf("after the restart the page shows %+v", again)
		}
		empty := entry(again)
		empty.Password = " "
		st.submits(at, empty)
		if v := st.view(at, chat.FormFilling); !strings.Contains(v.Message, "密码") || len(st.school.got()) > 0 {
			t.Errorf("without a password: %q, %d posts", v.Message, len(st.school.got()))
		}
		st.submits(at, entry(again))
		st.view(at, chat.FormDone)
		if posts := st.school.got(); len(posts) != 1 || posts[0].picture != "1" {
			t.Errorf("posted %v", posts)
		}
	})
}

// TestFormPasswordIsForOneAccount: what memory holds goes neither to another
// school nor out for another account.
func TestFormPasswordIsForOneAccount(t *testing.T) {
	refused := &jwxt.Error{Kind: jwxt.WrongCaptcha}
	onPage(t, &formSchool{fields: letterForm, judge: once(refused)}, func(t *testing.T, st *formStage) {
		st.says("/login")
		at := st.page()
		st.submits(at, entry(st.opens(at, "a")))
		other := entry(st.view(at, chat.FormFilling))
		other.Account, other.Password = "2020000002", ""
		st.submits(at, other)
		if v := st.view(at, chat.FormFilling); !strings.Contains(v.Message, "密码") {
			t.Errorf("for another account the page says %q", v.Message)
		}
		if v := st.opens(at, "b"); v.Held || v.Account != "" || v.School != "b" || v.Name != "乙大学" {
			t.Errorf("at another school the page shows %+v", v)
		}
		long := entry(st.view(at, chat.FormFilling))
		long.Password = jwxt.Secret(strings.Repeat("x", 129))
		st.submits(at, long)
		st.view(at, chat.FormFilling)
		if n := len(st.school.got()); n != 1 {
			t.Errorf("%d forms were posted, want the first only", n)
		}
	})
}

// TestFormUnreachable: a password that was never judged is kept for the next
// try, of that account only.
func TestFormUnreachable(t *testing.T) {
	for account, want := range map[string]bool{"2020000001": true, "2020000002": false} {
		onPage(t, &formSchool{fields: letterForm, judge: once(&jwxt.Error{Kind: jwxt.Unreachable})}, func(t *testing.T, st *formStage) {
			st.says("/login")
			at := st.page()
			st.submits(at, entry(st.opens(at, "a")))
			if v := st.view(at, chat.FormChoose); !v.Held || !strings.Contains(v.Message, "连不上") {
				t.Errorf("after the school was not reached the page shows %+v", v)
			}
			if err := st.FormOpen(t.Context(), me, at, "a", account); err != nil {
				t.Fatal(err)
			}
			settle()
			if v := st.view(at, chat.FormFilling); v.Held != want || v.Account != account {
				t.Errorf("opened for %s the form is %+v", account, v)
			}
		})
	}
}

// TestFormIncomplete: what is missing is asked for, and nothing is posted.
func TestFormIncomplete(t *testing.T) {
	for name, c := range map[string]struct {
		fields []jwxt.FieldKind
		change func(*chat.FormEntry)
		says   string
	}{
		"account":  {letterForm, func(f *chat.FormEntry) { f.Account = "no account" }, "学号"},
		"password": {letterForm, func(f *chat.FormEntry) { f.Password = "" }, "密码"},
		"letters":  {letterForm, func(f *chat.FormEntry) { f.Captcha = "验证码" }, "验证码是"},
		"drag":     {dragForm, func(f *chat.FormEntry) { f.Track = nil }, "滑块"},
		"track":    {dragForm, func(f *chat.FormEntry) { f.Track[1].T = -1 }, "滑块"},
	} {
		t.Run(name, func(t *testing.T) {
			onPage(t, &formSchool{fields: c.fields, judge: takes}, func(t *testing.T, st *formStage) {
				st.says("/login")
				at := st.page()
				f := entry(st.opens(at, "a"))
				c.change(&f)
				st.submits(at, f)
				if v := st.view(at, chat.FormFilling); !strings.Contains(v.Message, c.says) || len(st.school.got()) > 0 {
					t.Errorf("the page says %q, %d forms were posted", v.Message, len(st.school.got()))
				}
			})
		})
	}
}

// TestFormDrag: a piece that must be dragged sends a login that was begun in
// the chat to the page, with the password that memory holds.
func TestFormDrag(t *testing.T) {
	onPage(t, &formSchool{fields: dragForm, judge: once(&jwxt.Error{Kind: jwxt.WrongCaptcha})}, func(t *testing.T, st *formStage) {
		for _, text := range []string{"/start a", "2020000001", "Chat#Pass-1"} {
			st.says(text)
		}
		st.sees("拖动", "网页")
		at := st.page()
		for n, want := range []string{"picture 1", "picture 2"} {
			v := st.view(at, chat.FormFilling)
			if string(v.Image) != want || v.Puzzle == nil || v.Puzzle.Top != 12 || !v.Held {
				t.Errorf("the page shows %+v", v)
			}
			if missed := strings.Contains(v.Message, "没有对准"); missed != (n == 1) {
				t.Errorf("at try %d it says %q", n+1, v.Message)
			}
			f := entry(v)
			f.Password = ""
			st.submits(at, f)
		}
		st.view(at, chat.FormDone)
		posts := st.school.got()
		track, err := jwxt.ParseTrack(posts[1].answers[jwxt.FieldDrag])
		if err != nil || track.End() != 40 || posts[1].picture != "2" || posts[1].answers[jwxt.FieldPassword] != "Chat#Pass-1" {
			t.Errorf("posted %v", posts)
		}
	})
}

// TestFormDragWithoutPage says plainly that it cannot be done.
func TestFormDragWithoutPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newFormStage(t, "", &formSchool{fields: dragForm, judge: takes})
		for _, text := range []string{"/start a", "2020000001", "Chat#Pass-1"} {
			st.says(text)
		}
		st.sees("拖动", "没法登录")
		if st.Vault.Holds(me) || len(st.school.got()) > 0 {
			t.Error("the password is kept, or a form was posted")
		}
	})
}

// TestCodeAfterPassword: a school may send a code once it took the password.
// That is asked in the chat or on the page, posted without the password, which
// is wiped, and a wrong one can be sent again.
func TestCodeAfterPassword(t *testing.T) {
	judge := func() func(jwxt.Answers) (jwxt.Step, error) {
		return func(a jwxt.Answers) (jwxt.Step, error) {
			switch a[jwxt.FieldCode] {
			case "":
				return &jwxt.Ask{ID: "code1", Fields: codeForm}, nil
			case "111111":
				return nil, &jwxt.Error{Kind: jwxt.WrongCaptcha}
			}
			return takes(a)
		}
	}
	posted := func(st *formStage) {
		posts := st.school.got()
		for _, p := range posts[1:] {
			if len(p.answers) != 1 {
				st.Errorf("with a code came %d answers, want none but it", len(p.answers))
			}
		}
		if len(posts) != 3 || posts[2].answers[jwxt.FieldCode] != "222222" {
			st.Errorf("posted %v", posts)
		}
	}
	t.Run("in the chat", func(t *testing.T) {
		onPage(t, &formSchool{fields: letterForm, judge: judge()}, func(t *testing.T, st *formStage) {
			for _, text := range []string{"/start a", "2020000001", "Chat#Pass-1", "ab12"} {
				st.says(text)
			}
			st.sees("短信")
			if st.Vault.Holds(me) {
				t.Error("the password is still in memory")
			}
			for text, want := range map[string]string{"?": "3 到 10 位", "111111": "不对"} {
				st.says(text)
				st.sees(want)
			}
			st.says("222222")
			st.sees("张三")
			posted(st)
		})
	})
	t.Run("on the page", func(t *testing.T) {
		onPage(t, &formSchool{fields: letterForm, judge: judge()}, func(t *testing.T, st *formStage) {
			st.says("/login")
			at := st.page()
			st.submits(at, entry(st.opens(at, "a")))
			v := st.view(at, chat.FormFilling)
			if !cmp.Equal(v.Fields, codeForm) || v.Held || v.Image != nil {
				t.Errorf("the page shows %+v", v)
			}
			st.submits(at, chat.FormEntry{AskID: v.AskID, Code: "111111"})
			v = st.view(at, chat.FormFilling)
			if !strings.Contains(v.Message, "不对") {
				t.Errorf("after a wrong code the page says %q", v.Message)
			}
			st.submits(at, chat.FormEntry{AskID: v.AskID, Code: "222222"})
			st.view(at, chat.FormDone)
			posted(st)
		})
	})
}

// TestFormAskedAgain: a school that wants the whole form once more gets it from
// the person only, and as often as our guard lets.
func TestFormAskedAgain(t *testing.T) {
	asks := 0
	again := func(jwxt.Answers) (jwxt.Step, error) {
		asks++
		return &jwxt.Ask{ID: fmt.Sprint("again", asks), Fields: letterForm, Image: []byte("another")}, nil
	}
	onPage(t, &formSchool{fields: letterForm, judge: again}, func(t *testing.T, st *formStage) {
		st.says("/login")
		at := st.page()
		v := st.opens(at, "a")
		for n := 1; n <= 2; n++ {
			st.submits(at, entry(v))
			if v = st.view(at, chat.FormFilling); string(v.Image) != "another" || len(st.school.got()) != n {
				t.Errorf("after form %d the page shows %+v; %d were posted", n, v, len(st.school.got()))
			}
		}
		st.submits(at, entry(v))
		if v := st.view(at, chat.FormChoose); !strings.Contains(v.Message, "30 分钟") || len(st.school.got()) != 2 {
			t.Errorf("the third is met with %q; %d were posted", v.Message, len(st.school.got()))
		}
	})
}

// TestFormBigPicture: a picture too big to be kept is not; the person can ask
// for another.
func TestFormBigPicture(t *testing.T) {
	school := &formSchool{fields: letterForm, judge: takes, image: make([]byte, 300<<10)}
	onPage(t, school, func(t *testing.T, st *formStage) {
		st.says("/login")
		at := st.page()
		v := st.opens(at, "a")
		if v.Image != nil || !strings.Contains(v.Message, "太大") {
			t.Errorf("the page shows %d bytes and says %q", len(v.Image), v.Message)
		}
		school.image = make([]byte, 190<<10)
		if err := st.FormRefresh(t.Context(), me, at, v.AskID); err != nil {
			t.Fatal(err)
		}
		settle()
		if v := st.view(at, chat.FormFilling); len(v.Image) != 190<<10 || v.Message != "" {
			t.Errorf("the page shows %d bytes and says %q", len(v.Image), v.Message)
		}
	})
}

// TestFormTakesOver: a login that stands at the picture in the chat can be
// finished on the page, and one that is led from the page in the chat.
func TestFormTakesOver(t *testing.T) {
	onPage(t, &formSchool{fields: letterForm, judge: takes}, func(t *testing.T, st *formStage) {
		for _, text := range []string{"/start a", "2020000001", "Chat#Pass-1"} {
			st.says(text)
		}
		at := st.page()
		if v := st.view(at, chat.FormChoose); v.School != "a" || v.Account != "2020000001" {
			t.Errorf("the page shows %+v", v)
		}
		v := st.opens(at, "a")
		if string(v.Image) != "picture 2" || !v.Held {
			t.Errorf("the page took over and shows %+v", v)
		}
		st.says("ab12")
		st.sees("网页") // not taken for an answer
		st.says("/login")
		st.sees("请发密码")
		st.view(at, chat.FormOver)
		for _, text := range []string{"Chat#Pass-1", "cd34"} {
			st.says(text)
		}
		st.sees("张三")
		if posts := st.school.got(); len(posts) != 1 || posts[0].picture != "3" {
			t.Errorf("posted %v", posts)
		}
	})
}

func TestFormAdmit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newFormStage(t, url, &formSchool{})
		for i, c := range []struct {
			opening string
			want    bool
		}{{"one", true}, {"one", false}, {"two", true}} {
			first, err := st.FormAdmit(t.Context(), c.opening, time.Now().Add(15*time.Minute))
			if err != nil || first != c.want {
				t.Errorf("%d: %q is the first: %v, %v", i, c.opening, first, err)
			}
		}
		st.db.FailCommit(1)
		if first, err := st.FormAdmit(t.Context(), "three", time.Now().Add(time.Minute)); first || err == nil {
			t.Errorf("what could not be stored was let in: %v, %v", first, err)
		}
		time.Sleep(20 * time.Minute)
		if got := rows(t, st.db, "seen/form/"); got != 0 {
			t.Errorf("%d openings are remembered after their time", got)
		}
	})
}

// TestFormWatch: who watches hears of each step of that chat, until he stops.
func TestFormWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := newFormStage(t, url, &formSchool{})
		changed, stop := st.FormWatch(me)
		other, stopOther := st.FormWatch(me + 1)
		defer stopOther()
		st.says("/login")
		st.says("/cancel")
		if len(changed) != 1 || len(other) != 0 {
			t.Errorf("%d signals, %d of another chat", len(changed), len(other))
		}
		<-changed
		stop()
		st.says("/login")
		if len(changed) != 0 {
			t.Error("a signal after stop")
		}
	})
}

func TestFormSchools(t *testing.T) {
	s, _ := shell(t)
	for query, want := range map[string]string{"": "甲大学 乙大学", "乙": "乙大学", "丙": ""} {
		var names []string
		for _, school := range s.FormSchools(query, 5) {
			names = append(names, school.Name)
		}
		if len(names) == 2 && names[0] == "乙大学" {
			names[0], names[1] = names[1], names[0] // the order is the catalog's
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q finds %q, want %q", query, got, want)
		}
	}
	if got := len(s.FormSchools("", 1)); got != 1 {
		t.Errorf("%d schools, want 1", got)
	}
}

// TestFormFailedCommit: a password whose form could not be stored is wiped.
func TestFormFailedCommit(t *testing.T) {
	onPage(t, &formSchool{fields: letterForm, judge: takes}, func(t *testing.T, st *formStage) {
		st.says("/login")
		at := st.page()
		v := st.opens(at, "a")
		st.db.FailCommit(1)
		if err := st.FormSubmit(t.Context(), me, at, entry(v)); err == nil {
			t.Error("the failure was not told")
		}
		if st.Vault.Holds(me) {
			t.Error("the password is still in memory")
		}
		st.submits(at, entry(v))
		st.view(at, chat.FormDone)
	})
}

// TestOldRowsGoOn: rows of a chat and of a job that an earlier version stored
// mean what they meant.
func TestOldRowsGoOn(t *testing.T) {
	onPage(t, &formSchool{fields: letterForm, judge: takes}, func(t *testing.T, st *formStage) {
		st.says("/start a")
		put := func(prefix, id string, row any) {
			err := st.db.Update(t.Context(), func(tx store.Tx) error {
				return store.NewTable[any](prefix, 1, box(t)).Put(tx, id, row)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		session := map[string]any{"cookies": []any{map[string]any{"name": "form", "value": "9"}}}
		form := map[string]any{"session": session, "ask": "x", "fields": letterForm, "answer": "ab12", "until": time.Now().Add(time.Minute)}
		row := map[string]any{
			"at": "submitting", "lang": "zh", "gen": 5, "until": time.Now().Add(time.Minute),
			"school": "a", "account": "2020000001", "form": form,
		}
		st.stop()
		put("chat/", "7", map[string]any{"state": row, "serial": uint64(time.Now().UnixMicro())})
		put("job/", "7/0000000000000005", map[string]any{"chat": me, "gen": 5, "run": map[string]any{
			"Do": dialogue.DoSubmit, "School": "a", "Account": "2020000001", "Captcha": "ab12", "Session": session,
		}})
		st.start()
		st.sees("重启")
		st.says("Chat#Pass-1")
		st.sees("张三")
		want := []post{{"9", jwxt.Answers{jwxt.FieldAccount: "2020000001", jwxt.FieldPassword: "Chat#Pass-1", jwxt.FieldCaptcha: "ab12"}}}
		if diff := cmp.Diff(want, st.school.got(), cmp.AllowUnexported(post{})); diff != "" {
			t.Errorf("posted (-want +got):\n%s", diff)
		}
	})
}

// attemptOf is the login attempt that is stored.
func attemptOf(t *testing.T, db store.DB) string {
	t.Helper()
	var row struct{ State dialogue.State }
	err := db.View(t.Context(), func(tx store.Tx) (err error) {
		row, err = store.NewTable[struct{ State dialogue.State }]("chat/", 1, box(t)).Get(tx, "7")
		return err
	})
	if err != nil || row.State.Attempt == nil {
		t.Fatalf("no attempt is stored: %+v, %v", row, err)
	}
	return row.State.Attempt.ID
}

// FuzzForm: whatever a page sends, in whatever order, is taken without an
// error, and /cancel ends it.
func FuzzForm(f *testing.F) {
	f.Add("a", "2020000001", "ask1", "secret", "ab12", []byte("aojrjsj"))
	f.Add("b", "学号", "", " ", "\xff", []byte("asojxsaorlas"))
	f.Fuzz(func(t *testing.T, school, account, ask, password, captcha string, acts []byte) {
		s, db := shell(t)
		s.FormURL = url
		id := 0
		command := func(word string) {
			id++
			if err := s.Handle(t.Context(), msg.Update{ID: id, Chat: me, ChatKind: msg.Private, Command: word}); err != nil {
				t.Fatal(err)
			}
		}
		command("login")
		attempt := ""
		for _, a := range acts[:min(len(acts), 20)] {
			var err error
			switch a {
			case 'o':
				err = s.FormOpen(t.Context(), me, attempt, school, account)
			case 'r':
				err = s.FormRefresh(t.Context(), me, attempt, ask)
			case 's':
				err = s.FormSubmit(t.Context(), me, attempt, chat.FormEntry{AskID: ask, Account: account, Password: jwxt.Secret(password), Captcha: captcha, Code: captcha})
			case 'l':
				command("login")
			case 'j':
				if rows(t, db, "job/") == 1 {
					j := waitingJob(t, db)
					err = s.Result(t.Context(), j, dialogue.Event{Kind: dialogue.Opened, Ask: &jwxt.Ask{ID: ask, Fields: letterForm}})
				}
			case 'a':
				attempt = attemptOf(t, db)
			default:
				attempt = account
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		command("cancel")
		if v, err := s.FormView(t.Context(), me, attempt); err != nil || v.Stage != chat.FormOver || s.Vault.Holds(me) {
			t.Errorf("after /cancel the page shows %+v, %v", v, err)
		}
	})
}
