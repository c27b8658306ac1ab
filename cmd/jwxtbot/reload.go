package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"jwxtbot/bot/catalog"
	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/jwxt/bulletin"
)

// reload reads the files of schools and notice boards again.
type reload struct {
	config  *config.Config // read by nobody else meanwhile
	schools *catalog.Catalog
	boards  chan<- []bulletin.Source // nil: there are none
	log     *slog.Logger
}

// followHangups reloads on SIGHUP until stop is called.
func followHangups(r reload) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	again := make(chan os.Signal, 1)
	signal.Notify(again, syscall.SIGHUP)
	go r.run(ctx, again)
	return func() {
		signal.Stop(again)
		cancel()
	}
}

// run reloads whenever it is told to.
func (r reload) run(ctx context.Context, again <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-again:
			r.once(ctx)
		}
	}
}

// once reads the files. What has mistakes changes nothing, and the log says all
// that is wrong; nobody notices schools and boards that stayed as they were.
func (r reload) once(ctx context.Context) {
	schools, sources, err := r.config.Reread()
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			r.log.Error("a file has a mistake and is left as it was", "problem", line)
		}
	}
	change, err := r.schools.Replace(schools)
	if err != nil {
		r.log.Error("the schools stay as they were", "err", err)
	} else {
		r.log.Info("the schools were read again", "schools", len(schools), "added", change.Added, "changed", change.Changed, "removed", change.Removed)
	}
	if r.boards == nil {
		return
	}
	select {
	case r.boards <- sources:
	case <-ctx.Done():
	}
}
