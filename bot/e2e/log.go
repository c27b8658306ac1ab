package e2e

import (
	"bytes"
	"log/slog"
	"sync"
)

// Log keeps what the program logs.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write takes a line.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Handler writes every level.
func (l *Log) Handler() slog.Handler {
	return slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug})
}

// Logger is a logger on Handler.
func (l *Log) Logger() *slog.Logger { return slog.New(l.Handler()) }
