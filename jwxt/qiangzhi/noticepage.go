package qiangzhi

import (
	"net/url"
	"path"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/markup"
)

// readNotice reads a notice in full, of either of the two kinds of page.
func readNotice(p jwxt.Page) (jwxt.NoticeDetail, error) {
	g := readPage(p)
	for _, read := range []func(*page) (jwxt.NoticeDetail, bool){(*page).noticeCells, (*page).noticeDiv} {
		if d, ok := read(g); ok {
			if g.URL != nil {
				d.URL = g.URL.String()
				if m := ggid.FindStringSubmatch(d.URL); m != nil {
					d.ID = m[1]
				}
			}
			return d, nil
		}
	}
	if err := refused("qiangzhi: notice", g); err != nil {
		return jwxt.NoticeDetail{}, err
	}
	return jwxt.NoticeDetail{}, driver.Unread("qiangzhi: notice", g.said(), "this is no notice")
}

// noticeCells reads ggly_show: a table of three cells, title, text and the
// lines 发布类别, 发布人, 发布时间, 有效期.
func (g *page) noticeCells() (d jwxt.NoticeDetail, ok bool) {
	for _, t := range g.tables {
		var tds []*html.Node
		for _, r := range markup.Rows(t) {
			tds = append(tds, markup.Cells(r, nil)...)
		}
		if len(tds) < 3 {
			continue
		}
		about := strings.Split(prose(tds[len(tds)-1]), "\n")
		if d.Title = markup.Text(tds[0]); d.Title == "" || !describe(&d, about) {
			continue
		}
		for _, td := range tds[1 : len(tds)-1] {
			d.Text = strings.TrimSpace(d.Text + "\n\n" + prose(td))
			d.Attachments = append(d.Attachments, g.attachments(td)...)
		}
		return d, true
	}
	return d, false
}

// describe takes the labelled lines of a notice, and reports whether they are
// such lines.
func describe(d *jwxt.NoticeDetail, lines []string) (ok bool) {
	for _, line := range lines {
		label, value, _ := cutLabel(line)
		switch label {
		case "发布类别", "类别":
			d.Category = value
		case "发布人", "发送人", "发布单位":
			d.Sender = value
		case "发布时间", "发送时间":
			d.Published, ok = value, true
		case "有效期":
			d.Valid = value
		}
	}
	return ok
}

// noticeDiv reads main_index_tzgg: div.content under a heading, with the
// publisher and the time in p.desc.
func (g *page) noticeDiv() (d jwxt.NoticeDetail, ok bool) {
	content := find(g.root, func(n *html.Node) bool { return n.DataAtom == atom.Div && hasClass(n, "content") })
	desc := find(g.root, func(n *html.Node) bool { return n.DataAtom == atom.P && hasClass(n, "desc") })
	if content == nil || desc == nil {
		return d, false
	}
	heading := find(g.root, func(n *html.Node) bool {
		switch n.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4:
			return true
		}
		return hasClass(n, "title")
	})
	if d.Title = g.title; heading != nil {
		d.Title = markup.Text(heading)
	}
	for n := range desc.Descendants() {
		if n.DataAtom != atom.Span {
			continue
		}
		text := markup.Text(n)
		if describe(&d, []string{text}) || text == "" {
			continue
		}
		if unicode.IsDigit(rune(text[0])) {
			d.Published = text
		} else if d.Sender == "" && !strings.ContainsAny(text, "：:") {
			d.Sender = text
		}
	}
	d.Text = prose(content)
	d.Attachments = g.attachments(content)
	return d, true
}

// attachments are the files that a notice links, pictures in its text
// included: some notices are nothing but a scan.
func (g *page) attachments(n *html.Node) []jwxt.Attachment {
	var out []jwxt.Attachment
	for d := range n.Descendants() {
		var a jwxt.Attachment
		switch d.DataAtom {
		case atom.A:
			a = jwxt.Attachment{Name: markup.Clean(markup.Attr(d, "download")), URL: markup.Attr(d, "href")}
			if a.Name == "" && !strings.Contains(a.URL, "/uploadfile/") {
				continue
			}
			if a.Name == "" {
				a.Name = markup.Text(d)
			}
		case atom.Img:
			if a.URL = markup.Attr(d, "src"); !strings.Contains(a.URL, "/uploadfile/") {
				continue
			}
		default:
			continue
		}
		if a, ok := g.attached(a); ok {
			out = append(out, a)
		}
	}
	return out
}

// attached makes an attachment's address absolute and gives it a name.
func (g *page) attached(a jwxt.Attachment) (jwxt.Attachment, bool) {
	u, err := url.Parse(strings.TrimSpace(a.URL))
	if err != nil {
		return a, false
	}
	if g.URL != nil {
		u = g.URL.ResolveReference(u)
	}
	if u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return a, false
	}
	a.URL = u.String()
	if a.Name == "" {
		a.Name = path.Base(u.Path)
	}
	return a, true
}

// prose is the text below n as a person reads it: a line per br, paragraphs
// parted by a blank line.
func prose(n *html.Node) string {
	var s strings.Builder
	addProse(&s, n)
	var out []string
	blank := true
	for line := range strings.SplitSeq(s.String(), "\n") {
		line = markup.Clean(line)
		if line != "" {
			out = append(out, line)
		} else if !blank {
			out = append(out, "")
		}
		blank = line == ""
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

func addProse(s *strings.Builder, n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			// Line breaks of the source are spaces to a browser.
			s.WriteString(strings.ReplaceAll(strings.ReplaceAll(c.Data, "\r", " "), "\n", " "))
			continue
		}
		if c.Type != html.ElementNode {
			continue
		}
		switch c.DataAtom {
		case atom.Script, atom.Style:
		case atom.Br:
			s.WriteByte('\n')
		case atom.P, atom.Div, atom.Table, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.H4:
			s.WriteString("\n\n")
			addProse(s, c)
			s.WriteString("\n\n")
		case atom.Tr, atom.Li:
			s.WriteByte('\n')
			addProse(s, c)
		case atom.Td, atom.Th:
			s.WriteByte(' ')
			addProse(s, c)
		default:
			addProse(s, c)
		}
	}
}
