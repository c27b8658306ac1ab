package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
)

// sheet is the login page as a person's client has it open.
type sheet struct {
	*Person
	address *url.URL
	ticket  string
}

// seenForm is what the page is told to show.
type seenForm struct {
	Stage   chat.FormStage
	Account string
	Ask     string
	Image   string
	Message string
	Held    bool
}

const toPage = "🔒 在网页里登录"

// OpensForm presses the newest button that leads to the page.
func (p *Person) OpensForm() *sheet {
	p.TB.Helper()
	m := p.wait("a way to the page", func(m emulator.Message) bool { return hasButton(m, toPage) })
	p.acts()
	address, err := p.Telegram.OpenApp(p.ID, p.ID, m.ID, toPage, nil)
	if err != nil {
		p.TB.Fatal(err)
	}
	s := &sheet{Person: p}
	if s.address, err = url.Parse(address); err != nil {
		p.TB.Fatal(err)
	}
	var got struct{ Ticket string }
	if status := s.call("start", s.opening(), &got); status != http.StatusOK {
		p.TB.Fatalf("the page is not let in: %d", status)
	}
	s.ticket = got.Ticket
	return s
}

// opening is what the page begins with.
func (s *sheet) opening() map[string]any {
	added, _ := url.ParseQuery(s.address.EscapedFragment())
	return map[string]any{"initData": added.Get("tgWebAppData"), "attempt": s.address.Query().Get("a")}
}

// call makes one of the page's calls.
func (s *sheet) call(name string, in, out any) int {
	s.TB.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		s.TB.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, formURL+"api/"+name, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Ticket", s.ticket)
	w := httptest.NewRecorder()
	s.Form.ServeHTTP(w, r)
	if w.Code == http.StatusOK {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			s.TB.Fatalf("%s answers %q", name, w.Body)
		}
	}
	return w.Code
}

// does makes a call, and gives what the page shows when it has come to rest.
func (s *sheet) does(name string, in map[string]any) (v seenForm) {
	s.TB.Helper()
	if status := s.call(name, in, &v); status != http.StatusOK {
		s.TB.Fatalf("%s answers %d", name, status)
	}
	settles()
	if status := s.call("view", map[string]any{}, &v); status != http.StatusOK {
		s.TB.Fatalf("view answers %d", status)
	}
	return v
}

// opens chooses the only school.
func (s *sheet) opens() seenForm {
	s.TB.Helper()
	v := s.does("open", map[string]any{"school": s.School().Profile().ID})
	if v.Stage != chat.FormFilling {
		s.TB.Fatalf("the page shows %s (%s), want a form; log:\n%s", v.Stage, v.Message, s.Log)
	}
	return v
}

// reads is what the school knows of the picture on the page: its letters, or
// how far a piece must be dragged.
func (s *sheet) reads(v seenForm) string {
	s.TB.Helper()
	_, data, _ := strings.Cut(v.Image, "base64,")
	picture, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		s.TB.Fatal(err)
	}
	sum := sha256.Sum256(picture)
	answer, ok := s.School().Captcha(hex.EncodeToString(sum[:]))
	if !ok {
		s.TB.Fatal("the school did not draw this picture")
	}
	return answer
}

// TestForm is a login on the page with everything that happens to people, and
// then another when the school has ended the session.
func TestForm(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{Form: true}).Person(ZhangSan)
		p.Says("/grades")
		page := p.OpensForm()
		if status := page.call("start", page.opening(), nil); status != http.StatusForbidden {
			t.Errorf("the same opening a second time: %d", status)
		}
		entry := map[string]any{"ask": page.opens().Ask, "account": Number, "password": Password, "captcha": "0000"}
		v := page.does("submit", entry)
		if v.Stage != chat.FormFilling || !v.Held || v.Ask == entry["ask"] || !strings.Contains(v.Message, "验证码不对") {
			t.Errorf("after a wrong captcha the page shows %s, %q", v.Stage, v.Message)
		}
		if v := page.does("refresh", map[string]any{"ask": v.Ask}); v.Stage != chat.FormFilling || !v.Held {
			t.Errorf("after another picture the page shows %s", v.Stage)
		} else {
			entry["ask"], entry["captcha"], entry["password"] = v.Ask, page.reads(v), ""
		}
		if v := page.does("submit", entry); v.Stage != chat.FormDone {
			t.Errorf("the login ended with %s, %q", v.Stage, v.Message)
		}
		p.Sees("张三的成绩", "平均绩点")

		p.School().Expire("")
		p.Says("/grades")
		page = p.OpensForm()
		v = page.opens()
		if v.Account != Number || v.Held {
			t.Errorf("the page knows the account %q, and holds a password: %v", v.Account, v.Held)
		}
		v = page.does("submit", map[string]any{"ask": v.Ask, "account": Number, "password": Password, "captcha": page.reads(v)})
		if v.Stage != chat.FormDone {
			t.Errorf("the second login ended with %s, %q", v.Stage, v.Message)
		}
		p.Sees("张三的成绩", "平均绩点")
		p.toldNobody()
		obeysTelegram(p.World)
	})
}

