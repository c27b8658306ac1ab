package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"jwxtbot/bot"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/jwxt/campus/boards"
)

const (
	// demoEvery is how often the demo's boards are asked. No school is.
	demoEvery = 2 * time.Second
	demoGap   = 50 * time.Millisecond
)

// street is where the demo's notice boards are: names under localhost at the
// chat page's port, so that they are the same boards in the next demo.
type street struct {
	sites  []boards.Site
	port   int
	kept   bool // the bot may remember the boards
	reader *bulletin.Reader
}

// openStreet puts the boards up behind page's listener. A bot whose data was
// kept may remember them.
func openStreet(page net.Addr, kept bool) street {
	// Not every system knows that names under localhost are this machine.
	home := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, page.String())
	}
	return street{
		sites:  boards.Demo(time.Now()),
		port:   page.(*net.TCPAddr).Port,
		kept:   kept,
		reader: bulletin.NewReader(bulletin.Options{UserAgent: "jwxtbot (demo)", Gap: demoGap, Dial: home}),
	}
}

// boards are the sources of the bot.
func (s street) boards() bot.Boards {
	b := bot.Boards{Reader: s.reader}
	for _, site := range s.sites {
		src := site.Source(site.ID, site.School, site.Root(s.port))
		src.Every = demoEvery
		b.Sources = append(b.Sources, src)
	}
	return b
}

// handler serves the boards and the page of their office, and chat beside them.
func (s street) handler(chat http.Handler) http.Handler {
	mux := http.NewServeMux()
	office := boards.NewOffice(s.sites, s.port)
	office.Known = s.kept
	mux.Handle(boards.OfficePath, office)
	mux.Handle("/", chat)
	return boards.Street(s.sites, mux)
}

func (s street) print(w io.Writer, page string) {
	fmt.Fprintf(w, "\nNotice boards: publish on them at %s%s, or with\n", page, boards.OfficePath)
	fmt.Fprintf(w, "  curl -d board=%s %s%spublish\n", s.sites[0].ID, page, boards.OfficePath)
	for _, src := range s.boards().Sources {
		fmt.Fprintf(w, "  %s  %s\n", src.Name, src.URL)
	}
}
