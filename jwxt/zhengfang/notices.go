package zhengfang

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const (
	opNotices = "zhengfang: notices"
	opNotice  = "zhengfang: notice"
)

// Notices implements [jwxt.NoticeReader]: one request, for the page in the
// frame of the main page. The list has one page.
func (Driver) Notices(ctx context.Context, c *jwxt.Conn, _ int) (jwxt.NoticePage, error) {
	v := open(c)
	return reading(v, func() (jwxt.NoticePage, error) {
		g, err := v.send(ctx, opNotices, fetch.Request{URL: v.path("content.aspx")})
		if err != nil {
			return jwxt.NoticePage{}, err
		}
		return readNotices(g)
	})
}

// readNotices reads the table with 公布标题 in its header.
func readNotices(g *page) (jwxt.NoticePage, error) {
	out := jwxt.NoticePage{Notices: []jwxt.Notice{}, Page: 1, Pages: 1}
	rs, names := g.noticeTable()
	if names == nil || g.Status != http.StatusOK {
		if err := refused(opNotices, g); err != nil {
			return out, err
		}
		return out, driver.Unread(opNotices, g.said(), "this is no notice list")
	}
	for _, name := range names {
		if setNotice(name) == nil {
			out.UnknownColumns = append(out.UnknownColumns, name)
		}
	}
	for _, r := range rs {
		tds := markup.Cells(r, nil)
		if isBlank(tds) {
			continue // the list is filled up with them
		}
		n, ok := readNoticeRow(names, tds)
		if !ok {
			return out, jwxt.Fail(jwxt.Changed, opNotices, errors.New("a row is no notice"))
		}
		out.Notices = append(out.Notices, n)
	}
	return out, nil
}

// noticeTable is the list's header and the rows below it.
func (g *page) noticeTable() (below []*html.Node, names []string) {
	for _, n := range g.tables {
		for i, r := range markup.Rows(n) {
			names := markup.Headers(r)
			if slices.ContainsFunc(names, isTitle) && slices.Contains(names, "发布时间") {
				return markup.Rows(n)[i+1:], names
			}
		}
	}
	return nil, nil
}

// isTitle knows the column of titles, 相关新闻--公布标题 at one school.
func isTitle(name string) bool { return strings.HasSuffix(name, "公布标题") }

// setNotice is how a column is taken, nil for an unknown one.
func setNotice(name string) func(*jwxt.Notice, string) {
	switch {
	case isTitle(name):
		return func(n *jwxt.Notice, s string) { n.Title = s }
	case name == "发布单位":
		return func(n *jwxt.Notice, s string) { n.Sender = s }
	case name == "发布时间":
		return func(n *jwxt.Notice, s string) { n.Published = s }
	case name == "有效期限":
		return func(n *jwxt.Notice, s string) { setNoticeExtra(n, name, s) }
	case name == "":
		return func(*jwxt.Notice, string) {}
	}
	return nil
}

func setNoticeExtra(n *jwxt.Notice, name, s string) {
	if n.Extra == nil {
		n.Extra = map[string]string{}
	}
	n.Extra[name] = s
}

func readNoticeRow(names []string, tds []*html.Node) (n jwxt.Notice, ok bool) {
	if len(tds) != len(names) {
		return n, false
	}
	for i, td := range tds {
		text := markup.Text(td)
		switch set := setNotice(names[i]); {
		case text == "":
		case set != nil:
			set(&n, text)
		default:
			setNoticeExtra(&n, names[i], text)
		}
		for d := range td.Descendants() {
			if key, found := readNoticeLink(markup.Attr(d, "onclick") + " " + markup.Attr(d, "href")); found && n.ID == "" {
				n.ID = key.id()
			}
		}
	}
	return n, n.ID != "" && n.Title != ""
}

// noticeKey is what a notice is found by. Number is called xh in its address,
// but it is the notice's, and blank for some.
type noticeKey struct{ published, valid, number string }

var noticeLink = regexp.MustCompile(`ggsm\.aspx\?fbsj=([^&'"|]{0,24})&(?:amp;)?yxqx=([^&'"|]{0,24})&(?:amp;)?xh=([^&'"|]{0,8})`)

