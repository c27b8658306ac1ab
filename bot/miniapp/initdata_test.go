package miniapp

import (
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/emulator"
)

const secret = "4242:canary-token-Zx81"

var noon = time.Unix(1_790_000_000, 0)

// fields are a client's, as they were when the button was pressed at noon.
func fields(changed ...string) map[string]string {
	f := map[string]string{
		"auth_date": strconv.FormatInt(noon.Unix(), 10), "query_id": "AAH1", "signature": "third-party",
		"user": `{"id":1001,"first_name":"张 三","language_code":"zh-hans"}`,
	}
	for i := 0; i < len(changed); i += 2 {
		if f[changed[i]] = changed[i+1]; changed[i+1] == "" {
			delete(f, changed[i])
		}
	}
	return f
}

func TestInitData(t *testing.T) {
	sign := func(changed ...string) string { return emulator.SignInitData(secret, fields(changed...)) }
	good := sign()
	at := func(d time.Duration) string { return strconv.FormatInt(noon.Add(d).Unix(), 10) }
	hash := func(s string) string { v, _ := url.ParseQuery(s); return v.Get("hash") }
	tests := []struct {
		name, raw string
		want      error
	}{
		{"genuine", good, nil},
		{"without what not every client sends", sign("query_id", "", "signature", ""), nil},
		{"with what no client sends yet", sign("chat_kind", "future"), nil},
		{"names sort as names, not as lines", sign("a", "1", "a1", "2", "a_b", "3"), nil},
		{"plus for a space", strings.ReplaceAll(good, "%20", "+"), nil},
		{"almost ten minutes old", sign("auth_date", at(-openFor+time.Second)), nil},
		{"ten minutes old", sign("auth_date", at(-openFor)), errStale},
		{"a clock that is ahead", sign("auth_date", at(skew)), nil},
		{"of the future", sign("auth_date", at(skew+time.Second)), errStale},
		{"of another bot", emulator.SignInitData("4242:another", fields()), errForged},
		{"another person's id", strings.Replace(good, "1001", "1002", 1), errForged},
		{"made young again", strings.Replace(sign("auth_date", at(-time.Hour)), at(-time.Hour), at(0), 1), errForged},
		{"a field more", good + "&start_param=x", errForged},
		{"a field less", strings.Replace(good, "query_id=AAH1&", "", 1), errForged},
		{"a field twice", good + "&user=" + url.QueryEscape(`{"id":1002}`), errForged},
		{"the hash twice", good + "&hash=" + hash(good), errForged},
		{"no hash", strings.Replace(good, "hash=", "hush=", 1), errForged},
		{"half a hash", strings.Replace(good, hash(good), hash(good)[:32], 1), errForged},
		{"an empty hash", strings.Replace(good, hash(good), "", 1), errForged},
		{"a hash that is no hex", strings.Replace(good, hash(good), strings.Repeat("x", 64), 1), errForged},
		{"two lines in a field", sign("start_param", "x\nuser={\"id\":1002}"), errForged},
		{"a name with a value in it", sign("a=b", "c"), errForged},
		{"no user", sign("user", ""), errForged},
		{"a user without an id", sign("user", `{"first_name":"x"}`), errForged},
		{"a group for a user", sign("user", `{"id":-1001}`), errForged},
		{"no date", sign("auth_date", ""), errForged},
		{"a date in words", sign("auth_date", "now"), errForged},
		{"a date beyond time", sign("auth_date", "9223372036854775807"), errStale},
		{"nothing", "", errForged},
		{"no query", "%zz", errForged},
		{"longer than any", sign("start_param", strings.Repeat("x", maxInitData)), errForged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readInitData(secret, tt.raw, noon)
			if err != tt.want {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if err == nil && (got.User != 1001 || got.ID == "") {
				t.Errorf("got %+v", got)
			}
			if err != nil && strings.Contains(err.Error(), "1001") {
				t.Errorf("the error quotes initData: %v", err)
			}
		})
	}
}

// TestInitDataName: one opening has one name, so that no other spelling of it
// opens a second page.
func TestInitDataName(t *testing.T) {
	good := emulator.SignInitData(secret, fields())
	v, _ := url.ParseQuery(good)
	one, err := readInitData(secret, good, noon)
	if err != nil {
		t.Fatal(err)
	}
	if want := noon.Add(openFor); !one.Until.Equal(want) {
		t.Errorf("it is good until %v, want %v", one.Until, want)
	}
	pairs := strings.Split(good, "&")
	for name, other := range map[string]string{
		"another order":     strings.Join(append(pairs[1:], pairs[0]), "&"),
		"a hash in capital": strings.Replace(good, v.Get("hash"), strings.ToUpper(v.Get("hash")), 1),
		"other escapes":     strings.Replace(good, "AAH1", "%41AH1", 1),
	} {
		if got, err := readInitData(secret, other, noon); err != nil || got.ID != one.ID {
			t.Errorf("%s: got %q, %v, want %q", name, got.ID, err, one.ID)
		}
	}
	if next, err := readInitData(secret, emulator.SignInitData(secret, fields("query_id", "AAH2")), noon); err != nil || next.ID == one.ID {
		t.Errorf("another opening has the name %q of the first, %v", next.ID, err)
	}
}

// FuzzInitData: nothing but what was signed is taken, however it is written.
func FuzzInitData(f *testing.F) {
	for _, seed := range []string{
		emulator.SignInitData(secret, fields()), emulator.SignInitData("x", fields()), "hash=", "a=b&a=b", "user=%7B%7D&hash=00",
	} {
		f.Add(seed)
	}
	genuine, err := initFields(emulator.SignInitData(secret, fields()))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := readInitData(secret, raw, noon)
		if err != nil {
			return
		}
		// Whoever gets in without the token wrote the genuine fields anew.
		have, err := initFields(raw)
		if err != nil || got.User != 1001 {
			t.Fatalf("got %+v, %v", got, err)
		}
		for k, want := range genuine {
			if k != "hash" && have[k] != want {
				t.Errorf("%s is %q and was signed as %q", k, have[k], want)
			}
		}
		if sum, _ := hex.DecodeString(have["hash"]); len(sum) != 32 {
			t.Errorf("a hash of %d bytes", len(sum))
		}
	})
}
