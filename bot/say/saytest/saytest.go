// Package saytest checks that a text is what Telegram's HTML mode accepts. It
// is stricter than the server where the server would show something other
// than was meant, and it is for tests only.
package saytest

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// Shape is what Telegram would count of a text.
type Shape struct {
	Visible   string // what the person reads
	Units     int    // its length in UTF-16 units
	Entities  int
	LinkBytes int // bytes of all addresses
}

var (
	tag    = regexp.MustCompile(`^<(/?)([a-z-]+)((?: [a-z-]+(?:="[^"<>]*")?)*)>`)
	entity = regexp.MustCompile(`^&(?:lt|gt|amp|quot|#[0-9]+|#x[0-9a-fA-F]+);`)
	link   = regexp.MustCompile(`^ href="(https?://[^"]+)"$`)
)

// attributes says which tags exist and what may stand in them.
var attributes = map[string]*regexp.Regexp{
	"b": none, "strong": none, "i": none, "em": none, "u": none, "ins": none,
	"s": none, "strike": none, "del": none, "tg-spoiler": none, "pre": none,
	"code":       regexp.MustCompile(`^(?: class="language-[^"]+")?$`),
	"span":       regexp.MustCompile(`^ class="tg-spoiler"$`),
	"blockquote": regexp.MustCompile(`^(?: expandable)?$`),
	"a":          link,
	"tg-emoji":   regexp.MustCompile(`^ emoji-id="[0-9]+"$`),
}

var none = regexp.MustCompile(`^$`)

// Check reports the shape of a text, or where it is not Telegram HTML.
func Check(s string) (Shape, error) {
	var shape Shape
	var open []string
	var visible strings.Builder
	for i := 0; i < len(s); {
		rest := s[i:]
		switch rest[0] {
		case '<':
			m := tag.FindStringSubmatch(rest)
			if m == nil {
				return shape, fmt.Errorf("byte %d: a bare < in %.40q", i, rest)
			}
			var err error
			if open, err = step(open, m[1] != "", m[2], m[3]); err != nil {
				return shape, fmt.Errorf("byte %d: %w", i, err)
			}
			if m[1] == "" {
				shape.Entities++
			}
			if a := link.FindStringSubmatch(m[3]); a != nil {
				shape.LinkBytes += len(html.UnescapeString(a[1]))
			}
			i += len(m[0])
		case '&':
			m := entity.FindString(rest)
			if m == "" {
				return shape, fmt.Errorf("byte %d: a bare & in %.40q", i, rest)
			}
			visible.WriteString(html.UnescapeString(m))
			i += len(m)
		case '>':
			return shape, fmt.Errorf("byte %d: a bare >", i)
		default:
			visible.WriteByte(rest[0])
			i++
		}
	}
	if len(open) > 0 {
		return shape, fmt.Errorf("not closed: %v", open)
	}
	shape.Visible = visible.String()
	shape.Units = len(utf16.Encode([]rune(shape.Visible)))
	return shape, nil
}

// step opens or closes a tag by Telegram's rules of nesting.
func step(open []string, closing bool, name, attrs string) ([]string, error) {
	if closing {
		if attrs != "" || len(open) == 0 || open[len(open)-1] != name {
			return nil, fmt.Errorf("</%s> closes nothing; open are %v", name, open)
		}
		return open[:len(open)-1], nil
	}
	allowed, known := attributes[name]
	if !known || !allowed.MatchString(attrs) {
		return nil, fmt.Errorf("<%s%s> is not a tag of Telegram's", name, attrs)
	}
	raw := name == "code" || name == "pre"
	for _, o := range open {
		switch {
		case o == "pre" && name == "code" && len(open) == 1:
		case o == "code" || o == "pre":
			return nil, fmt.Errorf("<%s> inside <%s>", name, o)
		case raw && o != "blockquote":
			return nil, fmt.Errorf("<%s> inside <%s>", name, o)
		}
	}
	if slices.Contains(open, name) && (name == "a" || name == "blockquote") {
		return nil, fmt.Errorf("<%s> inside itself", name)
	}
	return append(open, name), nil
}
