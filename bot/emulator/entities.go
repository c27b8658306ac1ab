package emulator

import (
	"cmp"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Entity is a formatted stretch of a text; Offset and Length count UTF-16 units.
type Entity struct {
	Type          string `json:"type"`
	Offset        int    `json:"offset"`
	Length        int    `json:"length"`
	URL           string `json:"url,omitempty"`
	Language      string `json:"language,omitempty"`
	CustomEmojiID string `json:"custom_emoji_id,omitempty"`
}

func (e Entity) end() int { return e.Offset + e.Length }

// units is the length of s in UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

const maxEntities = 100 // of one message; Telegram ignores the rest

// tidy puts entities in order and makes them nest: empty and doubled ones and
// those inside code go, overlapping ones are cut. A language of code goes to
// the pre around it.
func tidy(in []Entity) []Entity {
	in = slices.DeleteFunc(slices.Clone(in), func(e Entity) bool { return e.Length <= 0 })
	slices.SortStableFunc(in, func(a, b Entity) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(b.Length, a.Length), cmp.Compare(rank(a), rank(b)))
	})
	var out []Entity
	var around []int // indexes into out
	for _, e := range in {
		for len(around) > 0 && out[around[len(around)-1]].end() <= e.Offset {
			around = around[:len(around)-1]
		}
		if len(around) > 0 {
			outer := &out[around[len(around)-1]]
			e.Length = min(e.Length, outer.end()-e.Offset)
			if outer.Type == "pre" && e.Type == "code" && e.Length == outer.Length {
				outer.Language = e.Language
			}
		}
		if slices.ContainsFunc(around, func(i int) bool { return shadows(out[i], e) }) {
			continue
		}
		around = append(around, len(out))
		out = append(out, e)
	}
	for i := range out {
		if out[i].Type == "code" {
			out[i].Language = ""
		}
	}
	return out[:min(len(out), maxEntities)]
}

// rank orders entities of the same stretch from the outside in, so that the
// order does not depend on how the tags were nested.
func rank(e Entity) int {
	return slices.Index([]string{
		"blockquote", "expandable_blockquote", "pre", "code", "text_link",
		"bold", "italic", "underline", "strikethrough", "spoiler", "custom_emoji",
	}, e.Type)
}

func shadows(outer, inner Entity) bool {
	quotes := strings.HasSuffix(outer.Type, "blockquote") && strings.HasSuffix(inner.Type, "blockquote")
	return quotes || outer.Type == inner.Type || outer.Type == "code" || outer.Type == "pre"
}

// trim removes white space around the text, as the server does, and moves the
// entities along.
func trim(text string, entities []Entity) (string, []Entity) {
	left := strings.TrimLeftFunc(text, unicode.IsSpace)
	cut := units(text) - units(left)
	text = strings.TrimRightFunc(left, unicode.IsSpace)
	size := units(text)
	var out []Entity
	for _, e := range entities {
		from, to := max(e.Offset-cut, 0), min(e.end()-cut, size)
		e.Offset, e.Length = from, to-from
		if e.Length > 0 {
			out = append(out, e)
		}
	}
	return text, out
}

var (
	commandPattern = regexp.MustCompile(`/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?`)
	mentionPattern = regexp.MustCompile(`@[A-Za-z][A-Za-z0-9_]{3,31}`)
	urlPattern     = regexp.MustCompile(`https?://[^\s<>"'，。；！？、（）《》【】「」]+`)
)

// detect adds what clients mark by themselves: commands, mentions, links.
func detect(text string, entities []Entity) []Entity {
	found := append([]Entity(nil), entities...)
	add := func(kind string, from, to int) {
		e := Entity{Type: kind, Offset: units(text[:from]), Length: units(text[from:to])}
		if !slices.ContainsFunc(found, func(o Entity) bool { return claims(o, e) }) {
			found = append(found, e)
		}
	}
	for _, m := range urlPattern.FindAllStringIndex(text, -1) {
		add("url", m[0], m[0]+len(strings.TrimRight(text[m[0]:m[1]], ".,;:!?)]")))
	}
	for _, m := range commandPattern.FindAllStringIndex(text, -1) {
		if standsAlone(text, m, "/<>@") {
			add("bot_command", m[0], m[1])
		}
	}
	for _, m := range mentionPattern.FindAllStringIndex(text, -1) {
		if standsAlone(text, m, "/@.") {
			add("mention", m[0], m[1])
		}
	}
	return tidy(found)
}

