package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/work"
	"jwxtbot/store"
	"jwxtbot/store/boltstore"
	"jwxtbot/store/seal"
	"jwxtbot/store/storetest"
)

// autopsy is what a dead program left in its database, read with the shapes
// that its rooms store.
type autopsy struct {
	tb    testing.TB
	chats map[int64]chatRow
	jobs  map[int64][]work.Job
	out   map[int64][]outRow
	wakes map[string]bool
	keys  []string
}

type chatRow struct {
	State  dialogue.State `json:"state"`
	Serial uint64         `json:"serial"`
	Wake   time.Time      `json:"wake"`
}

type outRow struct {
	Item   msg.Item `json:"item"`
	serial uint64
}

// examine opens the database of a program that has ended, and fails the test
// for every state that no sequence of finished steps leads to.
func examine(tb testing.TB, path, keyFile string) *autopsy {
	tb.Helper()
	a := &autopsy{
		tb: tb, chats: map[int64]chatRow{}, jobs: map[int64][]work.Job{},
		out: map[int64][]outRow{}, wakes: map[string]bool{},
	}
	if _, err := os.Stat(path); err != nil {
		return a // killed before there was a database
	}
	key, err := seal.LoadFile(keyFile)
	if err != nil {
		tb.Fatal(err)
	}
	ring, err := seal.NewRing(key)
	if err != nil {
		tb.Fatal(err)
	}
	db, err := boltstore.Open(path)
	if err != nil {
		tb.Fatalf("after the kill: %v", err)
	}
	storetest.Check(tb, db)
	err = db.View(tb.Context(), func(tx store.Tx) error { return a.read(tx, ring) })
	if err := errors.Join(err, db.Close()); err != nil {
		tb.Fatal(err)
	}
	for chat := range a.chats {
		a.lawful(chat)
	}
	a.woken()
	return a
}

const allRows = 1 << 20

var tables = []string{"chat", "job", "out", "wake", "slot", "view", "seen", "due", "try", "salt", "meta",
	"group", "start", "unsay", "b", "board"}

func (a *autopsy) read(tx store.Tx, ring *seal.Ring) error {
	pairs, err := tx.Scan("", "", allRows)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		table, _, _ := strings.Cut(p.Key, "/")
		if !slices.Contains(tables, table) {
			a.tb.Errorf("a row of no known table: %q", p.Key)
		}
		if table != "seen" && table != "due" {
			a.keys = append(a.keys, p.Key)
		}
		a.secret(p.Key, p.Value)
	}
	each(a, tx, "chat/", ring, func(id string, v chatRow) { a.chats[number(id)] = v })
	each(a, tx, "job/", ring, func(id string, v work.Job) { a.jobs[v.Chat] = append(a.jobs[v.Chat], v) })
	each(a, tx, "wake/", nil, func(id string, _ struct{}) { a.wakes[id] = true })
	each(a, tx, "slot/", nil, func(string, any) {})
	each(a, tx, "seen/", nil, func(string, any) {})
	each(a, tx, "try/", nil, func(string, any) {})
	each(a, tx, "view/", ring, func(string, any) {})
	each(a, tx, "salt/", ring, func(string, any) {})
	each(a, tx, "meta/", ring, func(string, any) {})
	each(a, tx, "group/", ring, func(string, any) {})
	each(a, tx, "start/", ring, func(string, any) {})
	each(a, tx, "unsay/", ring, func(string, any) {})
	each(a, tx, "out/", ring, func(id string, v outRow) {
		_, serial, _ := strings.Cut(id, "/")
		v.serial, _ = strconv.ParseUint(serial, 16, 64)
		a.out[v.Item.Chat] = append(a.out[v.Item.Chat], v)
	})
	return nil
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

// each reads a table; every row must decode.
func each[T any](a *autopsy, tx store.Tx, prefix string, ring *seal.Ring, take func(id string, v T)) {
	var box store.Box
	if ring != nil {
		box = ring
	}
	rows, err := store.NewTable[T](prefix, 255, box).Scan(tx, "", allRows)
	if err != nil {
		a.tb.Errorf("%s: %v", prefix, err)
	}
	for _, r := range rows {
		if r.Err != nil {
			a.tb.Errorf("%s%s does not decode: %v", prefix, r.ID, r.Err)
			continue
		}
		plain, _ := json.Marshal(r.Value)
		a.secret(prefix+r.ID, plain)
		take(r.ID, r.Value)
	}
}

// secret fails the test if a value holds a password, plain or as the school's
// form has it.
func (a *autopsy) secret(where string, value []byte) {
	if found := passwordIn(value); found != "" {
		a.tb.Errorf("%s holds a password: %s", where, found)
	}
}

