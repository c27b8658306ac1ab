package qiangzhi

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

const opNotices = "qiangzhi: notices"

// widgetPrefix marks the IDs of notices that only the home page lists.
const widgetPrefix = "tzgg-"

var noticeID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// Notices implements [jwxt.NoticeReader]: one request. Schools without the
// list 已收公告 are read from the widget of their home page, which has one
// page; which it is, is found out once.
func (Driver) Notices(ctx context.Context, c *jwxt.Conn, n int) (jwxt.NoticePage, error) {
	if isApp(c.School) {
		return jwxt.NoticePage{}, notInApp("qiangzhi: notices")
	}
	v := open(c)
	return driver.Read(v.Conn, func() (jwxt.NoticePage, error) { return v.notices(ctx, max(n, 1)) })
}

func (v *visit) notices(ctx context.Context, n int) (jwxt.NoticePage, error) {
	if v.Noted(memoNotices) == "widget" {
		return v.widget(ctx)
	}
	list, err := v.noticeList(ctx, n)
	if err == nil || jwxt.KindOf(err) != jwxt.Changed || n > 1 {
		return list, err
	}
	if w, werr := v.widget(ctx); werr == nil {
		v.Note(memoNotices, "widget")
		return w, nil
	}
	return list, err
}

func (v *visit) noticeList(ctx context.Context, n int) (jwxt.NoticePage, error) {
	r := fetch.Request{URL: v.path("/ggly/ysgg_query")}
	if n > 1 {
		r.Post, r.Form, r.Referer = true, fetch.Form{{Name: "pageIndex", Value: strconv.Itoa(n)}}, r.URL
	}
	p, err := v.get(ctx, opNotices, r)
	if err != nil {
		return jwxt.NoticePage{}, err
	}
	list, err := readNotices(p)
	if err == nil && list.Page != n {
		return jwxt.NoticePage{}, jwxt.Fail(jwxt.Changed, opNotices, errors.New("another page of the list came"))
	}
	return list, err
}

func (v *visit) widget(ctx context.Context) (jwxt.NoticePage, error) {
	p, err := v.get(ctx, opNotices, fetch.Request{URL: v.path("/framework/main_index_loadtzgg.jsp"), AJAX: true})
	if err != nil {
		return jwxt.NoticePage{}, err
	}
	return readNotices(p)
}

// Notice implements [jwxt.NoticeReader]: one request.
func (Driver) Notice(ctx context.Context, c *jwxt.Conn, id string) (jwxt.NoticeDetail, error) {
	if isApp(c.School) {
		return jwxt.NoticeDetail{}, notInApp("qiangzhi: notices")
	}
	const op = "qiangzhi: notice"
	v := open(c)
	address := "/ggly/ggly_show?ggid=" + id
	if hex, ok := strings.CutPrefix(id, widgetPrefix); ok {
		address = "/framework/main_index_tzgg.jsp?id=" + hex
	}
	if !noticeID.MatchString(id) {
		return jwxt.NoticeDetail{}, jwxt.Fail(jwxt.Internal, op, errors.New("this ID came from no list"))
	}
	return driver.Read(v.Conn, func() (jwxt.NoticeDetail, error) {
		p, err := v.get(ctx, op, fetch.Request{URL: v.path(address), Referer: v.path("/ggly/ysgg_query")})
		if err != nil {
			return jwxt.NoticeDetail{}, err
		}
		d, err := readNotice(p)
		d.ID = id
		return d, err
	})
}
