package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/bot/ops"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt/campus"
	"jwxtbot/store/boltstore"
)

// jar notes every cookie value that a school gave or was sent.
type jar struct {
	mu     sync.Mutex
	values map[string]bool
}

func (j *jar) front(school http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { j.note((&http.Response{Header: w.Header()}).Cookies) }() // also of an answer that is cut
		j.note(r.Cookies)
		school.ServeHTTP(w, r)
	})
}

func (j *jar) note(cookies func() []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range cookies() {
		j.values[c.Value] = true
	}
}

// spellings are the ways in which a secret may have been written.
func spellings(secret string) []string {
	raw := []byte(secret)
	escaped, _ := json.Marshal(secret)
	out := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), hex.EncodeToString(raw),
		string(bytes.Trim(escaped, `"`)), base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// finds lists the secrets, by name, that a text holds.
func finds(text []byte, secrets map[string][]string) (found []string) {
	for name, list := range secrets {
		for _, secret := range list {
			for _, s := range spellings(secret) {
				if bytes.Contains(text, []byte(s)) {
					found = append(found, name+" as "+s)
				}
			}
		}
	}
	return found
}

// TestSecrecy tells a long story with every fault there is, over a real
// database file, and then looks for secrets in all that the program wrote.
func TestSecrecy(t *testing.T) {
	t.Parallel()
	const wrong = "Wrong#Canary-5512"
	path := filepath.Join(t.TempDir(), "jwxtbot.db")
	story(t, func(t *testing.T) {
		db, err := boltstore.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		cookies := jar{values: map[string]bool{}}
		operator := ops.Options{Chat: LiSi, Lang: say.En, Version: "v9"}
		p := New(t, Options{DB: db, Front: cookies.front, Operator: operator, Measured: true, Form: true}).Person(ZhangSan)
		for _, kind := range campus.FaultKinds() {
			p.blunders(kind, wrong)
		}
		p.telegramBlunders()
		p.LogsInAnew()
		p.Says("/grades")
		p.Sees("张三的成绩")
		p.Says("/notices")
		p.Sees("📢")
		p.logsInOnThePage()
		told := p.toldToOperator()
		p.restarts()

		cookies.mu.Lock()
		defer cookies.mu.Unlock()
		secret := map[string][]string{
			"password": {Password, wrong},
			"token":    {token, strings.SplitAfter(token, ":")[1]},
			"student":  {Number, "张三"},
		}
		for v := range cookies.values {
			secret["cookie"] = append(secret["cookie"], v)
		}
		for _, g := range campus.Transcript(Number, 2022, 8, false) {
			if len(g.Course) > len("体育") {
				secret["grades"] = append(secret["grades"], g.Course)
			}
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if found := finds(file, secret); found != nil {
			t.Errorf("in the database file: %q", found)
		}
		log := []byte(p.Log.String())
		if found := finds(log, secret); found != nil {
			t.Errorf("in the log: %q", found)
		}
		controls(t, p, file, log, secret)
		for where, text := range told {
			if found := finds([]byte(text), secret); found != nil {
				t.Errorf("in %s: %q", where, found)
			}
			if !strings.Contains(text, "donghu") || !strings.Contains(text, "Changed") {
				t.Errorf("%s tells nothing of what happened:\n%s", where, text)
			}
			if strings.Contains(text, fmt.Sprint(ZhangSan)+`"`) {
				t.Errorf("%s names a chat", where)
			}
		}
	})
}

// logsInOnThePage does so half an hour later, as the guard of an account wants
// it.
func (p *Person) logsInOnThePage() {
	p.TB.Helper()
	p.Says("/logout")
	p.Sees("已退出")
	time.Sleep(31 * time.Minute)
	for _, m := range p.Telegram.Messages(p.ID) {
		if hasButton(m, toPage) {
			p.Telegram.Delete(p.ID, m.ID) // doubled by a cut connection
		}
	}
	p.Says("/grades")
	page := p.OpensForm()
	v := page.opens()
	page.does("submit", map[string]any{"ask": v.Ask, "account": Number, "password": Password, "captcha": page.reads(v)})
	p.Sees("张三的成绩")
}

// toldToOperator is everything that an operator gets to read but the log.
func (p *Person) toldToOperator() map[string]string {
	p.TB.Helper()
	operator := p.World.Person(LiSi)
	operator.Says("/status")
	operator.Sees("📊", "Up ")
	_, metrics := p.asks("/metrics")
	return map[string]string{"the metrics": metrics, "the operator's chat": operator.Chat()}
}

// controls shows that the search finds what is there.
func controls(t *testing.T, p *Person, file, log []byte, secret map[string][]string) {
	t.Helper()
	for _, c := range []struct {
		where string
		text  []byte
		what  string
	}{{"database file", file, "chat/1001"}, {"log", log, "job failed"}, {"log", log, "donghu"}, {"log", log, "telegram:"}} {
		if finds(c.text, map[string][]string{"control": {c.what}}) == nil {
			t.Errorf("%q is not found in the %s", c.what, c.where)
		}
	}
	opened, err := json.Marshal(stored(p)) // the same row, unsealed
	if err != nil {
		t.Fatal(err)
	}
	found := strings.Join(finds(opened, secret), " ")
	for _, name := range []string{"cookie", "student"} {
		if !strings.Contains(found, name) {
			t.Errorf("the unsealed row holds no %s: the search is no good", name)
		}
	}
	if strings.Contains(found, "password") {
		t.Error("the sealed row holds the password")
	}
	if n := len(secret["cookie"]); n < 20 {
		t.Errorf("only %d cookies were seen", n)
	}
}

// LogsInAnew logs in whatever happened before.
func (p *Person) LogsInAnew() {
	p.TB.Helper()
	p.Says("/cancel")
	settles()
	p.Says("/logout")
	settles()
	time.Sleep(31 * time.Minute) // for the guard
	for _, m := range p.pictures() {
		p.Telegram.Delete(p.ID, m.ID) // doubled by a cut connection
	}
	p.LogsIn(Number, Password)
}

// blunders stumbles with a school's fault through a login and through reading.
// What the person sees is for other stories.
func (p *Person) blunders(kind campus.FaultKind, wrong string) {
	p.TB.Helper()
	for _, path := range []string{"/jsxsd/", "verifycode", "LoginToXk", "xsMain"} {
		p.Says("/cancel")
		p.Says("/logout")
		settles()
		time.Sleep(31 * time.Minute)
		p.Says(Password) // to nobody's question
		p.Says("/login")
		settles()
		p.Says(Number)
		settles()
		if path != "LoginToXk" {
			p.faults(kind, path)
		}
		p.Says(map[bool]string{true: wrong, false: Password}[path == "xsMain"])
		time.Sleep(40 * time.Second)
		p.faults(kind, path)
		if shown := p.pictures(); len(shown) > 0 {
			p.Says(p.Reads(shown[len(shown)-1]))
		}
		time.Sleep(time.Minute)
		p.School().ClearFaults()
	}
	p.LogsInAnew()
	for _, command := range []string{"/grades", "/notices", "/logout"} {
		p.faults(kind, "")
		p.Says(command)
		time.Sleep(time.Minute)
	}
	p.School().ClearFaults()
}

func (p *Person) faults(kind campus.FaultKind, path string) {
	p.TB.Helper()
	if err := p.School().AddFault(campus.Fault{Kind: kind, Path: path, Times: 2, Delay: 25 * time.Second}); err != nil {
		p.TB.Fatal(err)
	}
}

// telegramBlunders goes through logins while Telegram fails in every way.
func (p *Person) telegramBlunders() {
	p.TB.Helper()
	for _, fault := range []emulator.Fault{
		{HTML502: true}, {Status: 400}, {Status: 403}, {Status: 409}, {Status: 500}, {RetryAfter: 3}, {CutAfterSend: true},
	} {
		for _, method := range []string{"sendMessage", "sendPhoto", "deleteMessage", "editMessageMedia", "getUpdates", "answerCallbackQuery"} {
			fault.Method, fault.Times = method, 2
			p.Telegram.Fault(fault)
		}
		p.Says("/login")
		settles()
		p.Says(Number)
		settles()
		p.Says(Password)
		time.Sleep(time.Minute)
		if shown := p.pictures(); len(shown) > 0 {
			p.Says(p.Reads(shown[len(shown)-1]))
		}
		p.Says("/grades")
		time.Sleep(time.Minute)
		p.Telegram.ClearFaults()
	}
}
