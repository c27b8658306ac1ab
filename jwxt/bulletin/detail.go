package bulletin

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"jwxtbot/jwxt"
)

// bodies are where articles' texts are, the surest first: 博达, 苏迪, and what
// other systems and templates use.
var bodies = []string{
	".v_news_content", ".wp_articlecontent", "[id^=vsb_content]", "form[name=_newscontent_fromname]",
	".Article_Content", ".TRS_Editor", ".trs_editor_view", ".article-content", ".entry-content", ".content-con",
	".news_content", ".article_content", ".detail_content", "#zoom", "article",
}

// ParseDetail reads one answer to a request of an article. p.URL is where the
// answer came from in the end. A page that tells outsiders to stay out is a
// Detail with Intranet and no error; a page without an article is an *Error.
func ParseDetail(s Source, p jwxt.Page, now time.Time) (Detail, error) {
	a, err := read(s, p)
	if err != nil {
		return outside(err)
	}
	v := a.article()
	if v == nil {
		return outside(a.nothing("no text of an article was found on the page"))
	}
	d := Detail{
		Title:       v.title(),
		Publisher:   v.publisher(),
		Text:        paragraphs(v.body.Nodes[0]),
		Attachments: v.attachments(),
	}
	d.Date = v.date(now)
	if d.Text == "" && len(d.Attachments) == 0 && v.body.Find("img").Length() == 0 && a.inside() {
		return Detail{Title: d.Title, Date: d.Date, Intranet: true}, nil
	}
	return d, nil
}

// outside makes of an error that the campus is meant a detail that says so.
func outside(err error) (Detail, error) {
	if e, ok := errors.AsType[*Error](err); ok && e.Class == Intranet {
		return Detail{Intranet: true}, nil
	}
	return Detail{}, err
}

// view is an article's page: its text, and the frame with title, date, and files.
type view struct {
	*answer
	body, frame *goquery.Selection
}

func (a *answer) article() *view {
	want := bodies
	if css := a.source.Rules.Detail.Body; css != "" {
		want = []string{css}
	}
	for _, css := range want {
		if body := a.html().Find(css).First(); body.Length() > 0 {
			return &view{a, body, frameOf(body)}
		}
	}
	return nil
}

// frameOf is what belongs to the article around its text. 博达 has a form around
// both, 苏迪 a window of the template.
func frameOf(body *goquery.Selection) *goquery.Selection {
	for _, css := range []string{"form[name=_newscontent_fromname]", "[portletmode=simpleArticleAttri]", "article, main, [class*=article], [class*=detail], [class*=content]"} {
		if goquery.NodeName(body) == "form" {
			return body
		}
		if f := body.Parent().Closest(css); f.Length() > 0 {
			return f
		}
	}
	if p := body.Parent(); p.Length() > 0 {
		return p
	}
	return body
}

func (v *view) title() string {
	if f := v.source.Rules.Detail.Title; f.said() {
		return cleanTitle(f.read(v.doc.Selection, v.url.String()))
	}
	candidates := []string{
		v.doc.Find("meta[name=ArticleTitle]").AttrOr("content", ""),
		textOf(v.doc.Find(".arti_title, .Article_Title").First()),
		v.heading("h1"), v.heading("h2"), v.heading("h3"),
		v.heading("[class*=title],[class*=Title],[class*=tit]"),
		v.firstLine(),
		v.doc.Find(`meta[property="og:title"]`).AttrOr("content", ""),
		pageTitle(v.doc.Find("title").First().Text()),
	}
	for _, c := range candidates {
		if c = cleanTitle(c); c != "" {
			return c
		}
	}
	return ""
}

// heading is the first such element of the frame that is not within the text.
func (v *view) heading(css string) string {
	found := ""
	v.frame.Find(css).EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if !within(s.Nodes[0], v.body.Nodes[0]) && !within(v.body.Nodes[0], s.Nodes[0]) {
			found = oneLine(textOf(s))
		}
		return found == ""
	})
	return found
}

// firstLine is the first line before the text, if it is no date and no crumb.
func (v *view) firstLine() string {
	line, _, _ := strings.Cut(v.preface("\n"), "\n")
	line = oneLine(line)
	if _, _, dated := findDate(foldDate(line)); dated || strings.Contains(line, "当前位置") || len(line) > 240 {
		return ""
	}
	return line
}

// pageTitle is the page's name without the site's, which follows a dash.
func pageTitle(s string) string {
	s = oneLine(s)
	for _, dash := range []string{"-", "_", "|", "—"} {
		if i := strings.LastIndex(s, dash); i > 0 && len(s)-i < 90 {
			return s[:i]
		}
	}
	return s
}

// preface is what the frame says before the text, lines parted by newline.
func (v *view) preface(newline string) string {
	var b strings.Builder
	stop := false
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if stop = stop || n == v.body.Nodes[0]; stop || isSilent(n) {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(oneLine(n.Data) + " ")
			return
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
		if isBlock(n) && !stop && strings.TrimSpace(b.String()) != "" {
			b.WriteString(newline)
		}
	}
	walk(v.frame.Nodes[0])
	return strings.TrimSpace(b.String())
}

// labelled is a date that says what it is.
var labelled = regexp.MustCompile(`(?:发布|更新|创建|发文|信息)?(?:时间|日期)\s*[:：]?.{0,40}`)

