package bulletin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// Where lists and fields are in the JSON of boards that no rules describe; 苏迪
// writes data, title, url and publishTime.
var (
	jsonItems = []string{"data", "data.list", "data.rows", "data.records", "list", "rows", "items", "result", "."}
	jsonTitle = []string{"title", "name", "bt"}
	jsonLink  = []string{"url", "link", "href", "visitUrl"}
	jsonDate  = []string{"publishTime", "publishDate", "publish_time", "createDate", "createTime", "date", "time", "fbsj"}
)

// jsonList reads a list that is JSON.
func (a *answer) jsonList(now time.Time) (List, error) {
	dec := json.NewDecoder(bytes.NewReader(a.body))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		if !looksJSON(a.body) {
			return List{}, a.nothing("the answer is no JSON")
		}
		return List{}, &Error{Class: Redesign, Status: http.StatusOK, Err: fmt.Errorf("the answer is broken JSON")}
	}
	rows, at, ok := a.jsonRows(tree)
	if !ok {
		return List{}, &Error{Class: Redesign, Status: http.StatusOK, Err: fmt.Errorf("the JSON has no array at %s", at)}
	}
	if len(rows) == 0 {
		return List{}, &Error{Class: Empty, Status: http.StatusOK, Err: fmt.Errorf("the array at %s is empty", at)}
	}
	l := List{Preset: KindJSON}
	for _, row := range rows[:min(len(rows), maxItems)] {
		if it, ok := a.jsonItem(row, now); ok {
			l.Items = append(l.Items, it)
		}
	}
	if len(l.Items) == 0 {
		return List{}, &Error{Class: Redesign, Status: http.StatusOK, Err: fmt.Errorf("none of the %d rows at %s has a title and a link", len(rows), at)}
	}
	return l, nil
}

func (a *answer) jsonRows(tree any) (rows []any, at string, ok bool) {
	if item := a.source.Rules.Item; item != "" || a.source.Rules.Title.said() {
		rows, ok = jsonAt(tree, item).([]any)
		return rows, strconv.Quote(item), ok
	}
	for _, path := range jsonItems {
		if rows, ok := jsonAt(tree, path).([]any); ok {
			return rows, strconv.Quote(path), true
		}
	}
	return nil, "a path that is known", false
}

// jsonAt follows a dotted path; a number is an index.
func jsonAt(v any, path string) any {
	if path == "" || path == "." {
		return v
	}
	for key := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (a *answer) jsonItem(row any, now time.Time) (Item, bool) {
	r := a.source.Rules
	u, ok := resolve(a.url, r.Link.jsonValue(row, "", jsonLink))
	if !ok {
		return Item{}, false
	}
	it := Item{ID: identify(u), URL: u.String()}
	title := plain(r.Title.jsonValue(row, it.URL, jsonTitle))
	it.Title, it.Pinned = cleanTitle(title), pinned(title)
	it.Date, _ = parseStamp(r.Date.jsonValue(row, it.URL, jsonDate), now)
	return it, it.Title != ""
}

// jsonValue reads a field of a row, or the first of the usual ones that is there.
func (f Field) jsonValue(row any, link string, usual []string) string {
	if f.said() {
		var values []string
		for _, p := range f.parts() {
			if p.take == "url" {
				values = append(values, link)
				continue
			}
			values = append(values, jsonText(jsonAt(row, p.css)))
		}
		return f.shape(strings.TrimSpace(strings.Join(values, " ")))
	}
	for _, key := range usual {
		if s := jsonText(jsonAt(row, key)); s != "" {
			return s
		}
	}
	return ""
}

func jsonText(v any) string {
	switch x := v.(type) {
	case string:
		return oneLine(x)
	case json.Number:
		return x.String()
	}
	return ""
}

// plain is a text that may be HTML as what people see of it.
func plain(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return oneLine(s)
	}
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		return oneLine(s)
	}
	return oneLine(textOf(goquery.NewDocumentFromNode(root).Find("body")))
}
