package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/jwxt"
)

// TestOperatorPort serves before the bot does.
func TestOperatorPort(t *testing.T) {
	c := &config.Config{Operator: config.Operator{Listen: "127.0.0.1:0"}, Schools: []jwxt.School{{ID: "a"}}}
	log := slog.New(slog.DiscardHandler)
	_, servers, err := openOperator(c, log)
	if err != nil || len(servers) != 1 {
		t.Fatalf("got %d servers and %v", len(servers), err)
	}
	url := "http://" + servers[0].listener.Addr().String()
	err = alongside(t.Context(), servers, func(ctx context.Context) error {
		for _, tt := range []struct {
			path string
			code int
			text string
		}{{"/healthz", 200, "ok"}, {"/readyz", 503, "database: not seen"}, {"/metrics", 200, "go_goroutines"}, {"/", 404, ""}} {
			req, err := http.NewRequestWithContext(ctx, "GET", url+tt.path, nil)
			if err != nil {
				return err
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				return err
			}
			body, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if res.StatusCode != tt.code || !strings.Contains(string(body), tt.text) {
				t.Errorf("%s is %d %q, want %d with %q", tt.path, res.StatusCode, body, tt.code, tt.text)
			}
		}
		http.DefaultClient.CloseIdleConnections()
		c.Operator.Listen = strings.TrimPrefix(url, "http://")
		if _, _, err := openOperator(c, log); err == nil || !strings.Contains(err.Error(), "cannot listen for the operator") {
			t.Errorf("at a taken address: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	c.Operator.Listen = ""
	if _, servers, err := openOperator(c, log); err != nil || servers != nil {
		t.Errorf("without an address: %d servers, %v", len(servers), err)
	}
}
