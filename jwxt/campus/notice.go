package campus

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"jwxtbot/jwxt"
)

// Notice is one notice as the school publishes it.
type Notice struct {
	jwxt.Notice
	Valid string // 有效期 as written
	Body  string // HTML, as the school's editor leaves it
	Files []File
}

// File is something to download from a notice.
type File struct {
	Name string // as people see it
	Path string // absolute on the school's host
	Data []byte
}

// Notices are the school's notices as they are now, newest first.
func (s *School) Notices() []Notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.profile.Notices
}

// ChangeNotices makes the school's notices what change makes of a copy of them.
func (s *School) ChangeNotices(change func([]Notice) []Notice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.profile.Notices = change(slices.Clone(s.profile.Notices))
}

// DemoNotices are 35 invented notices, newest first, the same each time.
func DemoNotices() []Notice {
	day := time.Date(2026, 7, 28, 0, 0, 0, 0, time.UTC)
	var out []Notice
	for i, title := range noticeTitles() {
		office := time.Duration(9*3600+i*i*7919%(9*3600)) * time.Second // of the day, 9:00 to 18:00
		out = append(out, demoNotice(i, title, day.Add(office)))
		day = day.AddDate(0, 0, -5-i*7%13)
	}
	return out
}

func demoNotice(i int, title string, at time.Time) Notice {
	sum := sha256.Sum256([]byte(title))
	n := Notice{
		Notice: jwxt.Notice{
			ID: fmt.Sprintf("%X", sum[:16]), Title: title,
			Category: "学生类别", Sender: []string{"李老师", "王老师", "JWC302", "超管"}[i%4],
			Published: at.Format(time.DateTime),
		},
		Valid: at.Format("2006-01-02") + " 00:00至" + at.AddDate(0, 6, 0).Format("2006-01-02") + " 00:00",
	}
	if i%9 == 4 {
		n.Category = "教师类别"
	}
	if i%4 == 0 {
		n.Files = demoFiles(i, title, at)
	}
	n.Body = noticeBody(i, title, n.Files)
	return n
}

func demoFiles(i int, title string, at time.Time) []File {
	short := strings.NewReplacer("关于", "", "的通知", "", " ", "").Replace(title)
	files := []File{
		{Name: "附件1：" + short + "安排表.csv", Data: []byte("\ufeff序号,课程,时间,地点\r\n1,高等数学A（上）,第18周周一 9:00,逸夫楼201\r\n")},
		{Name: "附件2：申请表.txt", Data: []byte("姓名：\r\n学号：\r\n申请事由：\r\n")},
	}
	for j := range files {
		ext := files[j].Name[strings.LastIndex(files[j].Name, "."):]
		files[j].Path = fmt.Sprintf("/ewebeditor/uploadfile/%s%03d%d%s", at.Format("20060102150405"), i, j, ext)
	}
	return files[:1+i/4%2]
}

// noticeBody writes like an office that pastes from a word processor: inline
// styles with broken quotes, tables, empty paragraphs, entities.
func noticeBody(i int, title string, files []File) string {
	var b strings.Builder
	p := func(text string) {
		fmt.Fprintf(&b, "<p style=\"font-family: Tahoma, \"sans-serif\"; margin: 0cm 0cm 10pt 24pt;\"><span style=\"font-size:16pt;font-family:仿宋,仿宋_GB2312\">%s</span></p>\n", text)
	}
	p("各学院、全体同学：")
	p("&ensp;&ensp;现将“" + strings.TrimSuffix(strings.TrimPrefix(title, "关于"), "的通知") + "”有关事项通知如下，请遵照执行。")
	p("一、时间安排：2026年<b>第18周</b>（周一至周五）<br>二、办理地点：行政楼&nbsp;302&nbsp;室")
	if i%3 == 0 {
		b.WriteString(noticeTable)
	}
	b.WriteString("<p>&nbsp;</p>\n")
	p("三、未尽事宜请联系教务处，办公电话：0000-1234" + fmt.Sprintf("%04d", i) + "。")
	for _, f := range files {
		fmt.Fprintf(&b, "<p><img border=\"0\" src=\"/ewebeditor/sysimage/icon16/xls.gif\"><a href=\"%s\" download=\"%s\" target=\"_blank\">%s</a><br>\n</p>\n", f.Path, f.Name, f.Name)
	}
	return b.String()
}

const noticeTable = `<table border="1" cellspacing="0"><tbody><tr><td>年级</td><td>办理日期</td><td>教室</td></tr>
<tr><td>2023级</td><td>周一 9:00&ndash;11:30</td><td>逸夫楼201</td></tr>
<tr><td>2024级</td><td>周二 14:30&ndash;17:00</td><td>逸夫楼305</td></tr></tbody></table>
`

func noticeTitles() []string {
	return []string{
		"关于2026-2027学年秋季学期课表发布与选课安排的通知",
		"关于2026年暑假开放自习教室的通知",
		"关于公布2025-2026学年春季学期期末考试安排的通知",
		"关于2026年本科学生转专业工作的通知",
		"关于开展2025-2026学年春季学期学生评教工作的通知",
		"关于2026年上半年全国大学英语四、六级考试报名的通知",
		"关于补考、缓考考试安排的通知",
		"关于申请2025-2026学年春季学期重修课程的通知",
		"关于2026届毕业生学历证书电子注册图像校对的通知",
		"教务处关于五一劳动节放假期间教学安排的通知",
		"关于举办2026年全国大学生数学建模竞赛校内选拔赛的通知",
		"关于2026年普通话水平测试报名的通知",
		"关于组织第十九届中国大学生计算机设计大赛报名的通知",
		"关于2024级本科学生专业分流工作安排的通知",
		"关于收取课程重新学习费的通知",
		"关于编制2026级本科人才培养方案的通知",
		"关于逸夫楼部分教室调整上课地点的通知",
		"关于2026年大学生创新创业训练计划项目申报的通知",
		"关于辅修学士学位报名及资格审核的通知",
		"关于2025-2026学年春季学期开学补考的通知",
		"关于教务系统升级暂停服务的公告",
		"关于2025-2026学年春季学期公共选修课选课的通知",
		"关于寒假期间教务处值班安排的通知",
		"关于2025-2026学年秋季学期期末考试考场纪律的通知",
		"关于申请缓考的办理流程 <必读> & 常见问题",
		"关于2025年下半年全国计算机等级考试报名的通知",
		"关于国庆节、中秋节放假调课安排的通知",
		"关于本科生毕业设计（论文）选题工作的通知",
		"关于体育课成绩复核的通知",
		"关于学生证补办与火车票优惠卡充磁的通知",
		"关于校外实习学生安全教育的通知",
		"关于2025级新生学籍注册与信息核对的通知",
		"关于2025级新生英语分级考试的通知",
		"关于2025-2026学年秋季学期网上选课的通知",
		"关于公布2025年校级教学成果奖评审结果的通知",
	}
}
