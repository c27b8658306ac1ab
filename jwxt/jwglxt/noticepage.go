package jwglxt

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/markup"
)

var noticeLine = regexp.MustCompile(`发\s*布\s*(人|单位|部门|时间|日期)\s*[:：]\s*(\S+(?:\s\d\d?:\d\d(?::\d\d)?)?)`)

// readNotice reads a notice in full. No capture of the page is known, so it
// takes what any such page has: a heading, a line with 发布人 or 发布时间, and
// the text after that line in the same box.
func readNotice(p jwxt.Page) (jwxt.NoticeDetail, error) {
	g := readPage(p)
	var d jwxt.NoticeDetail
	about := g.publication()
	heading := g.doc.Find("h1, h2, h3, h4, .news_title, .title").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return markup.Clean(s.Text()) != "" && !isPublication(s)
	}).First()
	if about.Length() == 0 || heading.Length() == 0 || p.Status != http.StatusOK {
		if err := refused(opNotice, g); err != nil {
			return d, err
		}
		return d, driver.Unread(opNotice, g.said(), "this is no notice")
	}
	d.Title = markup.Clean(heading.Text())
	for _, m := range noticeLine.FindAllStringSubmatch(words(about), -1) {
		if m[1] == "时间" || m[1] == "日期" {
			d.Published = m[2]
		} else {
			d.Sender = m[2]
		}
	}
	text := following(about.Last())
	if d.Text = joined(text); d.Text == "" {
		return d, driver.Unread(opNotice, g.said(), "this notice has no text")
	}
	d.Attachments = g.attachments(text)
	if g.URL != nil {
		d.URL = g.URL.String()
		d.ID = g.URL.Query().Get("xwbh")
	}
	return d, nil
}

// publication is the line that tells who published the notice and when, or the
// few lines: the boxes around the words.
func (g *page) publication() *goquery.Selection {
	for _, root := range g.doc.Nodes {
		var tried *html.Node
		for n := range root.Descendants() {
			if n.Type != html.TextNode || !strings.Contains(n.Data, "布") {
				continue
			}
			box := boxOf(n)
			if box != nil && box != tried && isPublication(g.doc.FindNodes(box)) {
				return withNext(g.doc.FindNodes(box))
			}
			tried = box
		}
	}
	return g.doc.Slice(0, 0)
}

// boxOf is the innermost element around a text that stands in lines of its own.
func boxOf(n *html.Node) *html.Node {
	for a := range n.Ancestors() {
		switch a.DataAtom {
		case atom.P, atom.Div, atom.Td, atom.Li, atom.H4, atom.H5, atom.H6:
			return a
		}
	}
	return nil
}

// withNext adds the neighbours, three at most, that go on telling.
func withNext(s *goquery.Selection) *goquery.Selection {
	all, next := s, s.Next()
	for range 3 {
		if next.Length() == 0 || !isPublication(next) {
			break
		}
		all, next = all.AddSelection(next), next.Next()
	}
	return all
}

func isPublication(s *goquery.Selection) bool {
	text := words(s)
	return len(text) <= maxLine && noticeLine.MatchString(text)
}

// maxLine is longer than any such line, in bytes.
const maxLine = 3 * markup.MaxSaid

// words is the text of a selection with a space between any two elements, or
// its beginning, if that is longer than a line.
func words(s *goquery.Selection) string {
	var b strings.Builder
	for _, n := range s.Nodes {
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(d.Data + " ")
			}
			if b.Len() > 4*maxLine {
				return b.String()
			}
		}
	}
	return markup.Clean(b.String())
}

// following is what comes after an element in its box, or after its box where
// it stands alone.
func following(s *goquery.Selection) *goquery.Selection {
	for ; s.Length() > 0 && !s.Is("body"); s = s.Parent() {
		if after := s.NextAll(); markup.Clean(after.Text()) != "" {
			return after
		}
	}
	return s.Slice(0, 0)
}

// joined is the text of all of a selection, paragraphs parted by a blank line.
func joined(s *goquery.Selection) string {
	var parts []string
	for _, one := range s.EachIter() {
		if part := prose(one); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "\n\n")
}

var fileName = regexp.MustCompile(`(?i)\.(docx?|xlsx?|pptx?|pdf|rar|zip|7z|csv|txt|jpe?g|png)$`)

// attachments are the files that a notice links.
func (g *page) attachments(s *goquery.Selection) []jwxt.Attachment {
	var out []jwxt.Attachment
	s.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		one := jwxt.Attachment{Name: markup.Clean(a.AttrOr("download", "")), URL: g.address(a.AttrOr("href", ""))}
		if one.Name == "" {
			one.Name = markup.Clean(a.Text())
		}
		address, _, _ := strings.Cut(one.URL, "?")
		if isFile := fileName.MatchString(one.Name) || fileName.MatchString(address); !isFile || !strings.HasPrefix(one.URL, "http") {
			return
		}
		out = append(out, one)
	})
	return out
}
