package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"jwxtbot/bot/msg"
)

const (
	// parallel is how many chats are handled at once.
	parallel = 16
	// allowedUpdates is always sent: Telegram remembers the last list, also
	// that of whatever program used the token before.
	allowedUpdates = `["message","callback_query","my_chat_member"]`
)

// Poll hands updates to handle until ctx ends, and then returns nil. Updates
// of one chat come in order, those of up to 16 chats at once. It outlives every
// failure but a refused token, for which it returns ErrToken.
//
// When handle returns nil, the update is its own and is confirmed. After an
// error it comes again, with those that came with it; so handle knows by
// Update.ID what it has had. It must not panic.
func (b *Bot) Poll(ctx context.Context, handle func(context.Context, msg.Update) error) error {
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
		default:
			d := max(pause.next(), retryAfter(err))
			b.log.Warn("polling Telegram failed, will ask again", "in", d, "err", err)
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
	name   string
	offset int // first update we have not taken; 0 until we had one
	asked  int // the offset Telegram has last been told
}

// round takes one batch. The offset moves after all of it was handled.
func (p *poller) round(ctx context.Context) error {
	var err error
	if p.name, err = p.bot.username(ctx); err != nil {
		return err
	}
	began := time.Now()
	batch, err := p.ask(ctx)
	if err != nil {
		return err
	}
	if len(batch) == 0 && time.Since(began) < time.Second {
		sleep(ctx, time.Second) // a server that does not hold polls is not to be flooded
	}
	updates, next, err := p.decode(batch)
	if err != nil {
		return err
	}
	if err := p.deliver(ctx, updates); err != nil {
		return fmt.Errorf("handling updates: %w", err)
	}
	p.offset = next
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

// decode reads each update on its own, because one that we cannot read must
// not hold up the others. next is the offset that confirms the whole batch.
func (p *poller) decode(batch []json.RawMessage) (updates []msg.Update, next int, err error) {
	last := 0
	for _, raw := range batch {
		id, u, err := decodeUpdate(raw, p.name)
		switch {
		case id == 0:
			p.bot.log.Error("an update has no readable id and is skipped")
		case err != nil:
			p.bot.log.Error("an update was not understood and is skipped", "update", id, "err", err)
		case u != nil:
			updates = append(updates, *u)
		}
		last = max(last, id)
	}
	switch {
	case len(batch) == 0:
		return nil, p.offset, nil
	case last == 0:
		return nil, 0, errors.New("telegram: getUpdates: no update has a readable id")
	}
	return updates, last + 1, nil // ids may start again anywhere, so it can go down
}

// deliver hands the updates of each chat on in order, and chats side by side.
// A chat's later updates wait for the next time when an earlier one failed.
func (p *poller) deliver(ctx context.Context, updates []msg.Update) error {
	chains := byChat(updates)
	slots := make(chan struct{}, parallel)
	errs := make([]error, len(chains))
	var wg sync.WaitGroup
	for i, chain := range chains {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			for _, u := range chain {
				if errs[i] = p.handle(ctx, u); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func byChat(updates []msg.Update) [][]msg.Update {
	var chains [][]msg.Update
	at := map[int64]int{}
	for _, u := range updates {
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
func (p *poller) confirm(ctx context.Context) {
	if p.offset == p.asked {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_, err := p.bot.call(ctx, "getUpdates", tgbotapi.Params{
		"offset": strconv.Itoa(p.offset), "limit": "1", "timeout": "0", "allowed_updates": allowedUpdates,
	})
	if err != nil {
		p.bot.log.Warn("the last updates could not be confirmed and will come again", "err", err)
	}
}
