// Package text cleans, measures, cuts and escapes plain text for Telegram.
//
// Telegram counts UTF-16 units; a phone shows cells, of which a Chinese
// character takes two. Text is cleaned and cut first and escaped last, so that
// a cut never falls inside an entity or a tag.
package text

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Ellipsis ends what was cut, so that a cut is never silent.
const Ellipsis = "…"

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// Escape makes s safe between tags and inside a double-quoted attribute. It
// writes only the four named entities that Telegram knows.
func Escape(s string) string { return escaper.Replace(s) }

var tag = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)

// Plain is what a reader of Telegram HTML sees.
func Plain(s string) string { return html.UnescapeString(tag.ReplaceAllString(s, "")) }

// Units is the length of s in UTF-16 units, as Telegram's limits count.
func Units(s string) int {
	n := 0
	for _, r := range s {
		n += units(r)
	}
	return n
}

// CutUnits is the longest prefix of s of at most limit UTF-16 units. It never
// parts a rune.
func CutUnits(s string, limit int) string {
	n := 0
	for i, r := range s {
		if n += units(r); n > limit {
			return s[:i]
		}
	}
	return s
}

func units(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// Width is the number of cells s takes on a screen.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += cells(r)
	}
	return n
}

func cells(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Line makes s one clean line of at most limit cells and at most limit runes:
// white space runs become single spaces, control and direction-changing
// characters go, and what is too long ends in an ellipsis.
func Line(s string, limit int) string {
	s = strings.Join(strings.Fields(clean(s)), " ")
	wide, runes, end := 0, 0, 0
	for i, r := range s {
		wide += cells(r)
		runes++
		if max(wide, runes) > limit {
			return strings.TrimSpace(s[:end]) + Ellipsis
		}
		if max(wide, runes) < limit {
			end = i + utf8.RuneLen(r)
		}
	}
	return s
}

// Block makes s clean text of several lines: no control characters, no
// trailing spaces, at most one blank line in a row.
func Block(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	var out []string
	blank := true
	for line := range strings.SplitSeq(clean(s), "\n") {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line != "" || !blank {
			out = append(out, line)
		}
		blank = line == ""
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

// clean drops what has no place on a screen: invalid bytes, controls other
// than white space, and characters that turn the direction of the text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\r', r == '\v', r == '\f':
			return ' '
		case r == '\n', !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r):
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
}
