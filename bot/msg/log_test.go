package msg_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	"jwxtbot/bot/msg"
)

// TestLogChat: a log names a chat by the same word all the time, no two chats by
// one, and never by its id.
func TestLogChat(t *testing.T) {
	names := map[string]int64{}
	for _, chat := range []int64{0, 1, -1, 1001, 1002, -1001000000001, 1 << 62} {
		a := msg.LogChat(chat)
		if a.Key != "chat" || !msg.LogChat(chat).Equal(a) {
			t.Errorf("%d is %v and then %v", chat, a, msg.LogChat(chat))
		}
		name := a.Value.String()
		if other, ok := names[name]; ok {
			t.Errorf("%d and %d are both %s", chat, other, name)
		}
		names[name] = chat
		var b bytes.Buffer
		slog.New(slog.NewJSONHandler(&b, nil)).Info("x", msg.LogChat(chat))
		if !strings.Contains(b.String(), `"chat":"`+name+`"`) || len(name) != 10 {
			t.Errorf("the log of %d is %s", chat, b.String())
		}
	}
}

// TestLogChatIsOfItsProcess: another run of the program names the same chat
// otherwise, so that neither a log nor a list of hashes follows people.
func TestLogChatIsOfItsProcess(t *testing.T) {
	const ask = "MSG_TEST_LOGCHAT"
	if os.Getenv(ask) != "" {
		fmt.Println("name=" + msg.LogChat(1001).Value.String())
		return
	}
	names := map[string]bool{msg.LogChat(1001).Value.String(): true}
	for range 2 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestLogChatIsOfItsProcess$", "-test.v")
		cmd.Env = append(os.Environ(), ask+"=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		_, rest, ok := strings.Cut(string(out), "name=")
		if !ok || len(rest) < 10 {
			t.Fatalf("the other process says %s", out)
		}
		names[rest[:10]] = true
	}
	if len(names) != 3 {
		t.Errorf("three processes have the names %v", names)
	}
}
