package boards

import (
	_ "embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

//go:embed office.html
var officePage string

var officeTemplate = template.Must(template.New("office").Parse(officePage))

// OfficePath is where an [Office] is served.
const OfficePath = "/_boards/"

// Office is the page on which whoever plays with the demo is the school's office:
//
//	GET  /_boards/                                  the boards, with buttons
//	POST /_boards/publish  board, title, text       a notice; without a title one of the samples
//	POST /_boards/correct  board                    the newest notice gets another title
//	POST /_boards/remove   board                    the newest notice goes away
//
// It asks nobody for a password, but takes nothing from pages of other sites.
type Office struct {
	// Known says that readers may know what an earlier demo published. Set it
	// before the first request.
	Known bool

	sites []Site
	port  int
	mux   *http.ServeMux

	mu   sync.Mutex
	told int // samples published
}

// NewOffice makes the page for sites whose machine listens at port.
func NewOffice(sites []Site, port int) *Office {
	o := &Office{sites: sites, port: port, mux: http.NewServeMux()}
	own := http.NewCrossOriginProtection()
	post := func(name string, do func(Site, *http.Request)) {
		o.mux.Handle("POST "+OfficePath+name, own.Handler(o.acting(name, do)))
	}
	o.mux.HandleFunc("GET "+OfficePath+"{$}", o.show)
	post("publish", o.publish)
	post("correct", func(s Site, _ *http.Request) { s.correct() })
	post("remove", func(s Site, _ *http.Request) { s.removeNewest() })
	return o
}

// ServeHTTP is the page.
func (o *Office) ServeHTTP(w http.ResponseWriter, r *http.Request) { o.mux.ServeHTTP(w, r) }

// acting does something at the board that a form names, and shows the page again.
func (o *Office) acting(what string, do func(Site, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		for _, s := range o.sites {
			if s.ID == r.FormValue("board") {
				do(s, r)
				to := OfficePath + "?" + url.Values{"board": {s.ID}, "done": {what}}.Encode()
				http.Redirect(w, r, to, http.StatusSeeOther)
				return
			}
		}
		http.Error(w, "there is no such board", http.StatusNotFound)
	}
}

func (o *Office) publish(s Site, r *http.Request) {
	now := time.Now()
	title := strings.Join(strings.Fields(r.FormValue("title")), " ")
	if title != "" {
		text := strings.ReplaceAll(strings.TrimSpace(r.FormValue("text")), "\r\n", "\n\n")
		s.Publish(Article{Title: title, Publisher: "办公室", Text: text, Date: now})
		return
	}
	s.Publish(o.sample(now))
}

// sample is the next sample, under a title that was not there before: a school's
// notices with the same title are one to who reads them.
func (o *Office) sample(now time.Time) Article {
	o.mu.Lock()
	defer o.mu.Unlock()
	samples := Samples(now)
	a := samples[o.told%len(samples)]
	if o.Known || o.told >= len(samples) {
		a.Title += now.Format("（1月2日15:04:05）")
	}
	o.told++
	return a
}

// newest is the number of the notice published last; 0 where there is none.
func (b *Board) newest() (id int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n := range b.articles {
		id = max(id, n)
	}
	return id
}

func (b *Board) correct() {
	if id := b.newest(); id != 0 {
		b.Edit(id, func(a *Article) { a.Title += "（更正）" })
	}
}

func (b *Board) removeNewest() { b.Remove(b.newest()) }

// column is a board as the page shows it.
type column struct {
	ID, Name, Kind, URL string
	Rows                []columnRow
	Done                string // what was just done here
}

type columnRow struct{ Title, Day string }

// shown are the rows of a board that the page shows.
const shown = 3

func (o *Office) show(w http.ResponseWriter, r *http.Request) {
	var columns []column
	for _, s := range o.sites {
		c := s.column(s.Source(s.ID, s.School, s.Root(o.port)).URL)
		c.ID = s.ID
		if r.FormValue("board") == s.ID {
			c.Done = r.FormValue("done")
		}
		columns = append(columns, c)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = officeTemplate.Execute(w, columns) // the visitor has gone
}

// kindNames are what people call the systems.
var kindNames = map[Kind]string{VSB: "博达 VSB", Sudy: "苏迪 WebPlus", JSON: "苏迪 JSON", GBK: "GBK", Feed: "RSS"}

func (b *Board) column(address string) column {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := column{Name: b.name, Kind: kindNames[b.kind], URL: address}
	for _, id := range b.order()[:min(shown, len(b.articles))] {
		a := b.articles[id]
		c.Rows = append(c.Rows, columnRow{a.Title, a.Date.Format(time.DateOnly)})
	}
	return c
}
