package miniapp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"jwxtbot/jwxt"
)

const (
	// maxInitData is the longest initData read, in bytes. Telegram's stay
	// below a quarter of it.
	maxInitData = 4 << 10
	// openFor is how long after a button was pressed its page may begin.
	openFor = 10 * time.Minute
	// skew is how far Telegram's clock may be ahead of ours.
	skew = time.Minute
)

// Why an initData is refused. None of them quotes it.
var (
	errForged = errors.New("miniapp: initData that Telegram did not sign for this bot")
	errStale  = errors.New("miniapp: initData of another time")
)

// opening is what a genuine initData says: who pressed the button, and when.
type opening struct {
	User  int64
	ID    string    // the same for the same initData, however it is written
	Until time.Time // it opens nothing after this
}

// readInitData checks the string that Telegram's client gives to a page. It is
// signed with the bot's token: the key is HMAC-SHA256 of the token under
// "WebAppData", and what is signed are all fields but hash, sorted, one a line.
//
// Which fields there are differs among clients, so none is asked for that is
// not needed. A field that comes twice, or holds a line break, is refused: it
// could be read in two ways. The string opens a password's page for whoever
// holds it, therefore it is good for ten minutes only, and once (see
// [Desk].FormAdmit).
func readInitData(token jwxt.Secret, raw string, now time.Time) (opening, error) {
	fields, err := initFields(raw)
	if err != nil {
		return opening{}, err
	}
	given, err := hex.DecodeString(fields["hash"])
	delete(fields, "hash")
	sum := signature(token, fields)
	if err != nil || !hmac.Equal(given, sum) {
		return opening{}, errForged
	}
	var who struct {
		ID int64 `json:"id"`
	}
	seconds, err := strconv.ParseInt(fields["auth_date"], 10, 64)
	if err != nil || json.Unmarshal([]byte(fields["user"]), &who) != nil || who.ID <= 0 {
		return opening{}, errForged
	}
	pressed := time.Unix(seconds, 0)
	if pressed.After(now.Add(skew)) || !now.Before(pressed.Add(openFor)) {
		return opening{}, errStale
	}
	name := sha256.Sum256(sum)
	return opening{User: who.ID, ID: base64.RawURLEncoding.EncodeToString(name[:18]), Until: pressed.Add(openFor)}, nil
}

// initFields takes the string apart.
func initFields(raw string) (map[string]string, error) {
	values, err := url.ParseQuery(raw)
	if err != nil || len(raw) > maxInitData {
		return nil, errForged
	}
	fields := map[string]string{}
	for k, v := range values {
		if len(v) != 1 || strings.ContainsAny(k, "=\n") || strings.Contains(v[0], "\n") {
			return nil, errForged
		}
		fields[k] = v[0]
	}
	return fields, nil
}

// signature is what hash must be.
func signature(token jwxt.Secret, fields map[string]string) []byte {
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		lines = append(lines, k+"="+fields[k])
	}
	return sign(sign([]byte("WebAppData"), token.Reveal()), strings.Join(lines, "\n"))
}

func sign(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
