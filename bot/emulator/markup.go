package emulator

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// tags maps the tags of the HTML parse mode to the entity types they make.
var tags = map[string]string{
	"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
	"tg-spoiler": "spoiler", "span": "spoiler", "a": "text_link", "code": "code", "pre": "pre",
	"blockquote": "blockquote", "tg-emoji": "custom_emoji",
}

// ParseHTML reads UTF-8 text as the HTML parse mode does: clean text, and
// entities counted in UTF-16 units. The error's text is the official server's.
func ParseHTML(s string) (string, []Entity, error) {
	p := htmlParser{src: s}
	for p.pos < len(s) {
		var err error
		switch {
		case strings.HasPrefix(s[p.pos:], "</"):
			err = p.endTag()
		case s[p.pos] == '<':
			err = p.startTag()
		case s[p.pos] == '&':
			p.write(p.reference())
		default:
			p.text()
		}
		if err != nil {
			return "", nil, err
		}
	}
	if n := len(p.open); n > 0 {
		return "", nil, wrong("Can't find end tag corresponding to start tag %q", p.open[n-1].name)
	}
	return p.out.String(), tidy(p.entities), nil
}

type htmlParser struct {
	src      string
	pos      int // in bytes of src
	out      strings.Builder
	units    int // UTF-16 length of out
	open     []openTag
	entities []Entity
}

type openTag struct {
	name   string
	entity Entity
	bytes  int // length of out at its start
}

func (p *htmlParser) write(s string) {
	p.out.WriteString(s)
	p.units += units(s)
}

func (p *htmlParser) text() {
	n := strings.IndexAny(p.src[p.pos:], "<&")
	if n < 0 {
		n = len(p.src) - p.pos
	}
	p.write(p.src[p.pos : p.pos+n])
	p.pos += n
}

// reference reads what an & begins. Unknown names stay as they are written,
// and the semicolon may be missing.
func (p *htmlParser) reference() string {
	rest := p.src[p.pos+1:]
	n := 0
	for n < len(rest) && (rest[n] == '#' || isNameByte(rest[n])) {
		n++
	}
	s, ok := decodeReference(rest[:n])
	if !ok {
		p.pos++
		return "&"
	}
	p.pos += 1 + n
	if p.peek() == ';' {
		p.pos++
	}
	return s
}

func decodeReference(name string) (string, bool) {
	switch name {
	case "lt":
		return "<", true
	case "gt":
		return ">", true
	case "amp":
		return "&", true
	case "quot":
		return `"`, true
	}
	digits, ok := strings.CutPrefix(name, "#")
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	code, err := strconv.ParseUint(digits, base, 32)
	if !ok || err != nil || code == 0 || code > utf8.MaxRune || !utf8.ValidRune(rune(code)) {
		return "", false
	}
	return string(rune(code)), true
}

func (p *htmlParser) startTag() error {
	begin := p.pos
	p.pos++
	for p.pos < len(p.src) && !isSpace(p.peek()) && p.peek() != '>' {
		p.pos++
	}
	if p.pos == len(p.src) {
		return wrong("Unclosed start tag at byte offset %d", begin)
	}
	name := strings.ToLower(p.src[begin+1 : p.pos])
	kind, ok := tags[name]
	if !ok {
		return wrong("Unsupported start tag %q at byte offset %d", name, begin)
	}
	attrs, err := p.attributes(name, begin)
	if err != nil {
		return err
	}
	if name == "span" && attrs["class"] != "tg-spoiler" {
		return wrong(`Tag "span" must have class "tg-spoiler" at byte offset %d`, begin)
	}
	e := Entity{Type: kind, Offset: p.units}
	switch _, expandable := attrs["expandable"]; {
	case name == "a":
		e.URL = attrs["href"]
	case name == "code":
		e.Language, _ = strings.CutPrefix(attrs["class"], "language-")
	case name == "tg-emoji":
		e.CustomEmojiID = attrs["emoji-id"]
	case name == "blockquote" && expandable:
		e.Type = "expandable_blockquote"
	}
	p.open = append(p.open, openTag{name, e, p.out.Len()})
	return nil
}

