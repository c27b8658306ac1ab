package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"

	"jwxtbot/bot/telegram"
	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/store"
	"jwxtbot/store/boltstore"
	"jwxtbot/store/seal"
)

// openRing reads the keys that a configuration names.
func openRing(c *config.Config) (*seal.Ring, error) {
	current, older, err := c.KeyFiles(os.Getenv)
	if err != nil {
		return nil, misconfigured(err)
	}
	var keys [][]byte
	for _, path := range append([]string{current}, older...) {
		key, err := seal.LoadFile(path)
		if err != nil {
			return nil, misconfigured(fmt.Errorf("the key cannot be used: %w", err))
		}
		keys = append(keys, key)
	}
	ring, err := seal.NewRing(keys[0], keys[1:]...)
	if err != nil {
		return nil, misconfigured(err)
	}
	return ring, nil
}

// openDB opens the database at path, making its folder if need be.
func openDB(path string) (*boltstore.DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, misconfigured(fmt.Errorf("the data folder cannot be made: %w", err))
	}
	db, err := boltstore.Open(path)
	switch {
	case errors.Is(err, store.ErrLocked):
		return nil, fmt.Errorf("the database %s is in use by another process: is the bot running already?", path)
	case errors.Is(err, store.ErrCorrupt):
		return nil, &failure{exitDamaged, fmt.Errorf("the database %s is damaged, restore it from a backup: %w", path, err)}
	case err != nil:
		return nil, misconfigured(fmt.Errorf("the database cannot be opened: %w", err))
	}
	return db, nil
}

// openTelegram makes the door to the server that a configuration names.
func openTelegram(c *config.Config, log *slog.Logger) (*telegram.Bot, error) {
	token, err := c.Token(os.Getenv)
	if err != nil {
		return nil, misconfigured(err)
	}
	door, err := telegram.New(telegram.Config{
		Token: token, Endpoint: c.Endpoint + "/bot%s/%s", Proxy: c.Proxy, Webhook: c.Webhook, Log: log,
	})
	if err != nil {
		return nil, misconfigured(err)
	}
	return door, nil
}

// openWebhook listens where the reverse proxy hands on what Telegram brings;
// no server where updates are asked for.
func openWebhook(c *config.Config, door *telegram.Bot) ([]server, error) {
	if c.Webhook == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("cannot listen for the webhook: %w", err)
	}
	return []server{{l, onlyAt(c.Webhook, door.Webhook())}}, nil
}

// onlyAt serves h at the path of a URL and nothing elsewhere.
func onlyAt(address string, h http.Handler) http.Handler {
	path := "/"
	if u, err := url.Parse(address); err == nil && u.Path != "" {
		path = u.Path
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}
