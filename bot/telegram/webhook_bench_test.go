package telegram_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"jwxtbot/bot/catalog"
	"jwxtbot/bot/chat"
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/outbox"
	"jwxtbot/bot/telegram"
	"jwxtbot/bot/work"
	"jwxtbot/store/boltstore"
	"jwxtbot/store/seal"
)

// BenchmarkWebhook brings commands of private chats over HTTP, on as many
// connections as Telegram opens, through the dialogue into a database on disk,
// and counts what was answered 200, which is what is durable.
//
// paced: 1,000 a second whatever the answers do; the latencies count from when
// an update was due. flat out: the next as soon as a connection is free, which
// tells how much more there is room for.
func BenchmarkWebhook(b *testing.B) {
	for name, every := range map[string]time.Duration{"paced": time.Millisecond, "flat out": 0} {
		b.Run(name, func(b *testing.B) {
			post := durableHook(b)
			took := make([]time.Duration, b.N)
			due := make(chan int)
			var senders sync.WaitGroup
			b.ResetTimer()
			began := time.Now()
			for range 40 {
				senders.Go(func() {
					for i := range due {
						from := time.Now()
						if every > 0 {
							from = began.Add(time.Duration(i) * every)
						}
						post(i)
						took[i] = time.Since(from)
					}
				})
			}
			for i := range b.N {
				time.Sleep(time.Until(began.Add(time.Duration(i) * every)))
				due <- i
			}
			close(due)
			senders.Wait()
			b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "updates/s")
			slices.Sort(took)
			b.ReportMetric(float64(took[b.N/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[b.N*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

// durableHook runs a bot in webhook mode on a new database. What it returns
// brings the n-th update, each of another chat, and fails unless it was taken.
func durableHook(b *testing.B) (post func(n int)) {
	b.Helper()
	secret := make(chan string, 1)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c := readCall(r); c.Method == "setWebhook" {
			secret <- c.Params["secret_token"]
		}
		ok(w, `{"id":1,"is_bot":true,"first_name":"b","username":"thisbot"}`)
	}))
	bot, err := telegram.New(telegram.Config{Token: token, Endpoint: api.URL + "/bot%s/%s", Webhook: hookURL})
	if err != nil {
		b.Fatal(err)
	}
	public := httptest.NewServer(bot.Webhook())
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 40}}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	shell := durableShell(b)
	go func() { ended <- bot.Poll(ctx, shell.Handle) }()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
		client.CloseIdleConnections()
		public.Close()
		bot.Close()
		api.Close()
	})
	known := <-secret
	return func(n int) {
		r, err := http.NewRequest("POST", public.URL, strings.NewReader(said(n+1, int64(n+1), "/help")))
		if err != nil {
			panic(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", known)
		res, err := client.Do(r)
		if err != nil {
			b.Error(err)
			return
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if res.StatusCode != 200 {
			b.Errorf("update %d: got %d, want 200", n, res.StatusCode)
		}
	}
}

// durableShell is a dialogue whose answers are stored and not sent.
func durableShell(b *testing.B) *chat.Shell {
	b.Helper()
	db, err := boltstore.Open(filepath.Join(b.TempDir(), "db"))
	if err != nil {
		b.Fatal(err)
	}
	ring, err := seal.NewRing([]byte(strings.Repeat("k", seal.KeySize)))
	if err != nil {
		b.Fatal(err)
	}
	schools, err := catalog.New(nil, nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	log, vault, nowhere := slog.New(slog.DiscardHandler), work.NewVault(time.Minute), nowhere{}
	b.Cleanup(func() { vault.Close(); db.Close() })
	return chat.New(chat.Parts{
		DB: db, Box: ring, Schools: schools, Vault: vault, Door: nowhere, Bot: "thisbot", Log: log,
		Limits: dialogue.DefaultLimits(), Outbox: outbox.New(db, ring, nowhere, log),
		Work: work.New(work.Parts{DB: db, Box: ring, Schools: schools, Vault: vault, Log: log}),
	})
}

// nowhere is a Telegram that nothing is sent to.
type nowhere struct{}

func (nowhere) Admins(context.Context, int64) ([]int64, error) { return nil, nil }
func (nowhere) Do(context.Context, msg.Item) (v msg.Verdict)   { return v }
