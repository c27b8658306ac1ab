package say_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/say"
	"jwxtbot/bot/say/saytest"
	"jwxtbot/jwxt"
)

func sample() say.Data {
	at := time.Date(2026, 8, 1, 9, 30, 0, 0, time.UTC)
	return say.Data{
		Bot: "jwxt_demo_bot", Command: "grades", Who: "王五", Group: "计科 2001 班", Query: "2024秋", School: "华东示范大学", Schools: 3, Title: "关于选课的通知", Board: "教务通知", Boards: true,
		Count: 2, Page: 1, Pages: 4, LoggedIn: true, Account: "2020000001", Student: "张三",
		Number: "2020000001", Want: "grades", Op: "grades", Said: "系统正在维护", ID: "k3f9",
		URL: "https://jwxt.example.edu.cn/jsxsd/?a=1&b=2", TriesLeft: 2, Minutes: 5, Hours: 24, Days: 31, Ahead: 7, List: 2, Lists: 3,
		Term: jwxt.Term{Year: 2024, Part: 1}, More: true, Since: at, IdleUntil: at.Add(24 * time.Hour),
		AbsoluteUntil: at.Add(31 * 24 * time.Hour), Answers: true, ViewUntil: at.Add(time.Hour),
		Courses: 12, Credits: jwxt.Milli(30500), Earned: jwxt.Milli(28500), Failing: 1,
		Average: jwxt.Milli(3210), Counted: 11, Uncounted: 1,
		Version: "jwxtbot v1", Vendor: "qiangzhi", Kind: "Changed 2", Why: "qiangzhi: grades: Changed: no table",
		Jobs: 9, Failed: 2, Running: 1, Waiting: 3, Delivered: 40, Paused: 1, Undelivered: 2,
	}
}

// hostile fills every text with the worst that people and schools can write.
func hostile() say.Data {
	d := sample()
	v := reflect.ValueOf(&d).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.String {
			f.SetString(strings.Repeat("<b>&\"'\n\u202e\x00成😀</a>", 500))
		}
	}
	d.URL = `https://x.example/"><script>` + strings.Repeat("&", 300)
	return d
}

// samples are the data every sentence is tried with.
func samples() map[string]say.Data {
	guest := sample()
	guest.LoggedIn, guest.Want, guest.Term, guest.Schools, guest.TriesLeft = false, "", jwxt.Term{}, 1, -1
	script := sample()
	script.URL, script.TriesLeft, script.Op, script.Want = "javascript:alert(1)", 0, "notice", "notices"
	return map[string]say.Data{
		"empty": {}, "full": sample(), "guest": guest, "hostile": hostile(), "script": script,
	}
}

func TestLanguagesHaveTheSameKeys(t *testing.T) {
	want := say.Keys(say.Zh)
	if len(want) < 80 {
		t.Fatalf("only %d keys", len(want))
	}
	for _, l := range say.Langs() {
		if diff := cmp.Diff(want, say.Keys(l)); diff != "" {
			t.Errorf("keys of %s differ (-zh +%s):\n%s", l, l, diff)
		}
	}
}

// limitOf is the longest a sentence may be where Telegram shows it.
func limitOf(key string) int {
	for prefix, limit := range map[string]int{
		"toast.": 200, "btn.": 40, "cmd.": 256, "captcha.": 1024,
	} {
		if strings.HasPrefix(key, prefix) {
			return limit
		}
	}
	return 2000
}