// passwordIn finds the word that all passwords begin with, also inside base64
// and whatever stands before it.
func passwordIn(b []byte) string {
	for shift := range 3 {
		word := base64.StdEncoding.EncodeToString(append(make([]byte, shift), canaryWord...))
		word = word[4*((shift+2)/3) : len(canaryWord)*8/6-1]
		if bytes.Contains(b, []byte(word)) {
			return word
		}
	}
	if bytes.Contains(b, []byte(canaryWord)) {
		return canaryWord
	}
	return ""
}

var jobOf = map[dialogue.Place]dialogue.JobKind{
	dialogue.Opening: dialogue.DoOpen, dialogue.Submitting: dialogue.DoSubmit,
	dialogue.Reading: dialogue.DoRead, dialogue.Leaving: dialogue.DoLogout,
}

// lawful checks that what is stored of a chat belongs together.
func (a *autopsy) lawful(chat int64) {
	row := a.chats[chat]
	s := row.State
	bad := func(what string) {
		a.tb.Errorf("half a state: chat %d is %s, %s", chat, s.Place(), what)
	}
	var current []work.Job
	for _, j := range a.jobs[chat] {
		switch {
		case j.Gen == s.Gen:
			current = append(current, j)
		case j.Gen > s.Gen && s.Gen > 0:
			bad("with a job of a later generation")
		}
	}
	if do, waits := jobOf[s.Place()]; waits {
		if len(current) != 1 || current[0].Run.Do != do {
			bad(fmt.Sprintf("with %d jobs of its generation", len(current)))
		}
	} else if len(current) != 0 {
		bad("with a job of its generation: " + string(current[0].Run.Do))
	}
	a.complete(s, bad)
	if n := len(a.out[chat]); n > 0 && row.Serial < a.out[chat][n-1].serial && row.Serial > 0 {
		bad("with an item later than its serial")
	}
	if next := s.NextWake(dialogue.DefaultLimits()); !next.IsZero() && (row.Wake.IsZero() || row.Wake.After(next)) {
		bad("and will not be woken in time")
	}
}

// complete checks that a place has what it is about.
func (a *autopsy) complete(s dialogue.State, bad func(string)) {
	if !slices.Contains(dialogue.Places(), s.Place()) {
		bad("which is no place")
	}
	if s.Place() != dialogue.Idle && s.Until.IsZero() {
		bad("without an end")
	}
	switch s.Place() {
	case dialogue.AskingAccount:
		if s.School == "" {
			bad("without a school")
		}
	case dialogue.AskingPassword, dialogue.Opening:
		led := s.Attempt != nil && s.Attempt.Led // the page asks for the account last
		if s.School == "" || s.Account == "" && !led {
			bad("without school and account")
		}
	case dialogue.FillingForm:
		if s.School == "" || s.Attempt == nil || !s.Attempt.Led {
			bad("without a page")
		}
	case dialogue.AskingCaptcha, dialogue.AskingCode, dialogue.Submitting:
		if s.Form == nil || s.Form.Session.Empty() || s.Account == "" {
			bad("without a form")
		}
	case dialogue.Reading:
		if s.Login == nil || s.Want == nil || s.Login.Session.Empty() {
			bad("without session and wish")
		}
	}
}

// woken checks that each chat has the wake row that it knows of and no other.
func (a *autopsy) woken() {
	known := map[string]bool{}
	for chat, row := range a.chats {
		if !row.Wake.IsZero() {
			known[fmt.Sprintf("%012d/%d", row.Wake.Unix(), chat)] = true
		}
	}
	for id := range known {
		if !a.wakes[id] {
			a.tb.Errorf("half a state: no wake row %s", id)
		}
	}
	for id := range a.wakes {
		if !known[id] {
			a.tb.Errorf("half a state: wake row %s belongs to nobody", id)
		}
	}
}

// quiet checks that nothing is left to do, and no login of those who have left.
func (a *autopsy) quiet() {
	for chat, rows := range a.out {
		a.tb.Errorf("chat %d: %d items were never sent, first %s %q", chat, len(rows), rows[0].Item.Op, rows[0].Item.Body.Text)
	}
	for chat, jobs := range a.jobs {
		a.tb.Errorf("chat %d: %d jobs were never done, first %s", chat, len(jobs), jobs[0].Run.Do)
	}
	for chat, row := range a.chats {
		if s := row.State; s.Place() != dialogue.Idle || s.Login != nil || s.Form != nil || s.Account != "" {
			a.tb.Errorf("chat %d has left and is %s, login %v, form %v", chat, s.Place(), s.Login != nil, s.Form != nil)
		}
	}
}

// forgot checks that nothing at all is stored of a chat.
func (a *autopsy) forgot(chat int64) {
	for _, key := range a.keys {
		if strings.Contains(key, "/"+fmt.Sprint(chat)) {
			a.tb.Errorf("chat %d has erased everything, but there is %s", chat, key)
		}
	}
}
