// Package bot is the whole bot but for its adapters: it ties the rooms below
// it together over interfaces. Which database, which door to Telegram and
// which vendors there are is for the caller to say.
//
// The way of an update: Door → chat (one transaction: state, items to send,
// jobs to do) → outbox → Door. The way of a job: work → driver → school, and
// its result comes back to chat as an event.
package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"jwxtbot/bot/catalog"
	"jwxtbot/bot/chat"
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/miniapp"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/ops"
	"jwxtbot/bot/outbox"
	"jwxtbot/bot/work"
	"jwxtbot/store"
)

// Door is Telegram. Package telegram implements it.
type Door interface {
	// Hello is the bot's user name; it proves the token.
	Hello(ctx context.Context) (string, error)
	// Poll hands over updates until ctx ends. Those of one chat come in order.
	// An update whose handler failed comes again.
	Poll(ctx context.Context, handle func(context.Context, msg.Update) error) error
	Do(ctx context.Context, it msg.Item) msg.Verdict
	// Admins are the people who administer a group.
	Admins(ctx context.Context, chat int64) ([]int64, error)
	SetCommands(ctx context.Context, menus []msg.Menu) error
}

// Parts is what a Bot is made of.
type Parts struct {
	DB       store.DB
	Box      store.Box // seals everything personal
	Door     Door
	Schools  *catalog.Catalog
	Limits   dialogue.Limits
	Password time.Duration // how long a password is held in memory; 0 means 5 minutes
	Rate     int           // messages a second for all chats together; 0 means what Telegram takes
	Log      *slog.Logger
	// Boards are the notice boards that are watched; the zero value: none.
	Boards Boards
	// Form is the page to log in on, which the caller serves; nil: people log
	// in in the chat.
	Form *miniapp.App
	// Ops is told of everything that an operator may know; nil: nobody is.
	Ops *ops.Desk
	// Fatal tells errors of the Door at which the program must end, such as a
	// token that is refused. Others are waited out.
	Fatal func(error) bool
}

// Bot is a bot ready to run.
type Bot struct {
	parts Parts
	vault *work.Vault
}

// New makes a bot. It touches neither database nor network.
func New(p Parts) *Bot {
	if p.Password == 0 {
		p.Password = 5 * time.Minute
	}
	if p.Fatal == nil {
		p.Fatal = func(error) bool { return false }
	}
	if p.Ops == nil {
		p.Ops = ops.NewDesk(ops.Options{})
	}
	p.Door, p.DB = watchedDoor{p.Door, p.Ops}, ops.WatchDB(p.DB, p.Ops)
	return &Bot{parts: p, vault: work.NewVault(p.Password)}
}

// Run serves until ctx ends, and then returns nil once what was under way is
// done or stored. Any other end is an error.
func (b *Bot) Run(ctx context.Context) error {
	name, err := b.hello(ctx)
	if err != nil || ctx.Err() != nil {
		return err
	}
	p := b.parts
	out := outbox.New(p.DB, p.Box, p.Door, p.Log)
	if p.Rate > 0 {
		out.SetRate(p.Rate)
	}
	var shell *chat.Shell
	late := &lateShell{}
	boards := b.boards(name, out, func(ctx context.Context, it msg.Item) error { return shell.Tell(ctx, it) }, late)
	pool := work.New(work.Parts{
		DB: p.DB, Box: p.Box, Schools: p.Schools, Vault: b.vault, Log: p.Log, Ops: p.Ops,
		Report: func(ctx context.Context, j work.Job, e dialogue.Event) error { return shell.Result(ctx, j, e) },
		Typing: out.Typing,
	})
	shell = chat.New(chat.Parts{
		DB: p.DB, Box: p.Box, Schools: p.Schools, Vault: b.vault, Work: pool, Outbox: out,
		Door: p.Door, Limits: p.Limits, Bot: name, FormURL: p.Form.URL(), Log: p.Log, Ops: p.Ops,
		Operator: chat.Operator{Chat: p.Ops.Chat, Status: p.Ops.Status, Held: boards.held},
		Boards:   boards.visits(),
	})
	late.Shell = shell
	p.Form.Enter(shell)
	p.Ops.Enter(b.house(shell, pool, out))
	p.Log.Info("serving", "bot", name, "schools", p.Schools.Len())
	return runAll(ctx,
		func(ctx context.Context) error { return p.Door.Poll(ctx, shell.Handle) },
		lastly(p.Ops.LastWords, out.Run), pool.Run, shell.Run,
		boards.run, p.Ops.Run, p.Ops.Probe, b.introduce, b.greetOperator(shell.OperatorChat),
	)
}

// lateShell is the shell for those who are made before it.
type lateShell struct{ *chat.Shell }

// hello waits for Telegram, for as long as it takes.
func (b *Bot) hello(ctx context.Context) (string, error) {
	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		name, err := b.parts.Door.Hello(ctx)
		switch {
		case err == nil:
			return name, nil
		case ctx.Err() != nil:
			return "", nil
		case b.parts.Fatal(err):
			return "", err
		}
		b.parts.Log.Warn("Telegram does not answer yet", "err", err, "again_in", wait)
		if !sleep(ctx, wait) {
			return "", nil
		}
	}
}

// runAll runs loops until ctx ends or one of them fails, which ends the others.
func runAll(ctx context.Context, loops ...func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	errs := make([]error, len(loops))
	for i, loop := range loops {
		wg.Go(func() {
			if err := loop(ctx); err != nil && !errors.Is(err, context.Canceled) {
				errs[i] = err
				cancel(fmt.Errorf("bot: %w", err))
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
