package telegram

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"jwxtbot/bot/msg"
)

const (
	// maxUpdate is the longest update taken, in bytes. Telegram's stay below
	// a tenth of it.
	maxUpdate = 1 << 20
	// maxConnections is how many updates Telegram brings at once. Retries of
	// calls that it gave up can come on top of them.
	maxConnections = 40
	maxOpen        = maxConnections + 24
	// bodyTime is how long a request's body may take to come.
	bodyTime = 20 * time.Second
	// lookEvery is how often we see whether the webhook is still ours.
	lookEvery = 5 * time.Minute
)

// webhook takes the updates that Telegram brings. Telegram brings those of one
// chat one after another and repeats what was not answered with 200, so an
// update is answered when its handler is done, and nothing is queued here.
type webhook struct {
	bot    *Bot
	url    string
	secret []byte
	pace   pacer
	lines  lines
	open   chan struct{} // one for each update inside

	mu      sync.Mutex
	handle  func(context.Context, msg.Update) error // nil: nobody takes updates now
	ctx     context.Context                         // of handle
	name    string
	running sync.WaitGroup
}

// newWebhook derives the secret that Telegram proves itself with from the
// token, so that nothing has to be kept and every instance knows it.
func newWebhook(b *Bot, url string) *webhook {
	mac := hmac.New(sha256.New, []byte(b.token.Reveal()))
	mac.Write([]byte("jwxtbot webhook"))
	secret := make([]byte, hex.EncodedLen(sha256.Size))
	hex.Encode(secret, mac.Sum(nil))
	return &webhook{bot: b, url: url, secret: secret, open: make(chan struct{}, maxOpen)}
}

// Webhook is the handler for what arrives at Config.Webhook; nil where there
// is none. It answers 200 when an update was taken for good, 401 to whoever is
// not Telegram, and 503 while nobody polls or a handler failed, so that
// Telegram brings the update again.
func (b *Bot) Webhook() http.Handler {
	if b.webhook == nil {
		return nil
	}
	return b.webhook
}

