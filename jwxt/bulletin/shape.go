package bulletin

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Templates of 博达 and 苏迪 may be edited freely, the addresses of articles may
// not. So articles are found by their links: those to one article are grouped,
// and the row is the highest element around them that leads to no other.

// shapeList reads a page whose articles show by their links.
func (a *answer) shapeList(now time.Time) (List, error) {
	if a.isArticle() {
		return List{}, &Error{Class: Redesign, Status: 200, Err: fmt.Errorf("this is an article, not a list")}
	}
	l := List{Items: a.shaped(now)}
	if len(l.Items) == 0 {
		return List{}, a.nothing("no link on the page leads to an article of 博达 or 苏迪")
	}
	l.Preset, _, _ = strings.Cut(l.Items[0].ID, ":")
	return l, nil
}

// link is an anchor that leads to an article.
type link struct {
	node *html.Node
	url  *url.URL
	article
}

func (a *answer) shaped(now time.Time) []Item {
	links := a.articleLinks()
	ids := map[*html.Node]string{}
	for _, l := range links {
		ids[l.node] = l.id
	}
	best := map[string]int{} // id to index of items
	var items []Item
	for _, l := range links {
		row := goquery.NewDocumentFromNode(rowOf(l, ids)).Selection
		it := itemOf(l, row, now)
		i, seen := best[l.id]
		switch {
		case it.Title == "":
		case !seen && len(items) < maxItems:
			best[l.id] = len(items)
			items = append(items, it)
		case seen && items[i].Date == Date{} && it.Date != Date{}:
			items[i].Date = it.Date // the first link stood in a picture's box
		}
	}
	return items
}

// maxLinks bounds the links that are looked at; a real page has one or two for
// each of its rows.
const maxLinks = 1000

// articleLinks are the page's links to articles, in its order.
func (a *answer) articleLinks() []link {
	want := a.source.Rules.Kind
	var out []link
	a.html().Find("a[href]").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		if u, ok := resolve(a.url, s.AttrOr("href", "")); ok {
			if art, ok := articleOf(u); ok && (want == "" || want == art.kind) {
				out = append(out, link{s.Nodes[0], u, art})
			}
		}
		return len(out) < maxLinks
	})
	return out
}

// rowTags are elements beyond which no row reaches, even if it is alone in them.
var rowTags = []atom.Atom{atom.Li, atom.Tr, atom.Dd, atom.Dl, atom.Article}

// boxTags are elements that hold rows and are none.
var boxTags = []atom.Atom{atom.Ul, atom.Ol, atom.Table, atom.Tbody, atom.Body, atom.Html, atom.Form, atom.Main, atom.Nav, atom.Section}

// maxStray is how many links that lead to no article a row may have, such as
// its column's name and its files. A page with a single article has no second
// one to end the row.
const maxStray = 3

// maxRowNodes is far more than a row is made of.
const maxRowNodes = 2000

func rowOf(l link, ids map[*html.Node]string) *html.Node {
	row := l.node
	for n := l.node; n != nil; n = n.Parent {
		if slices.Contains(boxTags, n.DataAtom) || !leadsOnlyTo(n, l.id, ids) {
			break
		}
		row = n
		if slices.Contains(rowTags, n.DataAtom) {
			break
		}
	}
	return row
}

func leadsOnlyTo(n *html.Node, id string, ids map[*html.Node]string) bool {
	nodes, stray := 0, 0
	for c := range n.Descendants() {
		if nodes++; nodes > maxRowNodes {
			return false
		}
		if c.DataAtom != atom.A {
			continue
		}
		switch other, ok := ids[c]; {
		case ok && other != id:
			return false
		case !ok && attr(c, "href") != "":
			stray++
		}
	}
	return stray <= maxStray
}

func itemOf(l link, row *goquery.Selection, now time.Time) Item {
	anchor := goquery.NewDocumentFromNode(l.node).Selection
	text := textOf(row)
	return Item{
		ID: l.id, URL: l.url.String(),
		Title: titleOf(anchor), Date: dateIn(row, anchor, now),
		Pinned: pinned(text), Intranet: onlyInside(text),
	}
}

