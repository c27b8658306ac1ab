package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"jwxtbot/bot/render/text"
)

func TestLine(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		limit    int
		want     string
	}{
		{"short stays", "高等数学A", 10, "高等数学A"},
		{"exact fit stays", "高等数学", 8, "高等数学"},
		{"a wide rune is not halved", "高等数学", 7, "高等数…"},
		{"latin", "abcdefgh", 5, "abcd…"},
		{"no blank before the ellipsis", "ab cdefgh", 4, "ab…"},
		{"one line", " a\r\n\tb  c ", 10, "a b c"},
		{"controls and direction marks go", "a\u202eb\x00c\x7f", 10, "abc"},
		{"invalid bytes go", "a\xff\xfeb", 10, "ab"},
		{"combining marks are counted too", "a" + strings.Repeat("\u0301", 50), 5, "a\u0301\u0301\u0301…"},
		{"empty", "", 5, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text.Line(tt.in, tt.limit); got != tt.want {
				t.Errorf("Line(%q, %d) = %q, want %q", tt.in, tt.limit, got, tt.want)
			}
		})
	}
}

func TestBlock(t *testing.T) {
	const in = "\r\n一、报名  \r\n\r\n\r\n\t二、考试\x07\n \n"
	if got, want := text.Block(in), "一、报名\n\n 二、考试"; got != want {
		t.Errorf("Block = %q, want %q", got, want)
	}
}

func TestUnitsAndCut(t *testing.T) {
	const s = "a成😀b"
	if got, want := text.Units(s), 5; got != want {
		t.Errorf("Units = %d, want %d", got, want)
	}
	for limit, want := range []string{"", "a", "a成", "a成", "a成😀", s, s} {
		if got := text.CutUnits(s, limit); got != want {
			t.Errorf("CutUnits(%q, %d) = %q, want %q", s, limit, got, want)
		}
	}
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{"84": 2, "优": 2, "缓考": 4, "Ａ": 2, "é": 1, "e\u0301": 1} {
		if got := text.Width(s); got != want {
			t.Errorf("Width(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestEscape(t *testing.T) {
	if got, want := text.Escape(`<b a="1">&'`), "&lt;b a=&quot;1&quot;&gt;&amp;'"; got != want {
		t.Errorf("Escape = %q, want %q", got, want)
	}
}

func FuzzLine(f *testing.F) {
	f.Add("高等数学 A\n\u202e<b>", 7)
	f.Add("0 \x01", 9)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = 1 + limit&63
		got := text.Line(s, limit)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\n\r\x00") {
			t.Errorf("Line(%q) = %q is not one clean line", s, got)
		}
		if w := text.Width(got); w > limit {
			t.Errorf("Line(%q, %d) is %d cells wide", s, limit, w)
		}
		if again := text.Line(got, limit); again != got {
			t.Errorf("Line is not stable: %q, then %q", got, again)
		}
	})
}
