// Package work runs jobs against schools and turns their results into events.
//
// A [Job] is stored in the transaction that decided to run it and deleted in
// the one that takes its result, so a crash in between runs it again. That is
// harmless but for a login form: its password is in the [Vault] only, which a
// restart empties, so a form is never posted twice by itself.
//
// No transaction is open while a job runs.
package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"jwxtbot/bot/catalog"
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/ops"
	"jwxtbot/jwxt"
	"jwxtbot/store"
)

// Job is one thing to do at a school for one chat.
type Job struct {
	Chat int64        `json:"chat"`
	Gen  uint64       `json:"gen"`
	Run  dialogue.Run `json:"run"`
}

// LogValue keeps sessions and accounts out of logs.
func (j Job) LogValue() jwxt.LogValue { return jwxt.HiddenLogValue }

// Parts is what a Pool is made of.
type Parts struct {
	DB      store.DB
	Box     store.Box
	Schools *catalog.Catalog
	Vault   *Vault
	Log     *slog.Logger
	Ops     ops.Sink // nil: nobody is told of jobs
	// Report hands a result to the chat, which deletes the job with Done in
	// the same transaction. It fails only when the result could not be stored.
	Report func(context.Context, Job, dialogue.Event) error
	// Typing shows the person that something goes on; it may do nothing.
	Typing func(ctx context.Context, chat int64)
	// Timeout bounds one job with its wait in the school's queue; each request
	// has its own, shorter one. 0 means 10 min.
	Timeout time.Duration
}

// Pool runs jobs, each in a goroutine of its own: how many requests a school
// gets at once is for its connection to decide, so that a slow school keeps
// nobody else waiting.
type Pool struct {
	Parts
	guard *guard
	jobs  store.Table[Job]

	mu      sync.Mutex
	ctx     context.Context // of Run; nil while nothing runs
	running map[int64]map[uint64]context.CancelFunc
	lent    map[int64]context.CancelFunc // readings with sessions of chats, see Lend
	done    sync.WaitGroup
}

// grace is how long jobs may go on when the program stops.
const grace = 6 * time.Second

// New makes a pool.
func New(p Parts) *Pool {
	if p.Timeout == 0 {
		p.Timeout = 10 * time.Minute
	}
	if p.Ops == nil {
		p.Ops = ops.Discard{}
	}
	return &Pool{
		Parts: p, guard: newGuard(p.DB, p.Box),
		jobs:    store.NewTable[Job]("job/", 1, p.Box),
		running: map[int64]map[uint64]context.CancelFunc{},
		lent:    map[int64]context.CancelFunc{},
	}
}

func jobID(j Job) string { return fmt.Sprintf("%d/%016x", j.Chat, j.Gen) }

// Add stores a job within the caller's transaction. Call Start once it is committed.
func (p *Pool) Add(tx store.Tx, j Job) error { return p.jobs.Put(tx, jobID(j), j) }

// Done deletes a job within the transaction that takes its result. It reports
// false when the job was taken before, whose result must then be dropped.
func (p *Pool) Done(tx store.Tx, j Job) (bool, error) {
	open, err := p.Open(tx, j)
	if err != nil || !open {
		return false, err
	}
	return true, p.jobs.Delete(tx, jobID(j))
}

// Open reports whether a job's result is still awaited.
func (p *Pool) Open(tx store.Tx, j Job) (bool, error) { return p.jobs.Has(tx, jobID(j)) }

// Start runs a stored job. Older reads and logins of the same chat are cut
// short: their results would count for nothing. So is a reading for which it
// lends its session.
func (p *Pool) Start(j Job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx == nil {
		return // Run begins with every stored job
	}
	mine := p.running[j.Chat]
	if mine == nil {
		mine = map[uint64]context.CancelFunc{}
		p.running[j.Chat] = mine
	}
	if mine[j.Gen] != nil {
		return
	}
	p.endLent(j.Chat)
	for gen, cancel := range mine {
		if gen < j.Gen && cancel != nil {
			cancel()
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), p.Timeout)
	stop := context.AfterFunc(p.ctx, func() { time.AfterFunc(grace, cancel) })
	mine[j.Gen] = cancel
	if j.Run.Do == dialogue.DoLogout {
		mine[j.Gen] = func() {} // nothing newer makes a logout needless
	}
	p.done.Go(func() {
		defer p.forget(j)
		defer cancel()
		defer stop()
		p.run(ctx, j)
	})
}

