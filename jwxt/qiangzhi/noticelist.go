package qiangzhi

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/markup"
)

// readNotices reads a page of 已收公告, or the home page's widget.
func readNotices(p jwxt.Page) (jwxt.NoticePage, error) {
	g := readPage(p)
	out, found := g.noticeTable()
	if !found {
		out, found = g.noticeWidget()
	}
	switch {
	case len(out.Notices) > 0:
		return out, nil
	case found && g.saysNone():
		return out, nil
	}
	if err := refused(opNotices, g); err != nil {
		return jwxt.NoticePage{}, err
	}
	return jwxt.NoticePage{}, driver.Unread(opNotices, g.said(), "this is no notice list")
}

// noticeTable reads the table with 标题 and a time in its header.
func (g *page) noticeTable() (out jwxt.NoticePage, found bool) {
	for _, n := range g.tables {
		rs := markup.Rows(n)
		if len(rs) == 0 {
			continue
		}
		names := markup.Headers(rs[0])
		if !slices.Contains(names, "标题") || !slices.ContainsFunc(names, func(s string) bool { return strings.HasSuffix(s, "时间") }) {
			continue
		}
		out = jwxt.NoticePage{Notices: []jwxt.Notice{}, Page: g.pageIndex(), Total: g.total()}
		out.Pages = max(g.pages(), out.Page)
		for _, name := range names {
			if setNotice(name) == nil {
				out.UnknownColumns = append(out.UnknownColumns, name)
			}
		}
		for _, r := range rs[1:] {
			if tds := markup.Cells(r, nil); len(tds) == len(names) {
				out.Notices = append(out.Notices, noticeRow(names, tds))
			}
		}
		return out, true
	}
	return out, false
}

// setNotice is how a column is taken, nil for an unknown one.
func setNotice(name string) func(*jwxt.Notice, string) {
	switch name {
	case "序号", "操作", "":
		return func(*jwxt.Notice, string) {}
	case "标题":
		return func(n *jwxt.Notice, s string) { n.Title = s }
	case "类别", "类型", "公告类别", "发布类别":
		return func(n *jwxt.Notice, s string) { n.Category = s }
	case "发送人", "发布人", "发布单位":
		return func(n *jwxt.Notice, s string) { n.Sender = s }
	case "发送时间", "发布时间":
		return func(n *jwxt.Notice, s string) { n.Published = s }
	}
	return nil
}

var ggid = regexp.MustCompile(`[?&]ggid=([0-9A-Za-z_-]{1,59})`)

func noticeRow(names []string, tds []*html.Node) jwxt.Notice {
	var n jwxt.Notice
	for i, td := range tds {
		text := markup.Text(td)
		if set := setNotice(names[i]); set != nil {
			set(&n, text)
		} else if text != "" {
			if n.Extra == nil {
				n.Extra = map[string]string{}
			}
			n.Extra[names[i]] = text
		}
		for d := range td.Descendants() {
			for _, a := range d.Attr {
				if m := ggid.FindStringSubmatch(a.Val); m != nil && n.ID == "" {
					n.ID = m[1]
				}
			}
		}
	}
	return n
}

var quotedID = regexp.MustCompile(`['"]([0-9A-Za-z_-]{4,59})['"]`)

// noticeWidget reads the home page's list: li.list-group-item with the title
// in an attribute, the ID in the link's onclick and the date in span#fbsj….
func (g *page) noticeWidget() (out jwxt.NoticePage, found bool) {
	out = jwxt.NoticePage{Notices: []jwxt.Notice{}, Page: 1, Pages: 1}
	for li := range g.root.Descendants() {
		if li.DataAtom != atom.Li || !hasClass(li, "list-group-item") {
			continue
		}
		found = true
		n := jwxt.Notice{Title: markup.Clean(markup.Attr(li, "title"))}
		for d := range li.Descendants() {
			switch {
			case d.DataAtom == atom.A:
				if m := quotedID.FindStringSubmatch(markup.Attr(d, "onclick") + markup.Attr(d, "href")); m != nil {
					n.ID = widgetPrefix + m[1]
				}
			case d.DataAtom == atom.Span && strings.HasPrefix(markup.Attr(d, "id"), "fbsj"):
				n.Published = markup.Text(d)
			}
		}
		if n.Title != "" && n.ID != "" {
			out.Notices = append(out.Notices, n)
		}
	}
	return out, found
}

var pager = regexp.MustCompile(`共\s*(\d{1,4})\s*页(?:\s*(\d{1,6})\s*条)?`)

// pages is how many pages the pager counts, at least 1.
func (g *page) pages() int {
	pages, _ := g.pager()
	return max(pages, 1)
}

func (g *page) total() int {
	_, total := g.pager()
	return total
}

func (g *page) pager() (pages, total int) {
	for _, s := range g.loose {
		if m := pager.FindStringSubmatch(s); m != nil {
			pages, _ = strconv.Atoi(m[1])
			total, _ = strconv.Atoi(m[2])
			return min(pages, maxPages*10), total
		}
	}
	return 0, 0
}

// pageIndex is which page this is, counted from 1.
func (g *page) pageIndex() int {
	if in := g.input("pageIndex"); in != nil {
		if n, err := strconv.Atoi(strings.TrimSpace(markup.Attr(in, "value"))); err == nil && n > 0 {
			return n
		}
	}
	return 1
}
