package main

import (
	"errors"
	"fmt"
	"log/slog"
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
		Token: token, Endpoint: c.Endpoint + "/bot%s/%s", Proxy: c.Proxy, Log: log,
	})
	if err != nil {
		return nil, misconfigured(err)
	}
	return door, nil
}
