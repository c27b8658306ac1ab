// Package boards simulates the public notice boards of schools over real HTTP:
// 博达, 苏迪, 苏迪 asked for JSON, a hand-made board in GBK, and a feed. [Demo] has
// those of the demo's schools, and [Office] the page on which they are published.
//
// A [Board] is an http.Handler without goroutines and without a clock of its own,
// so it works in a synctest bubble. What happens to a board is a method:
// articles are published, edited, pinned, moved and removed; the board is
// redesigned, put behind a firewall, closed to outsiders, or gone.
package boards

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"jwxtbot/jwxt/bulletin"
)

// Kind is the system that a board is made with.
type Kind string

// The kinds.
const (
	VSB  Kind = "vsb"
	Sudy Kind = "sudy"
	JSON Kind = "json"
	GBK  Kind = "gbk"
	Feed Kind = "feed"
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{VSB, Sudy, JSON, GBK, Feed} }

// State is what a board does instead of showing its list.
type State string

// The states.
const (
	Open       State = ""
	Redesigned State = "redesigned" // a new template, with addresses that nobody knows
	Blocked    State = "blocked"    // a firewall's script, with status 412
	Intranet   State = "intranet"   // a page that tells outsiders to stay out
	Outage     State = "outage"     // connections break
	Emptied    State = "emptied"    // the list is there, and no row in it
)

// Article is one notice. Column is a number in its address, which changes when
// it is moved.
type Article struct {
	Title, Publisher, Text string // paragraphs of Text are parted by a blank line
	Date                   time.Time
	Column                 int
	Pinned                 bool
	Files                  []string // names
}

// Request is one that a board was asked.
type Request struct {
	At     time.Time
	Method string
	Path   string
	Status int
}

// Rows is how many articles are on the first page of a list.
const Rows = 15

// Board is one column of one board.
type Board struct {
	kind Kind
	name string

	mu       sync.Mutex
	articles map[int]Article
	next     int
	version  int // of the list, for its ETag
	state    State
	robots   string
	asked    []Request
}

// New makes an empty board. name is the office's: 甲大学教务处.
func New(kind Kind, name string) *Board {
	return &Board{kind: kind, name: name, articles: map[int]Article{}, next: 1001}
}

// Publish adds an article and returns its number.
func (b *Board) Publish(a Article) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.Column == 0 {
		a.Column = 1594
	}
	id := b.next
	b.next++
	b.articles[id] = a
	b.version++
	return id
}

// Edit changes an article in place: its title, text or files, its column, or
// whether it is pinned. It panics when there is no such article.
func (b *Board) Edit(id int, change func(*Article)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a, ok := b.articles[id]
	if !ok {
		panic(fmt.Sprintf("boards: there is no article %d", id))
	}
	change(&a)
	b.articles[id] = a
	b.version++
}

// Pin keeps an article on top, or no longer.
func (b *Board) Pin(id int, on bool) { b.Edit(id, func(a *Article) { a.Pinned = on }) }

// Remove takes an article away; an older one slides onto the first page.
func (b *Board) Remove(id int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.articles, id)
	b.version++
}

// Become changes what the board does from now on.
func (b *Board) Become(s State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state = s
	b.version++
}

// SetRobots sets the robots.txt; empty: there is none.
func (b *Board) SetRobots(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.robots = text
}

// Requests are those so far, robots.txt among them.
func (b *Board) Requests() []Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.asked)
}

// listPaths are where the kinds have their lists.
var listPaths = map[Kind]string{
	VSB: "/tzgg.htm", Sudy: "/1594/list.htm", JSON: "/_wp3services/generalQuery?queryObj=articles",
	GBK: "/list.asp", Feed: "/feed.xml",
}

// Source describes the board as an operator would. root is where it is served:
// "http://jwc.example.edu.cn".
func (b *Board) Source(id, school, root string) bulletin.Source {
	s := bulletin.Source{ID: id, School: school, Name: b.name, URL: root + listPaths[b.kind], Origin: "simulated"}
	switch b.kind {
	case JSON:
		s.Method, s.Body = http.MethodPost, fmt.Sprintf("siteId=1&columnId=1594&pageIndex=1&rows=%d", Rows)
	case GBK:
		s.Rules = bulletin.Rules{
			Item:  "#list1 li",
			Title: bulletin.Field{At: "a"}, Link: bulletin.Field{At: "a@href"}, Date: bulletin.Field{At: "dl"},
			Detail: bulletin.DetailRules{
				Body: "#text", Title: bulletin.Field{At: "#title"}, Date: bulletin.Field{At: "#info"},
				Publisher: bulletin.Field{At: "#info", Re: `发布者：(\S+)`},
			},
		}
	}
	return s
}

// ServeHTTP is the board.
func (b *Board) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if b.answer(w, r) == 0 {
		panic(http.ErrAbortHandler)
	}
}

func (b *Board) answer(w http.ResponseWriter, r *http.Request) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	status := b.serve(w, r)
	b.asked = append(b.asked, Request{time.Now(), r.Method, r.URL.RequestURI(), status})
	return status
}

// serve answers and returns the status; 0 means that the connection breaks.
func (b *Board) serve(w http.ResponseWriter, r *http.Request) int {
	if b.state == Outage {
		return 0
	}
	if r.URL.Path == "/robots.txt" {
		if b.robots == "" {
			return send(w, http.StatusNotFound, "text/plain", []byte("not found"))
		}
		return send(w, http.StatusOK, "text/plain", []byte(b.robots))
	}
	path, _, _ := strings.Cut(listPaths[b.kind], "?")
	switch {
	case b.state == Blocked:
		return send(w, http.StatusPreconditionFailed, "text/html", []byte(challenge))
	case b.state == Intranet:
		return send(w, http.StatusOK, "text/html; charset=utf-8", []byte(outsiders))
	case r.URL.Path == path:
		return b.serveList(w, r)
	case filePath.MatchString(r.URL.Path):
		return send(w, http.StatusOK, "text/plain; charset=utf-8", []byte("这是模拟的附件。\n"))
	}
	if id, ok := b.articleAt(r); ok {
		return b.send(w, http.StatusOK, b.articlePage(id, b.articles[id]))
	}
	return send(w, http.StatusNotFound, "text/html; charset=utf-8", []byte("<h1>404 - 页面不存在</h1>"))
}

// serveList knows conditions as 博达 and 苏迪 do; scripts and JSON do not.
func (b *Board) serveList(w http.ResponseWriter, r *http.Request) int {
	if b.kind == VSB || b.kind == Sudy {
		tag := fmt.Sprintf(`"%d-%s"`, b.version, b.state)
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return http.StatusNotModified
		}
	}
	return b.send(w, http.StatusOK, b.listPage("http://"+r.Host))
}

// order is the list's: pinned ones first, then the newest.
func (b *Board) order() []int {
	ids := make([]int, 0, len(b.articles))
	if b.state == Emptied {
		return ids
	}
	for id := range b.articles {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(x, y int) int {
		a, c := b.articles[x], b.articles[y]
		if a.Pinned != c.Pinned {
			if a.Pinned {
				return -1
			}
			return 1
		}
		return y - x
	})
	return ids[:min(len(ids), Rows)]
}
