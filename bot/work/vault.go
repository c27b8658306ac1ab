package work

import (
	"sync"
	"time"
)

// Vault keeps passwords, in memory only, for the length of one login. Nothing
// in it is ever written or printed, and it is empty after a restart.
type Vault struct {
	life time.Duration
	mu   sync.Mutex
	held map[int64]*secret
	aged map[int64]bool // chats whose password was wiped for its age
}

type secret struct {
	bytes []byte
	timer *time.Timer
}

// NewVault makes a vault that wipes each password after life.
func NewVault(life time.Duration) *Vault {
	return &Vault{life: life, held: map[int64]*secret{}, aged: map[int64]bool{}}
}

// Put keeps a chat's password in place of an earlier one.
func (v *Vault) Put(chat int64, password string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.wipe(chat)
	s := &secret{bytes: []byte(password)}
	s.timer = time.AfterFunc(v.life, func() { v.expire(chat, s) })
	v.held[chat] = s
}

// Get is a chat's password; aged tells that there was one, too long ago.
func (v *Vault) Get(chat int64) (password string, held, aged bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if s := v.held[chat]; s != nil {
		return string(s.bytes), true, false
	}
	return "", false, v.aged[chat]
}

// Holds reports whether a chat's password is kept.
func (v *Vault) Holds(chat int64) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.held[chat] != nil
}

// Matches reports whether text is the password kept for a chat.
func (v *Vault) Matches(chat int64, text string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	s := v.held[chat]
	return s != nil && string(s.bytes) == text
}

// Wipe forgets a chat's password.
func (v *Vault) Wipe(chat int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.wipe(chat)
}

// Close forgets all of them.
func (v *Vault) Close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for chat := range v.held {
		v.wipe(chat)
	}
}

func (v *Vault) wipe(chat int64) {
	delete(v.aged, chat)
	if s := v.held[chat]; s != nil {
		s.timer.Stop()
		clear(s.bytes)
		delete(v.held, chat)
	}
}

func (v *Vault) expire(chat int64, s *secret) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.held[chat] == s {
		v.wipe(chat)
		v.aged[chat] = true
	}
}
