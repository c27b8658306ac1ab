package main

import (
	"context"
	"errors"
	"log/slog"

	"jwxtbot/bot"
	"jwxtbot/bot/catalog"
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/miniapp"
	"jwxtbot/bot/ops"
	"jwxtbot/bot/telegram"
	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/store"
)

// adapters are what the bot is put together from, here and nowhere else.
type adapters struct {
	db       store.DB
	box      store.Box
	telegram *telegram.Bot
	schools  *catalog.Catalog
	limits   config.Limits
	rate     int
	log      *slog.Logger
	desk     *ops.Desk    // nil: there is no operator
	form     *miniapp.App // nil: there is no page to log in on
	boards   bot.Boards   // zero: there are none
}

// serve runs the bot until ctx ends.
func (a adapters) serve(ctx context.Context) error {
	limits := dialogue.DefaultLimits()
	limits.Captcha, limits.Idle, limits.Absolute = a.limits.Captcha, a.limits.Idle, a.limits.Absolute
	err := bot.New(bot.Parts{
		DB: a.db, Box: a.box, Door: a.telegram, Schools: a.schools,
		Limits: limits, Password: a.limits.Password, Rate: a.rate, Log: a.log, Ops: a.desk, Form: a.form, Boards: a.boards, Fatal: refused,
	}).Run(ctx)
	if err != nil && refused(err) {
		return misconfigured(err)
	}
	return err
}

// refused reports whether Telegram does not know the token, so that waiting is
// no use.
func refused(err error) bool { return errors.Is(err, telegram.ErrToken) }

// openCatalog makes the list of schools.
func openCatalog(schools []jwxt.School) (*catalog.Catalog, error) {
	c, err := catalog.New(schools, drivers.For, dial)
	if err != nil {
		return nil, misconfigured(err)
	}
	return c, nil
}

func dial(s jwxt.School) (jwxt.Doer, error) {
	client, err := fetch.New(s)
	if err != nil {
		return nil, err
	}
	return client, nil
}
