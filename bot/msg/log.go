package msg

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strconv"
	"sync"
)

// logKey is new in each process, so that nobody can find a chat in a log by
// hashing its id, and a log does not follow people over months.
var logKey = sync.OnceValue(func() []byte {
	key := make([]byte, sha256.Size)
	rand.Read(key)
	return key
})

// LogChat is a chat as a log may name it: the same for the same chat, until the
// program ends.
func LogChat(chat int64) slog.Attr {
	mac := hmac.New(sha256.New, logKey())
	mac.Write(strconv.AppendInt(nil, chat, 10))
	return slog.String("chat", hex.EncodeToString(mac.Sum(nil)[:5]))
}