// titleOf is the title that a link shows: its title attribute, a heading within
// it, or its text without the date. One that was cut gives way to one that is
// whole.
func titleOf(anchor *goquery.Selection) string {
	candidates := []string{
		titleAttr(anchor.AttrOr("title", "")),
		textOf(anchor.Find("h1,h2,h3,h4,h5,h6").First()),
		textWithoutDates(anchor.Find("em").First()),
		textWithoutDates(anchor.Find("[class*=title],[class*=Title],[class*=tit]").First()),
		firstBlock(anchor),
		textWithoutDates(anchor),
	}
	longest := ""
	for _, c := range candidates {
		c = cleanTitle(c)
		switch {
		case c == "" || isMore(c):
			continue
		case !isCut(c):
			return c
		case utf8.RuneCountInString(c) > utf8.RuneCountInString(longest):
			longest = c
		}
	}
	return longest
}

// firstBlock is the first paragraph of a link that holds several: a title, and
// below it a summary.
func firstBlock(anchor *goquery.Selection) string {
	first := ""
	blocks := anchor.Find("p,div")
	if blocks.Length() < 2 {
		return ""
	}
	blocks.EachWithBreak(func(_ int, b *goquery.Selection) bool {
		if b.Find("p,div").Length() == 0 {
			first = cleanTitle(textWithoutDates(b))
		}
		return utf8.RuneCountInString(first) < 4
	})
	return first
}

// titleLine is the line of a title attribute that has the title; 博达 puts the
// date and the reader's count below it.
var titleLine = regexp.MustCompile(`(?:信息)?标题\s*[:：]\s*([^\n\r]+)`)

func titleAttr(s string) string {
	if m := titleLine.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return s
}

func isCut(s string) bool {
	return strings.HasSuffix(s, "…") || strings.HasSuffix(s, "...")
}

func isMore(s string) bool {
	return slices.Contains([]string{"更多", "查看更多", "查看详情", "详情", "详细", "阅读全文", "全文", "MORE", "more", "More", "[详细]", "【详细】"}, s)
}

var (
	// What is in front of a title or behind it and no part of it.
	titleEdge = regexp.MustCompile(`^(?:[·•▪◆■□●○▶►»›>※★☆✦*\s]|[\[【(（]?置顶[\]】)）]|[\[【]顶[\]】])+|(?:\s|(?i:\bnew!?)|[\[【(（]置顶[\]】)）])+$`)
	// A bracketed or bare date at a text's beginning or end.
	dateEdge = regexp.MustCompile(`^[\[【(（]?\s*(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?(?:\s+\d\d:\d\d(?::\d\d)?)?\s*[\]】)）]?\s+|\s*[\[【(（]\s*(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}日?\s*[\]】)）]$|\s+(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}$`)
)

// maxTitle bounds a title; real ones have at most 80 characters.
const maxTitle = 300

func cleanTitle(s string) string {
	s = oneLine(s)
	s = titleEdge.ReplaceAllString(s, "")
	if r := []rune(s); len(r) > maxTitle {
		s = string(r[:maxTitle-1]) + "…"
	}
	return strings.TrimSpace(s)
}

// textWithoutDates is the text of s but for elements that hold nothing else
// than a date, or a part of one, and for a date at either end.
func textWithoutDates(s *goquery.Selection) string {
	var b strings.Builder
	for _, n := range s.Nodes {
		writeText(&b, n, func(c *html.Node) bool { return c != n && isDateNode(c) })
	}
	return dateEdge.ReplaceAllString(oneLine(b.String()), "")
}

// datePiece is a whole date or a part of one that stands alone.
var datePiece = regexp.MustCompile(`^[\[【(（]?\s*(?:(?:发布|更新|创建)?(?:时间|日期)\s*[:：])?\s*(?:(?:19|20)\d\d\s*[-/.年]?|\d{1,2}\s*[-/.月日]?)(?:\s*[-/.]?\s*\d{1,2}\s*[月日]?){0,2}(?:\s+\d\d:\d\d(?::\d\d)?)?\s*[\]】)）]?$`)

