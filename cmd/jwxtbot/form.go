package main

import (
	"fmt"
	"log/slog"
	"net"
	"os"

	"jwxtbot/bot/miniapp"
	"jwxtbot/cmd/jwxtbot/internal/config"
)

// openForm listens where the reverse proxy finds the login page; no page and no
// server where people log in in the chat alone.
func openForm(c *config.Config, log *slog.Logger) (*miniapp.App, []server, error) {
	if c.Form.URL == "" {
		return nil, nil, nil
	}
	token, err := c.Token(os.Getenv)
	if err != nil {
		return nil, nil, misconfigured(err)
	}
	page, err := miniapp.New(miniapp.Config{Token: token, URL: c.Form.URL, Log: log})
	if err != nil {
		return nil, nil, misconfigured(err)
	}
	l, err := net.Listen("tcp", c.Form.Listen)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot listen for the login page: %w", err)
	}
	return page, []server{{l, page}}, nil
}

// demoForm serves the login page on loopback, for the chat page to show.
func demoForm(log *slog.Logger, chat net.Addr) (*miniapp.App, server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, server{}, err
	}
	_, port, _ := net.SplitHostPort(chat.String())
	page, err := miniapp.New(miniapp.Config{
		Token: demoToken, URL: "http://" + l.Addr().String(), Log: log,
		Frames: []string{"http://" + chat.String(), "http://localhost:" + port},
	})
	return page, server{l, page}, err
}
