package kingosoft

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt/markup"
)

var courseText = regexp.MustCompile(`^\[([^\[\]]{1,40})\]\s*(.+)$`)

// splitCourse parts [080101]高等数学.
func splitCourse(text string) (id, name string) {
	if m := courseText.FindStringSubmatch(text); m != nil {
		return m[1], m[2]
	}
	return "", text
}

// linesOf are the texts of an element, parted where it breaks lines.
func linesOf(n *html.Node) (lines []string) {
	var line strings.Builder
	end := func() {
		if s := markup.Clean(line.String()); s != "" {
			lines = append(lines, s)
		}
		line.Reset()
	}
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			line.WriteString(d.Data)
		case d.DataAtom == atom.Br:
			end()
		}
	}
	end()
	return lines
}

// set puts a text into a map, which may be nil.
func set(m *map[string]string, name, text string) {
	if *m == nil {
		*m = map[string]string{}
	}
	(*m)[name] = text
}

// number is that of a pattern which has digits only.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
