package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// drainTime is how long the program may take to end after the first signal.
// Supervisors are told to wait a little longer.
const drainTime = 9 * time.Second

// untilSignal is ctx until SIGINT or SIGTERM. A second signal, or work that
// does not end within drainTime, ends the process at once: everything promised
// is in the database by then, and the next start goes on from there.
func untilSignal(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-ctx.Done():
			return
		}
		cancel()
		select {
		case <-signals:
			fmt.Fprintln(os.Stderr, "jwxtbot: second signal, ending at once")
		case <-time.After(drainTime):
			fmt.Fprintf(os.Stderr, "jwxtbot: not done after %v, ending at once\n", drainTime)
		}
		os.Exit(exitFailure)
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel()
	}
}
