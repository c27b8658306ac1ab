package kingosoft

import (
	"cmp"
	"context"
	"encoding/json"
	"regexp"
	"strconv"

	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const opJSPGrades = "kingosoft: grades"

// gradeForm is what the page before the grade list knows: where the list is,
// and in which year the student came.
type gradeForm struct {
	List  string `json:"list"` // xscj.stuckcj_data.jsp; some schools have their number in the name
	Entry string `json:"rxnj,omitempty"`
	Year  string `json:"nj,omitempty"`
}

const usualList = "xscj.stuckcj_data.jsp"

var listAddress = regexp.MustCompile(`xscj\.stuckcj_data\w{0,12}\.jsp`)

// gradeForm reads it. A build whose page knows nothing of it takes lists
// without, so that only a refusal is an error. A page that does know refuses
// nothing: what its script would alert is for what a person might do wrong.
func (g *jspPage) gradeForm() (gradeForm, error) {
	f := gradeForm{List: string(listAddress.Find(g.text))}
	known := f.List != ""
	if !known {
		f.List = usualList
	}
	for n := range g.doc.Descendants() {
		if n.DataAtom != atom.Input {
			continue
		}
		value := markup.Attr(n, "value")
		if _, err := strconv.Atoi(value); err != nil {
			continue
		}
		switch id := markup.Attr(n, "id") + " " + markup.Attr(n, "name"); {
		case markup.ContainsAny(id, "rxnj"):
			f.Entry = value
		case id == "nj nj" || id == "nj " || id == " nj":
			f.Year = value
		}
	}
	if known || f.Entry != "" {
		return f, nil
	}
	return f, g.refused(opJSPGrades)
}

// formAddress is the page before the grade list.
func (v *jspVisit) formAddress() string {
	return v.path("/student/xscj.stuckcj.jsp?menucode=" + v.Option("menu", "S40303"))
}

// knownForm is the form as it was read in this session, or reads it.
func (v *jspVisit) knownForm(ctx context.Context) (f gradeForm, err error) {
	if json.Unmarshal([]byte(v.Noted(jspQuery)), &f) == nil && f.List != "" {
		return f, nil
	}
	g, err := v.send(ctx, opJSPGrades, fetch.Request{URL: v.formAddress()})
	if err != nil {
		return f, err
	}
	if f, err = g.gradeForm(); err == nil {
		b, _ := json.Marshal(f) // strings only
		v.Note(jspQuery, string(b))
	}
	return f, err
}

func (v *jspVisit) grades(ctx context.Context, t jwxt.Term) (jwxt.Transcript, error) {
	var none jwxt.Transcript
	f, err := v.knownForm(ctx)
	if err != nil {
		return none, err
	}
	form, err := v.maybeSealed(ctx, v.gradeFields(f, t))
	if err != nil {
		return none, err
	}
	g, err := v.send(ctx, opJSPGrades, fetch.Request{URL: v.path("/student/" + f.List), Post: true, GBK: true, Form: form, Referer: v.formAddress()})
	if err != nil {
		return none, err
	}
	list, err := g.grades()
	if err == nil {
		err = v.own(ctx, opJSPGrades, list.number)
	}
	if err != nil {
		return none, err
	}
	for i := range list.Grades {
		if list.Grades[i].Term.IsZero() { // a list of one term need not name it
			list.Grades[i].Term = t
		}
	}
	list.Grades = driver.OfTerm(list.Grades, t)
	return list.Transcript, nil
}

// gradeFields are what the form sends: a term (sjxz3) or all since entry
// (sjxz1), 有效成绩 or 原始成绩, of the major.
func (v *jspVisit) gradeFields(f gradeForm, t jwxt.Term) fetch.Form {
	span, view := "sjxz3", "yxcj"
	chosen := t
	if t.IsZero() {
		span = "sjxz1"
		chosen, _ = jwxt.ParseTerm(v.Noted(jspNow)) // the page's selections, which do not count then
	}
	if v.Option("grades", "") == "original" {
		view = "yscj"
	}
	xn, xn1, xq := "", "", ""
	if !chosen.IsZero() {
		xn, xq = xnxq(chosen)
		xn1 = strconv.Itoa(chosen.Year + 1)
	}
	form := fetch.Form{{Name: "sjxz", Value: span}, {Name: "ysyx", Value: view}, {Name: "zx", Value: "1"}, {Name: "fx", Value: "0"}}
	if f.Entry != "" {
		form = append(form, fetch.Field{Name: "rxnj", Value: f.Entry}, fetch.Field{Name: "nj", Value: cmp.Or(f.Year, f.Entry)})
	}
	return append(form, fetch.Form{
		{Name: "btnExport", Value: "导出"}, {Name: "xn", Value: xn}, {Name: "xn1", Value: xn1}, {Name: "xq", Value: xq},
		{Name: "ysyxS", Value: "on"}, {Name: "sjxzS", Value: "on"}, {Name: "zxC", Value: "on"}, {Name: "xsjd", Value: "1"},
		{Name: "menucode_current", Value: v.Option("menu", "S40303")},
	}...)
}

// maybeSealed encrypts parameters where the school wants it.
func (v *jspVisit) maybeSealed(ctx context.Context, form fetch.Form) (fetch.Form, error) {
	if v.Option("params", "") != "encrypted" {
		return form, nil
	}
	k, err := v.newKeys(ctx, opJSPGrades, v.formAddress())
	if err != nil {
		return nil, err
	}
	return k.seal(form.Encode(true)), nil
}
