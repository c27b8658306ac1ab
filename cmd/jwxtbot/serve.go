package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// server is a handler and where it listens.
type server struct {
	listener net.Listener
	handler  http.Handler
}

// serve serves until ctx ends or one of the servers fails. Requests that are
// open then get a second to end; long polls and event streams do not need it.
func serve(ctx context.Context, servers ...server) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan struct{}, len(servers))
	for _, s := range servers {
		h := &http.Server{
			Handler:           s.handler,
			ReadHeaderTimeout: 10 * time.Second,
			IdleTimeout:       2 * time.Minute,
			BaseContext:       func(net.Listener) context.Context { return ctx },
		}
		go func() {
			if err := h.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
				cancel(err)
			}
		}()
		go func() {
			<-ctx.Done()
			grace, stop := context.WithTimeout(context.Background(), time.Second)
			defer stop()
			if h.Shutdown(grace) != nil {
				h.Close()
			}
			ended <- struct{}{}
		}()
	}
	for range servers {
		<-ended
	}
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// alongside runs something with servers beside it. They outlive its end, so
// that its last answers get out, and it ends when one of them fails.
func alongside(ctx context.Context, servers []server, run func(context.Context) error) error {
	if len(servers) == 0 {
		return run(ctx)
	}
	outer, stop := context.WithCancel(context.WithoutCancel(ctx))
	inner, stopRun := context.WithCancel(ctx)
	defer stopRun()
	served := make(chan error, 1)
	go func() {
		served <- serve(outer, servers...)
		stopRun()
	}()
	err := run(inner)
	stop()
	return errors.Join(err, <-served)
}