func (v *view) date(now time.Time) Date {
	if f := v.source.Rules.Detail.Date; f.said() {
		d, _ := ParseDate(f.read(v.doc.Selection, v.url.String()), now)
		return d
	}
	preface := foldDate(strings.Replace(v.preface(" "), v.title(), " ", 1))
	for _, s := range []string{
		v.doc.Find("meta[name=PubDate]").AttrOr("content", ""),
		textOf(v.doc.Find(".arti_update, .Article_PublishDate").First()),
		labelled.FindString(preface),
		preface,
	} {
		if d, _, ok := findDate(foldDate(s)); ok {
			return d
		}
	}
	return Date{}
}

// Labels of who publishes, offices before persons.
var publisherLabels = []string{"发布单位", "发布部门", "文章来源", "信息来源", "来源", "发布者", "发布人", "作者", "供稿"}

// publisherEnd is what cannot be in a publisher's name.
var publisherEnd = regexp.MustCompile(`[|｜【】\[\]]|\s{2,}|\s*(?:发布|更新|创建)?(?:时间|日期)|\s*(?:点击|浏览|阅读|访问)|\s*(?:来源|作者|编辑|审核|发布者|发布人|责任编辑|字号)\s*[:：]`)

func (v *view) publisher() string {
	if f := v.source.Rules.Detail.Publisher; f.said() {
		return f.read(v.doc.Selection, v.url.String())
	}
	text := textOf(v.doc.Find(".arti_publisher").First())
	if text == "" {
		text = v.preface(" | ")
	}
	text = oneLine(text)
	for _, label := range publisherLabels {
		_, after, ok := strings.Cut(text, label)
		if !ok {
			continue
		}
		after, colon := strings.CutPrefix(strings.TrimSpace(after), "：")
		if !colon {
			if after, colon = strings.CutPrefix(after, ":"); !colon {
				continue
			}
		}
		if end := publisherEnd.FindStringIndex(after); end != nil {
			after = after[:end[0]]
		}
		name, _, _ := strings.Cut(strings.TrimSpace(after), " ")
		if name != "" && len(name) <= 90 {
			return name
		}
	}
	return ""
}

// maxAttachments bounds an article's files.
const maxAttachments = 50

// files are the addresses that lead to a file: those of 博达, those of 苏迪, and
// those that end like one.
var files = regexp.MustCompile(`(?i)/system/_content/download\.jsp|/_upload/article/files/|/virtual_attach_file\.vsb|/__local/.*\.(?:pdf|docx?|xlsx?)$|\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|wps|et|csv|txt)$`)

// scriptPDF is how 博达 shows a PDF within the page.
var scriptPDF = regexp.MustCompile(`showVsbpdfIframe\(\s*["']([^"']+)["']`)

func (v *view) attachments() []jwxt.Attachment {
	var out []jwxt.Attachment
	add := func(href, name string) {
		u, ok := resolve(v.url, href)
		same := func(x jwxt.Attachment) bool { return x.URL == u.String() }
		if !ok || len(out) >= maxAttachments || slices.ContainsFunc(out, same) {
			return
		}
		out = append(out, jwxt.Attachment{Name: fileName(name, u.Path), URL: u.String()})
	}
	extra := v.source.Rules.Detail.Attachments
	links := v.frame.Find("a[href], [pdfsrc]")
	if extra != "" {
		links = links.AddSelection(v.doc.Find(extra))
	}
	links.Each(func(_ int, s *goquery.Selection) {
		href := s.AttrOr("pdfsrc", s.AttrOr("href", ""))
		sudy := s.AttrOr("sudyfile-attr", "")
		address, _, _ := strings.Cut(href, "#")
		path, query, _ := strings.Cut(address, "?")
		isFile := files.MatchString(path) || strings.Contains(query, "wbfileid=")
		if !isFile && sudy == "" && s.AttrOr("pdfsrc", "") == "" && (extra == "" || !s.Is(extra)) {
			return
		}
		name := sudyTitle(sudy)
		if name == "" {
			name = oneLine(textOf(s))
		}
		if name == "" {
			name = oneLine(s.AttrOr("title", ""))
		}
		add(address, name)
	})
	v.frame.Find("script").Each(func(_ int, s *goquery.Selection) {
		if m := scriptPDF.FindStringSubmatch(s.Text()); m != nil {
			add(m[1], "")
		}
	})
	return out
}

// sudyName is the name in sudyfile-attr, which is JSON in single quotes.
var sudyName = regexp.MustCompile(`["']title["']\s*:\s*(?:'([^']*)'|"([^"]*)")`)

func sudyTitle(s string) string {
	m := sudyName.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	return oneLine(m[1] + m[2])
}

// fileName is the name that people know a file by. The address has one only
// where it was not made up by the system.
func fileName(name, path string) string {
	base := path[strings.LastIndexByte(path, '/')+1:]
	if name == "" || name == "下载" || name == "点击下载" || name == "点击这里" {
		if files.MatchString("/"+base) || name == "" {
			return cmp.Or(oneLine(base), "附件")
		}
	}
	if r := []rune(name); len(r) > maxTitle {
		name = string(r[:maxTitle])
	}
	return name
}
