package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"jwxtbot/bot/msg"
)

const (
	// parallel is how many chats are handled at once.
	parallel = 16
	// maxBatch is how many updates Telegram hands out at once, from the first
	// that is not confirmed on.
	maxBatch = 100
	// allowedUpdates is always sent: Telegram remembers the last list, also
	// that of whatever program used the token before.
	allowedUpdates = `["message","callback_query","my_chat_member","chat_member"]`
)

// Poll hands updates to handle until ctx ends, and then returns nil. Updates
// of one chat come in order, those of up to 16 chats at once. It outlives every
// failure but a refused token, for which it returns ErrToken.
//
// When handle returns nil, the update is its own and is confirmed. After an
// error it comes again, and others with it may; so handle knows by Update.ID
// what it has had. It must not panic.
//
// With Config.Webhook it does not ask for updates: it tells Telegram where to
// bring them, and hands on what [Bot.Webhook] is given meanwhile. At its end
// the webhook stays set, so that Telegram keeps updates for the next start.
func (b *Bot) Poll(ctx context.Context, handle func(context.Context, msg.Update) error) error {
	if b.webhook != nil {
		return b.webhook.run(ctx, handle)
	}
	p := poller{bot: b, handle: handle}
	var pause backoff
	for ctx.Err() == nil {
		err := p.round(ctx)
		switch {
		case err == nil:
			pause.reset()
		case ctx.Err() != nil:
		case errors.Is(err, ErrToken):
			return err
		case p.free(ctx, err):
		default:
			d := max(pause.next(), retryAfter(err))
			p.complain(err, d)
			sleep(ctx, d)
		}
	}
	p.confirm(ctx)
	return nil
}

// retryAfter is how long Telegram told us to wait with err, or 0.
func retryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e.retryAfter
	}
	return 0
}

type poller struct {
	bot    *Bot
	handle func(context.Context, msg.Update) error
	pace   pacer
	name   string
	offset int          // first update we have not taken; 0 until we had one
	asked  int          // the offset Telegram has last been told
	ahead  map[int]bool // updates taken although one before them was not
	freed  bool         // a webhook was deleted
}

// free deletes a webhook that keeps us from polling, left behind by this bot's
// other mode or by another program. It does so once: if a webhook is there
// again, somebody else uses the token.
func (p *poller) free(ctx context.Context, err error) bool {
	e := asAPI(err)
	if p.freed || e.code != http.StatusConflict || !e.says("webhook is active") {
		return false
	}
	_, err = p.bot.call(ctx, "deleteWebhook", tgbotapi.Params{"drop_pending_updates": "false"})
	if p.freed = err == nil; p.freed {
		p.bot.log.Warn("a webhook was set and is deleted, because this bot polls")
	}
	return p.freed
}

// complain tells of a failure. A second user of the token is for the operator
// to find: each of the two gets a part of the updates.
func (p *poller) complain(err error, again time.Duration) {
	if asAPI(err).code == http.StatusConflict {
		p.bot.log.Error("another program uses this bot's token; stop it, or get a new token from @BotFather", "again_in", again, "err", err)
		return
	}
	p.bot.log.Warn("polling Telegram failed, will ask again", "in", again, "err", err)
}

// round takes one batch. The offset moves up to the first update that was not
// taken, because its handler failed or its chat sends too many.
func (p *poller) round(ctx context.Context) error {
	var err error
	if p.name, err = p.bot.username(ctx); err != nil {
		return err
	}
	began := time.Now()
	raw, err := p.ask(ctx)
	if err != nil {
		return err
	}
	if len(raw) == 0 && time.Since(began) < time.Second {
		sleep(ctx, time.Second) // a server that does not hold polls is not to be flooded
	}
	b, err := p.decode(raw)
	if err != nil {
		return err
	}
	updates, late := p.admit(b.updates)
	err = p.deliver(ctx, updates, b)
	p.move(b)
	switch {
	case err != nil:
		return fmt.Errorf("handling updates: %w", err)
	case late > 0:
		sleep(ctx, late) // what waits would come again at once
	}
	return nil
}

// ask waits for the next batch.
func (p *poller) ask(ctx context.Context) ([]json.RawMessage, error) {
	params := tgbotapi.Params{
		"timeout":         strconv.Itoa(int(pollTimeout / time.Second)),
		"allowed_updates": allowedUpdates,
	}
	params.AddNonZero("offset", p.offset)
	p.asked = p.offset
	result, err := p.bot.call(ctx, "getUpdates", params)
	if err != nil {
		return nil, err
	}
	var batch []json.RawMessage
	if err := json.Unmarshal(result, &batch); err != nil {
		return nil, errors.New("telegram: getUpdates: the result is no list")
	}
	return batch, nil
}

