package zhengfang

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// The fields of the grade page for the year and the part of it.
const (
	yearField = "ddlXN"
	partField = "ddlXQ"
)

// button is one button of the grade page. It asks for all terms, for what the
// two fields say, or for something that is not wanted here.
type button struct{ name, value string }

// Buttons as seen: 在校学习成绩查询 (Button2), 历年成绩 (btn_zcj), 查询 (btnCx,
// which goes by the fields) and 按学年查询. 按学期查询 and 学期成绩 were seen in
// no capture.
func (b button) asksAll() bool {
	return markup.ContainsAny(markup.Squeeze(b.value), "在校学习成绩", "历年成绩", "所有成绩", "全部成绩")
}

func (b button) asksTerm() bool {
	return markup.ContainsAny(markup.Squeeze(b.value), "按学期", "学期成绩")
}

func (b button) asksFields() bool {
	return slices.Contains([]string{"查询", "查询成绩", "成绩查询"}, markup.Squeeze(b.value))
}

// readGradeForm fills in the grade page's form for a term, or for all. Exactly
// one button is pressed, as a person can do no other.
func readGradeForm(g *page, t jwxt.Term) (fetch.Form, error) {
	if g.Status != http.StatusOK || g.input("__VIEWSTATE") == nil || g.isLogin() || g.isTrouble() {
		if err := refused(opGrades, g); err != nil {
			return nil, err
		}
		return nil, driver.Unread(opGrades, g.said(), "this is no grade page")
	}
	if err := spoken(opGrades, g.alerted()); err != nil {
		return nil, err // 评教, or the page is closed
	}
	b, year, part, ok := g.press(t)
	if !ok {
		if err := refused(opGrades, g); err != nil {
			return nil, err
		}
		return nil, driver.Unread(opGrades, g.said(), "no button of the grade page is known")
	}
	form := g.hidden()
	for _, s := range g.selects {
		if c := readChoice(s); c.name != "" {
			form = append(form, fetch.Field{Name: c.name, Value: c.chosen})
		}
	}
	for name, value := range map[string]string{yearField: year, partField: part} {
		if g.choice(name).name != "" {
			form = form.Set(name, value)
		}
	}
	return form.Set(b.name, b.value), nil
}

// press chooses the button and the values of the two fields. Where none asks
// for the term, all terms are asked; the others' rows are left out later.
func (g *page) press(t jwxt.Term) (b button, year, part string, ok bool) {
	years, parts := g.choice(yearField), g.choice(partField)
	named := !t.IsZero() && slices.Contains(years.values, yearName(t)) && slices.Contains(parts.values, strconv.Itoa(t.Part))
	whole := slices.Contains(years.values, "") && slices.Contains(parts.values, "")
	for _, want := range []struct {
		fits       func(button) bool
		possible   bool
		year, part string
	}{
		{button.asksTerm, named, yearName(t), strconv.Itoa(t.Part)},
		{button.asksFields, named, yearName(t), strconv.Itoa(t.Part)},
		{button.asksAll, true, years.none(), parts.none()},
		{button.asksFields, whole, "", ""},
	} {
		if i := slices.IndexFunc(g.buttons(), want.fits); want.possible && i >= 0 {
			return g.buttons()[i], want.year, want.part, true
		}
	}
	return b, "", "", false
}

// yearName is a year as the form has it.
func yearName(t jwxt.Term) string { return strconv.Itoa(t.Year) + "-" + strconv.Itoa(t.Year+1) }

// none is the choice of nothing, or what is chosen where there is no such.
func (c choice) none() string {
	if slices.Contains(c.values, "") {
		return ""
	}
	return c.chosen
}

func (g *page) choice(name string) choice {
	for _, s := range g.selects {
		if c := readChoice(s); c.name == name {
			return c
		}
	}
	return choice{}
}

func (g *page) buttons() []button {
	var out []button
	for _, in := range g.inputs {
		b := button{markup.Attr(in, "name"), markup.Attr(in, "value")}
		if strings.EqualFold(markup.Attr(in, "type"), "submit") && b.name != "" {
			out = append(out, b)
		}
	}
	return out
}