// toldNobody fails the test if the password is in the chat or in the log.
func (p *Person) toldNobody() {
	p.TB.Helper()
	if strings.Contains(p.Chat(), Password) || strings.Contains(p.Log.String(), Password) {
		p.TB.Error("the password is in the chat or in the log")
	}
}

// TestFormRestart: a restart shuts the page, which the button opens again where
// it was; only the password must be typed once more.
func TestFormRestart(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{Form: true}).Person(ZhangSan)
		p.Says("/login")
		page := p.OpensForm()
		before := page.opens()
		p.Stop()
		p.Start()
		settles()
		if status := page.call("view", map[string]any{}, nil); status != http.StatusUnauthorized {
			t.Errorf("a ticket outlived the restart: %d", status)
		}
		page = p.OpensForm()
		var v seenForm
		page.call("view", map[string]any{}, &v)
		if v.Stage != chat.FormFilling || v.Image != before.Image {
			t.Errorf("after the restart the page shows %s", v.Stage)
		}
		v = page.does("submit", map[string]any{"ask": v.Ask, "account": Number, "password": Password, "captcha": page.reads(v)})
		if v.Stage != chat.FormDone {
			t.Errorf("the login ended with %s, %q", v.Stage, v.Message)
		}
		p.Sees("✅", Number)
	})
}

// sliderSchool is 正方 with a piece to drag.
func sliderSchool() Options {
	s := PlainSchool()
	s.System = campus.Jwglxt{Slider: true}
	return Options{Profiles: []campus.Profile{s}, Form: true}
}

// TestFormSlider: who logs in by words is sent to the page for the piece that
// must be dragged, keeps the password typed, and may miss.
func TestFormSlider(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, sliderSchool()).Person(ZhangSan)
		p.Says("/grades")
		p.Says(Number)
		p.Says(Password)
		p.Sees("拖动")
		page := p.OpensForm()
		var v seenForm
		page.call("view", map[string]any{}, &v)
		for _, off := range []int{30, 0} {
			gap, err := strconv.Atoi(page.reads(v))
			if err != nil {
				t.Fatal(err)
			}
			v = page.does("submit", map[string]any{"ask": v.Ask, "account": Number, "track": hand(gap + off)})
			if off > 0 && (v.Stage != chat.FormFilling || !v.Held || !strings.Contains(v.Message, "没有对准")) {
				t.Fatalf("after a miss the page shows %s, %q", v.Stage, v.Message)
			}
		}
		if v.Stage != chat.FormDone {
			t.Errorf("the login ended with %s, %q", v.Stage, v.Message)
		}
		p.Sees("张三的成绩")
		p.toldNobody()
	})
}

// hand is a drag as a hand makes it.
func hand(to int) (t jwxt.Track) {
	for i := range 21 {
		t = append(t, jwxt.Point{X: to * i / 20, Y: i % 3, T: 40 * i})
	}
	return t
}

// TestFormSliderWithoutPage: where no page is offered the bot says so, and
// holds on to nothing.
func TestFormSliderWithoutPage(t *testing.T) {
	story(t, func(t *testing.T) {
		o := sliderSchool()
		o.Form = false
		p := New(t, o).Person(ZhangSan)
		p.Says("/login")
		p.Says(Number)
		p.Says(Password)
		p.Sees("拖动", "没法登录")
		time.Sleep(time.Hour)
		p.Says("/login")
		p.Sees("请发密码")
	})
}
