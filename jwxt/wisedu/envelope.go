package wisedu

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// envelope is what every query is answered with:
//
//	{"code":"0","datas":{"xscjcx":{"totalSize":1,"rows":[{…}],"extParams":{"code":1,"msg":"查询成功"}}}}
type envelope struct {
	Code  markup.Loose               `json:"code"`
	Msg   markup.Loose               `json:"msg"`
	Datas map[string]json.RawMessage `json:"datas"`
}

// list is one page of the rows of a query.
type list struct {
	Total markup.Loose `json:"totalSize"`
	Rows  []row        `json:"rows"`
	Ext   struct {
		Code markup.Loose `json:"code"`
		Msg  markup.Loose `json:"msg"`
	} `json:"extParams"`

	total int // Total, or -1 where the school says none: lists that are not paged
}

// maxTotal is more rows than anybody has of anything.
const maxTotal = 10_000

// readList reads the answer to a query by the name that it has in "datas". A
// query that was not carried out is refused in "code" or in "extParams".
func readList(op string, p jwxt.Page, name string) (list, error) {
	var e envelope
	if err := readObject(op, p, &e); err != nil {
		return list{}, err
	}
	if e.Code != "0" || e.Datas[name] == nil {
		return list{}, denied(op, string(e.Msg), "the query was not carried out")
	}
	var l list
	if err := json.Unmarshal(e.Datas[name], &l); err != nil {
		return list{}, driver.Unread(op, "", "the answer has no rows")
	}
	if l.Ext.Code != "" && l.Ext.Code != "1" {
		return list{}, denied(op, string(l.Ext.Msg), "the query was refused")
	}
	return l, l.count(op)
}

// count reads how many rows there are in all by the school's word. A list that
// tells neither that nor any row is none.
func (l *list) count(op string) (err error) {
	l.total = -1
	if l.Total != "" {
		l.total, err = strconv.Atoi(string(l.Total))
	}
	if err != nil || l.total < -1 || l.total > maxTotal || l.Rows == nil && l.total != 0 {
		return driver.Unread(op, "", "the list does not say how long it is")
	}
	return nil
}

// readObject reads an answer that must be an object. What came in its place
// tells why it is none.
func readObject(op string, p jwxt.Page, out any) error {
	text := fetch.Text(p)
	if !markup.IsJSON(text) {
		return refused(op, p)
	}
	if p.Status != http.StatusOK || json.Unmarshal(text, out) != nil {
		return jwxt.Fail(jwxt.Changed, op, errors.New("this answers no query"))
	}
	return nil
}

// row is an object as it came: schools differ in keys, and in which values are
// numbers and which strings.
type row map[string]markup.Loose

// text is the first of keys with a value.
func (m row) text(keys ...string) string {
	for _, k := range keys {
		if m[k] != "" {
			return string(m[k])
		}
	}
	return ""
}

// number is text without the zeros at a decimal's end: 83.0 is 83.
func (m row) number(keys ...string) string {
	s := m.text(keys...)
	if _, err := strconv.ParseFloat(s, 64); err != nil || !strings.Contains(s, ".") || strings.ContainsAny(s, "eE") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// unknown are the keys with a value that are neither read nor of no use to a
// person, sorted.
func (m row) unknown(known string) (out []string) {
	for k, v := range m {
		if v != "" && !strings.Contains(known, " "+k+" ") && !m.inward(k) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// inward reports whether a key serves the system alone: an id, whose row it
// is, who wrote it, or a code whose words stand beside it.
func (m row) inward(key string) bool {
	_, worded := m[key+"_DISPLAY"]
	return worded || strings.HasSuffix(key, "ID") || strings.Contains(inwardKeys, " "+strings.TrimSuffix(key, "_DISPLAY")+" ")
}

const inwardKeys = " XH XM ORDERFILTER CZR CZRXM CZSJ CZIP CZLX RN ROW_ID "

// keep puts the keys that are not known into extra, which may be nil.
func (m row) keep(extra map[string]string, known string) (map[string]string, []string) {
	names := m.unknown(known)
	for _, k := range names {
		extra = set(extra, k, string(m[k]))
	}
	return extra, names
}

func set(m map[string]string, key, text string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[key] = text
	return m
}
