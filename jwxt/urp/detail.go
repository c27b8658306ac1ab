package urp

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const opDetail = "urp: grade detail"

var detailView = view{"subitemScore/index", "subitemScore/look"}

// GradeDetail implements [jwxt.GradeDetailReader] for new builds: two requests,
// the page of 分项成绩 and its data. Grades of old builds have no such key.
func (Driver) GradeDetail(ctx context.Context, c *jwxt.Conn, detail string) ([]jwxt.ScorePart, error) {
	v, err := open(c)
	if err != nil {
		return nil, err
	}
	q, err := url.ParseQuery(detail)
	if v.gbk || err != nil || q.Get("kch") == "" {
		return nil, jwxt.Fail(jwxt.Internal, opDetail, errors.New("this key came from no list"))
	}
	return driver.Read(v.Conn, func() ([]jwxt.ScorePart, error) {
		for try := 0; ; try++ {
			form := fetch.Form{}
			for _, k := range []string{"zxjxjhh", "kch", "kxh", "kssj"} {
				form = append(form, fetch.Field{Name: k, Value: q.Get(k)})
			}
			p, err := v.data(ctx, opDetail, detailView, form)
			if err != nil {
				return nil, err
			}
			parts, number, err := readDetail(p)
			if try == 0 && errors.Is(err, errToken) {
				continue
			}
			if err == nil {
				err = v.Same(opDetail, number)
			}
			if err != nil {
				return nil, err
			}
			return parts, nil
		}
	})
}

// partNames are the parts that are known by their keys.
var partNames = [...]struct{ key, name string }{
	{"pscj", "平时成绩"}, {"qzcj", "期中成绩"}, {"sycj", "实验成绩"}, {"qmcj", "期末成绩"}, {"zcj", "总成绩"},
}

// readDetail reads what a score is made of, and whose it is. Keys and meaning
// are those of one client's tests.
func readDetail(p jwxt.Page) (parts []jwxt.ScorePart, number string, err error) {
	text := fetch.Text(p)
	var in struct {
		Msg  *markup.Loose `json:"msg"`
		List *[]item       `json:"scoreDetailList"`
	}
	if !markup.IsJSON(text) || p.Status != http.StatusOK && p.Status != 0 {
		g := readPage(p)
		if err := refused(opDetail, g); err != nil {
			return nil, "", err
		}
		return nil, "", driver.Unread(opDetail, g.said(), "this is no composition of a score")
	}
	if json.Unmarshal(text, &in) != nil {
		return nil, "", jwxt.Fail(jwxt.Changed, opDetail, errNoList)
	}
	if in.Msg != nil && *in.Msg != "" {
		said := markup.Bounded(string(*in.Msg))
		if err := spoken(opDetail, said); err != nil {
			return nil, "", err
		}
		return nil, "", jwxt.Refuse(jwxt.Closed, opDetail, said)
	}
	if in.List == nil {
		return nil, "", jwxt.Fail(jwxt.Changed, opDetail, errNoList)
	}
	parts = []jwxt.ScorePart{}
	for _, m := range *in.List {
		number = first(number, m.first("studentNumber"))
		for _, part := range partNames {
			if s := m.first(part.key); s != "" {
				parts = append(parts, jwxt.ScorePart{Name: part.name, Score: s})
			}
		}
	}
	return parts, number, nil
}
