package campus

import (
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
)

// grades is the grade page: its form, and with one of the form's buttons the
// table. The alerts are invented: of no school the server's own are known.
func (z *zhengfang) grades(v *visit) answer {
	account, _ := v.who()
	if v.r.Method != http.MethodPost {
		return z.gradePage(v, account, "", "")
	}
	year, part, ok := z.pressed(v)
	if !ok || !z.stated(v, string(z.Grades)) {
		return z.errorPage(v)
	}
	term := ""
	if year != "" && part != "" {
		term = year + "-" + part
	}
	switch {
	case account.Gate == GateClosed:
		return z.gradePage(v, account, "当前成绩查询功能未开放！", "")
	case unevaluated(account, term):
		return z.gradePage(v, account, "您还没有完成本学期的教学质量评价，不能查询成绩！", "")
	}
	var asked []jwxt.Grade
	for _, g := range account.Grades {
		if account.Gate != GateEmpty && !g.Hidden && strings.HasPrefix(g.Term.String(), year) && strings.HasSuffix(g.Term.String(), part) {
			asked = append(asked, g)
		}
	}
	return z.gradePage(v, account, "", z.gradeTable(asked))
}

// pressed is what the one button that was pressed asks for: year and part, ""
// for any. The page of a term goes by its two fields alone.
func (z *zhengfang) pressed(v *visit) (year, part string, ok bool) {
	year, part = v.form.Get("ddlXN"), v.form.Get("ddlXQ")
	for _, b := range z.buttons() {
		if v.form.Get(b.name) == "" {
			continue
		}
		if ok {
			return "", "", false // no person presses two
		}
		ok = true
		switch b.asks {
		case "all":
			year, part = "", ""
		case "year":
			part = ""
		}
	}
	return year, part, ok
}

// gradeButton is a button of the grade page.
type gradeButton struct{ name, text, asks string }

func (z *zhengfang) buttons() []gradeButton {
	switch z.Grades {
	case GradePageCX:
		return []gradeButton{{"btn_xq", "学期成绩", "term"}, {"btn_xn", "学年成绩", "year"}, {"btn_zcj", "历年成绩", "all"}}
	case GradePageTerm:
		return []gradeButton{{"btnCx", " 查  询 ", "term"}}
	}
	return []gradeButton{{"Button1", "按学期查询", "term"}, {"Button5", "按学年查询", "year"}, {"Button2", "在校学习成绩查询", "all"}}
}

func (z *zhengfang) gradePage(v *visit, account Account, alert, table string) answer {
	var years, buttons strings.Builder
	seen := []string{}
	for _, g := range account.Grades {
		year := fmt.Sprintf("%d-%d", g.Term.Year, g.Term.Year+1)
		if !slices.Contains(seen, year) {
			seen = append(seen, year)
			fmt.Fprintf(&years, "\t<option value=\"%s\">%s</option>\n", year, year)
		}
	}
	for _, b := range z.buttons() {
		fmt.Fprintf(&buttons, "<input type=\"submit\" name=\"%s\" value=\"%s\" id=\"%s\" class=\"button\" />\n", b.name, b.text, b.name)
	}
	return z.render("grades", map[string]any{
		"Page": string(z.Grades), "Number": account.Number, "Name": account.Name, "State": z.viewState(v, string(z.Grades)),
		"Years": years.String(), "Buttons": buttons.String(), "Table": table, "Alert": alert,
	})
}

// zfRow is a line of the table: an examination with its 补考.
type zfRow struct {
	jwxt.Grade
	resit string
}

// gradeTable writes the rows by hand. A 补考 stands in the row of the
// examination that was failed or put off, and the row has its point.
func (z *zhengfang) gradeTable(grades []jwxt.Grade) string {
	var list []zfRow
	for _, g := range grades {
		i := slices.IndexFunc(list, func(r zfRow) bool { return r.CourseID == g.CourseID && r.Term == g.Term && r.resit == "" })
		if (g.Attempt == jwxt.Resit || g.Attempt == jwxt.Deferred) && i >= 0 {
			list[i].resit, list[i].Point = g.Score, g.Point
			continue
		}
		list = append(list, zfRow{Grade: g})
	}
	columns := []string{"学年", "学期", "课程代码", "课程名称", "课程性质", "课程归属", "学分", "绩点", "成绩", "辅修标记", "补考成绩", "重修成绩", "学院名称", "备注", "重修标记", "课程英文名称"}
	if z.Parts {
		columns = slices.Insert(columns, 8, "平时成绩", "期末成绩")
	}
	var b strings.Builder
	b.WriteString("<table class=\"datelist\" cellspacing=\"0\" cellpadding=\"3\" border=\"0\" id=\"Datagrid1\" width=\"100%\">\n\t<tr class=\"datelisthead\">\n\t\t")
	for i, c := range columns {
		if i == 3 || i == 6 { // some headers sort the table
			c = "<a href=\"javascript:__doPostBack('Datagrid1$_ctl1$_ctl" + strconv.Itoa(i) + "','')\">" + c + "</a>"
		}
		b.WriteString("<td>" + c + "</td>")
	}
	for i, r := range list {
		b.WriteString("\n\t</tr><tr" + []string{"", ` class="alt"`}[i%2] + ">\n\t\t")
		for _, c := range columns {
			b.WriteString("<td>" + zfCell(r, c) + "</td>")
		}
	}
	b.WriteString("\n\t</tr>\n</table>")
	return b.String()
}

// zfCell is the text of a column; a blank one is a hard space.
func zfCell(r zfRow, column string) string {
	text := ""
	switch column {
	case "学年":
		text = fmt.Sprintf("%d-%d", r.Term.Year, r.Term.Year+1)
	case "学期":
		text = strconv.Itoa(r.Term.Part)
	case "课程代码":
		text = r.CourseID
	case "课程名称":
		text = r.Course
	case "课程性质":
		text = r.Nature
	case "课程归属":
		text = r.Elective
	case "学分":
		text = r.Credits.String()
	case "绩点":
		text = fmt.Sprintf("   %.2f", float64(r.Point.Milli())/1000)
	case "成绩":
		if text = r.Score; text == "" {
			text = r.Mark
		}
	case "补考成绩":
		text = r.resit
	case "学院名称":
		text = r.Department
	case "平时成绩", "期末成绩":
		text = r.Parts[column]
	case "辅修标记":
		text = "0"
	case "重修标记":
		if text = "0"; r.Attempt == jwxt.Retake {
			text = "1"
		}
	case "课程英文名称":
		return ""
	}
	if text == "" {
		return "&nbsp;"
	}
	return html.EscapeString(text)
}
