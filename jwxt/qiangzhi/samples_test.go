package qiangzhi_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/qiangzhi"
)

// sample reads a real page, if the folder of real pages is there.
func sample(t *testing.T, name, address string) jwxt.Page {
	t.Helper()
	dir := os.Getenv("JWXTBOT_SAMPLES")
	if dir == "" {
		t.Skip("JWXTBOT_SAMPLES is not set: no real pages to read")
	}
	body, err := os.ReadFile(filepath.Join(dir, "qiangzhi", name))
	if err != nil {
		t.Fatal(err)
	}
	return jwxttest.Page(t, address, body)
}

func parse[T any](t testing.TB, name string, p jwxt.Page) T {
	t.Helper()
	v, err := qiangzhi.New().ParsePage(name, p)
	if err != nil {
		t.Fatalf("ParsePage(%q): %v (said %q)", name, err, jwxt.SaidOf(err))
	}
	return v.(T)
}

func TestSampleGrades21Columns(t *testing.T) {
	got := parse[jwxt.Transcript](t, "grades", sample(t, "ynufe-cjcx_list-21col-excerpt.html", "https://xjwis.example/jsxsd/kscj/cjcx_list?xsfs=all"))
	if len(got.Grades) != 20 || len(got.UnknownColumns) != 0 {
		t.Fatalf("got %d rows, unknown columns %q; want 20 and none", len(got.Grades), got.UnknownColumns)
	}
	first := jwxt.Grade{
		Term: jwxt.Term{Year: 2023, Part: 2}, CourseID: "P01939", Course: "习近平新时代中国特色社会主义思想概论",
		Group: "3-5习思想", Score: "84", Credits: jwxt.Milli(3000), Hours: jwxt.Milli(51000), Point: jwxt.Milli(3400),
		Assessment: "考试", Exam: "正常考试", Attribute: "必修", Nature: "思想政治理论课",
		Detail: "/jsxsd/kscj/pscj_list.do?xs0101id=200000000000&jx0404id=202320242P019390331&cj0708id=1000E0AFF5BBC65BE06327F810AC6516&zcj=84",
	}
	if diff := cmp.Diff(first, got.Grades[0], cmp.AllowUnexported(jwxt.Decimal{})); diff != "" {
		t.Errorf("first row (-want +got):\n%s", diff)
	}
	last := got.Grades[19]
	if last.CourseID != "Z80549" || last.Course != "形势与政策Ⅵ" || last.Credits != jwxt.Milli(250) || last.Score != "95" || last.Point != jwxt.Milli(4000) {
		t.Errorf("last row: got %+v", last)
	}
	if want := "所修门数:75 所修总学分:152.5 平均学分绩点:3.34 平均成绩:84.49"; got.Summary != want {
		t.Errorf("summary: got %q, want %q", got.Summary, want)
	}
}

