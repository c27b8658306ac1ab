package boards

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// What answers in a board's place.
const (
	challenge = `<!DOCTYPE html><html><head><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script></head><body></body></html>`
	outsiders = `<!DOCTYPE html><html><head><meta charset="utf-8"><title>系统提示</title></head><body>该信息仅允许校内地址访问</body></html>`
)

func send(w http.ResponseWriter, status int, mime string, body []byte) int {
	w.Header().Set("Content-Type", mime)
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return status
}

// send writes a page of the board in its charset and with its type.
func (b *Board) send(w http.ResponseWriter, status int, page string) int {
	switch {
	case b.kind == GBK:
		if s, err := simplifiedchinese.GB18030.NewEncoder().String(page); err == nil {
			page = s
		}
		return send(w, status, "text/html", []byte(page))
	case strings.HasPrefix(page, "{"):
		return send(w, status, "application/json", []byte(page))
	case strings.HasPrefix(page, "<?xml"):
		return send(w, status, "application/rss+xml", []byte(page))
	}
	return send(w, status, "text/html; charset=utf-8", []byte(page))
}

// address is an article's, below the board's root.
func (b *Board) address(id int, a Article) string {
	switch {
	case b.state == Redesigned:
		return fmt.Sprintf("/portal/view/%d", id)
	case b.kind == VSB || b.kind == Feed:
		return fmt.Sprintf("/info/%d/%d.htm", a.Column, id)
	case b.kind == GBK:
		return fmt.Sprintf("/show.asp?id=%d", id)
	}
	return fmt.Sprintf("/%s/c%da%d/page.htm", a.Date.Format("2006/0102"), a.Column, id)
}

var articlePath = regexp.MustCompile(`^/(?:info/\d+/(\d+)\.htm|\d{4}/\d{4}/c\d+a(\d+)/page\.htm|portal/view/(\d+))$`)

// filePath is where attachments are, as fileLinks has them.
var filePath = regexp.MustCompile(`^/(?:system/_content/download\.jsp|_upload/article/files/.+|files/.+)$`)

func (b *Board) articleAt(r *http.Request) (int, bool) {
	text := r.URL.Query().Get("id")
	if m := articlePath.FindStringSubmatch(r.URL.Path); m != nil {
		text = m[1] + m[2] + m[3]
	}
	id, err := strconv.Atoi(text)
	_, ok := b.articles[id]
	return id, err == nil && ok
}

func (b *Board) listPage(root string) string {
	switch b.kind {
	case JSON:
		return b.listJSON(root)
	case Feed:
		return b.listFeed(root)
	}
	var rows strings.Builder
	for i, id := range b.order() {
		a := b.articles[id]
		rows.WriteString(b.row(i, b.address(id, a), a))
	}
	return fmt.Sprintf(frames[b.kind], html.EscapeString(b.name), rows.String())
}

// frames are what is around the rows: the office's name, then the rows.
var frames = map[Kind]string{
	VSB: `<!DOCTYPE html><html><head><meta charset="utf-8"><title>通知公告-%s</title><!--Announced by Visual SiteBuilder 9--></head><body>
<ul class="nav"><li><a href="index.htm">首页</a></li><li><a href="tzgg.htm">通知公告</a></li></ul>
<ul class="list">%s</ul><span class="p_last"><a href="tzgg/1.htm">尾页</a></span></body></html>`,
	Sudy: `<!DOCTYPE html><html class="webplus-list"><head><meta charset="utf-8"><title>%s</title></head><body>
<div id="wp_news_w6"><ul class="wp_article_list">%s</ul></div><div id="wp_paging_w6"><a href="/1594/list2.htm">下一页</a></div></body></html>`,
	GBK: `<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>%s</title></head><body>
<div id="list1"><ul>%s</ul></div></body></html>`,
}

func (b *Board) row(i int, href string, a Article) string {
	title, mark := html.EscapeString(a.Title), ""
	if a.Pinned {
		mark = "[置顶]"
	}
	day := a.Date.Format(time.DateOnly)
	switch {
	case b.state == Redesigned:
		return fmt.Sprintf(`<section class="card"><h4 data-href="%s">%s</h4><a href="%s">%s</a></section>`, href, title, href, day)
	case b.kind == Sudy:
		return fmt.Sprintf(`<li class="list_item i%d"><span class="Article_Index">%d</span>%s<span class="Article_Title"><a href="%s" title="%s">%s</a></span><span class="Article_PublishDate">%s</span></li>`,
			i+1, i+1, mark, href, title, title, day)
	case b.kind == GBK:
		return fmt.Sprintf(`<li>%s<a href="%s">%s</a><dl>%s</dl></li>`, mark, href, title, day)
	}
	return fmt.Sprintf(`<li id="line_u7_%d"><span>%s</span>%s<a href="%s"><em>%s</em></a></li>`, i, day, mark, href, title)
}

