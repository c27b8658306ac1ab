package urp_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/urp"
)

// terseList has nothing that an HTML parser could pass over: no attributes, no
// empty lines, no column that is not read.
func terseList() []byte {
	lines := []string{passedHead}
	for range 200 {
		lines = append(lines, "1001,01,高等数学,3,80.0")
	}
	return []byte("<html><body>" + oldList("<b>2024-2025学年秋(两学期)</b>", lines...) + "</body></html>")
}

// sentList is as schools send it.
func sentList() []byte {
	var s strings.Builder
	s.WriteString("<html>\r\n<head><title>成绩查询</title></head>\r\n<body leftmargin=\"0\" topmargin=\"0\">\r\n<a name=\"2024-2025学年秋(两学期)\" /></a>\r\n" +
		"<table width=\"100%\" border=\"0\" cellpadding=\"0\" cellspacing=\"0\" class=\"titleTop2\"><tr><td class=\"pageAlign\">\r\n<table cellpadding=\"0\" width=\"100%\" class=\"displayTag\" cellspacing=\"1\" border=\"0\" id=\"user\">\r\n<thead><tr>\r\n")
	for _, h := range strings.Fields("课程号 课序号 课程名 英文课程名 学分 课程属性 成绩") {
		fmt.Fprintf(&s, "\t\t\t<th align=\"center\" width=\"10%%\" class=\"sortable\">\r\n\t\t\t\t%s\r\n\t\t\t</th>\r\n", h)
	}
	s.WriteString("</tr></thead>\r\n")
	for i := range 200 {
		s.WriteString("<tr class=\"odd\" onMouseOut=\"this.className='even';\" onMouseOver=\"this.className='evenfocus';\">\r\n")
		for _, v := range []string{fmt.Sprintf("1053%05d", i), "01", fmt.Sprintf("示例课程之第%d门", i), "Course", "2.5", "必修"} {
			fmt.Fprintf(&s, "\t\t\t<td align=\"center\">\r\n\t\t\t\t%s\r\n\t\t\t</td>\r\n", v)
		}
		fmt.Fprintf(&s, "\t\t\t<td align=\"center\">\r\n\t\t\t\t<p align=\"center\">%d.0&nbsp;</P>\r\n\t\t\t</td>\r\n</tr>\r\n", 60+i%40)
	}
	s.WriteString("</table>\r\n</td></tr></table>\r\n</body></html>\r\n")
	return []byte(s.String())
}

// BenchmarkGrades puts the reading of an old build's list of 200 rows beside
// the bare HTML parser on the same bytes: the bar is 1.25 times its time. Both
// are done in turn, now the one first and now the other, so that what a busy
// machine takes it takes from both.
func BenchmarkGrades(b *testing.B) {
	for name, body := range map[string][]byte{"terse": terseList(), "as sent": sentList()} {
		b.Run(name, func(b *testing.B) {
			d, p := urp.New(), jwxttest.Page(b, "http://jw.example.edu.cn/x", body)
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
		})
	}
}
