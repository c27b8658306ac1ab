package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"strconv"
	"testing"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	gotelegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"github.com/mymmrac/telego"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/telegram"
	"jwxtbot/jwxt"
)

// door is ours.
func door(b *testing.B, e *echo) {
	bot, err := telegram.New(telegram.Config{Token: jwxt.Secret(token), Endpoint: e.endpoint()})
	if err != nil {
		b.Fatal(err)
	}
	defer bot.Close()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	slots := make(chan struct{}, e.workers)
	err = bot.Poll(ctx, func(ctx context.Context, u msg.Update) error {
		slots <- struct{}{}
		defer func() { <-slots }()
		v := bot.Do(ctx, msg.Item{Chat: u.Chat, Op: msg.Send, Body: msg.Body{Text: u.Text}})
		e.count(b, v.Err)
		if e.answered.Load() == e.n {
			cancel()
		}
		return v.Err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// newLibrary is tgbotapi's bot with a client.
func newLibrary(b *testing.B, e *echo, client *http.Client) *tgbotapi.BotAPI {
	b.Helper()
	tgbotapi.SetLogger(log.New(io.Discard, "", 0))
	bot, err := tgbotapi.NewBotAPIWithClient(token, e.endpoint(), client)
	if err != nil {
		b.Fatal(err)
	}
	return bot
}

// plainLoop is tgbotapi as its manual says.
func plainLoop(b *testing.B, e *echo) {
	client := &http.Client{Transport: http.DefaultTransport.(*http.Transport).Clone()}
	defer client.CloseIdleConnections()
	bot := newLibrary(b, e, client)
	defer bot.StopReceivingUpdates()
	updates := bot.GetUpdatesChan(tgbotapi.UpdateConfig{Timeout: 50, AllowedUpdates: []string{"message"}})
	each(e, updates, func(u tgbotapi.Update) {
		_, err := bot.Send(tgbotapi.NewMessage(u.Message.Chat.ID, u.Message.Text))
		e.count(b, err)
	})
}

// ownLoop is what one writes on tgbotapi who knows it well: a transport that
// keeps its connections, each update decoded alone, and nothing sent or read
// that nobody needs. It does not survive what the door survives.
func ownLoop(b *testing.B, e *echo) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	client := &http.Client{Transport: transport}
	defer client.CloseIdleConnections()
	bot := newLibrary(b, e, client)
	updates := make(chan tgbotapi.Update, 100)
	go pollWith(bot, e, updates)
	each(e, updates, func(u tgbotapi.Update) {
		_, err := bot.MakeRequest("sendMessage", tgbotapi.Params{
			"chat_id": strconv.FormatInt(u.Message.Chat.ID, 10), "text": u.Message.Text,
		})
		e.count(b, err)
	})
}

func pollWith(bot *tgbotapi.BotAPI, e *echo, updates chan<- tgbotapi.Update) {
	for offset := 1; ; {
		res, err := bot.MakeRequest("getUpdates", tgbotapi.Params{
			"offset": strconv.Itoa(offset), "timeout": "50", "allowed_updates": `["message"]`,
		})
		if err != nil {
			return
		}
		var batch []json.RawMessage
		if json.Unmarshal(res.Result, &batch) != nil || len(batch) == 0 {
			return // the server has no more
		}
		for _, raw := range batch {
			var u tgbotapi.Update
			if json.NewDecoder(bytes.NewReader(raw)).Decode(&u) != nil {
				continue
			}
			offset = u.UpdateID + 1
			select {
			case updates <- u:
			case <-e.done:
				return
			}
		}
	}
}

// telegoBot is telego as it comes, on fasthttp.
func telegoBot(b *testing.B, e *echo) { runTelego(b, e) }

// telegoOnNetHTTP is telego on the standard library's client.
func telegoOnNetHTTP(b *testing.B, e *echo) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	client := &http.Client{Transport: transport}
	defer client.CloseIdleConnections()
	runTelego(b, e, telego.WithHTTPClient(client))
}

func runTelego(b *testing.B, e *echo, options ...telego.BotOption) {
	options = append(options, telego.WithAPIServer(e.url), telego.WithDiscardLogger())
	bot, err := telego.NewBot(token, options...)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	updates, err := bot.UpdatesViaLongPolling(ctx, &telego.GetUpdatesParams{Timeout: 50, AllowedUpdates: []string{"message"}})
	if err != nil {
		b.Fatal(err)
	}
	each(e, updates, func(u telego.Update) {
		if u.Message == nil {
			return
		}
		_, err := bot.SendMessage(ctx, &telego.SendMessageParams{ChatID: telego.ChatID{ID: u.Message.Chat.ID}, Text: u.Message.Text})
		e.count(b, err)
	})
}

// goTelegram is go-telegram/bot with a transport that keeps its connections.
func goTelegram(b *testing.B, e *echo) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	client := &http.Client{Transport: transport}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	bot, err := gotelegram.New(token,
		gotelegram.WithServerURL(e.url), gotelegram.WithHTTPClient(50_000_000_000, client), gotelegram.WithWorkers(e.workers),
		gotelegram.WithNotAsyncHandlers(), gotelegram.WithAllowedUpdates(gotelegram.AllowedUpdates{"message"}),
		gotelegram.WithErrorsHandler(func(err error) {
			if ctx.Err() == nil {
				b.Error(err)
			}
		}),
		gotelegram.WithDefaultHandler(func(ctx context.Context, bot *gotelegram.Bot, u *models.Update) {
			_, err := bot.SendMessage(ctx, &gotelegram.SendMessageParams{ChatID: u.Message.Chat.ID, Text: u.Message.Text})
			e.count(b, err)
		}))
	if err != nil {
		b.Fatal(err)
	}
	go func() {
		<-e.done
		cancel()
	}()
	bot.Start(ctx)
}