func readNoticeLink(script string) (noticeKey, bool) {
	m := noticeLink.FindStringSubmatch(script)
	if m == nil {
		return noticeKey{}, false
	}
	for i := range m {
		if s, err := url.QueryUnescape(m[i]); err == nil {
			m[i] = s
		}
	}
	k := noticeKey{strings.TrimSpace(m[1]), strings.TrimSpace(m[2]), strings.TrimSpace(m[3])}
	_, ok := readNoticeID(k.id())
	return k, ok
}

// id writes the key in letters, digits, - and _.
func (k noticeKey) id() string {
	return base64.RawURLEncoding.EncodeToString([]byte(k.published + "|" + k.valid + "|" + k.number))
}

// maxNoticeID is as long as the IDs of notices are anywhere.
const maxNoticeID = 64

var keyText = regexp.MustCompile(`^([0-9:/ -]{6,24})\|([0-9:/ -]{0,24})\|([0-9A-Za-z]{0,8})$`)

func readNoticeID(id string) (noticeKey, bool) {
	b, err := base64.RawURLEncoding.DecodeString(id)
	m := keyText.FindStringSubmatch(string(b))
	if err != nil || m == nil || len(id) > maxNoticeID {
		return noticeKey{}, false
	}
	return noticeKey{m[1], m[2], m[3]}, true
}

// Notice implements [jwxt.NoticeReader]: one request.
func (Driver) Notice(ctx context.Context, c *jwxt.Conn, id string) (jwxt.NoticeDetail, error) {
	v := open(c)
	k, ok := readNoticeID(id)
	if !ok {
		return jwxt.NoticeDetail{}, jwxt.Fail(jwxt.Internal, opNotice, errors.New("this ID came from no list"))
	}
	address := v.path("ggsm.aspx?fbsj=" + url.PathEscape(k.published) + "&yxqx=" + url.PathEscape(k.valid) + "&xh=" + url.PathEscape(k.number))
	return reading(v, func() (jwxt.NoticeDetail, error) {
		g, err := v.send(ctx, opNotice, fetch.Request{URL: address, Referer: v.path("content.aspx")})
		if err != nil {
			return jwxt.NoticeDetail{}, err
		}
		d, err := readNotice(g)
		d.ID, d.Published, d.Valid = id, k.published, k.valid
		return d, err
	})
}

// readNotice reads ggsm.aspx: the title in Label2, the text in a text area, and
// a link to a file beside it.
func readNotice(g *page) (d jwxt.NoticeDetail, err error) {
	title, text := g.ids["label2"], g.ids["tbggsm"]
	if title == nil || text == nil || g.Status != http.StatusOK {
		if err := refused(opNotice, g); err != nil {
			return d, err
		}
		return d, driver.Unread(opNotice, g.said(), "this is no notice")
	}
	d.Title, d.Text = markup.Text(title), paragraphs(rawText(text))
	if d.Title == "" {
		return d, driver.Unread(opNotice, g.said(), "this notice has no title")
	}
	d.Attachments = g.attachments()
	if d.Text == "" && len(d.Attachments) == 0 {
		return d, driver.Unread(opNotice, g.said(), "this notice has no text")
	}
	if g.URL != nil {
		d.URL = g.URL.String()
	}
	return d, nil
}

// rawText is the text below n as it was written.
func rawText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// paragraphs parts the lines of a text area by blank lines, as each line of it
// is a paragraph.
func paragraphs(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = markup.Clean(line); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n\n")
}

// attachments are HyperLink1 and whatever is linked in the panel fj. A link
// without an address is there for its looks.
func (g *page) attachments() []jwxt.Attachment {
	var out []jwxt.Attachment
	for _, a := range g.links {
		href := strings.TrimSpace(markup.Attr(a, "href"))
		if href == "" || strings.HasPrefix(href, "#") || strings.HasPrefix(strings.ToLower(href), "javascript:") || !g.attaches(a) {
			continue
		}
		one := jwxt.Attachment{Name: markup.Text(a), URL: g.address(href)}
		if !strings.HasPrefix(one.URL, "http") {
			continue
		}
		if u, err := url.Parse(one.URL); err == nil && one.Name == "" {
			one.Name = u.Path[strings.LastIndexByte(u.Path, '/')+1:]
		}
		out = append(out, one)
	}
	return out
}

func (g *page) attaches(a *html.Node) bool {
	if strings.HasPrefix(markup.Attr(a, "id"), "HyperLink") {
		return true
	}
	for p := range a.Ancestors() {
		if markup.Attr(p, "id") == "fj" {
			return true
		}
	}
	return false
}
