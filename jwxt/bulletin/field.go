package bulletin

import (
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// part is one of the places a field's At names.
type part struct{ css, take string }

func (f Field) parts() []part {
	if f.At == "" {
		return nil
	}
	var out []part
	for at := range strings.SplitSeq(f.At, " & ") {
		p := part{css: strings.TrimSpace(at), take: "text"}
		// An @ inside an attribute's value is followed by a quote or a bracket.
		if i := strings.LastIndexByte(p.css, '@'); i >= 0 && !strings.ContainsAny(p.css[i:], `"'] `) {
			p.css, p.take = strings.TrimSpace(p.css[:i]), p.css[i+1:]
		}
		out = append(out, p)
	}
	return out
}

// said reports whether the field is described at all.
func (f Field) said() bool { return f.At != "" || f.Re != "" || f.Template != "" }

// read takes the field from a row, or from a page. link is the row's.
func (f Field) read(row *goquery.Selection, link string) string {
	parts := f.parts()
	if len(parts) == 0 {
		parts = []part{{take: "text"}}
	}
	values := make([]string, 0, len(parts))
	for _, p := range parts {
		values = append(values, p.read(row, link))
	}
	return f.shape(strings.TrimSpace(strings.Join(values, " ")))
}

func (p part) read(row *goquery.Selection, link string) string {
	at := row
	if p.css != "" {
		at = row.Find(p.css)
	}
	at = at.First()
	switch p.take {
	case "url":
		return link
	case "text":
		return oneLine(textOf(at))
	case "own":
		return ownText(at)
	}
	v, _ := at.Attr(p.take)
	return oneLine(v)
}

// ownText is the first text of the element that is not within a child.
func ownText(s *goquery.Selection) string {
	own := ""
	s.Contents().EachWithBreak(func(_ int, c *goquery.Selection) bool {
		if goquery.NodeName(c) == "#text" {
			own = oneLine(c.Text())
		}
		return own == ""
	})
	return own
}

var templateGroup = regexp.MustCompile(`\{(\d)\}`)

// shape applies Strip, Re and Template. A value that Re does not match is empty.
// The expressions are valid: Validate has seen them.
func (f Field) shape(v string) string {
	for _, re := range f.Strip {
		if re, err := regexp.Compile(re); err == nil {
			v = strings.TrimSpace(re.ReplaceAllString(v, ""))
		}
	}
	groups := []string{v}
	if f.Re != "" {
		re, err := regexp.Compile(f.Re)
		if err != nil {
			return ""
		}
		if groups = re.FindStringSubmatch(v); groups == nil {
			return ""
		}
	}
	if f.Template == "" {
		return strings.TrimSpace(groups[min(1, len(groups)-1)])
	}
	if v == "" {
		return ""
	}
	return templateGroup.ReplaceAllStringFunc(f.Template, func(g string) string {
		if n := int(g[1] - '0'); n < len(groups) {
			return groups[n]
		}
		return ""
	})
}
