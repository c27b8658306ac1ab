package campus

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"jwxtbot/jwxt"
)

// The sentences in a list's place are invented, but for that of none, which the
// maker's newer system says.
const (
	kingoNone     = "没有检索到记录!"
	kingoClosed   = "系统提示：成绩查询功能暂未开放！"
	kingoEvaluate = "系统提示：您还没有完成评教，不能查询成绩！"
)

// grades answers the query form of 学生成绩.
func (k *kingoASPX) grades(v *visit, a Account) answer {
	if v.r.Method != http.MethodPost || v.form.Get("btn_search") != "检索" || v.form.Get("zfx_flag") != "0" {
		return k.errorPage(v)
	}
	asked, ok := kingoAsked(v.form)
	if !ok {
		return k.errorPage(v)
	}
	term := ""
	if asked.Part > 0 {
		term = asked.String()
	}
	switch {
	case a.Gate == GateClosed:
		return k.page("aspx-note", map[string]any{"Root": k.Root, "Words": kingoClosed})
	case unevaluated(a, term):
		return k.page("aspx-note", map[string]any{"Root": k.Root, "Words": kingoEvaluate})
	}
	original := v.form.Get("SJ") == "0"
	rows := kingoRows(a, original, asked)
	report := map[string]any{"Number": a.Number, "Name": a.Name, "Body": kingoNone}
	switch {
	case len(rows) == 0:
	case k.Pictures:
		report["Body"] = kingoImages(a, rows, original, term != "")
	case original:
		report["Body"] = kingoOriginal(rows)
	case term == "":
		report["Body"] = kingoAll(rows)
	default:
		report["Body"] = kingoTerm(a, asked, rows)
	}
	return k.page("aspx-report", report)
}

// kingoAsked is the term that a query asks for; one without a part is all.
func kingoAsked(form url.Values) (t jwxt.Term, ok bool) {
	switch form.Get("SelXNXQ") {
	case "0":
		return t, true
	case "2":
		year, err1 := strconv.Atoi(form.Get("sel_xn"))
		part, err2 := strconv.Atoi(form.Get("sel_xq"))
		return jwxt.Term{Year: year, Part: part + 1}, err1 == nil && err2 == nil && part >= 0 && part < 3
	}
	return t, false
}

// kingoRows are the rows of a list in order. 有效成绩 has of each course the
// last examination.
func kingoRows(a Account, original bool, asked jwxt.Term) (rows []jwxt.Grade) {
	if a.Gate == GateEmpty {
		return nil
	}
	all := published(a.Grades)
	for i, g := range all {
		later := slices.ContainsFunc(all[i+1:], func(h jwxt.Grade) bool { return h.CourseID == g.CourseID })
		if (original || !later) && (asked.Part == 0 || g.Term == asked) {
			rows = append(rows, g)
		}
	}
	return rows
}

// kingoTable writes a table as this system does, each text with a line break
// behind it.
func kingoTable(attributes string, rows [][]string, class func(i int) string) string {
	var b strings.Builder
	b.WriteString("<table width=100% border=0 cellspacing=1 bgcolor=#89bfa7 " + attributes + ">")
	for i, cells := range rows {
		b.WriteString("<tr class=" + class(i) + ">")
		for _, c := range cells {
			b.WriteString("<td align=center>" + html.EscapeString(c) + "<br></td>")
		}
		b.WriteString("</tr>")
	}
	return b.String() + "</table>\n"
}

func kingoHead(int) string { return "T" }

func kingoBody(i int) string { return []string{"B", "H"}[i%2] }

// kingoAll is 有效成绩 since 入学: one table without its header, which is a table
// of its own, and the term in the first row of each only.
func kingoAll(rows []jwxt.Grade) string {
	head := []string{"学年学期", "课程/环节", "学分", "类别", "课程类别", "考核方式", "修读性质", "成绩", "取得学分", "绩点", "学分绩点", "备注"}
	var out [][]string
	last := jwxt.Term{}
	for _, g := range rows {
		term := ""
		if g.Term != last {
			term, last = semesterName(g.Term), g.Term
		}
		out = append(out, []string{
			term, "[" + g.CourseID + "]" + g.Course, kingoNumber(g.Credits), g.Nature, g.Attribute, g.Assessment, kingoMode(g),
			cmp.Or(g.Score, g.Mark), kingoEarned(g), g.Point.String(), kingoPoints(g), kingoRemark(g),
		})
	}
	return kingoTable("", [][]string{head}, kingoHead) + kingoTable("id=ID_Table", out, kingoBody)
}

// kingoTerm is 有效成绩 of a term: one table with the student and the term above.
func kingoTerm(a Account, t jwxt.Term, rows []jwxt.Grade) string {
	head := []string{"序号", "课程/环节", "学分", "类别", "考核方式", "修读性质", "成绩", "绩点", "辅修标记", "备注"}
	var out [][]string
	for i, g := range rows {
		out = append(out, []string{
			strconv.Itoa(i + 1), "[" + g.CourseID + "]" + g.Course, kingoNumber(g.Credits), g.Nature + "/" + g.Attribute, g.Assessment, kingoMode(g),
			cmp.Or(g.Score, g.Mark), g.Point.String(), "", kingoRemark(g),
		})
	}
	above := fmt.Sprintf("<tr><td colspan=10 align=left>学号：%s   姓名：%s</td></tr><tr><td colspan=10 align=left>学年学期：%s</td></tr>", a.Number, a.Name, semesterName(t))
	table := kingoTable("id=ID_Table", append([][]string{head}, out...), func(i int) string {
		if i == 0 {
			return "T"
		}
		return kingoBody(i)
	})
	return strings.Replace(table, "<tr", above+"<tr", 1)
}

