package telegram_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/telegram"
)

// BenchmarkEcho answers every update with a message: this door beside a bot
// written plainly on the library, against one server in its own process, so
// that time, CPU and allocations are the bot's. Polls bring 100 updates each.
//
// serial: one at a time. par16: 16 at once, which is the door's own number; the
// plain bot gets its 16 workers here. No chat has enough updates to be slowed.
func BenchmarkEcho(b *testing.B) {
	for _, workers := range []int{1, 16} {
		mode := map[int]string{1: "serial", 16: "par16"}[workers]
		b.Run("door/"+mode, func(b *testing.B) { benchmarkDoor(b, startServer(b, b.N), workers) })
		b.Run("bare/"+mode, func(b *testing.B) { benchmarkBare(b, startServer(b, b.N), workers) })
	}
}

func benchmarkDoor(b *testing.B, endpoint string, workers int) {
	bot, err := telegram.New(telegram.Config{Token: token, Endpoint: endpoint})
	if err != nil {
		b.Fatal(err)
	}
	defer bot.Close()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	var left atomic.Int64
	left.Store(int64(b.N))
	slots := make(chan struct{}, workers)
	defer measure(b)()
	err = bot.Poll(ctx, func(ctx context.Context, u msg.Update) error {
		slots <- struct{}{}
		defer func() { <-slots }()
		v := bot.Do(ctx, msg.Item{Chat: u.Chat, Op: msg.Send, Body: msg.Body{Text: u.Text}})
		if left.Add(-1) == 0 {
			cancel()
		}
		return v.Err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func benchmarkBare(b *testing.B, endpoint string, workers int) {
	bot, err := tgbotapi.NewBotAPIWithAPIEndpoint(token, endpoint)
	if err != nil {
		b.Fatal(err)
	}
	tgbotapi.SetLogger(log.New(io.Discard, "", 0))
	defer bot.StopReceivingUpdates()
	defer http.DefaultClient.CloseIdleConnections()
	defer measure(b)()
	updates := bot.GetUpdatesChan(tgbotapi.UpdateConfig{Timeout: 50, AllowedUpdates: []string{"message"}})
	var left atomic.Int64
	left.Store(int64(b.N))
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				select {
				case u := <-updates:
					if _, err := bot.Send(tgbotapi.NewMessage(u.Message.Chat.ID, u.Message.Text)); err != nil {
						b.Error(err)
					}
					if left.Add(-1) == 0 {
						close(done)
					}
				case <-done:
					return
				}
			}
		})
	}
	wg.Wait()
}

// measure starts the clocks; the function it returns stops them.
func measure(b *testing.B) func() {
	before := cpu()
	b.ReportAllocs()
	b.ResetTimer()
	return func() {
		b.StopTimer()
		b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-us/op")
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

const serverEnv = "JWXTBOT_BENCH_SERVER" // how many updates

// startServer runs this test binary as a server with that many updates.
func startServer(b *testing.B, updates int) (endpoint string) {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", serverEnv, updates))
	stdin, err := cmd.StdinPipe() // the server ends when this is closed
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { stdin.Close(); cmd.Wait() })
	addr, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return "http://" + strings.TrimSpace(addr) + "/bot%s/%s"
}

// serveBenchmark is the server process. Elsewhere it does nothing.
func serveBenchmark() {
	updates, err := strconv.Atoi(os.Getenv(serverEnv))
	if err != nil {
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, batches(updates))
	fmt.Println(listener.Addr())
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// batches serves updates 1 to n, 100 at a time, each of a chat of its own, and
// takes any message.
func batches(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:] {
		case "getMe":
			ok(w, `{"id":1,"is_bot":true,"first_name":"b","username":"thisbot"}`)
		case "getUpdates":
			first, _ := strconv.Atoi(r.FormValue("offset"))
			first = max(first, 1)
			if first > n && r.FormValue("timeout") != "0" {
				<-r.Context().Done()
				return
			}
			var batch bytes.Buffer
			for id := first; id <= n && id < first+100; id++ {
				if batch.Len() > 0 {
					batch.WriteByte(',')
				}
				batch.WriteString(said(id, int64(id), "请问今天有通知吗 "+strconv.Itoa(id)))
			}
			ok(w, "["+batch.String()+"]")
		default:
			text, _ := json.Marshal(r.FormValue("text"))
			fmt.Fprintf(w, `{"ok":true,"result":{"message_id":1,"date":1700000000,"chat":{"id":%s,"type":"private"},"text":%s}}`, r.FormValue("chat_id"), text)
		}
	}
}
