package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"jwxtbot/bot"
	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/jwxt/bulletin"
)

// openBoards makes what asks the notice boards, if there are any to watch. On
// SIGHUP they are read from their files again, until stop is called.
func openBoards(c *config.Config, log *slog.Logger) (boards bot.Boards, stop func()) {
	if c.Boards.Path == "" {
		return bot.Boards{}, func() {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	reader := bulletin.NewReader(bulletin.Options{UserAgent: "jwxtbot (+" + c.Boards.Contact + ")"})
	again, fresh := make(chan os.Signal, 1), make(chan []bulletin.Source)
	signal.Notify(again, syscall.SIGHUP)
	go reloadBoards(ctx, c.Boards.Path, again, fresh, log)
	return bot.Boards{Sources: c.Boards.Sources, Reader: reader, Reload: fresh}, func() {
		signal.Stop(again)
		cancel()
		reader.Close()
	}
}

// reloadBoards reads the files again when told to. Files with a mistake in them
// change nothing.
func reloadBoards(ctx context.Context, path string, again <-chan os.Signal, fresh chan<- []bulletin.Source, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-again:
		}
		sources, err := config.LoadSources(path)
		if err != nil {
			log.Error("the notice boards stay as they were, their files have mistakes", "err", err)
			continue
		}
		select {
		case fresh <- sources:
		case <-ctx.Done():
			return
		}
	}
}
