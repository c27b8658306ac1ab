package bot

import (
	"context"
	"time"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/ops"
	"jwxtbot/bot/outbox"
	"jwxtbot/bot/work"
	"jwxtbot/store"
)

// house is what the operator's desk may ask of the rooms.
func (b *Bot) house(shell *chat.Shell, pool *work.Pool, out *outbox.Outbox) ops.House {
	p := b.parts
	return ops.House{
		Schools: p.Schools,
		Queues: func() ops.Queues {
			return ops.Queues{Schools: p.Schools.Waiting(), Jobs: pool.Running(), Outbox: out.Stats().Chats}
		},
		Tell: func(ctx context.Context, b msg.Body) error {
			return shell.Tell(ctx, msg.Item{Chat: shell.OperatorChat(ctx), Op: msg.Send, Body: b})
		},
		Unsent: func() bool { return out.Waits(shell.OperatorChat(context.Background())) },
		Telegram: func(ctx context.Context) error {
			_, err := p.Door.Hello(ctx)
			return err
		},
		Database: func(ctx context.Context) error {
			return p.DB.Update(ctx, func(tx store.Tx) error { return probes().Put(tx, "last", time.Now()) })
		},
	}
}

// probes is where the database is tried.
func probes() store.Table[time.Time] { return store.NewTable[time.Time]("probe/", 1, nil) }

// watchedDoor reports what goes through a Door.
type watchedDoor struct {
	Door
	sink ops.Sink
}

func (d watchedDoor) Poll(ctx context.Context, handle func(context.Context, msg.Update) error) error {
	return d.Door.Poll(ctx, func(ctx context.Context, u msg.Update) error {
		d.sink.Update(ops.KindOf(u))
		return handle(ctx, u)
	})
}

func (d watchedDoor) Do(ctx context.Context, it msg.Item) msg.Verdict {
	v := d.Door.Do(ctx, it)
	d.sink.Sent(v.Outcome)
	return v
}

// lastly is a loop that goes on a little after ctx, until words are said.
func lastly(words func(), loop func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
		defer cancel()
		stop := context.AfterFunc(ctx, func() { words(); cancel() })
		defer stop()
		return loop(longer)
	}
}
