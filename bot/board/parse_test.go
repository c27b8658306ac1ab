package board

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func FuzzFilter(f *testing.F) {
	for _, s := range []string{"+考试 -研究生 /第[一二]学期/", "/a b/ c", "--/x", "/", "//", "/ /", "＋－", "off", "a,b，c、d；e", "/[a /\xaf -b/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := parseFilter(s)
		for _, p := range append(got.Include, got.Exclude...) {
			if p == "" || !utf8.ValidString(p) {
				t.Errorf("%q has the pattern %q", s, p)
			}
			// A pattern alone means the same when it is typed again.
			if again := parseFilter("+" + p); len(again.Include) == 1 && again.Include[0] != p {
				t.Error(cmp.Diff(p, again.Include[0]))
			}
		}
	})
}

func FuzzQuiet(f *testing.F) {
	for _, s := range []string{"23:00-07:00", "2200-0700", "off", "24-0", "0:0-0:1", "99-99"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, ok := parseQuiet(s)
		if ok && !q.Off && (q.From == q.To || min(q.From, q.To) < 0 || max(q.From, q.To) >= 24*60) {
			t.Errorf("%q is %+v", s, q)
		}
	})
}

func FuzzTapData(f *testing.F) {
	f.Add("b:sub:donghu-jwc:1:1")
	f.Add("b:")
	f.Fuzz(func(t *testing.T, data string) {
		if op, args := parseTap(data); op != "" && tapData(op, args...) != data {
			t.Errorf("%q is %q %q", data, op, args)
		}
	})
}

func FuzzLend(f *testing.F) {
	for _, s := range []string{"-crupjz7l_0_donghu", "-1_z_a-b", "-000_0_x", "__", "-_0_x", "1_0_x", "-zzzzzzzzzzzzz_zzzzzzz_x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		to, ok := parseLend(s)
		if !ok {
			return
		}
		if again, ok := parseLend(to.String()); !ok || again != to || to.Chat > 0 {
			t.Errorf("%q is %+v, and again %+v", s, to, again)
		}
		if len(to.data("ly")) > maxData || len(lendWords+to.String()) > 64 {
			t.Errorf("%q does not fit", s)
		}
	})
}

func FuzzUrgent(f *testing.F) {
	for _, s := range []string{"考试 停水", "off", " ，；、", "a a A", "\xff考"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words, hushed := parseUrgent(s)
		for _, w := range words {
			if hushed || w == "" || !utf8.ValidString(w) {
				t.Errorf("%q is %q, none = %v", s, words, hushed)
			}
		}
	})
}
