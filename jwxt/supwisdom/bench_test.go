package supwisdom_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/supwisdom"
)

// history is EAMS's list of 200 rows as schools send it, below its summary.
func history() []byte {
	var s strings.Builder
	s.WriteString("<html xmlns=\"http://www.w3.org/1999/xhtml\">\n<head><title></title></head>\n<body>\n<table  class=\"gridtable\">\n<thead class=\"gridhead\"><tr><th>学年度</th><th>学期</th><th>门数</th><th>总学分</th><th>平均绩点</th></tr></thead>\n" +
		"<tr><th colSpan=\"2\">在校汇总</th><th>200</th><th>400</th><th>3.16</th></tr>\n</table>\n<div class=\"grid\">\n<table id=\"grid21344342991\" class=\"gridtable\">\n<thead class=\"gridhead\">\n<tr>\n")
	for _, h := range strings.Fields("学年学期 课程代码 课程序号 课程名称 课程类别 学分 总评成绩 最终") {
		fmt.Fprintf(&s, "<th  width=\"10%%\" >%s</th>\n", h)
	}
	s.WriteString("</tr>\n</thead>\n<tbody id=\"grid21344342991_data\">")
	for i := range 200 {
		score := 55 + i%45
		fmt.Fprintf(&s, "<tr>\t\t<td>2014-2015 %d</td>\n\t\t<td>B%07d</td>\n\t\t<td>B%07d.08</td>\n\t\t<td>示例课程之第%d门</td>\n<td>专业核心课程</td>\t\t<td>2</td>\n"+
			"<td style=\"\">\t  \t\t\t%d \n</td><td style=\"\">\t\t\t%d\n</td>\t\t\n</tr>", i%2+1, i, i, i, score, score)
	}
	s.WriteString("</tbody>\n</table>\n</div>\n</body></html>\n")
	return []byte(s.String())
}

// BenchmarkGrades puts the reading of a grade list beside the bare HTML parser
// on the same bytes, in turn: the bar is 1.25 times its time.
func BenchmarkGrades(b *testing.B) {
	body := history()
	d, p := supwisdom.New(), jwxttest.Page(b, "http://jw.example.edu.cn/eams/x.action", body)
	if got, err := d.ParsePage("grades", p); err != nil || len(got.(jwxt.Transcript).Grades) != 200 {
		b.Fatalf("got %v", err)
	}
	var floor, ours time.Duration
	timed := func(total *time.Duration, f func()) {
		start := time.Now()
		f()
		*total += time.Since(start)
	}
	parse := func() { html.Parse(bytes.NewReader(body)) }
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