func plain(key string) bool {
	for _, p := range say.PlainPrefixes() {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

func TestEverySentence(t *testing.T) {
	for _, l := range say.Langs() {
		for _, key := range say.Keys(l) {
			for name, d := range samples() {
				got := say.Text(l, key, d)
				if got == "" || got == key {
					t.Errorf("%s %s with %s data says %q", l, key, name, got)
				}
				shape, err := saytest.Check(got)
				if err != nil {
					t.Errorf("%s %s with %s data: %v\n%s", l, key, name, err, got)
				}
				if limit := limitOf(key); shape.Units > limit {
					t.Errorf("%s %s with %s data: %d units, limit %d", l, key, name, shape.Units, limit)
				}
				if plain(key) && shape.Entities > 0 {
					t.Errorf("%s %s is plain but has tags: %s", l, key, got)
				}
				if strings.Contains(got, "no value") || strings.Contains(got, "\n\n\n") {
					t.Errorf("%s %s with %s data is badly laid out:\n%s", l, key, name, got)
				}
			}
		}
	}
}

func TestEveryKindOfFailureNamesANextStep(t *testing.T) {
	for _, l := range say.Langs() {
		for _, kind := range jwxt.Kinds() {
			key := "fail." + kind.String()
			got := say.Text(l, key, sample())
			if !commandIn.MatchString(got) {
				t.Errorf("%s %s names no command to go on with: %s", l, key, got)
			}
			if !strings.Contains(got, "<code>k3f9</code>") {
				t.Errorf("%s %s does not show the error id: %s", l, key, got)
			}
			quoted := strings.Contains(got, "<blockquote>系统正在维护</blockquote>")
			if want := kind != jwxt.Internal; quoted != want {
				t.Errorf("%s %s quotes the school = %v, want %v: %s", l, key, quoted, want, got)
			}
		}
	}
}

var (
	commandIn = regexp.MustCompile(`/[a-z]+`)
	anyTag    = regexp.MustCompile(`<code>[^<]*</code>|<[^<>]*>`)
	address   = regexp.MustCompile(`https?://\S*`)
	clickable = regexp.MustCompile(`(?:^|[\s（(])(/[a-z]+)(?:$|[^\p{L}\p{N}_/<>])`)
)

// Telegram makes a link of a command only where no letter touches it.
func TestCommandsAreClickableAndExist(t *testing.T) {
	for _, l := range say.Langs() {
		known := map[string]bool{}
		for _, key := range say.Keys(l) {
			if name, ok := strings.CutPrefix(key, "cmd."); ok {
				known["/"+name] = true
			}
		}
		for _, key := range say.Keys(l) {
			for _, d := range []say.Data{sample(), {}} {
				d.Said, d.Query = "", ""
				text := say.Text(l, key, d)
				if plain(key) {
					continue
				}
				text = address.ReplaceAllString(anyTag.ReplaceAllString(text, " "), "")
				text = regexp.MustCompile(`\d+/\d+`).ReplaceAllString(text, "")
				all, links := commandIn.FindAllString(text, -1), clickable.FindAllStringSubmatch(text, -1)
				if len(all) != len(links) {
					t.Errorf("%s %s: %d of %d commands are clickable: %s", l, key, len(links), len(all), text)
				}
				for _, c := range all {
					if !known[c] {
						t.Errorf("%s %s speaks of %s, which is no command", l, key, c)
					}
				}
			}
		}
	}
}

func TestSentences(t *testing.T) {
	for _, tt := range []struct {
		name string
		lang say.Lang
		key  string
		data say.Data
		want string
	}{
		{"captcha", say.Zh, "captcha.ask", sample(),
			"<b>华东示范大学</b> · 2020000001\n请发图里的验证码，大小写照图写。看不清就点“换一张”。"},
		{"resumes", say.En, "login.done", say.Data{Student: "张三", Number: "2020000001", School: "华东示范大学", Want: "grades"},
			"✅ <b>张三</b> (2020000001) logged in\n<b>华东示范大学</b>"},
		{"escapes", say.Zh, "school.none", say.Data{Query: "<b>&\"+"},
			"🔎 没有找到“&lt;b&gt;&amp;&#34;&#43;”。换个说法试试，比如校名里的几个字；也可能是这里还不支持你的学校。"},
		{"singular", say.En, "ended.absolute", say.Data{School: "X", Days: 1},
			"⌛️ Your last login was 1 day old, so I wiped it as promised.\nPlease log in again."},
		{"last try", say.En, "fail.WrongPassword", say.Data{TriesLeft: 1},
			"🔑 <b>The school</b> did not accept this student number or password.\nThe school says you have 1 more try.\nI never retry by myself, so that your account is not locked. Check both, then tap “Try again” or send /login."},
		{"unknown language", "fr", "btn.refresh", say.Data{}, "换一张"},
		{"unknown key", say.En, "no.such<key>", say.Data{}, "no.such&lt;key&gt;"},
		{"a part is no key", say.En, "_school", say.Data{}, "_school"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, say.Text(tt.lang, tt.key, tt.data)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.key, diff)
			}
		})
	}
}

func TestPlainIsNotEscaped(t *testing.T) {
	d := say.Data{Query: `<b>&"+'`}
	if got, want := say.Plain(say.En, "school.none", d), "“<b>&\"+'”"; !strings.Contains(got, want) {
		t.Errorf("Plain = %q, want it to contain %q", got, want)
	}
}

func TestGuess(t *testing.T) {
	for tag, want := range map[string]say.Lang{
		"": say.Zh, "zh": say.Zh, "zh-hans": say.Zh, "zh_CN": say.Zh, "ZH-TW": say.Zh, "yue": say.Zh,
		"en": say.En, "en-US": say.En, "ru": say.En, "zhx": say.En,
	} {
		if got := say.Guess(tag); got != want {
			t.Errorf("Guess(%q) = %q, want %q", tag, got, want)
		}
	}
}