func (p *Pool) forget(j Job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.running[j.Chat], j.Gen)
	if len(p.running[j.Chat]) == 0 {
		delete(p.running, j.Chat)
	}
}

// Run runs jobs until ctx ends, beginning with those stored before the start.
// Jobs under way may finish within a few seconds; the rest run again at the
// next start.
func (p *Pool) Run(ctx context.Context) error {
	p.mu.Lock()
	p.ctx = ctx
	p.mu.Unlock()
	err := p.start(ctx, p.jobs)
	if err == nil {
		<-ctx.Done()
	}
	p.mu.Lock()
	p.ctx = nil
	p.mu.Unlock()
	p.done.Wait()
	p.Vault.Close()
	return err
}

// Resume starts the stored jobs of a chat that are not under way.
func (p *Pool) Resume(ctx context.Context, chat int64) error {
	return p.start(ctx, p.jobs.Sub(fmt.Sprintf("%d/", chat)))
}

func (p *Pool) start(ctx context.Context, jobs store.Table[Job]) error {
	after := ""
	for {
		var rows []store.Row[Job]
		err := p.DB.View(ctx, func(tx store.Tx) (err error) {
			rows, err = jobs.Scan(tx, after, store.MaxRows)
			return err
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			if after = r.ID; r.Err == nil {
				p.Start(r.Value)
			} else if err := p.drop(ctx, jobs, r); err != nil {
				return err
			}
		}
	}
}

// drop deletes a job that cannot be read. Its chat is freed when its time is over.
func (p *Pool) drop(ctx context.Context, jobs store.Table[Job], r store.Row[Job]) error {
	p.Log.Error("work: job dropped, it cannot be read", "err", r.Err)
	return p.DB.Update(ctx, func(tx store.Tx) error { return jobs.Delete(tx, r.ID) })
}

// run does a job and reports its result until that is stored. A job that was
// seen waiting may have been done since.
func (p *Pool) run(ctx context.Context, j Job) {
	if !p.waits(ctx, j) {
		return
	}
	began := time.Now()
	stop := p.showLife(ctx, j.Chat)
	e, ok := p.result(ctx, j)
	stop()
	if !ok {
		return
	}
	p.account(ctx, j, e, time.Since(began))
	e.Gen, e.School = j.Gen, j.Run.School
	ctx = context.WithoutCancel(ctx)
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := p.Report(ctx, j, e)
		if err == nil || p.stopping() {
			return
		}
		p.Log.Error("work: result not stored", "err", err)
		time.Sleep(wait)
	}
}

// account reports the end of a job, unless it was cut short or never asked the
// school.
func (p *Pool) account(ctx context.Context, j Job, e dialogue.Event, took time.Duration) {
	if errors.Is(ctx.Err(), context.Canceled) || e.Kind == dialogue.NoPassword {
		return
	}
	done := ops.Job{School: j.Run.School, Do: j.Run.Do, Chat: j.Chat, Took: took}
	if e.Failure != nil {
		done.Failed, done.Kind = true, e.Failure.Kind
	}
	p.Ops.Job(done)
}

// Running is how many jobs are under way.
func (p *Pool) Running() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, mine := range p.running {
		n += len(mine)
	}
	return n
}

// waits reports whether a job is stored; yes if that cannot be told, for a
// result that does not count is dropped.
func (p *Pool) waits(ctx context.Context, j Job) bool {
	open := true
	err := p.DB.View(ctx, func(tx store.Tx) (err error) {
		open, err = p.Open(tx, j)
		return err
	})
	return open || err != nil
}

func (p *Pool) stopping() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ctx == nil || p.ctx.Err() != nil
}

// result is what became of a job; not ok where the end of the program cut it
// short, so that it runs again at the next start.
func (p *Pool) result(ctx context.Context, j Job) (e dialogue.Event, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			p.Log.Error("work: driver panicked", "panic", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
			e, ok = p.Failed(j, jwxt.Fail(jwxt.Internal, string(j.Run.Do), nil)), true
		}
	}()
	e = p.perform(ctx, j)
	return e, !errors.Is(ctx.Err(), context.Canceled) || !p.stopping()
}

// showLife keeps a chat action up while a job takes longer than a moment.
func (p *Pool) showLife(ctx context.Context, chat int64) (stop func()) {
	if p.Typing == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		t := time.NewTimer(500 * time.Millisecond)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				p.Typing(ctx, chat)
				t.Reset(4 * time.Second)
			}
		}
	})
	return func() { cancel(); done.Wait() }
}
