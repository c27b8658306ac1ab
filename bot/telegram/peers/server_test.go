package peers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

const updatesEnv = "PEERS_SERVER" // how many updates

// TestMain is the server's process, where it was started as that.
func TestMain(m *testing.M) {
	if n, err := strconv.Atoi(os.Getenv(updatesEnv)); err == nil {
		serve(n)
		return
	}
	os.Exit(m.Run())
}

// process is the server as the benchmark sees it.
type process struct{ url string }

// startServer runs this test binary as a server with that many updates.
func startServer(b *testing.B, updates int) *process {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", updatesEnv, updates))
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
	return &process{"http://" + strings.TrimSpace(addr)}
}

// connections is how many were opened by the bot.
func (p *process) connections(b *testing.B) int { return p.ask(b, "conns") - 1 }

// answers is how many messages the bot sent.
func (p *process) answers(b *testing.B) int { return p.ask(b, "sent") }

func (p *process) ask(b *testing.B, what string) int {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get(p.url + "/" + what)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	n, err := strconv.Atoi(string(text))
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func serve(updates int) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	t := &telegramServer{updates: updates}
	server := &http.Server{Handler: t, ConnState: func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			t.conns.Add(1)
		}
	}}
	go server.Serve(listener)
	fmt.Println(listener.Addr())
	io.Copy(io.Discard, os.Stdin)
}

// telegramServer hands out updates 1 to n, 100 at a time, each of a chat of its
// own, and takes any message.
type telegramServer struct {
	updates     int
	conns, sent atomic.Int64
}

func (t *telegramServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path.Base(r.URL.Path) {
	case "conns":
		fmt.Fprint(w, t.conns.Load())
	case "sent":
		fmt.Fprint(w, t.sent.Load())
	case "getMe":
		answer(w, `{"id":1,"is_bot":true,"first_name":"b","username":"thisbot"}`)
	case "getUpdates":
		t.batch(w, r)
	default:
		t.sent.Add(1)
		p := params(r)
		text, _ := json.Marshal(p["text"])
		answer(w, fmt.Sprintf(`{"message_id":1,"from":{"id":1,"is_bot":true,"first_name":"b","username":"thisbot"},"date":1700000000,"chat":{"id":%s,"first_name":"学生","type":"private"},"text":%s}`, p["chat_id"], text))
	}
}

func (t *telegramServer) batch(w http.ResponseWriter, r *http.Request) {
	p := params(r)
	first, _ := strconv.Atoi(p["offset"])
	first = max(first, 1)
	if first > t.updates && p["timeout"] != "0" && p["timeout"] != "" {
		<-r.Context().Done()
		return
	}
	var batch bytes.Buffer
	for id := first; id <= t.updates && id < first+100; id++ {
		if batch.Len() > 0 {
			batch.WriteByte(',')
		}
		fmt.Fprintf(&batch, `{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,"first_name":"学生","language_code":"zh-hans"},"chat":{"id":%d,"first_name":"学生","type":"private"},"date":1700000000,"text":"请问今天有通知吗 %d"}}`, id, id, id, id, id)
	}
	answer(w, "["+batch.String()+"]")
}

func answer(w http.ResponseWriter, result string) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, `{"ok":true,"result":`+result+`}`)
}

// params reads a call in any of the three ways that the libraries have.
func params(r *http.Request) map[string]string {
	out := map[string]string{}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/json" {
		var in map[string]any
		d := json.NewDecoder(r.Body)
		d.UseNumber()
		d.Decode(&in)
		for k, v := range in {
			out[k] = fmt.Sprint(v)
		}
		return out
	}
	r.ParseMultipartForm(1 << 20)
	for k := range r.Form {
		out[k] = r.Form.Get(k)
	}
	return out
}
