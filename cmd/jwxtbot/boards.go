package main

import (
	"jwxtbot/bot"
	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/jwxt/bulletin"
)

// boardWatch are the notice boards, and where other ones are brought to.
type boardWatch struct {
	bot.Boards
	fresh chan<- []bulletin.Source // nil: there are no boards
}

// openBoards makes what asks the notice boards, if there are any to watch.
func openBoards(c *config.Config) (boards boardWatch, stop func()) {
	if c.Boards.Path == "" {
		return boardWatch{}, func() {}
	}
	reader := bulletin.NewReader(bulletin.Options{UserAgent: "jwxtbot (+" + c.Boards.Contact + ")"})
	fresh := make(chan []bulletin.Source)
	return boardWatch{bot.Boards{Sources: c.Boards.Sources, Reader: reader, Reload: fresh}, fresh}, reader.Close
}
