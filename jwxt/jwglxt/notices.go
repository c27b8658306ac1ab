package jwglxt

import (
	"context"
	"errors"
	"regexp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
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
	return driver.Read(v.Conn, func() (jwxt.NoticePage, error) {
		l, err := v.list(ctx, opNotices, v.path("/xtgl/xwck_cxMoreXwList.html?doType=query"), query(nil, n, noticesPerPage, " ", "desc"))
		if err != nil {
			return jwxt.NoticePage{}, err
		}
		return l.notices(n)
	})
}

// notices reads page n of the list of 通知公告.
func (l grid) notices(n int) (jwxt.NoticePage, error) {
	out := jwxt.NoticePage{Notices: []jwxt.Notice{}, Page: n, Pages: l.pages(n), Total: l.total}
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
	return driver.Read(v.Conn, func() (jwxt.NoticeDetail, error) {
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
