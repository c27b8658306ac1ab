package jwglxt

import (
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/plans"
)

// lessons reads a row of kbList: a lesson for each unbroken run of its 节.
func (m item) lessons() (out []jwxt.Lesson) {
	l := m.lesson()
	l.Teacher, l.WeekText = m.first("xm"), m.first("zcd")
	l.Weeks, _ = jwxt.ParseWeeks(l.WeekText)
	if n, err := strconv.Atoi(m.first("xqj")); err == nil && n >= 1 && n <= 7 {
		l.Weekday = n
	} else {
		l.Weekday = plans.Weekday(m.first("xqjmc"))
	}
	periods := m.first("jcs", "jc", "jcor")
	runs, ok := plans.Periods(periods)
	if !ok || l.Weekday == 0 {
		l.Note = markup.Clean(l.Note + " " + periods)
		return []jwxt.Lesson{l}
	}
	for _, r := range runs {
		l.From, l.To = r.From, r.To
		out = append(out, l)
	}
	return out
}

// practice reads a row of sjkList or jxhjkcList: weeks and no time. Older
// builds have one text for all: 金工实习◆张三(共2周)/17-18周/无.
func (m item) practice() jwxt.Lesson {
	l := m.lesson()
	l.Teacher, l.WeekText = m.first("jsxm", "xm"), m.first("qsjsz", "zcd")
	about := markup.Clean(strings.ReplaceAll(m.first("sjkcgs", "qtkcgs"), "<br>", " "))
	if l.Course == "" {
		l.Course, _, _ = strings.Cut(about, "/")
		if i := strings.IndexAny(l.Course, "◆★☆●○■□▲(（"); i > 0 {
			l.Course = strings.TrimSpace(l.Course[:i])
		}
	}
	if l.WeekText == "" {
		l.Note = markup.Clean(l.Note + " " + about)
	}
	l.Weeks, _ = jwxt.ParseWeeks(l.WeekText)
	return l
}

// lesson reads what all rows share.
func (m item) lesson() jwxt.Lesson {
	l := jwxt.Lesson{
		Course: m.first("kcmc"), CourseID: m.first("kch", "kch_id"), Group: m.first("jxbmc"),
		Campus: m.first("xqmc"), Room: m.first("cdmc"),
	}
	if note := m.first("xkbz"); note != "无" {
		l.Note = note
	}
	extra := func(name, value string) {
		if value != "" {
			if l.Extra == nil {
				l.Extra = map[string]string{}
			}
			l.Extra[name] = value
		}
	}
	for _, o := range []struct{ key, name string }{{"khfsmc", "考核方式"}, {"skfsmc", "授课方式"}, {"kcxz", "课程性质"}} {
		extra(o.name, m.first(o.key))
	}
	for _, k := range m.besides(lessonKeys) {
		extra(k, string(m[k]))
	}
	d, err := jwxt.ParseDecimal(m.first("xf"))
	if err != nil {
		extra("学分", m.first("xf"))
	}
	l.Credits = d
	return l
}

// besides are the keys with a value that neither all rows have nor these.
func (m item) besides(keys string) []string {
	return slices.DeleteFunc(m.unknown(), func(k string) bool { return strings.Contains(keys, " "+k+" ") })
}

// lessonKeys are read, or are marks and codes of the vendor's own pages: zcmc
// is the teacher's rank, oldzc and oldjc are bitmaps of zcd and jcs.
const lessonKeys = " kcmc kch jxbmc jxbzc xm jsxm xqmc cdmc cdlbmc lh zcd qsjsz xqj xqjmc jc jcs jcor xkbz xkrl skfsmc khfsmc kcxz sjkcgs qtkcgs" +
	" sfsjk kclb kcxszc zcmc zxs zhxs kczxs zfjmc zyfxmc zzrl rk rsdzjs bklxdjmc cxbj cxbjmc jxbsftkbj kkzt oldjc oldzc pkbj sxbj xqdm xqh1 xsdm xslxbj" +
	" zyhxkcbj kcbj jxbzh qqqh jgh jgh_id sfkckkb sfjf dateDigit jxdd njxh xqh jxbxh kklxdm xksj sfxsd "
