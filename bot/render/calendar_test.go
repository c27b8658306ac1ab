package render_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/render"
)

// properties reads a calendar back, as RFC 5545 has it: names with parameters
// in order, each with its value.
func properties(t *testing.T, file []byte) (names []string, values map[string]string) {
	t.Helper()
	whole := string(file)
	if !utf8.ValidString(whole) || !strings.HasSuffix(whole, "\r\n") || strings.Contains(strings.ReplaceAll(whole, "\r\n", ""), "\n") {
		t.Fatalf("not lines of UTF-8: %q", whole)
	}
	for line := range strings.SplitSeq(whole, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			t.Fatalf("a line of %d bytes: %q", len(line), line)
		}
	}
	values = map[string]string{}
	unfolded := strings.TrimSuffix(strings.ReplaceAll(whole, "\r\n ", ""), "\r\n")
	for line := range strings.SplitSeq(unfolded, "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("a line without a value: %q", line)
		}
		names = append(names, name)
		if _, twice := values[name]; !twice {
			values[name] = strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n").Replace(value)
		}
	}
	return names, values
}

func TestCalendar(t *testing.T) {
	beijing := time.FixedZone("CST", 8*60*60)
	e := render.Event{
		ID: "0123456789abcdef", Title: "关于2025-2026学年第二学期本科生选课工作安排的通知：截止", Place: "教一楼, 101; 东",
		Start: time.Date(2026, 3, 5, 17, 0, 0, 0, beijing), Made: time.Date(2026, 3, 2, 8, 0, 0, 0, beijing),
		Note: `教务处 · C:\报名`, URL: "https://jwc.example.edu.cn/info/1001/7.htm?a=1,2;3",
	}
	for name, tc := range map[string]struct {
		change func(*render.Event)
		want   map[string]string
		no     string
	}{
		"a moment": {func(*render.Event) {}, map[string]string{
			"DTSTART": "20260305T090000Z", "DTEND": "20260305T090000Z", "SUMMARY": e.Title, "LOCATION": e.Place,
			"DESCRIPTION": e.Note, "URL": e.URL, "UID": "0123456789abcdef@jwxtbot", "DTSTAMP": "20260302T000000Z", "TRIGGER": "-P1D",
		}, "TRANSP"},
		"a day": {func(e *render.Event) { e.AllDay = true }, map[string]string{
			"DTSTART;VALUE=DATE": "20260305", "DTEND;VALUE=DATE": "20260306",
		}, "DTSTART"},
		"little is known": {func(e *render.Event) { e.Place, e.URL = "", "javascript:alert(1)" }, map[string]string{
			"SUMMARY": e.Title,
		}, "URL"},
		"of several lines": {func(e *render.Event) { e.Title = "a\r\nATTENDEE:b\nEND:VEVENT" }, map[string]string{
			"SUMMARY": "a ATTENDEE:b END:VEVENT",
		}, "ATTENDEE"},
	} {
		t.Run(name, func(t *testing.T) {
			e := e
			tc.change(&e)
			_, values := properties(t, render.Calendar(e))
			for name, want := range tc.want {
				if diff := cmp.Diff(want, values[name]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
			if v, ok := values[tc.no]; ok {
				t.Errorf("there is %s:%s", tc.no, v)
			}
		})
	}
}

// FuzzCalendar: whatever a school writes, the file has the same properties and
// no others.
func FuzzCalendar(f *testing.F) {
	f.Add("标题", "地点", "说明")
	f.Add("a\r\nBEGIN:VEVENT", `\;,\n`, strings.Repeat("长", 999))
	f.Add("\x00\xff", "\u2028\u0085", "\v\f\r")
	plain, _ := properties(&testing.T{}, render.Calendar(render.Event{Title: "a", Place: "b", Note: "c"}))
	f.Fuzz(func(t *testing.T, title, place, note string) {
		names, _ := properties(t, render.Calendar(render.Event{Title: "a" + title, Place: "b" + place, Note: "c" + note}))
		if diff := cmp.Diff(fmt.Sprint(plain), fmt.Sprint(names)); diff != "" {
			t.Errorf("properties (-want +got):\n%s", diff)
		}
	})
}
