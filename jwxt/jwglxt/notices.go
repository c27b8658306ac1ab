package jwglxt

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

const (
	opNotices = "jwglxt: notices"
	opNotice  = "jwglxt: notice"

	noticesPerPage = 15 // the vendor's own page size
)

var noticeID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// Notices implements [jwxt.NoticeReader]: one request.
func (Driver) Notices(ctx context.Context, c *jwxt.Conn, n int) (jwxt.NoticePage, error) {
	v, n := open(c), max(n, 1)
	return reading(v, func() (jwxt.NoticePage, error) {
		l, err := v.list(ctx, opNotices, v.path("/xtgl/xwck_cxMoreXwList.html?doType=query"), query(nil, n, noticesPerPage, " ", "desc"))
		if err != nil {
			return jwxt.NoticePage{}, err
		}
		return l.notices(n)
	})
}

// notices reads page n of the list of 通知公告.
func (l grid) notices(n int) (jwxt.NoticePage, error) {
	out := jwxt.NoticePage{Notices: []jwxt.Notice{}, Page: n, Pages: max(n, (l.total+noticesPerPage-1)/noticesPerPage), Total: l.total}
	for _, m := range l.Items {
		one := jwxt.Notice{ID: m.first("xwbh"), Title: m.first("xwbtqc", "xwbt"), Sender: m.first("fbrxm", "fbr"), Published: m.first("fbsj")}
		if !noticeID.MatchString(one.ID) || one.Title == "" {
			return out, jwxt.Fail(jwxt.Changed, opNotices, errors.New("a row is no notice"))
		}
		if m["sfzd"] == "1" {
			one.Category = "置顶"
		}
		if m["fbdz"] != "" {
			one.Extra = map[string]string{"链接": string(m["fbdz"])} // the text is on another site
		}
		out.Notices = append(out.Notices, one)
	}
	if len(out.Notices) == 0 && l.total > 0 && n == 1 {
		return out, jwxt.Fail(jwxt.Changed, opNotices, errors.New("the list is shorter than it says"))
	}
	return out, nil
}

// Notice implements [jwxt.NoticeReader]: one request.
func (Driver) Notice(ctx context.Context, c *jwxt.Conn, id string) (jwxt.NoticeDetail, error) {
	v := open(c)
	if !noticeID.MatchString(id) {
		return jwxt.NoticeDetail{}, jwxt.Fail(jwxt.Internal, opNotice, errors.New("this ID came from no list"))
	}
	return reading(v, func() (jwxt.NoticeDetail, error) {
		p, err := v.send(ctx, opNotice, fetch.Request{
			URL: v.path("/xtgl/xwck_ckXw.html?xwbh=" + id + "&doType=save"), Referer: v.path("/xtgl/xwck_cxMoreXwList.html"),
		})
		if err != nil {
			return jwxt.NoticeDetail{}, err
		}
		d, err := readNotice(p)
		d.ID = id
		return d, err
	})
}

var noticeLine = regexp.MustCompile(`发\s*布\s*(人|单位|部门|时间|日期)\s*[:：]\s*(\S+(?:\s\d\d?:\d\d(?::\d\d)?)?)`)

// readNotice reads a notice in full. No capture of the page is known, so it
// takes what any such page has: a heading, a line with 发布人 or 发布时间 near
// it, and the text after that line in the same box.
func readNotice(p jwxt.Page) (jwxt.NoticeDetail, error) {
	g := readPage(p)
	var d jwxt.NoticeDetail
	about := g.doc.Find("p, div, td, h4, h5, h6, span").FilterFunction(func(_ int, s *goquery.Selection) bool {
		text := clean(s.Text())
		return len([]rune(text)) <= maxSaid && noticeLine.MatchString(text)
	}).First()
	heading := g.doc.Find("h1, h2, h3, h4, .news_title, .title").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return clean(s.Text()) != "" && !noticeLine.MatchString(s.Text())
	}).First()
	if about.Length() == 0 || heading.Length() == 0 || p.Status != 200 {
		if err := refused(opNotice, g); err != nil {
			return d, err
		}
		return d, unread(opNotice, g, "this is no notice")
	}
	d.Title = clean(heading.Text())
	for _, m := range noticeLine.FindAllStringSubmatch(clean(about.Text()), -1) {
		if m[1] == "时间" || m[1] == "日期" {
			d.Published = m[2]
		} else {
			d.Sender = m[2]
		}
	}
	text := about.NextAll()
	for box := about; text.Length() == 0 || clean(text.Text()) == ""; text = box.NextAll() {
		if box = box.Parent(); box.Length() == 0 || box.Is("body") {
			return d, unread(opNotice, g, "this notice has no text")
		}
	}
	parts := make([]string, 0, text.Length())
	text.Each(func(_ int, s *goquery.Selection) {
		if part := prose(s); part != "" {
			parts = append(parts, part)
		}
	})
	d.Text = strings.Join(parts, "\n\n")
	d.Attachments = g.attachments(text)
	if g.URL != nil {
		d.URL = g.URL.String()
		d.ID = g.URL.Query().Get("xwbh")
	}
	return d, nil
}

var fileName = regexp.MustCompile(`(?i)\.(docx?|xlsx?|pptx?|pdf|rar|zip|7z|csv|txt|jpe?g|png)$`)

// attachments are the files that a notice links.
func (g *page) attachments(s *goquery.Selection) []jwxt.Attachment {
	var out []jwxt.Attachment
	s.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		one := jwxt.Attachment{Name: clean(a.AttrOr("download", "")), URL: g.address(a.AttrOr("href", ""))}
		if one.Name == "" {
			one.Name = clean(a.Text())
		}
		address, _, _ := strings.Cut(one.URL, "?")
		if isFile := fileName.MatchString(one.Name) || fileName.MatchString(address); !isFile || !strings.HasPrefix(one.URL, "http") {
			return
		}
		out = append(out, one)
	})
	return out
}
