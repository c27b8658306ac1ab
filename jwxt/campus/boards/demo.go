package boards

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Site is a board of one of the demo's schools.
type Site struct {
	ID, School string
	Host       string // of names under localhost, which browsers look up by themselves
	*Board
}

// Demo are the boards of the schools that campus.Demo has, as they stand at now:
// with notices of the last weeks.
func Demo(now time.Time) []Site {
	sites := []Site{
		{"donghu-jwc", "donghu", "jwc.donghu.localhost", New(VSB, "东湖示范大学教务处")},
		{"donghu-cs", "donghu", "cs.donghu.localhost", New(Sudy, "东湖示范大学计算机学院")},
		{"donghu-lib", "donghu", "lib.donghu.localhost", New(Feed, "东湖示范大学图书馆")},
		{"xiyuan-jwc", "xiyuan", "jwc.xiyuan.localhost", New(Sudy, "西原科技大学教务处")},
		{"xiyuan-xsc", "xiyuan", "xsc.xiyuan.localhost", New(VSB, "西原科技大学学生处")},
	}
	for _, s := range sites {
		_, office, _ := strings.Cut(s.ID, "-")
		titles := earlier[office]
		for i, title := range titles {
			s.Publish(Article{
				Title: title, Publisher: "综合科", Text: "各有关单位：\n\n现将“" + title + "”的有关事项通知如下，详情请到办公室咨询。",
				Date: now.AddDate(0, 0, -3*(len(titles)-i)),
			})
		}
		// A database that was kept knows the numbers of the last demo's.
		s.next = int(now.Unix())
	}
	return sites
}

// earlier are titles of notices by office, the oldest first.
var earlier = map[string][]string{
	"jwc": {
		"关于做好新学期教学准备工作的通知", "关于公布本学期校历的通知", "关于开展期初教学检查的通知", "关于国庆节放假及调课安排的通知",
		"关于普通话水平测试报名的通知", "关于大创项目中期检查的通知", "关于组织参加数学竞赛的通知", "关于本学期网上评教的通知",
		"关于申请转专业的通知", "关于辅修专业报名的通知", "关于实验室安全检查结果的通报", "关于期中教学检查的通知",
	},
	"cs": {
		"计算机学院迎新工作安排", "程序设计竞赛校队选拔", "学术报告：大模型与软件工程", "关于毕业设计选题的通知", "机房开放时间调整",
		"企业实习双选会通知", "奖学金评审结果公示", "本科生导师见面会安排",
	},
	"lib": {
		"新生入馆教育安排", "电子资源试用通知", "图书馆开放时间调整", "读书月活动预告", "自习座位预约规则", "文献检索讲座", "超期图书归还提醒", "毕业论文提交指南",
	},
	"xsc": {
		"家庭经济困难学生认定工作通知", "国家奖学金评审通知", "宿舍安全检查通报", "勤工助学岗位招聘", "学生证补办安排", "心理健康讲座", "医保缴费提醒", "优秀班集体评选通知",
	},
}

// Samples are notices that an office may publish at now.
func Samples(now time.Time) []Article {
	day := func(in int, clock string) string {
		return now.AddDate(0, 0, in).Format("2006年1月2日") + clock
	}
	all := []Article{
		{
			Title: "关于全国大学英语四、六级考试报名的通知", Publisher: "考试中心",
			Text:  "各学院：\n\n本次四、六级考试报名现已开始，请同学们于" + day(6, "17:00") + "前登录报名网站完成报名和缴费，逾期不再受理。\n\n咨询地点：教学楼A座201。",
			Files: []string{"四六级报名流程.docx", "考场规则.docx"},
		},
		{
			Title: "关于下学期选课的通知", Publisher: "教务科",
			Text:  "各位同学：\n\n下学期选课分三轮进行。第一轮选课截止时间：" + day(4, "12:00") + "。没有完成评教的同学不能选课，请先评教。",
			Files: []string{"选课手册.docx"},
		},
		{
			Title: "关于期末考试安排的通知", Publisher: "考试中心",
			Text:  "各学院：\n\n期末考试安排已经排定，见附件。申请缓考的同学请在" + day(9, "16:30") + "前把申请交到教务科。\n\n地点：行政楼305室。",
			Files: []string{"期末考试安排表.docx"},
		},
		{
			Title: "明天上午停水停电的紧急通知", Publisher: "后勤处",
			Text: "各位师生：\n\n因线路检修，明天8:00至11:30教学区停水停电，上午的课程顺延，具体由任课教师通知。",
		},
	}
	for i := range all {
		all[i].Date = now
	}
	return all
}

// Street serves each site at its host and everything else by other, as one
// machine does.
func Street(sites []Site, other http.Handler) http.Handler {
	byHost := map[string]http.Handler{}
	for _, s := range sites {
		byHost[s.Host] = s.Board
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		h, ok := byHost[host]
		if !ok {
			h = other
		}
		h.ServeHTTP(w, r)
	})
}

// Root is where the site is if its machine listens at port.
func (s Site) Root(port int) string { return fmt.Sprintf("http://%s:%d", s.Host, port) }
