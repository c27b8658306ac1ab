package bulletin

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

// maxItems bounds what is taken from one page.
const maxItems = 200

// ParseList reads one answer to a request of the source's list. p.URL is where
// the answer came from in the end; nil stands for the source's own URL. now
// decides the year of dates that are written without one. Validators are not
// set. Every error is an *Error.
func ParseList(s Source, p jwxt.Page, now time.Time) (List, error) {
	a, err := read(s, p)
	if err != nil {
		return List{}, err
	}
	l, err := a.list(now)
	if err != nil {
		return List{}, err
	}
	l.Items = distinct(l.Items)
	return l, nil
}

// answer is a page on its way to becoming a list or a detail.
type answer struct {
	source Source
	url    *url.URL
	body   []byte // UTF-8
	raw    []byte
	doc    *goquery.Document // nil unless it is HTML
}

// read decodes an answer, and refuses one that is none.
func read(s Source, p jwxt.Page) (*answer, error) {
	if p.URL == nil {
		u, err := url.Parse(s.URL)
		if err != nil {
			return nil, &Error{Class: HTTP, Err: errors.New("the source's URL is broken")}
		}
		p.URL = u
	}
	if err := refused(p); err != nil {
		return nil, err
	}
	body, err := decode(s, p)
	if err != nil {
		return nil, &Error{Class: Charset, Status: p.Status, Err: err}
	}
	return &answer{source: s, url: p.URL, body: body, raw: p.Body}, nil
}

// decode is the body as UTF-8.
func decode(s Source, p jwxt.Page) ([]byte, error) {
	text := p.Body
	switch s.Charset {
	case "":
		text = fetch.Text(p)
	case "gb18030":
		out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(p.Body)
		if err != nil {
			return nil, err
		}
		text = out
	}
	text = bytes.ToValidUTF8(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), []byte("\ufffd"))
	bad, all := bytes.Count(text, []byte("\ufffd")), utf8.RuneCount(text)
	if bytes.IndexByte(text, 0) >= 0 || bad > 3 && bad > all/50 {
		return nil, fmt.Errorf("%d of %d characters are in no charset that is known", bad, all)
	}
	return text, nil
}

func (a *answer) list(now time.Time) (List, error) {
	switch kind := a.source.Rules.kind(); {
	case kind == KindJSON || kind == "" && looksJSON(a.body) && !isFeed(a.body):
		return a.jsonList(now)
	case kind == KindFeed || kind == "" && isFeed(a.body):
		return a.feedList(now)
	case kind == KindSelectors:
		return a.selectorList(now)
	}
	return a.shapeList(now)
}

func looksJSON(b []byte) bool {
	b = bytes.TrimSpace(b)
	return len(b) > 0 && (b[0] == '{' || b[0] == '[')
}

// html parses the page once, and lets its <base> decide where links lead.
func (a *answer) html() *goquery.Document {
	if a.doc != nil {
		return a.doc
	}
	root, err := html.Parse(bytes.NewReader(a.body))
	if err != nil { // nesting beyond what the library follows
		root = &html.Node{Type: html.DocumentNode}
	}
	a.doc = goquery.NewDocumentFromNode(root)
	if href, ok := a.doc.Find("base[href]").Attr("href"); ok {
		if u, ok := resolve(a.url, href); ok {
			a.url = u
		}
	}
	return a.doc
}

// selectorList reads the rows that the source describes.
func (a *answer) selectorList(now time.Time) (List, error) {
	r := a.source.Rules
	l := List{Preset: KindSelectors}
	rows := a.html().Find(r.Item)
	rows.EachWithBreak(func(_ int, row *goquery.Selection) bool {
		if it, ok := a.selectedItem(row, now); ok {
			l.Items = append(l.Items, it)
		}
		return len(l.Items) < maxItems
	})
	if len(l.Items) > 0 {
		return l, nil
	}
	return l, a.nothing(fmt.Sprintf("%d rows match %q, none with a title and a link", rows.Length(), r.Item))
}

func (a *answer) selectedItem(row *goquery.Selection, now time.Time) (Item, bool) {
	r := a.source.Rules
	anchor := row.Find("a[href]").First()
	if goquery.NodeName(row) == "a" {
		anchor = row
	}
	href := anchor.AttrOr("href", "")
	if r.Link.said() {
		href = r.Link.read(row, "")
	}
	u, ok := resolve(a.url, href)
	if !ok {
		return Item{}, false
	}
	text := textOf(row)
	it := Item{ID: identify(u), URL: u.String(), Pinned: pinned(text)}
	if r.Title.said() {
		it.Title = cleanTitle(r.Title.read(row, it.URL))
	} else {
		it.Title = titleOf(anchor)
	}
	if r.Date.said() {
		it.Date, _ = ParseDate(r.Date.read(row, it.URL), now)
	} else {
		it.Date = dateIn(row, anchor, now)
	}
	it.Intranet = onlyInside(text)
	return it, it.Title != ""
}

// distinct keeps the first row of each article that has a title.
func distinct(items []Item) []Item {
	seen := map[string]bool{}
	var out []Item
	for _, it := range items {
		if !seen[it.ID] {
			seen[it.ID] = true
			out = append(out, it)
		}
	}
	return out
}

// pinned tells that a row is marked as kept on top.
func pinned(text string) bool {
	t := strings.ReplaceAll(oneLine(text), " ", "")
	for _, mark := range []string{"[置顶]", "【置顶】", "(置顶)", "（置顶）", "[顶]", "【顶】"} {
		if strings.Contains(t, mark) {
			return true
		}
	}
	return strings.HasPrefix(t, "置顶") || strings.HasSuffix(t, "置顶")
}

// onlyInside tells that a row is marked as open to the campus only.
func onlyInside(text string) bool {
	for _, mark := range []string{"[校内]", "【校内】", "（校内）", "(校内)", "[内网]", "【内网】", "（限校内访问）"} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}
