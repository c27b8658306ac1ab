package campus

import (
	"net/http"
	"path"
	"slices"
	"strings"
)

// notices is the grid of 通知公告. Its titles are cut in xwbt and whole in
// xwbtqc; the newest is pinned.
func (j *jwglxt) notices(v *visit) answer {
	all := j.school.Notices()
	return j.grid(v, len(all), func(i int) map[string]any {
		n, pinned := all[i], "0"
		if i == 0 {
			pinned = "1"
		}
		short := []rune(n.Title)
		return map[string]any{
			"xwbh": n.ID, "xwbt": string(short[:min(len(short), 20)]), "xwbtqc": n.Title, "fbsj": n.Published,
			"fbrxm": n.Sender, "sfzd": pinned, "sfyd": "0", "fbdz": "",
		}
	})
}

// notice is one notice in full. No capture of this page is known: heading,
// line of publisher and time, text are what clients look for in it.
func (j *jwglxt) notice(v *visit) answer {
	all := j.school.Notices()
	i := slices.IndexFunc(all, func(n Notice) bool { return n.ID == v.form.Get("xwbh") })
	if i < 0 {
		return j.errorPage(v)
	}
	return j.page(http.StatusOK, "notice", map[string]any{"Root": j.Root, "Notice": all[i]})
}

// messages is the grid of 待办: what changed for this student.
func (j *jwglxt) messages(v *visit) answer {
	account, _ := v.who()
	texts := []struct{ title, text, at string }{
		{"调课提醒", "调课提醒:李测试老师于第9周星期三第3-4节在逸夫楼201上的数据库系统原理课程调课至第10周星期五第5-6节逸夫楼305。", "2026-05-11 09:12:40"},
		{"停课提醒", "停课提醒:王测试老师第12周星期一第1-2节的计算机网络课程停课。", "2026-05-06 16:40:02"},
	}
	if v.form.Get("flag") != "1" || account.Gate == GateEmpty {
		texts = nil
	}
	return j.grid(v, len(texts), func(i int) map[string]any {
		return map[string]any{
			"xxbt": texts[i].title, "xxnr": texts[i].text, "cjsj": texts[i].at, "clzt": "0", "yhm": account.Number,
		}
	})
}

// download serves the files of notices; the editor's folder asks for no login.
func (j *jwglxt) download(v *visit) answer {
	for _, n := range j.school.Notices() {
		for _, f := range n.Files {
			if f.Path == v.r.URL.Path {
				return bytesAnswer(http.StatusOK, fileType(strings.ToLower(path.Ext(f.Path))), f.Data)
			}
		}
	}
	return j.notFound()
}
