package bot

import (
	"context"
	"log/slog"
	"slices"

	"jwxtbot/bot/board"
	"jwxtbot/bot/catalog"
	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/ops"
	"jwxtbot/bot/outbox"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
)

// Boards are the notice boards that a bot watches.
type Boards struct {
	Sources []bulletin.Source
	Reader  notify.Reader // asks them; nil: there are no boards
	// Reload brings other sources to watch from now on; may be nil.
	Reload <-chan []bulletin.Source
}

// boards are the rooms of notice boards of one run. Nil is a bot without any.
type boards struct {
	notify *notify.Notifier
	desk   *board.Desk
	ops    *ops.Desk
	inner  []bulletin.Source // of the schools, behind their logins
	reload <-chan []bulletin.Source
	log    *slog.Logger
}

// boards makes the rooms of notice boards, if there are any to watch. tell says
// what no update asked for just now, lender reads with logins that people lend.
func (b *Bot) boards(name string, out *outbox.Outbox, tell func(context.Context, msg.Item) error, lender notify.Lender) *boards {
	p := b.parts
	if p.Boards.Reader == nil {
		return nil
	}
	rooms := &boards{ops: p.Ops, reload: p.Boards.Reload, log: p.Log}
	rooms.notify = notify.New(notify.Parts{
		DB: p.DB, Box: p.Box, Outbox: out, Reader: p.Boards.Reader, Lender: lender, Log: p.Log, Report: rooms.report,
	})
	rooms.inner = innerBoards(p.Schools)
	rooms.set(p.Boards.Sources)
	rooms.desk = board.New(board.Parts{
		DB: p.DB, Box: p.Box, Notify: rooms.notify, Schools: p.Schools, Bot: name, Log: p.Log, Tell: tell,
	})
	return rooms
}

// innerBoards are the notices of schools behind their logins.
func innerBoards(schools *catalog.Catalog) (out []bulletin.Source) {
	for _, id := range schools.IDs() {
		school, _ := schools.School(id)
		driver, _ := schools.Driver(id)
		if _, ok := jwxt.As[jwxt.NoticeReader](driver); ok {
			out = append(out, notify.InnerSource(school, say.Plain(say.Zh, "inner.name", say.Data{School: school.Name})))
		}
	}
	return out
}

// set makes these the public boards.
func (b *boards) set(sources []bulletin.Source) notify.Diff {
	return b.notify.SetSources(slices.Concat(sources, b.inner))
}

// report hands on what happens to boards.
func (b *boards) report(r notify.Report) {
	events := map[notify.ReportKind]ops.BoardEvent{
		notify.Polled: ops.Asked, notify.FannedOut: ops.HandedOut,
		notify.Failing: ops.Failing, notify.Recovered: ops.Recovered, notify.Held: ops.Held,
	}
	src, _ := b.notify.Source(r.Source)
	b.ops.Board(ops.Board{
		Event: events[r.Kind], Source: r.Source, Name: src.Name, Class: string(r.Class), Count: r.Count, Why: r.Why,
	})
}

// visits is the boards' desk as chat knows it.
func (b *boards) visits() chat.Boards {
	if b == nil {
		return nil
	}
	return b.desk
}

// run watches the boards, and other ones as soon as they are known.
func (b *boards) run(ctx context.Context) error {
	if b == nil {
		return nil
	}
	b.log.Info("watching notice boards", "sources", len(b.notify.Sources()))
	return runAll(ctx, b.notify.Run, b.desk.Run, b.follow)
}

func (b *boards) follow(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case sources := <-b.reload:
			d := b.set(sources)
			b.log.Info("the notice boards were read again", "sources", len(sources), "added", d.Added, "changed", d.Changed, "removed", d.Removed)
		}
	}
}

// held answers the operator's /release and /drop: what the flood guard holds of
// a source is sent, or only kept to be read.
func (b *boards) held(ctx context.Context, source string, send bool) string {
	about := say.Data{Query: source}
	if b == nil {
		return say.Text(say.Zh, "ops.board_unknown", about)
	}
	lang := b.ops.Lang
	src, ok := b.notify.Source(source)
	if !ok {
		return say.Text(lang, "ops.board_unknown", about)
	}
	about.Board = src.Name
	key, end := "ops.board_dropped", b.notify.Drop
	if send {
		key, end = "ops.board_released", b.notify.Release
	}
	count, err := end(ctx, source)
	switch about.Count = count; {
	case err != nil:
		b.log.Error("held notices cannot be dealt with", "source", source, "err", err)
		key = "ops.board_again"
	case count == 0:
		key = "ops.board_nothing"
	}
	return say.Text(lang, key, about)
}
