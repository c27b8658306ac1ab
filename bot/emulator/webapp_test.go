package emulator_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
)

const appKeyboard = `{"inline_keyboard":[[{"text":"登录","web_app":{"url":"https://bot.example/app?x=1"}}]]}`

// genuine checks initData as a bot has to, and gives its fields.
func genuine(token, initData string) (url.Values, bool) {
	v, err := url.ParseQuery(initData)
	if err != nil {
		return nil, false
	}
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(v)) {
		if k != "hash" {
			lines = append(lines, k+"="+v.Get(k))
		}
	}
	mac := func(key []byte, text string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(text))
		return h.Sum(nil)
	}
	want := mac(mac([]byte("WebAppData"), token), strings.Join(lines, "\n"))
	return v, hex.EncodeToString(want) == v.Get("hash")
}

func TestInitData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := emulator.New(emulator.Options{})
		data, err := s.InitData(student)
		if err != nil {
			t.Fatal(err)
		}
		v, ok := genuine(s.Token(), data)
		if !ok || strings.Contains(data, "+") {
			t.Errorf("the hash is wrong, or a space is no %%20: %s", data)
		}
		if _, ok := genuine("1:other", data); ok {
			t.Error("another bot's token fits too")
		}
		var who struct {
			ID        int64
			FirstName string `json:"first_name"`
			Language  string `json:"language_code"`
		}
		json.Unmarshal([]byte(v.Get("user")), &who)
		got := []any{who.ID, who.FirstName, who.Language, v.Get("auth_date")}
		if diff := cmp.Diff([]any{student, "张三", "zh-hans", fmt.Sprint(time.Now().Unix())}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if again, _ := s.InitData(student); again == data {
			t.Error("two openings have the same initData")
		}
		if _, err := s.InitData(404); err == nil {
			t.Error("nobody has initData")
		}
	})
}

// Telegram's documentation has no example; this one was computed with openssl.
func TestSignInitData(t *testing.T) {
	got := emulator.SignInitData("123:abc", map[string]string{"auth_date": "1700000000", "user": `{"id":1}`})
	want := "auth_date=1700000000&hash=2309f851d7c32e455616728b1f0d1f7f26043958d445fe96532270d1ddf512d9&user=%7B%22id%22%3A1%7D"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOpenApp(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.must(b.form("sendMessage", "chat_id", "1001", "text", "x", "reply_markup", appKeyboard))
	check := func(address string) {
		t.Helper()
		base, fragment, _ := strings.Cut(address, "#")
		v, err := url.ParseQuery(fragment)
		if err != nil || base != "https://bot.example/app?x=1" {
			t.Fatalf("got %s, %v", address, err)
		}
		if _, ok := genuine(b.Token(), v.Get("tgWebAppData")); !ok || !strings.Contains(v.Get("tgWebAppThemeParams"), `"bg_color":"#ff`) {
			t.Errorf("got %v", v)
		}
	}
	address, err := b.OpenApp(student, student, 1, "登录", nil)
	if err != nil {
		t.Fatal(err)
	}
	check(address)
	_, answer := b.act("app", `{"as":1001,"chat":1001,"message":1,"text":"登录","theme":{"bg_color":"#ff0000"}}`)
	check(answer["url"].(string))
	for _, body := range []string{`{"as":1002,"chat":1001,"message":1,"text":"登录"}`, `{"as":1001,"chat":1001,"message":1,"text":"x"}`} {
		if status, got := b.act("app", body); status != 400 {
			t.Errorf("%s: got %d %v", body, status, got)
		}
	}
}

func TestAppButtonsThatAreRefused(t *testing.T) {
	b := newBot(t, emulator.Options{})
	b.refused(b.form("sendMessage", "chat_id", fmt.Sprint(class), "text", "x", "reply_markup", appKeyboard), 400, "BUTTON_TYPE_INVALID")
	plain := strings.Replace(appKeyboard, "https", "http", 1)
	b.refused(b.form("sendMessage", "chat_id", "1001", "text", "x", "reply_markup", plain), 400, "Only HTTPS links are allowed")
	b.must(b.form("sendMessage", "chat_id", "1001", "text", "x", "reply_markup", strings.Replace(plain, "bot.example", "127.0.0.1:8443", 1)))
}
