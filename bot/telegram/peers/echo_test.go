// Package peers measures the door beside the libraries that a Go bot can be
// written on. It is a module of its own, so that these are no dependencies of
// the program. Run it with
//
//	cd bot/telegram/peers && go test -bench Echo -benchtime 20000x -count 5
package peers

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const token = "123456789:token-of-the-benchmark-0123456789AB"

// BenchmarkEcho answers every update with its text. An operation is an update,
// polls included, of which each brings 100. The server is a process of its own,
// so CPU time and allocations are the bot's. Each bot runs with one handler at
// a time and with 16.
//
// conns is how many connections the bot opened in the whole run.
func BenchmarkEcho(b *testing.B) {
	for _, workers := range []int{1, 16} {
		for _, bot := range bots {
			b.Run(fmt.Sprintf("workers=%d/%s", workers, bot.name), func(b *testing.B) {
				s := startServer(b, b.N)
				e := &echo{n: int64(b.N), workers: workers, done: make(chan struct{}), url: s.url}
				before := cpu(b)
				b.ReportAllocs()
				b.ResetTimer()
				bot.run(b, e)
				b.StopTimer()
				b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/float64(b.N)/1000, "cpu-µs/op")
				b.ReportMetric(float64(s.connections(b)), "conns")
				if got := s.answers(b); got != b.N {
					b.Errorf("%d of %d updates were answered", got, b.N)
				}
			})
		}
	}
}

// bots are the peers. Each returns when everything is answered.
var bots = []struct {
	name string
	run  func(*testing.B, *echo)
}{
	{"door", door},
	{"tgbotapi-own-loop", ownLoop},
	{"tgbotapi", plainLoop},
	{"telego", telegoBot},
	{"telego-nethttp", telegoOnNetHTTP},
	{"go-telegram", goTelegram},
}

// echo is one run.
type echo struct {
	n        int64
	answered atomic.Int64
	workers  int
	done     chan struct{} // closed when n updates are answered
	url      string        // of the server, without a path
}

func (e *echo) endpoint() string { return e.url + "/bot%s/%s" }

// count notes that an update was answered, or was not.
func (e *echo) count(b *testing.B, err error) {
	if err != nil {
		b.Error(err)
	}
	if e.answered.Add(1) == e.n {
		close(e.done)
	}
}

// each has the workers take what comes, until all is answered.
func each[U any](e *echo, updates <-chan U, answer func(U)) {
	var all sync.WaitGroup
	for range e.workers {
		all.Go(func() {
			for {
				select {
				case u := <-updates:
					answer(u)
				case <-e.done:
					return
				}
			}
		})
	}
	all.Wait()
}

func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
