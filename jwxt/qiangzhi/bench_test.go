package qiangzhi_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/qiangzhi"
)

// bigGradePage is a grade list as schools send it: 21 columns, the template's
// empty lines and comments, a link in each score, a stray closing tag.
func bigGradePage(rows int) []byte {
	var s strings.Builder
	s.WriteString("\r\n\r\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n<head id=\"headerid1\">\n\t<base target='_self'>\n\t<title>学生个人考试成绩</title>\n")
	for range 8 {
		s.WriteString("\t<meta http-equiv=\"keywords\" content=\"教务系统\">\n<script type=\"text/javascript\" src=\"/jsxsd/js/common.js\" language=\"javascript\" ></script>\n")
	}
	s.WriteString("</head>\n<div>\n\t  所修门数:200 所修总学分:400 平均学分绩点:3.34\n\t<table id=\"dataList\" width=\"100%\" border=\"0\" cellspacing=\"0\" cellpadding=\"0\" class=\"Nsb_r_list Nsb_table\">\n\t\t<tr>\n")
	for _, h := range strings.Fields("序号 开课学期 课程编号 课程名称 分组名 成绩 成绩标识 学分 总学时 绩点 补重学期 考核方式 考试性质 课程属性 课程性质 通选课类别 原始课程编号 原始课程名称 原始课程学分 原始课程性质 原始课程属性") {
		fmt.Fprintf(&s, "\t\t\t<th class=\"Nsb_r_list_thb\" style=\"width: 110px;\">%s</th>\n", h)
	}
	s.WriteString("\t\t</tr>\n")
	for i := range rows {
		fmt.Fprintf(&s, "\t\t\n\t\t<tr>\n\t\t\t<td>%d</td>\n\t\t\t<td>20%d-20%d-%d</td>\n\t\t\t<td align=\"left\">P%05d</td>\n\t\t\t<td align=\"left\">示范课程之第%d门</td>\n\t\t\t<td align=\"left\"></td>\n\t\t\t<!-- 控制成绩显示 -->\n\t\t\t\n\t\t\t\t\n\t\t\t\t   \n\t\t\t<td style=\" \">\n\t\t\t\n\t\t\t\t\n\t\t\t\t\t<a href=\"javascript:openWindow('/jsxsd/kscj/pscj_list.do?xs0101id=200000000000&jx0404id=202320242P%010d&cj0708id=1000E0AFF5BBC65BE06327F8%08d&zcj=%d',700,500)\">%d</a>\n\t\t\t\t\n\t\t\t\n\t\t\t</td></td>\n\t\t\t\t   \n\t\t\t\t\n\t\t\t<td>\n\t\t\t\t\n\t\t\t\t\t\n\t\t\t\t\n\t\t\t</td>\n\t\t\t<td>%d.5</td>\n\t\t\t<td>%d</td>\n\t\t\t\n\t\t\t\t\n\t\t\t\t\t\t<td>3.4</td>\n\t\t\t\t\t\n\t\t\t<td></td>\n\t\t\t<td>考试</td>\n\t\t\t<td>正常考试</td>\n\t\t\t<td>必修</td>\n\t\t\t<td>通识教育课</td>\n\t\t\t<td></td>\n\n\t\t\t<td></td>\n\t\t\t<td></td>\n\t\t\t<td></td>\n\t\t\t<td></td>\n\t\t\t<td></td>\n\t\t</tr>\n",
			i+1, 20+i/50, 21+i/50, i%2+1, i, i, i, i, 55+i%45, 55+i%45, i%5, 16*(i%4+1))
	}
	s.WriteString("\t</table>\n</div>\n<script language=\"javascript\">\nloadjs();\nfunction loadjs(){\nif( ''!=''){\nalert('');\n}\n}\n</script>\n")
	return []byte(s.String())
}

// BenchmarkGrades puts the reading of a grade list beside the bare HTML parser
// on the same bytes: the bar is 1.25 times its time.
func BenchmarkGrades(b *testing.B) {
	body := bigGradePage(200)
	p := jwxttest.Page(b, "http://jw.example.edu.cn/jsxsd/kscj/cjcx_list", body)
	if got := parse[jwxt.Transcript](b, "grades", p); len(got.Grades) != 200 {
		b.Fatalf("got %d rows", len(got.Grades))
	}
	b.Run("html.Parse", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := html.Parse(bytes.NewReader(body)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		d := qiangzhi.New()
		for b.Loop() {
			if _, err := d.ParsePage("grades", p); err != nil {
				b.Fatal(err)
			}
		}
	})
	// Both in turn, now the one first and now the other, so that neither pays
	// for the other's garbage, and what a busy machine takes it takes from both.
	b.Run("ratio", func(b *testing.B) {
		d := qiangzhi.New()
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
