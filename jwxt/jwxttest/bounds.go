package jwxttest

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/fetch"
)

// What a call may cost at the most, whatever the school does.
const (
	patience = 15 * time.Second      // at a school's usual pace, until the call gives up
	appetite = fetch.MaxBody + 1<<18 // bytes of one answer that are taken off the wire; buffers included
)

// newSlowRig is a rig in simulated time, at the usual pace: the school is
// reached through a pipe, which holds back no more than it must.
func newSlowRig(t *testing.T, c Case) *rig {
	r := rigOf(t, c)
	pipe := campus.NewPipe()
	server := &http.Server{Handler: r.wire}
	go server.Serve(pipe)
	t.Cleanup(func() { server.Close() })
	r.connect(c.At("http://127.0.0.1"), fetch.WithDial(pipe.DialContext))
	return r
}

// testSlow has each answer stay away, or come without end: a call ends in time
// all the same, and is Unreachable where it needs that answer.
func testSlow(t *testing.T, c Case) {
	for name, f := range map[string]fault{"stall": stall, "drip": drip} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newSlowRig(t, c)
				r.slowLogin(f)
				r.in()
				for what, read := range readers(c) {
					r.slowReader(what, read, f)
				}
			})
		})
	}
}

// slowLogin slows the opening of a form, and what follows a posted password.
func (r *rig) slowLogin(f fault) {
	r.Helper()
	r.wire.breakAt("", f)
	r.timed("opening a form", func() {
		_, err := r.login(nil)
		r.want(err, jwxt.Unreachable)
	})
	r.wire.breakAt("", nil)
	a := r.answers(r.begin())
	r.breakAfterPost(f)
	r.timed("login", func() {
		_, err := r.login(a)
		r.want(err, jwxt.Unreachable)
		if _, posts := r.wire.counted(); posts != 1 {
			r.Errorf("the password was posted %d times", posts)
		}
	})
	r.wire.breakAt("", nil)
}

// slowReader slows all answers to a reading, and then each by itself.
func (r *rig) slowReader(what string, read func(context.Context, jwxt.Driver, *jwxt.Conn) error, f fault) {
	r.Helper()
	r.call(read) // to learn what it asks for; not every school has the notice
	for _, path := range append(r.wire.asked(), "") {
		r.wire.breakAt(path, f)
		r.timed(what, func() {
			if err := r.call(read); err != nil || path == "" {
				r.want(err, jwxt.Unreachable)
			}
		})
		r.wire.breakAt("", nil)
	}
}

// timed wants an end within patience, in simulated time. A school that has
// mirrors is given as much for each.
func (r *rig) timed(what string, do func()) {
	r.Helper()
	begin, most := time.Now(), patience*time.Duration(1+len(r.conn.School.Mirrors))
	do()
	if took := time.Since(begin); took > most {
		r.Errorf("%s took %v, want at most %v", what, took, most)
	}
}

// testHuge has answers of 10 MB: each call ends as Changed, and never holds more
// of one than it may.
func testHuge(t *testing.T, c Case) {
	synctest.Test(t, func(t *testing.T) {
		r := newSlowRig(t, c)
		r.in()
		calls := readers(c)
		calls["opening a form"] = func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) error {
			conn.Session = jwxt.Session{}
			_, err := d.Login(ctx, conn, nil)
			return err
		}
		for what, call := range calls {
			var taken atomic.Int64
			r.wire.breakAt("", hugeTaken(&taken))
			keep := r.conn.Session
			r.want(r.call(call), jwxt.Changed)
			r.conn.Session = keep
			requests, _ := r.wire.counted()
			synctest.Wait()
			if most := int64(requests) * appetite; taken.Load() > most {
				t.Errorf("%s took %d bytes of %d answers, want at most %d", what, taken.Load(), requests, most)
			}
		}
	})
}