// kingoOriginal is 原始成绩: three tables for each term.
func kingoOriginal(rows []jwxt.Grade) string {
	head := []string{"序号", "课程/环节", "学分", "类别", "课程类别", "考核方式", "修读性质", "平时", "中考", "末考", "技能", "综合", "备注"}
	var b strings.Builder
	for _, t := range termsOf(rows) {
		var out [][]string
		for _, g := range rows {
			if g.Term == t {
				out = append(out, []string{
					strconv.Itoa(len(out) + 1), "[" + g.CourseID + "]" + g.Course, kingoNumber(g.Credits), g.Nature, g.Attribute, g.Assessment, kingoMode(g),
					g.Parts["平时成绩"], "", g.Parts["期末成绩"], "", cmp.Or(g.Score, g.Mark), kingoRemark(g),
				})
			}
		}
		b.WriteString("<table width=100%><tr><td>学年学期：" + semesterName(t) + "</td></tr></table>\n")
		b.WriteString(kingoTable("", [][]string{head}, kingoHead) + kingoTable("id=ID_Table", out, kingoBody))
	}
	return b.String()
}

func kingoNumber(d jwxt.Decimal) string { return fmt.Sprintf("%.1f", float64(d.Milli())/1000) }

func kingoMode(g jwxt.Grade) string {
	if g.Attempt == jwxt.Retake {
		return "重修"
	}
	return "初修"
}

func kingoRemark(g jwxt.Grade) string {
	if g.Attempt == jwxt.Resit || g.Attempt == jwxt.Deferred {
		return g.Exam
	}
	return ""
}

func kingoEarned(g jwxt.Grade) string {
	if g.Failed || g.Score == "" {
		return "0.0"
	}
	return kingoNumber(g.Credits)
}

func kingoPoints(g jwxt.Grade) string {
	return fmt.Sprintf("%.2f", float64(g.Point.Milli()*g.Credits.Milli())/1e6)
}

// kingoSheet is how many rows a drawing holds.
const kingoSheet = 8

// kingoImages are the drawings of a list: one or more of each term.
func kingoImages(a Account, rows []jwxt.Grade, original, one bool) string {
	effective := "1"
	if original {
		effective = "0"
	}
	var b strings.Builder
	for _, t := range termsOf(rows) {
		year, part := strconv.Itoa(t.Year), strconv.Itoa(t.Part-1)
		code := year + part
		if !one { // the query's own fields, which are blank
			year, part = "", ""
		}
		n := 0
		for _, g := range rows {
			if g.Term == t {
				n++
			}
		}
		for x := range (n + kingoSheet - 1) / kingoSheet {
			fmt.Fprintf(&b, "<img width=740 src='Stu_MyScore_Drawimg.aspx?x=%d&h=2&w=740&xnxq=%s&xn=%s&xq=%s&rpt=%s&rad=2&zfx=0&xh=%s'>\n",
				x+1, code, year, part, effective, kingoID(a))
		}
	}
	return b.String()
}

// drawing draws some rows of a term for the student whom they belong to.
func (k *kingoASPX) drawing(v *visit, a Account) answer {
	code := v.form.Get("xnxq")
	x, err := strconv.Atoi(v.form.Get("x"))
	if !k.Pictures || len(code) != 5 || err != nil || x < 1 || v.form.Get("xh") != kingoID(a) || !strings.Contains(strings.ToLower(v.r.Referer()), "stu_myscore_rpt.aspx") {
		return k.noRight(v)
	}
	year, _ := strconv.Atoi(code[:4])
	term := jwxt.Term{Year: year, Part: int(code[4]-'0') + 1}
	rows := kingoRows(a, v.form.Get("rpt") == "0", term)
	rows = rows[min(len(rows), (x-1)*kingoSheet):min(len(rows), x*kingoSheet)]
	lines := []string{term.String() + "  " + a.Number}
	for _, g := range rows {
		lines = append(lines, fmt.Sprintf("%-10s %6s  %s", g.CourseID, g.Credits, g.Score))
	}
	return bytesAnswer(http.StatusOK, "image/jpeg", drawLines(lines))
}

// drawLines draws text as a JPEG. The font has no Chinese.
func drawLines(lines []string) []byte {
	const width, line = 740, 24
	img := image.NewRGBA(image.Rect(0, 0, width, line*(len(lines)+1)))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	for i, text := range lines {
		d := font.Drawer{Dst: img, Src: image.NewUniform(color.Black), Face: basicfont.Face7x13, Dot: fixed.P(16, line*(i+1))}
		d.DrawString(text)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err) // a buffer takes all
	}
	return b.Bytes()
}
