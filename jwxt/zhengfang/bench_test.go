package zhengfang_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/zhengfang"
)

// BenchmarkGrades puts the reading of 200 rows beside the bare HTML parser on
// the same bytes, in turn. The page is UTF-8, so that decoding costs neither.
func BenchmarkGrades(b *testing.B) {
	header := strings.Fields("学年 学期 课程代码 课程名称 课程性质 课程归属 学分 绩点 成绩 辅修标记 补考成绩 重修成绩 学院名称 备注 重修标记 课程英文名称")
	var s strings.Builder
	s.WriteString(`<table class="datelist" id="Datagrid1"><tr class="datelisthead"><td>` + strings.Join(header, "</td><td>") + `</td></tr>`)
	for i := range 200 {
		fmt.Fprintf(&s, "<tr class=\"alt\">\n\t\t<td>2023-2024</td><td>1</td><td>A%04d</td><td>示范课程之第%d门</td><td>必修课</td><td>&nbsp;</td><td>2.0</td><td>   3.50</td><td>%d</td><td>0</td><td>&nbsp;</td><td>&nbsp;</td><td>计算机学院</td><td>&nbsp;</td><td>0</td><td></td>\n\t</tr>", i, i, 60+i%40)
	}
	body := gradePage(selects, s.String()+"</table>", "", strings.Fields(gcButtons)...)
	p := page(b, body)
	d := zhengfang.New()
	if got, err := d.ParsePage("grades", p); err != nil || len(got.(jwxt.Transcript).Grades) != 200 {
		b.Fatalf("got %v", err)
	}
	var floor, ours time.Duration
	timed := func(total *time.Duration, f func()) {
		start := time.Now()
		f()
		*total += time.Since(start)
	}
	parse := func() { html.Parse(bytes.NewReader(p.Body)) }
	read := func() { d.ParsePage("grades", p) }
	for i := 0; b.Loop(); i++ {
		if i%2 == 0 {
			timed(&floor, parse)
			timed(&ours, read)
		} else {
			timed(&ours, read)
			timed(&floor, parse)
		}
	}
	b.ReportMetric(float64(ours)/float64(floor), "×html.Parse")
}