// batch is what one poll brought.
type batch struct {
	ids     []int        // all that could be read, in Telegram's order
	updates []msg.Update // those with something for us that we have not had
	mu      sync.Mutex
	taken   map[int]bool // by id
}

func (b *batch) take(id int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taken[id] = true
}

// decode reads each update on its own, because one that we cannot read must
// not hold up the others. It counts as taken.
func (p *poller) decode(raw []json.RawMessage) (*batch, error) {
	b := &batch{
		ids: make([]int, 0, len(raw)), updates: make([]msg.Update, 0, len(raw)), taken: make(map[int]bool, len(raw)),
	}
	for _, r := range raw {
		id, u := p.bot.decode(r, p.name)
		if id == 0 {
			continue
		}
		b.ids = append(b.ids, id)
		if u == nil || p.ahead[id] {
			b.take(id)
			continue
		}
		b.updates = append(b.updates, *u)
	}
	if len(raw) > 0 && len(b.ids) == 0 {
		return nil, errors.New("telegram: getUpdates: no update has a readable id")
	}
	return b, nil
}

// decode is decodeUpdate with its errors in the log; u is nil where there is
// nothing to hand on.
func (b *Bot) decode(raw []byte, name string) (id int, u *msg.Update) {
	id, u, err := decodeUpdate(raw, name)
	switch {
	case id == 0:
		b.log.Error("an update has no readable id and is skipped")
	case err != nil:
		b.log.Error("an update was not understood and is skipped", "update", id, "err", err)
	}
	return id, u
}

// admit picks what is to be handled now. The updates of a chat that sends too
// many stay at Telegram, and late is how long the first of them has to wait.
// At most half a batch waits so: Telegram shows no more than one batch, and
// other chats' updates must be in it.
func (p *poller) admit(updates []msg.Update) (now []msg.Update, late time.Duration) {
	began := time.Now()
	now = make([]msg.Update, 0, len(updates))
	waits := make(map[int64]time.Duration, len(updates))
	var held []msg.Update
	for _, u := range updates {
		if waits[u.Chat] == 0 {
			waits[u.Chat] = p.pace.wait(u, began)
		}
		d := waits[u.Chat]
		if d == 0 {
			now = append(now, u)
			continue
		}
		held = append(held, u)
		if late == 0 || d < late {
			late = d
		}
	}
	if over := len(held) - maxBatch/2; over > 0 {
		return append(now, held[:over]...), time.Second
	}
	return now, late
}

// deliver hands the updates of each chat on in order, and chats side by side.
// A chat's later updates wait for the next time when an earlier one failed.
func (p *poller) deliver(ctx context.Context, updates []msg.Update, b *batch) error {
	chains := byChat(updates)
	errs := make([]error, len(chains))
	var next atomic.Int64
	var wg sync.WaitGroup
	// A goroutine takes several chats, because its stack grows only once.
	for range min(parallel, len(chains)) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(chains)); i = next.Add(1) - 1 {
				errs[i] = p.hand(ctx, chains[i], b)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// hand hands on the updates of one chat.
func (p *poller) hand(ctx context.Context, chain []*msg.Update, b *batch) error {
	for _, u := range chain {
		if err := p.handle(ctx, *u); err != nil {
			return err
		}
		b.take(u.ID)
	}
	return nil
}

// move moves the offset to the first update of b that was not taken, or past
// all of them. Ids may start again anywhere, so it can go down.
func (p *poller) move(b *batch) {
	p.ahead = b.taken
	late := slices.DeleteFunc(slices.Clone(b.ids), func(id int) bool { return b.taken[id] })
	switch {
	case len(late) > 0:
		p.offset = slices.Min(late)
	case len(b.ids) > 0:
		p.offset = slices.Max(b.ids) + 1
	}
}

func byChat(updates []msg.Update) [][]*msg.Update {
	chains := make([][]*msg.Update, 0, len(updates))
	at := make(map[int64]int, len(updates))
	for k := range updates {
		u := &updates[k]
		i, ok := at[u.Chat]
		if !ok {
			i = len(chains)
			at[u.Chat] = i
			chains = append(chains, nil)
		}
		chains[i] = append(chains[i], u)
	}
	return chains
}

// confirm tells Telegram of updates taken since it was last asked, so that they
// do not come again at the next start. A poll that was cut short has told it.
// It is polite and no more, so an end does not wait for a slow answer.
func (p *poller) confirm(ctx context.Context) {
	if p.offset == p.asked {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 150*time.Millisecond)
	defer cancel()
	_, err := p.bot.call(ctx, "getUpdates", tgbotapi.Params{
		"offset": strconv.Itoa(p.offset), "limit": "1", "timeout": "0", "allowed_updates": allowedUpdates,
	})
	if err != nil {
		p.bot.log.Info("the last updates are perhaps not confirmed and will come again", "err", err)
	}
}
