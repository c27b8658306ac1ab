package bulletin

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
)

// feedHead is how far a feed's root element is looked for.
const feedHead = 4 << 10

func isFeed(b []byte) bool {
	b = bytes.TrimSpace(b)
	head := b[:min(len(b), feedHead)]
	if looksJSON(b) {
		return bytes.Contains(head, []byte("jsonfeed.org/version"))
	}
	for _, root := range []string{"<rss", "<feed", "<rdf:RDF"} {
		if bytes.Contains(head, []byte(root)) {
			return !bytes.Contains(bytes.ToLower(head), []byte("<html"))
		}
	}
	return false
}

// feedList reads RSS, Atom or JSON Feed. The library is given bytes and never an
// address, so that all asking goes through the Reader.
func (a *answer) feedList(now time.Time) (List, error) {
	f, err := gofeed.NewParser().Parse(bytes.NewReader(a.feedBody()))
	if err != nil {
		if !isFeed(a.body) {
			return List{}, a.nothing("the answer is no feed")
		}
		return List{}, &Error{Class: Redesign, Status: http.StatusOK, Err: fmt.Errorf("the feed is broken: %w", err)}
	}
	l := List{Preset: KindFeed}
	for _, e := range f.Items[:min(len(f.Items), maxItems)] {
		if it, ok := a.feedItem(e, now); ok {
			l.Items = append(l.Items, it)
		}
	}
	switch {
	case len(f.Items) == 0:
		return List{}, &Error{Class: Empty, Status: http.StatusOK, Err: errors.New("the feed has no entry")}
	case len(l.Items) == 0:
		return List{}, &Error{Class: Redesign, Status: http.StatusOK, Err: fmt.Errorf("the feed has %d entries, none with a title and a link", len(f.Items))}
	}
	return l, nil
}

// feedBody is the feed in the charset that its own first line tells, if it tells.
func (a *answer) feedBody() []byte {
	first, _, _ := bytes.Cut(a.raw[:min(len(a.raw), 256)], []byte("?>"))
	if bytes.Contains(bytes.ToLower(first), []byte("encoding=")) {
		return a.raw
	}
	return a.body
}

func (a *answer) feedItem(e *gofeed.Item, now time.Time) (Item, bool) {
	if e == nil {
		return Item{}, false
	}
	address := strings.TrimSpace(e.Link)
	if address == "" && strings.HasPrefix(e.GUID, "http") {
		address = e.GUID
	}
	u, ok := resolve(a.url, address)
	if !ok {
		return Item{}, false
	}
	it := Item{ID: identify(u), URL: u.String(), Title: cleanTitle(plain(e.Title)), Pinned: pinned(e.Title)}
	it.Date = feedDate(e, now)
	return it, it.Title != ""
}

func feedDate(e *gofeed.Item, now time.Time) Date {
	for _, t := range []*time.Time{e.PublishedParsed, e.UpdatedParsed} {
		if t != nil && t.Year() >= 1990 && t.Year() < 2100 {
			return dateOf(*t)
		}
	}
	for _, s := range []string{e.Published, e.Updated} {
		if d, ok := ParseDate(s, now); ok {
			return d
		}
	}
	return Date{}
}