// claims reports whether a stretch is taken, so that nothing is detected in it.
func claims(o, e Entity) bool {
	if e.Offset >= o.end() || o.Offset >= e.end() {
		return false
	}
	return slices.Contains([]string{"code", "pre", "text_link", "url", "bot_command", "mention"}, o.Type)
}

// standsAlone reports whether no word and none of the glue touches the match.
func standsAlone(text string, m []int, glue string) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:m[0]])
	after, _ := utf8.DecodeRuneInString(text[m[1]:])
	word := unicode.IsLetter(before) && before < 0x2E80 || unicode.IsDigit(before) || before == '_'
	return !word && !strings.ContainsRune(glue, before) && !strings.ContainsRune("/<>", after)
}

// cleanURL gives a link target as the server keeps it, "" if it is none.
func cleanURL(raw string) string {
	raw = strings.TrimSpace(raw)
	if !strings.Contains(raw, "://") && !strings.HasPrefix(raw, "tg:") {
		raw = "http://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || !slices.Contains([]string{"http", "https", "tg", "ton", "tonsite"}, strings.ToLower(u.Scheme)) {
		return ""
	}
	if u.Scheme != "tg" && !strings.ContainsAny(u.Host, ".:") && u.Hostname() != "localhost" {
		return ""
	}
	if u.Path == "" && u.Scheme != "tg" {
		u.Path = "/"
	}
	return u.String()
}

// renderHTML writes text with its entities in the HTML parse mode. Detected
// entities are left out: the server finds them again.
func renderHTML(text string, entities []Entity) string {
	wide := utf16.Encode([]rune(text))
	var b strings.Builder
	at := 0
	copyTo := func(to int) {
		b.WriteString(strings.ReplaceAll(html.EscapeString(string(utf16.Decode(wide[at:to]))), "&#39;", "'"))
		at = to
	}
	var open []Entity
	closeUntil := func(pos int) {
		for len(open) > 0 && open[len(open)-1].end() <= pos {
			top := open[len(open)-1]
			copyTo(top.end())
			_, end := htmlTag(top)
			b.WriteString(end)
			open = open[:len(open)-1]
		}
	}
	for _, e := range entities {
		start, _ := htmlTag(e)
		if start == "" || e.end() > len(wide) {
			continue
		}
		closeUntil(e.Offset)
		copyTo(e.Offset)
		b.WriteString(start)
		open = append(open, e)
	}
	closeUntil(len(wide))
	copyTo(len(wide))
	return b.String()
}

func htmlTag(e Entity) (start, end string) {
	simple := map[string]string{"bold": "b", "italic": "i", "underline": "u", "strikethrough": "s",
		"spoiler": "tg-spoiler", "code": "code", "blockquote": "blockquote"}
	switch {
	case simple[e.Type] != "":
		return "<" + simple[e.Type] + ">", "</" + simple[e.Type] + ">"
	case e.Type == "expandable_blockquote":
		return "<blockquote expandable>", "</blockquote>"
	case e.Type == "text_link":
		return `<a href="` + html.EscapeString(e.URL) + `">`, "</a>"
	case e.Type == "custom_emoji":
		return `<tg-emoji emoji-id="` + html.EscapeString(e.CustomEmojiID) + `">`, "</tg-emoji>"
	case e.Type == "pre" && e.Language != "":
		return `<pre><code class="language-` + html.EscapeString(e.Language) + `">`, "</code></pre>"
	case e.Type == "pre":
		return "<pre>", "</pre>"
	}
	return "", ""
}
