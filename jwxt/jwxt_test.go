package jwxt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
)

func TestParseTerm(t *testing.T) {
	for in, want := range map[string]string{
		"2024-2025-1":      "2024-2025-1",
		" 2024-2025-2 ":    "2024-2025-2",
		"24-25-1":          "2024-2025-1",
		"2024-1":           "2024-2025-1",
		"2024-2025学年第一学期":  "2024-2025-1",
		"2024-2025学年 第2学期": "2024-2025-2",
		"2024–2025-3":      "2024-2025-3",
		"2024秋":            "2024-2025-1",
		"2025春季学期":         "2024-2025-2",
		"2025年夏":           "2024-2025-3",
	} {
		got, err := jwxt.ParseTerm(in)
		if err != nil || got.String() != want {
			t.Errorf("ParseTerm(%q) = %v, %v, want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "2024", "2024-2026-1", "2024-2025-4", "上学期", "2024-2025", "-1", "20244-1", "0100-1", "9999-1"} {
		if got, err := jwxt.ParseTerm(in); err == nil {
			t.Errorf("ParseTerm(%q) = %v, want an error", in, got)
		}
	}
}

func TestTermsAreOrderedByTime(t *testing.T) {
	autumn, spring, next := jwxt.Term{Year: 2024, Part: 1}, jwxt.Term{Year: 2024, Part: 2}, jwxt.Term{Year: 2025, Part: 1}
	if autumn.Compare(spring) >= 0 || spring.Compare(next) >= 0 || next.Compare(autumn) <= 0 || next.Compare(next) != 0 {
		t.Error("terms are out of order")
	}
}

func FuzzParseTerm(f *testing.F) {
	f.Add("2024-2025-1")
	f.Add("24秋")
	f.Fuzz(func(t *testing.T, s string) {
		term, err := jwxt.ParseTerm(s)
		if err != nil {
			return
		}
		again, err := jwxt.ParseTerm(term.String())
		if err != nil || again != term {
			t.Errorf("%q became %v, which became %v, %v", s, term, again, err)
		}
	})
}

func TestDecimal(t *testing.T) {
	for in, want := range map[string]string{"3": "3", "0.25": "0.25", " 3.40 ": "3.4", "152.5": "152.5", "": "", "-999.999": "-999.999", "0": "0"} {
		d, err := jwxt.ParseDecimal(in)
		if err != nil || d.String() != want {
			t.Errorf("ParseDecimal(%q) = %q, %v, want %q", in, d, err, want)
		}
	}
	for _, in := range []string{"优", "NaN", "Inf", "1e99", "0x10", "1_000", "1,5", "--"} {
		if d, err := jwxt.ParseDecimal(in); err == nil {
			t.Errorf("ParseDecimal(%q) = %q, want an error", in, d)
		}
	}
}

func TestDecimalJSON(t *testing.T) {
	var got struct{ A, B, C, D jwxt.Decimal }
	if err := json.Unmarshal([]byte(`{"A": 3.5, "B": "0.25", "C": null, "D": ""}`), &got); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"A":3.5,"B":0.25,"C":null,"D":null}`, string(out)); diff != "" {
		t.Error(diff)
	}
}

func FuzzDecimal(f *testing.F) {
	f.Add("3.40")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := jwxt.ParseDecimal(s)
		if err != nil {
			return
		}
		if again, err := jwxt.ParseDecimal(d.String()); err != nil || again != d {
			t.Errorf("%q became %q, which became %q, %v", s, d, again, err)
		}
	})
}

func TestKindOf(t *testing.T) {
	wrapped := fmt.Errorf("outer: %w", jwxt.Refuse(jwxt.Locked, "login", "账号已锁定"))
	for _, c := range []struct {
		name string
		err  error
		want jwxt.Kind
	}{
		{"wrapped", wrapped, jwxt.Locked},
		{"deadline", context.DeadlineExceeded, jwxt.Unreachable},
		{"foreign", errors.New("boom"), jwxt.Internal},
	} {
		if got := jwxt.KindOf(c.err); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := jwxt.SaidOf(wrapped); got != "账号已锁定" {
		t.Errorf("the school's words became %q", got)
	}
	if strings.Contains(wrapped.Error(), "账号") {
		t.Error("the school's words are in the error's text, which is logged")
	}
}

func TestKindsHaveStableNames(t *testing.T) {
	for _, k := range jwxt.Kinds() {
		b, err := k.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back jwxt.Kind
		if err := back.UnmarshalText(b); err != nil || back != k || strings.Contains(k.String(), "(") {
			t.Errorf("%v is written %s and read %v, %v", k, b, back, err)
		}
	}
	later := jwxt.Locked
	if err := later.UnmarshalText([]byte("OfALaterVersion")); err != nil || later != jwxt.Internal {
		t.Errorf("an unknown name is read as %v, %v", later, err)
	}
}

// TestNothingPersonalIsPrinted writes every personal type to a log and to text.
func TestNothingPersonalIsPrinted(t *testing.T) {
	const canary = "canary-7731"
	secret := jwxt.Secret(canary)
	session := jwxt.Session{Cookies: []jwxt.Cookie{{Name: "JSESSIONID", Value: canary}}, Student: jwxt.Student{Name: canary}}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", secret, "session", session,
		"student", session.Student, "answers", jwxt.Answers{jwxt.FieldPassword: canary})
	encoded, err := json.Marshal(map[string]any{"secret": secret})
	if err != nil {
		t.Fatal(err)
	}
	all := log.String() + string(encoded) + fmt.Sprintf("%v %+v %#v %s", secret, secret, secret, secret)
	if strings.Contains(all, canary) {
		t.Errorf("it is printed: %s", all)
	}
	if !strings.Contains(all, "[secret]") {
		t.Errorf("nothing stands in its place: %s", all)
	}
}

func TestSessionCloneIsItsOwn(t *testing.T) {
	s := jwxt.Session{Cookies: []jwxt.Cookie{{Name: "a", Value: "1"}}, Memo: map[string]string{"k": "v"}}
	c := s.Clone()
	c.Cookies[0].Value, c.Memo["k"] = "2", "w"
	if s.Cookies[0].Value != "1" || s.Memo["k"] != "v" {
		t.Error("a change of the clone reached the original")
	}
}

func TestTrack(t *testing.T) {
	drag := jwxt.Track{{T: 0}, {X: 40, Y: 1, T: 120}, {X: 83, Y: -2, T: 410}}
	got, err := jwxt.ParseTrack(drag.String())
	if err != nil || got.End() != 83 {
		t.Fatalf("got %v, %v", got, err)
	}
	if diff := cmp.Diff(drag, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{
		"", "null", "[]", "{}", `[{"x":"1"}]`, `[{"t":5},{"t":4}]`, `[{"x":10001}]`, `[{"y":-10001}]`,
		jwxt.Track(make([]jwxt.Point, 2001)).String(),
	} {
		if got, err := jwxt.ParseTrack(bad); err == nil {
			t.Errorf("%.20s: got %v", bad, got)
		}
	}
}

func FuzzParseTrack(f *testing.F) {
	f.Add(`[{"x":0,"y":0,"t":0},{"x":83,"y":-2,"t":410}]`)
	f.Fuzz(func(t *testing.T, s string) {
		track, err := jwxt.ParseTrack(s)
		if err != nil {
			return
		}
		again, err := jwxt.ParseTrack(track.String())
		if err != nil || !cmp.Equal(track, again) {
			t.Errorf("%v became %v, %v", track, again, err)
		}
	})
}

func TestParseWeeks(t *testing.T) {
	for in, want := range map[string][]int{
		"1-4周":         {1, 2, 3, 4},
		"1-6周(单)":      {1, 3, 5},
		"2-6(双周)":      {2, 4, 6},
		"2,4,6-8(周)":   {2, 4, 6, 7, 8},
		"第3-5,7,9周":    {3, 4, 5, 7, 9},
		"{第1-4周|单周}":   {1, 3},
		"1-3周，5-9周(单)": {1, 2, 3, 5, 7, 9},
		"16":           {16},
		"1-4[周]":       {1, 2, 3, 4},
		"3-5单周":        {3, 5},
	} {
		got, ok := jwxt.ParseWeeks(in)
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("ParseWeeks(%q): %v (-want +got):\n%s", in, ok, diff)
		}
	}
	for _, in := range []string{"", "周", "每周", "5-3周", "0-4周", "1-99周", "单双周", "1-4周 星期三", "2-2(单)"} {
		if got, ok := jwxt.ParseWeeks(in); ok {
			t.Errorf("ParseWeeks(%q) = %v, want none", in, got)
		}
	}
	if got, ok := jwxt.WeeksOf("0110", 0); !ok || !cmp.Equal(got, []int{1, 2}) {
		t.Errorf("WeeksOf = %v, %v", got, ok)
	}
	for _, in := range []string{"", "000", "01x"} {
		if got, ok := jwxt.WeeksOf(in, 1); ok {
			t.Errorf("WeeksOf(%q) = %v, want none", in, got)
		}
	}
}

func TestParseSpan(t *testing.T) {
	for in, want := range map[string]jwxt.Span{
		"2026-06-25(19:30-21:30)":             {Date: "2026-06-25", Starts: "19:30", Ends: "21:30"},
		"2024-01-08 14:30~16:10":              {Date: "2024-01-08", Starts: "14:30", Ends: "16:10"},
		"2023年12月6日 8:00-10:00":               {Date: "2023-12-06", Starts: "08:00", Ends: "10:00"},
		"2024-01-08 14:30:00":                 {Date: "2024-01-08", Starts: "14:30"},
		"第18周 周一 2024/1/8":                    {Date: "2024-01-08"},
		"2024-01-08 14:30 至 2024-01-08 16:10": {Date: "2024-01-08", Starts: "14:30", Ends: "16:10"},
	} {
		if got, ok := jwxt.ParseSpan(in); !ok || got != want {
			t.Errorf("ParseSpan(%q) = %v, %v, want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "第18周", "2024-13-08 10:00", "14:30-16:00"} {
		if got, ok := jwxt.ParseSpan(in); ok {
			t.Errorf("ParseSpan(%q) = %v, want none", in, got)
		}
	}
}

func FuzzParseWeeks(f *testing.F) {
	f.Add("1-16周(单)")
	f.Fuzz(func(t *testing.T, s string) {
		weeks, ok := jwxt.ParseWeeks(s)
		if ok != (len(weeks) > 0) || !slices.IsSorted(weeks) {
			t.Errorf("%q became %v, %v", s, weeks, ok)
		}
	})
}

func FuzzParseSpan(f *testing.F) {
	f.Add("2026-06-25(19:30-21:30)")
	f.Fuzz(func(t *testing.T, s string) {
		span, ok := jwxt.ParseSpan(s)
		if ok != (span.Date != "") {
			t.Errorf("%q became %v, %v", s, span, ok)
		}
	})
}

type plainDriver struct{ jwxt.Driver }

type wrapped struct{ jwxt.Driver }

func (w wrapped) Unwrap() jwxt.Driver { return w.Driver }

func (plainDriver) KeepAlive(context.Context, *jwxt.Conn) error { return nil }

func TestAsLooksThroughWrappers(t *testing.T) {
	if _, ok := jwxt.As[jwxt.Keeper](wrapped{wrapped{plainDriver{}}}); !ok {
		t.Error("the keeper below two wrappers is not found")
	}
	if _, ok := jwxt.As[jwxt.GradeReader](wrapped{plainDriver{}}); ok {
		t.Error("a reader that nobody implements is found")
	}
}