// attributes reads up to and with the tag's >.
func (p *htmlParser) attributes(tag string, begin int) (map[string]string, error) {
	attrs := map[string]string{}
	for {
		p.spaces()
		if p.peek() == '>' {
			p.pos++
			return attrs, nil
		}
		start := p.pos
		for p.pos < len(p.src) && !isSpace(p.peek()) && p.peek() != '=' && p.peek() != '>' {
			p.pos++
		}
		name := strings.ToLower(p.src[start:p.pos])
		p.spaces()
		switch {
		case p.pos == len(p.src):
			return nil, wrong("Unclosed start tag %q at byte offset %d", tag, begin)
		case name == "":
			return nil, wrong("Empty attribute name in the tag %q at byte offset %d", tag, begin)
		case p.peek() != '=' && tag == "blockquote" && name == "expandable":
			attrs[name] = ""
			continue
		case p.peek() != '=':
			return nil, wrong("Expected equal sign in declaration of an attribute of the tag %q at byte offset %d", tag, begin)
		}
		p.pos++
		value, err := p.value(tag, begin)
		if err != nil {
			return nil, err
		}
		attrs[name] = value
	}
}

func (p *htmlParser) value(tag string, begin int) (string, error) {
	p.spaces()
	quote := p.peek()
	if p.pos == len(p.src) {
		return "", wrong("Unclosed start tag %q at byte offset %d", tag, begin)
	}
	if quote != '"' && quote != '\'' {
		start := p.pos
		for isNameByte(p.peek()) || p.peek() == '.' || p.peek() == '-' {
			p.pos++
		}
		if !isSpace(p.peek()) && p.peek() != '>' {
			return "", wrong("Unexpected end of name token at byte offset %d", start)
		}
		return strings.ToLower(p.src[start:p.pos]), nil
	}
	p.pos++
	var v strings.Builder
	for p.pos < len(p.src) && p.peek() != quote {
		if p.peek() == '&' {
			v.WriteString(p.reference())
			continue
		}
		v.WriteByte(p.peek())
		p.pos++
	}
	if p.pos == len(p.src) {
		return "", wrong("Unclosed start tag at byte offset %d", begin)
	}
	p.pos++
	return v.String(), nil
}

func (p *htmlParser) endTag() error {
	begin := p.pos
	if len(p.open) == 0 {
		return wrong("Unexpected end tag at byte offset %d", begin)
	}
	p.pos += 2
	for p.pos < len(p.src) && !isSpace(p.peek()) && p.peek() != '>' {
		p.pos++
	}
	name := strings.ToLower(p.src[begin+2 : p.pos])
	p.spaces()
	if p.peek() != '>' {
		return wrong("Unclosed end tag at byte offset %d", begin)
	}
	p.pos++
	top := p.open[len(p.open)-1]
	if name != "" && name != top.name {
		return wrong("Unmatched end tag at byte offset %d, expected %q, found %q", begin, "</"+top.name+">", "</"+name+">")
	}
	p.open = p.open[:len(p.open)-1]
	p.close(top)
	return nil
}

// close turns a tag that has ended into its entity.
func (p *htmlParser) close(t openTag) {
	e := t.entity
	e.Length = p.units - e.Offset
	if e.Type == "text_link" {
		if e.URL == "" {
			e.URL = p.out.String()[t.bytes:]
		}
		if e.URL = cleanURL(e.URL); e.URL == "" {
			return
		}
	}
	p.entities = append(p.entities, e)
}

func (p *htmlParser) spaces() {
	for p.pos < len(p.src) && isSpace(p.src[p.pos]) {
		p.pos++
	}
}

// peek is the byte at pos, 0 at the end.
func (p *htmlParser) peek() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	return 0
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0 || c == '\v'
}

func isNameByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// parseError is what the official server says; its sentences begin with capitals.
type parseError string

func (e parseError) Error() string { return string(e) }

func wrong(format string, args ...any) error { return parseError(fmt.Sprintf(format, args...)) }