func (b *Board) listJSON(root string) string {
	type row struct {
		Title       string `json:"title"`
		URL         string `json:"url"`
		PublishTime string `json:"publishTime"`
	}
	rows := []row{}
	for _, id := range b.order() {
		a := b.articles[id]
		if a.Pinned {
			a.Title = "[置顶]" + a.Title
		}
		rows = append(rows, row{a.Title, root + b.address(id, a), a.Date.Format(time.DateTime)})
	}
	key := "data"
	if b.state == Redesigned {
		key = "payload"
	}
	out, _ := json.Marshal(map[string]any{"total": len(b.articles), key: rows}) // strings only
	return string(out)
}

func (b *Board) listFeed(root string) string {
	if b.state == Redesigned {
		return `<html><body><h1>` + html.EscapeString(b.name) + `</h1><p>新版网站</p></body></html>`
	}
	var items strings.Builder
	for _, id := range b.order() {
		a := b.articles[id]
		fmt.Fprintf(&items, "<item><title>%s</title><link>%s</link><pubDate>%s</pubDate></item>\n",
			html.EscapeString(a.Title), html.EscapeString(root+b.address(id, a)), a.Date.Format(time.RFC1123Z))
	}
	return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>` + html.EscapeString(b.name) + "</title>\n" + items.String() + `</channel></rss>`
}

func (b *Board) articlePage(id int, a Article) string {
	var text strings.Builder
	for p := range strings.SplitSeq(a.Text, "\n\n") {
		text.WriteString("<p>" + html.EscapeString(p) + "</p>")
	}
	title, day, from := html.EscapeString(a.Title), a.Date.Format(time.DateOnly), html.EscapeString(a.Publisher)
	switch b.kind {
	case Sudy, JSON:
		return fmt.Sprintf(`<!DOCTYPE html><html class="webplus-page"><head><meta charset="utf-8"><title>%s</title></head><body><div portletmode="simpleArticleAttri"><h1 class="arti_title">%s</h1>
<p class="arti_metas"><span class="arti_publisher">发布者：%s</span><span class="arti_update">发布时间：%s</span></p><div class="wp_articlecontent">%s%s</div></div></body></html>`,
			title, title, from, day, text.String(), fileLinks(id, a, `<a href="/_upload/article/files/%d/%d/f.docx" sudyfile-attr="{'title':'%s'}">附件下载</a>`))
	case GBK:
		return fmt.Sprintf(`<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body><div><div id="title">%s</div><div id="info">时间：%s 发布者：%s</div><div id="text">%s%s</div></div></body></html>`,
			title, day, from, text.String(), fileLinks(id, a, `<a href="/files/%d/%d.doc">%s</a>`))
	}
	return fmt.Sprintf(`<!DOCTYPE html><html><head><meta charset="utf-8"><title>%s-%s</title></head><body><form name="_newscontent_fromname"><h2>%s</h2><p>来源：%s 发布时间：%s 点击数：</p>
<div id="vsb_content"><div class="v_news_content">%s</div></div><ul>%s</ul></form></body></html>`,
		title, html.EscapeString(b.name), title, from, day, text.String(),
		fileLinks(id, a, `<li>附件【<a href="/system/_content/download.jsp?owner=%d&wbfileid=%d">%s</a>】已下载次</li>`))
}

func fileLinks(id int, a Article, form string) string {
	var out strings.Builder
	for i, name := range a.Files {
		fmt.Fprintf(&out, form, id, i+1, html.EscapeString(name))
	}
	return out.String()
}

// Hosts serves several boards by the names of their hosts, as one machine does.
func Hosts(boards map[string]*Board) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, ok := boards[(&url.URL{Host: r.Host}).Hostname()]
		if !ok {
			http.NotFound(w, r)
			return
		}
		b.ServeHTTP(w, r)
	})
}