func (h *webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The server reads a body also after a refusal. It takes the deadline off
	// when it has all of it.
	http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
	if code, why := h.refusal(r); code != 0 {
		http.Error(w, why, code)
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
	switch _, long := errors.AsType[*http.MaxBytesError](err); {
	case long:
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
	case err != nil:
		http.Error(w, "incomplete", http.StatusBadRequest)
	case !h.take(r.Context(), raw):
		w.Header().Set("Retry-After", "1")
		http.Error(w, "once more, please", http.StatusServiceUnavailable)
	}
}

// refusal says why a request is not even read. The secret comes before all
// that tells a stranger anything.
func (h *webhook) refusal(r *http.Request) (code int, why string) {
	given := []byte(r.Header.Get("X-Telegram-Bot-Api-Secret-Token"))
	if !hmac.Equal(given, h.secret) {
		return http.StatusUnauthorized, "not for you"
	}
	if r.Method != http.MethodPost {
		return http.StatusMethodNotAllowed, "POST only"
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return http.StatusUnsupportedMediaType, "JSON only"
	}
	if r.ContentLength > maxUpdate {
		return http.StatusRequestEntityTooLarge, "too long"
	}
	return 0, ""
}

// take hands an update on. It is true once the update is dealt with, also
// where it cannot be read: Telegram would repeat it for a day, and hold back
// what comes after it. asked ends when Telegram stops waiting.
func (h *webhook) take(asked context.Context, raw []byte) bool {
	handle, ctx, ok := h.enter()
	if !ok {
		return false
	}
	defer h.leave()
	_, u := h.bot.decode(raw, h.name)
	if u == nil {
		return true
	}
	// Who waits can be sent away; who is being handled is finished.
	waiting, cancel := context.WithCancel(asked)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	leave, ok := h.lines.enter(waiting, u.Chat)
	if !ok {
		return false
	}
	defer leave()
	for d := h.pace.wait(*u, time.Now()); d > 0; d = h.pace.wait(*u, time.Now()) {
		if sleep(waiting, d); waiting.Err() != nil {
			return false
		}
	}
	if err := handle(ctx, *u); err != nil {
		h.bot.log.Warn("an update could not be handled and will come again", "update", u.ID, "err", err)
		return false
	}
	return true
}

// enter lets one more in, if somebody takes updates and there is room.
func (h *webhook) enter() (handle func(context.Context, msg.Update) error, ctx context.Context, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.handle == nil {
		return nil, nil, false
	}
	select {
	case h.open <- struct{}{}:
		h.running.Add(1)
		return h.handle, h.ctx, true
	default:
		return nil, nil, false
	}
}

func (h *webhook) leave() {
	<-h.open
	h.running.Done()
}

// begin opens the door, and the function it returns closes it and waits for
// those inside.
func (h *webhook) begin(ctx context.Context, handle func(context.Context, msg.Update) error) (end func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ctx, h.handle = ctx, handle
	return func() {
		h.mu.Lock()
		h.handle = nil
		h.mu.Unlock()
		h.running.Wait()
	}
}

// run is Poll in webhook mode.
func (h *webhook) run(ctx context.Context, handle func(context.Context, msg.Update) error) error {
	if err := h.insist(ctx, h.learnName); err != nil || ctx.Err() != nil {
		return err
	}
	defer h.begin(ctx, handle)()
	for task := h.set; ctx.Err() == nil; task = h.look {
		if err := h.insist(ctx, task); err != nil {
			return err
		}
		sleep(ctx, lookEvery)
	}
	return nil
}

// insist does a task until it succeeds or ctx ends. Its error is ErrToken.
func (h *webhook) insist(ctx context.Context, task func(context.Context) error) error {
	var pause backoff
	for ctx.Err() == nil {
		err := task(ctx)
		if err == nil || errors.Is(err, ErrToken) {
			return err
		}
		if ctx.Err() == nil {
			d := max(pause.next(), retryAfter(err))
			h.bot.log.Warn("the webhook is not set up, will try again", "in", d, "err", err)
			sleep(ctx, d)
		}
	}
	return nil
}

func (h *webhook) learnName(ctx context.Context) (err error) {
	h.name, err = h.bot.username(ctx)
	return err
}

// set tells Telegram where to bring updates. What waits there is kept.
func (h *webhook) set(ctx context.Context) error {
	_, err := h.bot.call(ctx, "setWebhook", tgbotapi.Params{
		"url":                  h.url,
		"secret_token":         string(h.secret),
		"allowed_updates":      allowedUpdates,
		"max_connections":      strconv.Itoa(maxConnections),
		"drop_pending_updates": "false",
	})
	if err == nil {
		h.bot.log.Info("the webhook is set", "url", h.url)
	}
	return err
}

// look tells the log of deliveries that failed, which nobody else would tell,
// and takes the webhook back from whoever used the token meanwhile.
func (h *webhook) look(ctx context.Context) error {
	info, err := h.bot.WebhookInfo(ctx)
	if err != nil {
		return err
	}
	if time.Since(info.Failed) < lookEvery {
		h.bot.log.Warn("Telegram could not bring an update", "at", info.Failed, "says", info.Failure, "waiting", info.Waiting)
	}
	if info.URL == h.url {
		return nil
	}
	h.bot.log.Error("another program uses this bot's token: the webhook was changed, setting it again")
	return h.set(ctx)
}

// WebhookInfo is what Telegram knows of the bot's webhook.
type WebhookInfo struct {
	URL     string // "" where none is set
	Waiting int    // updates that were not brought yet
	Failed  time.Time
	Failure string // of the last failed try; both are zero where none failed
}

// WebhookInfo asks Telegram what it knows of the webhook.
func (b *Bot) WebhookInfo(ctx context.Context) (WebhookInfo, error) {
	result, err := b.call(ctx, "getWebhookInfo", nil)
	if err != nil {
		return WebhookInfo{}, err
	}
	var in struct {
		URL     string `json:"url"`
		Waiting int    `json:"pending_update_count"`
		Date    int64  `json:"last_error_date"`
		Error   string `json:"last_error_message"`
	}
	if err := json.Unmarshal(result, &in); err != nil {
		return WebhookInfo{}, errors.New("telegram: getWebhookInfo: the result is not understood")
	}
	return WebhookInfo{in.URL, in.Waiting, dateOf(in.Date), b.blotText(in.Error)}, nil
}
