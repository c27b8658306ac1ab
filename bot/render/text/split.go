package text

import (
	"html"
	"regexp"
	"slices"
	"strings"
)

// Telegram's limits, in UTF-16 units of what a reader sees.
const (
	MaxMessage = 4096
	MaxCaption = 1024
)

// Beyond these Telegram drops formatting or refuses the message. The second is
// in bytes, below the 9,500 or so that have been seen to pass.
const (
	maxEntities = 100
	maxMarkup   = 8000
)

// Split cuts Telegram HTML into texts that Telegram takes: the first of at most
// limit UTF-16 units, the others of at most MaxMessage, each with at most 100
// entities. It cuts after a line where it can, else at a blank, never inside a
// tag or an entity; elements that a cut parts are closed and opened again. A
// text that fits is returned as it is.
func Split(s string, limit int) []string {
	if Units(s) <= limit && strings.Count(s, "<")-strings.Count(s, "</") <= maxEntities {
		return []string{s} // as nearly all do
	}
	var out []string
	var open []piece
	for rest := pieces(s); len(rest) > 0; limit = MaxMessage {
		n := fit(rest, open, limit)
		if n == len(rest) && len(out) == 0 {
			return []string{s}
		}
		var part string
		part, open = write(rest[:n], open)
		if part != "" {
			out = append(out, part)
		}
		rest = rest[n:]
	}
	return out
}

// piece is what must not be cut: a tag, an entity or a rune.
type piece struct {
	text  string
	tag   bool
	units int // that a reader sees
}

// Telegram knows four names of characters, and numbers. What else begins with
// an ampersand are characters like any other.
var pieceShape = regexp.MustCompile(`(?s)</?[a-zA-Z][^<>]*>|&(?:lt|gt|amp|quot|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});|.`)

func pieces(s string) []piece {
	found := pieceShape.FindAllString(s, -1)
	out := make([]piece, len(found))
	for i, t := range found {
		out[i] = piece{text: t, tag: len(t) > 1 && t[0] == '<'}
		switch {
		case out[i].tag:
		case len(t) > 1 && t[0] == '&':
			out[i].units = Units(html.UnescapeString(t))
		default:
			out[i].units = Units(t)
		}
	}
	return out
}

func (p piece) closes() bool { return p.tag && p.text[1] == '/' }

// closing is the tag that closes p.
func (p piece) closing() string {
	name, _, _ := strings.Cut(strings.Trim(p.text, "<>"), " ")
	return "</" + name + ">"
}

// fit is how many pieces go into one text that begins within open elements: at
// least one.
func fit(rest, open []piece, limit int) int {
	units, entities, markup := 0, len(open), 0
	for _, p := range open {
		markup += len(p.text)
	}
	line, blank := 0, 0 // after the last of them
	for i, p := range rest {
		if p.tag && !p.closes() {
			entities++
			markup += len(p.text)
		}
		units += p.units
		if i > 0 && (units > limit || entities > maxEntities || markup > maxMarkup) {
			return cut(i, line, blank)
		}
		switch p.text {
		case "\n":
			line = i + 1
		case " ":
			blank = i + 1
		}
	}
	return len(rest)
}

// cut is the best place at or before the i-th piece: after a line, or a blank,
// unless that wastes more than half.
func cut(i, line, blank int) int {
	switch {
	case line > i/2:
		return line
	case blank > i/2:
		return blank
	}
	return i
}

// write is the text of pieces that begin within open elements, without blanks
// around it, and what is open at their end. A text that shows nothing is empty.
func write(part, open []piece) (string, []piece) {
	var body strings.Builder
	for _, p := range open {
		body.WriteString(p.text)
	}
	open = slices.Clone(open)
	shown := false
	for _, p := range part {
		switch {
		case p.closes() && len(open) > 0:
			open = open[:len(open)-1]
		case p.tag && !p.closes():
			open = append(open, p)
		case !p.tag && strings.TrimSpace(p.text) != "":
			shown = true
		case !p.tag && !shown:
			continue
		}
		body.WriteString(p.text)
	}
	if !shown {
		return "", open
	}
	s := strings.TrimRight(body.String(), " \n")
	for _, p := range slices.Backward(open) {
		s += p.closing()
	}
	return s, open
}
