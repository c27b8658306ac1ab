package emulator

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"
)

const (
	secretHeader    = "X-Telegram-Bot-Api-Secret-Token"
	longestDelay    = time.Minute // between two tries of an update …
	longestAskedFor = time.Hour   // … and if the bot asks for one by Retry-After
	webhookTimeout  = time.Minute // of one try
)

// webhook delivers updates: those of one chat one after the other, those of
// different chats side by side. A failed one is tried again, later each time,
// and holds up its own chat only.
type webhook struct {
	url, secret string
	connections int
	busy        int
	lines       map[int64]*line // by chat
	failed      string          // the last failure …
	failedAt    time.Time       // … and when; zero: never
	stop        context.CancelFunc
}

// line is the state of one chat's delivery.
type line struct {
	busy  bool
	delay time.Duration // of the last failure; 0 after a success
	next  time.Time
}

// Delivery is one try to give the webhook an update.
type Delivery struct {
	Update int
	At     time.Time
	Took   time.Duration
	Status int   // 0 if there was no answer …
	Err    error // … because of this
}

// Deliveries lists the tries in the order of their ends, of a long run the last.
func (s *Server) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.deliveries)
}

var secretToken = regexp.MustCompile(`^[A-Za-z0-9_-]{0,256}$`)

func (s *Server) setWebhook(r *request) (any, *Error) {
	if r.str("url") == "" {
		return s.deleteWebhook(r)
	}
	if err := checkWebhook(r.str("url")); err != nil {
		return nil, err
	}
	if !secretToken.MatchString(r.str("secret_token")) {
		return nil, bad("secret token contains unallowed characters")
	}
	if err := s.readAllowed(r); err != nil {
		return nil, err
	}
	s.dropWebhook(r)
	h := &webhook{url: r.str("url"), secret: r.str("secret_token"), connections: int(r.int("max_connections")), lines: map[int64]*line{}}
	if h.connections < 1 || h.connections > 100 {
		h.connections = 40
	}
	ctx, cancel := context.WithCancel(context.Background())
	h.stop = cancel
	s.hook = h
	s.poll++ // ends a poll
	if !s.closed {
		s.posting.Go(func() { s.deliver(ctx, h) })
	}
	s.touch()
	return true, nil
}

// checkWebhook wants HTTPS on one of four ports; a loopback address may be
// anything, as it is for a Bot API server of one's own.
func checkWebhook(address string) *Error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return bad("bad webhook: invalid HTTP URL")
	}
	switch {
	case local(u):
	case u.Scheme != "https":
		return bad("bad webhook: An HTTPS URL must be provided for webhook")
	case !slices.Contains([]string{"", "443", "80", "88", "8443"}, u.Port()):
		return bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
	}
	return nil
}

func (s *Server) deleteWebhook(r *request) (any, *Error) {
	s.dropWebhook(r)
	return true, nil
}

func (s *Server) dropWebhook(r *request) {
	if s.hook != nil {
		s.hook.stop()
		s.hook = nil
	}
	if r.bool("drop_pending_updates") {
		s.queue = nil
	}
}

func (s *Server) getWebhookInfo(*request) (any, *Error) {
	info := wireWebhook{PendingUpdateCount: len(s.queue), AllowedUpdates: s.allowed}
	if h := s.hook; h != nil {
		info.URL, info.MaxConnections = h.url, h.connections
		if !h.failedAt.IsZero() {
			info.LastErrorDate, info.LastErrorMessage = h.failedAt.Unix(), h.failed
		}
	}
	return info, nil
}

// deliver hands updates to the webhook until ctx ends.
func (s *Server) deliver(ctx context.Context, h *webhook) {
	for ctx.Err() == nil {
		s.mu.Lock()
		due, wait := s.due(h, time.Now())
		changed := s.changed
		s.mu.Unlock()
		for _, q := range due {
			s.posting.Go(func() { s.attempt(ctx, h, q) })
		}
		timer := time.NewTimer(wait)
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// due takes the first waiting update of each idle chat, and says when to look again.
func (s *Server) due(h *webhook, now time.Time) (due []queued, wait time.Duration) {
	wait = updatesLive
	if s.holding || s.hook != h { // dropped a moment ago
		return nil, wait
	}
	s.expire(now)
	seen := map[int64]bool{}
	for _, q := range s.queue {
		if h.busy >= h.connections {
			break
		}
		if seen[q.chat] {
			continue
		}
		seen[q.chat] = true
		l := h.line(q.chat)
		switch {
		case l.busy:
		case l.next.After(now):
			wait = min(wait, l.next.Sub(now))
		default:
			l.busy = true
			h.busy++
			due = append(due, q)
		}
	}
	return due, wait
}

func (h *webhook) line(chat int64) *line {
	if h.lines[chat] == nil {
		h.lines[chat] = &line{}
	}
	return h.lines[chat]
}

// attempt tries one update once.
func (s *Server) attempt(ctx context.Context, h *webhook, q queued) {
	start := time.Now()
	status, retryAfter, err := s.try(ctx, h, q)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.deliveries) >= s.opt.KeepCalls {
		s.deliveries = slices.Clone(s.deliveries[len(s.deliveries)/2:])
	}
	s.deliveries = append(s.deliveries, Delivery{q.id, start, time.Since(start), status, err})
	h.busy--
	l := h.line(q.chat)
	l.busy = false
	if status/100 == 2 {
		l.delay = 0
		if at := slices.IndexFunc(s.queue, q.same); at >= 0 {
			s.queue = slices.Delete(s.queue, at, at+1)
		}
	} else {
		l.fail(retryAfter)
		h.failedAt, h.failed = time.Now(), failure(status, err)
	}
	s.wake()
}

// fail makes the next try wait, longer after each failure.
func (l *line) fail(retryAfter time.Duration) {
	l.delay = min(max(time.Second, 2*l.delay), longestDelay)
	l.next = time.Now().Add(max(l.delay, min(retryAfter, longestAskedFor)))
}

func failure(status int, err error) string {
	if err != nil {
		return err.Error()
	}
	return "Wrong response from the webhook: " + strconv.Itoa(status) + " " + http.StatusText(status)
}

// try posts an update; a redirect is not followed.
func (s *Server) try(ctx context.Context, h *webhook, q queued) (status int, retryAfter time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(q.raw))
	if err != nil {
		return 0, 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if h.secret != "" {
		req.Header.Set(secretHeader, h.secret)
	}
	resp, err := s.opt.Deliver.RoundTrip(req)
	if err != nil {
		return 0, 0, err
	}
	defer resp.Body.Close()
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	return resp.StatusCode, time.Duration(seconds) * time.Second, nil
}
