package campus

import (
	"fmt"
	"html"
	"path"
	"regexp"
	"strings"
)

// noticesOnContent is how many notices the frame of the main page lists.
const noticesOnContent = 12

// notices is content.aspx, the frame of the main page: the newest notices and
// a blank row below them.
func (z *zhengfang) notices(*visit) answer {
	var b strings.Builder
	all := z.school.Notices()
	for i, n := range all[:min(len(all), noticesOnContent)] {
		_, until, _ := strings.Cut(n.Valid, "至")
		day, _, _ := strings.Cut(n.Published, " ")
		until, _, _ = strings.Cut(until, " ")
		fmt.Fprintf(&b, "<tr>\n<td align=\"left\"><a href=\"#\" onclick=\"window.open('%s','gxlb','menubar=0,scrollbars=1,resizable=1,width=900,height=700,left=100,top=0')\">%s</a></td>\n<td align=\"center\">%s</td>\n<td align=\"center\">%s</td>\n<td align=\"center\">%s</td>\n</tr>\n",
			z.noticeLink(i, n, until), html.EscapeString(n.Title), n.Sender, day, until)
	}
	return z.render("notices", map[string]any{"Rows": b.String()})
}

// noticeLink finds a notice by its time; the newest has no number.
func (z *zhengfang) noticeLink(i int, n Notice, until string) string {
	number := fmt.Sprint(400 - i)
	if i == 0 {
		number = " "
	}
	return "ggsm.aspx?fbsj=" + n.Published + "&yxqx=" + until + "&xh=" + number
}

var tag = regexp.MustCompile(`<[^>]*>`)

// notice is one notice in full: plain text, and one file at most.
func (z *zhengfang) notice(v *visit) answer {
	for _, n := range z.school.Notices() {
		if n.Published != v.form.Get("fbsj") {
			continue
		}
		text := strings.NewReplacer("&nbsp;", " ", "&ensp;", " ", "<br>", "\n").Replace(n.Body)
		file, name := "", ""
		if len(n.Files) > 0 {
			file, name = "/wbwj/"+path.Base(n.Files[0].Path), n.Files[0].Name
		}
		return z.render("notice", map[string]any{
			"Title": html.EscapeString(n.Title), "Text": strings.TrimSpace(tag.ReplaceAllString(text, "")), "File": z.Root + file, "Name": name,
		})
	}
	return z.errorPage(v)
}
