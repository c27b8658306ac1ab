package main

import (
	"fmt"
	"log/slog"
	"net"

	"jwxtbot/bot/ops"
	"jwxtbot/bot/ops/metrics"
	"jwxtbot/bot/say"
	"jwxtbot/cmd/jwxtbot/internal/config"
)

// openOperator makes the operator's desk, and listens for who wants its numbers;
// no server where nobody does.
func openOperator(c *config.Config, log *slog.Logger) (*ops.Desk, []server, error) {
	o := ops.Options{Chat: c.Operator.Chat, Lang: say.Lang(c.Operator.Language), Version: version(), Log: log}
	if c.Operator.Listen == "" {
		return ops.NewDesk(o), nil, nil
	}
	l, err := net.Listen("tcp", c.Operator.Listen)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot listen for the operator: %w", err)
	}
	var ids []string
	for _, s := range c.Schools {
		ids = append(ids, s.ID)
	}
	meter := metrics.New(ids, o.Version)
	o.Meter = meter
	desk := ops.NewDesk(o)
	return desk, []server{{l, meter.Handler(desk.Ready)}}, nil
}
