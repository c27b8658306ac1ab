package jwxt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
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
