package qiangzhi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// gradeList is one page of the JSON variant.
type gradeList struct {
	Code  json.RawMessage `json:"code"`
	Msg   string          `json:"msg"`
	Other string          `json:"msgContent"`
	Count markup.Loose    `json:"count"`
	Data  []gradeItem     `json:"data"`
}

// gradeItem is a row as it came: schools differ in fields, and in which of
// them are numbers and which strings.
type gradeItem map[string]markup.Loose

// readGradeList reads one page of the JSON variant. total is how many rows the
// school says there are in all. root is where its score details lie.
func readGradeList(p jwxt.Page, root string) (t jwxt.Transcript, total int, err error) {
	var l gradeList
	if err := json.Unmarshal(fetch.Text(p), &l); err != nil {
		return t, 0, jwxt.Fail(jwxt.Changed, opGrades, errors.New("this is no grade list in JSON"))
	}
	code := strings.Trim(string(l.Code), `" `)
	if l.Data == nil && (code != "0" || l.Msg != "" || l.Other != "") || code != "" && code != "0" {
		return t, 0, deniedJSON(l, code)
	}
	total, err = strconv.Atoi(string(l.Count))
	if l.Count != "" && (err != nil || total < 0 || total > 10000) || l.Count == "" && l.Data == nil {
		return t, 0, jwxt.Fail(jwxt.Changed, opGrades, errors.New("the list does not say how long it is"))
	}
	t.Grades = []jwxt.Grade{}
	for _, item := range l.Data {
		g := item.grade(root)
		if g.Course == "" {
			return t, 0, jwxt.Fail(jwxt.Changed, opGrades, errors.New("a row has no course"))
		}
		t.Grades = append(t.Grades, g)
		t.UnknownColumns = append(t.UnknownColumns, item.unknown()...)
	}
	slices.Sort(t.UnknownColumns)
	t.UnknownColumns = slices.Compact(t.UnknownColumns)
	return t, max(total, len(t.Grades)), nil
}

func deniedJSON(l gradeList, code string) error {
	said := markup.Bounded(l.Msg + l.Other)
	if err := spoken(opGrades, said); err != nil {
		return err
	}
	e := jwxt.Fail(jwxt.Changed, opGrades, fmt.Errorf("the list's code is %.8q", code))
	e.Said = said
	return e
}

// first is the first of keys with a value.
func (m gradeItem) first(keys ...string) string {
	for _, k := range keys {
		if m[k] != "" {
			return string(m[k])
		}
	}
	return ""
}

// grade reads a row. It goes through the columns of the HTML variant so that
// both mean the same.
func (m gradeItem) grade(root string) jwxt.Grade {
	var g jwxt.Grade
	for _, f := range [...]struct{ header, value string }{
		{"开课学期", m.first("xnxqid", "xqmc", "xqstr", "xnxq01id")},
		{"课程编号", m.first("kch")},
		{"课程名称", m.first("kc_mc", "kcmc")},
		{"分组名", m.first("fzmc", "fzm")},
		{"成绩", m.first("zcjstr", "zcj")},
		{"成绩标识", m.first("cjbs", "cjbsmc")},
		{"学分", m.first("xf")},
		{"总学时", m.first("zxs")},
		{"绩点", m.first("jd")},
		{"考核方式", m.first("ksfs")},
		{"考试性质", m.first("ksxz", "ksxzmc")},
		{"课程属性", m.first("kcsx")},
		{"课程性质", m.first("kcxzmc")},
		{"开课单位", m.first("ksdw")},
	} {
		if c := columnOf(f.header); f.value != "" {
			c.set(&g, f.header, cell{text: f.value})
		}
	}
	for _, k := range m.unknown() {
		setExtra(&g, k, cell{text: string(m[k])})
	}
	if m["kz"] == "1" {
		g.Hidden, g.Score = true, ""
	} else {
		g.Detail = m.detail(root)
	}
	finish(&g, false)
	return g
}

// detail is the address of the score's composition, as the HTML variant links it.
func (m gradeItem) detail(root string) string {
	if m["jx0404id"] == "" && m["cj0708id"] == "" {
		return ""
	}
	q := url.Values{}
	for _, k := range []string{"xs0101id", "jx0404id", "cj0708id", "zcj"} {
		q.Set(k, string(m[k]))
	}
	return root + "/kscj/pscj_list.do?" + q.Encode()
}

// unknown are the keys of a row that have a value and no meaning here, sorted.
func (m gradeItem) unknown() []string {
	var out []string
	for k, v := range m {
		switch k {
		case "xnxqid", "xqmc", "xqstr", "xnxq01id", "kch", "kc_mc", "kcmc", "fzmc", "fzm", "zcjstr", "zcj",
			"cjbs", "cjbsmc", "xf", "zxs", "jd", "ksfs", "ksxz", "ksxzmc", "kcsx", "kcxzmc", "ksdw", "kz",
			"cj0708id", "jx0404id", "xs0101id", "rownum_":
			continue
		}
		if v != "" {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}