func TestSampleGradesJSON(t *testing.T) {
	got := parse[jwxt.Transcript](t, "grades", sample(t, "jxslu-cjcx_list-ajax.json", "https://jw.example/jsxsd/kscj/cjcx_list"))
	want := []jwxt.Grade{
		{
			Term: jwxt.Term{Year: 2025, Part: 2}, CourseID: "030401002", Course: "大学生职业生涯规划与创新创业基础（下）",
			Score: "84", Credits: jwxt.Milli(500), Hours: jwxt.Milli(8000), Point: jwxt.Milli(3300), Assessment: "考查",
			Exam: "正常考试", Attribute: "必修", Nature: "通识必修课", Department: "工商管理学院",
			Detail: "/jsxsd/kscj/pscj_list.do?cj0708id=A&jx0404id=J&xs0101id=S&zcj=84",
		},
		{
			Term: jwxt.Term{Year: 2025, Part: 1}, CourseID: "020101001", Course: "大学体育3", Hidden: true,
			Credits: jwxt.Milli(1000), Hours: jwxt.Milli(16000), Assessment: "考查", Exam: "正常考试",
			Attribute: "必修", Nature: "通识必修课", Department: "体育学院",
		},
	}
	if diff := cmp.Diff(want, got.Grades, cmp.AllowUnexported(jwxt.Decimal{})); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestSampleNotices(t *testing.T) {
	got := parse[jwxt.NoticePage](t, "notices", sample(t, "ynufe-ysgg_query-notices.html", "https://xjwis.example/jsxsd/ggly/ysgg_query"))
	if len(got.Notices) != 20 || got.Total != 32 || got.Pages != 2 || got.Page != 1 || got.UnknownColumns != nil {
		t.Fatalf("got %d rows, page %d of %d, %d in all, unknown %q; want 20, 1 of 2, 32, none",
			len(got.Notices), got.Page, got.Pages, got.Total, got.UnknownColumns)
	}
	first := jwxt.Notice{
		ID: "A5894A725271430B983BD9C9734700AF", Title: "关于2026-2027学年秋季学期课表发布与选课安排的通知",
		Category: "学生类别", Sender: "JWC302", Published: "2026-07-30 20:54:54",
	}
	if diff := cmp.Diff(first, got.Notices[0]); diff != "" {
		t.Errorf("first row (-want +got):\n%s", diff)
	}
	last := got.Notices[19]
	if last.Title != "关于组织“正大杯”第十六届全国大学生市场调查与分析大赛报名及参赛的通知" || last.Published != "2025-10-10 17:22:47" {
		t.Errorf("last row: got %+v", last)
	}
}

func TestSampleNotice(t *testing.T) {
	address := "https://xjwis.example/jsxsd/ggly/ggly_show?ggid=6BD6B96CBFF94CE6A97E2B2E5B5EEB2C"
	got := parse[jwxt.NoticeDetail](t, "notice", sample(t, "ynufe-ggly_show-notice-detail-excerpt.html", address))
	files := "https://xjwis.example/ewebeditor/uploadfile/"
	want := jwxt.NoticeDetail{
		Notice: jwxt.Notice{
			ID: "6BD6B96CBFF94CE6A97E2B2E5B5EEB2C", Title: "关于公布云南财经大学2024、2025级本科学生专业分流名单的通知",
			Category: "学生类别", Sender: "李测试", Published: "2026-07-25 10:30:48",
		},
		Text: "各学院：\n\n3.《云南财经大学2025级本科学生跨大类专业分流名单》\n\n" +
			"云南财经大学2024级本科学生跨大类专业分流名单.xls\n\n云南财经大学2024级本科学生大类内部专业分流名单.xls\n\n" +
			"云南财经大学2025级本科学生非竞性专业分流名单 .xls",
		Valid: "2026-07-25 00:00至2026-12-26 00:00",
		URL:   address,
		Attachments: []jwxt.Attachment{
			{Name: "云南财经大学2024级本科学生跨大类专业分流名单.xls", URL: files + "2026072510260692392.xls"},
			{Name: "云南财经大学2024级本科学生大类内部专业分流名单.xls", URL: files + "2026072510262192452.xls"},
			{Name: "云南财经大学2025级本科学生非竞性专业分流名单 .xls", URL: files + "2026072510300296753.xls"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notice (-want +got):\n%s", diff)
	}
}

// TestSampleTimetable reads a page of five rows and seven days.
func TestSampleTimetable(t *testing.T) {
	got := parse[jwxt.Timetable](t, "timetable", sample(t, "sdust-xskb_list-2023.html", "https://jw.example/jsxsd/xskb/xskb_list.do"))
	if got.Term != (jwxt.Term{Year: 2023, Part: 2}) || len(got.UnknownColumns) > 0 || len(got.Notes) > 0 {
		t.Errorf("term %v, unknown %v, notes %v", got.Term, got.UnknownColumns, got.Notes)
	}
	weeks, _ := jwxt.ParseWeeks("1-12周")
	first := jwxt.Lesson{
		Course: "中国近现代史纲要", Teacher: "张测试", Room: "J7-205室", Weekday: 1, From: 1, To: 2,
		Weeks: weeks, WeekText: "1-12(周)", Note: "(讲课学时)",
	}
	if diff := cmp.Diff(first, got.Lessons[0], cmp.AllowUnexported(jwxt.Decimal{})); diff != "" {
		t.Errorf("first lesson (-want +got):\n%s", diff)
	}
	labs := 0
	for _, l := range got.Lessons {
		if l.From == 0 || len(l.Weeks) == 0 || l.Room == "" || l.Teacher == "" {
			t.Errorf("half a lesson: %+v", l)
		}
		if l.Course == "大学物理实验（B）（2-1）" && l.Weekday == 4 && l.From == 7 {
			labs++
		}
	}
	if labs != 6 {
		t.Errorf("Thursday's cell with six lessons has %d", labs)
	}
}

func TestSampleExams(t *testing.T) {
	got := parse[jwxt.ExamList](t, "exams", sample(t, "ynufe-xsksap_list-empty.html", "https://jw.example/jsxsd/xsks/xsksap_list"))
	if len(got.Exams) != 0 || len(got.UnknownColumns) != 0 {
		t.Errorf("got %+v, want none", got)
	}
}

func TestSampleLoginPage(t *testing.T) {
	got := parse[qiangzhi.LoginPage](t, "login", sample(t, "SYNTHETIC-hnie-login-page.html", "http://jwgl.example/jsxsd/"))
	want := qiangzhi.LoginPage{
		Action: "http://jwgl.example/jsxsd/xk/LoginToXk", Encoding: "base64", Captcha: true,
		Fields:  []string{"loginMethod", "userAccount", "userPassword", "RANDOMCODE", "encoded"},
		Picture: "http://jwgl.example/jsxsd/verifycode.servlet",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("login page (-want +got):\n%s", diff)
	}
}

// The file has one refusal a line, as the older login page words them.
func TestSampleRefusals(t *testing.T) {
	p := sample(t, "hnust-old-logon-failure-fragments.html", "http://jw.example/kdjw/Logon.do?method=logon")
	var got []string
	for line := range bytes.Lines(p.Body) {
		if bytes.Contains(line, []byte("errorinfo")) {
			one := p
			one.Body = line
			_, err := qiangzhi.New().ParsePage("answer", one)
			got = append(got, jwxt.KindOf(err).String()+" "+jwxt.SaidOf(err))
		}
	}
	want := []string{"WrongCaptcha 验证码错误!!", "WrongPassword 该帐号不存在或密码错误,请联系管理员!"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSamplesRefused reads pages that are not what they are asked for. None
// may come back as data, above all not as an empty list. Three samples are of
// pages that nothing here reads: the parts of a score (pscj_list), empty rooms
// (jsjy_query2, which has two tables called dataList), and the frames around the
// grade list (cjcx_frm).
func TestSamplesRefused(t *testing.T) {
	tests := []struct {
		file, as string
		kind     jwxt.Kind
		said     string
	}{
		{"SYNTHETIC-eval-required.html", "grades", jwxt.MustActFirst, "评教未完成，不能查询成绩！"},
		{"qfnu-cjcx_frm-frameset.html", "grades", jwxt.Changed, ""},
		{"qfnu-jsjy_query2-two-dataList.html", "grades", jwxt.Changed, ""},
		{"sdust-xskb_list-2023.html", "grades", jwxt.Changed, ""},
		{"ynufe-xsksap_list-empty.html", "grades", jwxt.Changed, ""},
		{"ynufe-pscj_list-detail.html", "grades", jwxt.Changed, ""},
		{"ynufe-ysgg_query-notices.html", "grades", jwxt.Changed, ""},
		{"cqcvc-app-getCjcx.json", "grades", jwxt.Changed, ""},
		{"SYNTHETIC-hnie-login-page.html", "grades", jwxt.Expired, ""},
		{"ynufe-cjcx_list-21col-excerpt.html", "notices", jwxt.Changed, ""},
		{"qfnu-jsjy_query2-two-dataList.html", "notices", jwxt.Changed, ""},
		{"SYNTHETIC-hnie-login-page.html", "notices", jwxt.Expired, ""},
		{"SYNTHETIC-hnie-login-page.html", "timetable", jwxt.Expired, ""},
		{"SYNTHETIC-hnie-login-page.html", "exams", jwxt.Expired, ""},
		{"ynufe-xsksap_list-empty.html", "timetable", jwxt.Changed, ""},
		{"sdust-xskb_list-2023.html", "exams", jwxt.Changed, ""},
		{"ynufe-cjcx_list-21col-excerpt.html", "exams", jwxt.Changed, ""},
		{"ynufe-ysgg_query-notices.html", "notice", jwxt.Changed, ""},
		{"ynufe-pscj_list-detail.html", "notice", jwxt.Changed, ""},
		{"sdust-xskb_list-2023.html", "login", jwxt.Changed, ""},
		{"ynufe-cjcx_list-21col-excerpt.html", "answer", jwxt.Changed, ""},
		{"hnust-old-logon-failure-fragments.html", "answer", jwxt.WrongCaptcha, "验证码错误!!"},
		{"SYNTHETIC-hnie-login-page.html", "answer", jwxt.WrongPassword, ""},
	}
	for _, tt := range tests {
		t.Run(tt.file+" as "+tt.as, func(t *testing.T) {
			v, err := qiangzhi.New().ParsePage(tt.as, sample(t, tt.file, "http://jw.example/jsxsd/x"))
			if err == nil {
				t.Fatalf("got %+v, want %v", v, tt.kind)
			}
			if got := jwxt.KindOf(err); got != tt.kind {
				t.Errorf("got %v, want %v", err, tt.kind)
			}
			if got := jwxt.SaidOf(err); tt.said != "" && got != tt.said {
				t.Errorf("said %q, want %q", got, tt.said)
			}
		})
	}
}
