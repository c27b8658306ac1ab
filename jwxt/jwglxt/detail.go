package jwglxt

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const opDetail = "jwglxt: grade detail"

// GradeDetail implements [jwxt.GradeDetailReader]: one request.
func (Driver) GradeDetail(ctx context.Context, c *jwxt.Conn, detail string) ([]jwxt.ScorePart, error) {
	v := open(c)
	q, err := url.ParseQuery(detail)
	if err != nil || q.Get("jxb_id") == "" {
		return nil, jwxt.Fail(jwxt.Internal, opDetail, errors.New("this key came from no list"))
	}
	form := fetch.Form{}
	for _, k := range []string{"jxb_id", "xnm", "xqm", "kcmc"} {
		form = append(form, fetch.Field{Name: k, Value: q.Get(k)})
	}
	return driver.Read(v.Conn, func() ([]jwxt.ScorePart, error) {
		address := v.path("/cjcx/cjcx_cxCjxqGjh.html?gnmkdm=N305005&time=") + now()
		p, err := v.send(ctx, opDetail, fetch.Request{URL: address, Post: true, AJAX: true, Form: form})
		if err != nil {
			return nil, err
		}
		return readDetail(p)
	})
}

// readDetail reads table#subtab: 【 平时 】, 40%, 77.5.
func readDetail(p jwxt.Page) ([]jwxt.ScorePart, error) {
	g := readPage(p)
	table := g.doc.Find("table#subtab").First()
	if table.Length() == 0 || p.Status != http.StatusOK {
		if err := refused(opDetail, g); err != nil {
			return nil, err
		}
		return nil, driver.Unread(opDetail, g.said(), "this is no composition of a score")
	}
	parts := []jwxt.ScorePart{}
	table.Find("tr").Each(func(_ int, row *goquery.Selection) {
		cells := row.Find("td")
		if cells.Length() < 3 {
			return
		}
		one := jwxt.ScorePart{
			Name:  markup.Clean(strings.Trim(markup.Clean(cells.Eq(0).Text()), "【】[] ")),
			Share: markup.Clean(cells.Eq(1).Text()), Score: markup.Clean(cells.Eq(2).Text()),
		}
		if one.Name != "" {
			parts = append(parts, one)
		}
	})
	return parts, nil
}