// No date is as long as maxPiece bytes, nor as maxPadded with the blanks of a
// template around its parts.
const (
	maxPiece  = 64
	maxPadded = 2 << 10
)

func isPiece(text string) bool {
	return text != "" && len(text) < maxPiece && datePiece.MatchString(text)
}

func isDateNode(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	var b strings.Builder
	writeText(&b, n, func(*html.Node) bool { return b.Len() > maxPadded })
	return b.Len() <= maxPadded && isPiece(oneLine(b.String()))
}

// dateIn finds the date in a row. A text that is nothing but a date goes before
// one that contains it, since summaries speak of dates too; the title is not
// looked at, except for a date at its ends.
func dateIn(row, anchor *goquery.Selection, now time.Time) Date {
	var pieces, words []string
	for _, n := range row.Nodes {
		collect(n, anchor.Nodes[0], &pieces, &words)
	}
	for _, p := range pieces {
		if d, ok := ParseDate(p, now); ok && !d.yearlessIn(p) {
			return d
		}
	}
	if d, _, ok := findDate(foldDate(strings.Join(pieces, " "))); ok {
		return d
	}
	for _, p := range pieces {
		if d, ok := parseYearless(foldDate(p), now); ok {
			return d
		}
	}
	slices.SortStableFunc(words, func(x, y string) int { return cmp.Compare(rank(x), rank(y)) })
	for _, w := range words {
		if d, _, ok := findDate(foldDate(w)); ok && utf8.RuneCountInString(w) <= 40 {
			return d
		}
	}
	text := oneLine(textOf(anchor))
	if edge := dateEdge.FindString(text); edge != "" {
		d, _ := ParseDate(edge, now)
		return d
	}
	return Date{}
}

// yearlessIn tells that a text does not say the year.
func (d Date) yearlessIn(text string) bool {
	return !strings.Contains(foldDate(text), fmt.Sprint(d.Year))
}

// rank puts texts first that say that a date follows.
func rank(s string) int {
	if strings.Contains(s, "时间") || strings.Contains(s, "日期") || strings.Contains(s, "发布") {
		return 0
	}
	return 1
}

// collect parts a row's text into pieces, which are dates or parts of dates, and
// words. Of the anchor it takes pieces only: the rest is the title.
func collect(n, anchor *html.Node, pieces, words *[]string) {
	if isSilent(n) {
		return
	}
	if isDateNode(n) {
		*pieces = append(*pieces, oneLine(textOf(goquery.NewDocumentFromNode(n).Selection)))
		return
	}
	if n.Type == html.TextNode {
		text := oneLine(n.Data)
		switch {
		case text == "":
		case isPiece(text):
			*pieces = append(*pieces, text)
		case !within(n, anchor):
			*words = append(*words, text)
		}
		return
	}
	for c := range n.ChildNodes() {
		collect(c, anchor, pieces, words)
	}
}

func within(n, ancestor *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == ancestor {
			return true
		}
	}
	return false
}

// isArticle tells that the page is an article's, whose links to the next and the
// last one look like a list.
func (a *answer) isArticle() bool {
	doc := a.html()
	if doc.Find("form[name=_newscontent_fromname], [portletmode=simpleArticleAttri] .wp_articlecontent").Length() > 0 {
		return true
	}
	_, ok := articleOf(a.url)
	return ok && doc.Find("[id^=vsb_content], .wp_articlecontent").Length() > 0
}

// marks are what 博达 and 苏迪 leave on every page.
var marks = []string{
	"Announced by Visual SiteBuilder", "/_sitegray/", "/system/resource/js/",
	`class="webplus-`, "/_css/_system/system.css", "sudy-wp-siteId", "portletmode=",
}

// system tells whether one of the two systems made the page.
func (a *answer) system() bool {
	return slices.ContainsFunc(marks, func(m string) bool { return bytes.Contains(a.body, []byte(m)) })
}
