package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"jwxtbot/bot/telegram"
	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/store/seal"
)

func checkCommand() *cobra.Command {
	var path string
	var offline bool
	cmd := &cobra.Command{
		Use:   "check --config FILE",
		Short: "Say whether configuration, key, database, Telegram and the schools are usable",
		Long: `Say whether configuration, key, database, Telegram and the schools are usable:
one line each, "ok" or "FAIL" with a sentence. The exit code is 1 if any failed.

Each school's login form is opened once, with its picture, at the school's pace.`,
		Args: cobra.NoArgs,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			r := &report{w: cmd.OutOrStdout()}
			check(cmd.Context(), r, path, offline)
			if r.failed {
				return &failure{code: exitFailure}
			}
			return nil
		}),
	}
	configFlag(cmd, &path)
	cmd.Flags().BoolVar(&offline, "offline", false, "ask neither Telegram nor the schools")
	return cmd
}

// configFlag is the flag that check and run share.
func configFlag(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVar(path, "config", "", "the bot's TOML file")
	_ = cmd.MarkFlagRequired("config")
}

// report prints one line per item.
type report struct {
	w      io.Writer
	failed bool
}

// item prints what is said of subject, or err in its place.
func (r *report) item(subject, said string, err error) {
	word := "ok   "
	if err != nil {
		word, said, r.failed = "FAIL ", err.Error(), true
	}
	for line := range strings.Lines(said) {
		fmt.Fprintf(r.w, "%s %s: %s\n", word, subject, strings.TrimSuffix(line, "\n"))
	}
}

func check(ctx context.Context, r *report, path string, offline bool) {
	c, err := config.Load(path, known())
	if err != nil {
		r.item("configuration", "", err)
		return
	}
	r.item("configuration", fmt.Sprintf("%s, schools: %d", path, len(c.Schools)), nil)
	if c.Boards.Path != "" {
		r.item("notice boards", fmt.Sprintf("%s, sources: %d", c.Boards.Path, len(c.Boards.Sources)), nil)
	}
	ring, err := openRing(c)
	r.item("key", "readable", err)
	said, err := checkDB(ctx, c, ring)
	r.item("database", said, err)
	_, err = c.Token(os.Getenv)
	r.item("token", "found", err)
	if c.Listen != "" {
		r.item("listen", c.Listen+" is free", checkListen(c.Listen))
	}
	if c.Form.Listen != "" {
		r.item("form", c.Form.Listen+" is free", checkListen(c.Form.Listen))
	}
	if offline {
		checkDrivers(r, c.Schools)
		return
	}
	if err == nil {
		checkTelegram(ctx, r, c)
	}
	for _, s := range c.Schools {
		said, err := checkSchool(ctx, s)
		r.item("school "+s.ID, said, err)
	}
}

// checkDB reads the whole database, and tries the key if there is one. It
// creates nothing: whoever runs check may be another user than the bot's.
func checkDB(ctx context.Context, c *config.Config, ring *seal.Ring) (string, error) {
	path, err := c.Database(os.Getenv)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path + " does not exist yet; run creates it", nil
	}
	if err != nil {
		return "", err
	}
	db, err := openDB(path)
	if err != nil {
		return "", err
	}
	defer db.Close()
	if err := db.Check(ctx); err != nil {
		return "", err
	}
	if ring != nil {
		err = proveDB(ctx, db, ring)
	}
	return fmt.Sprintf("%s, %d KiB", path, info.Size()>>10), err
}

// checkListen tries an address that the bot will listen at.
func checkListen(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return l.Close()
}

func checkTelegram(ctx context.Context, r *report, c *config.Config) {
	door, err := openTelegram(c, nil)
	if err != nil {
		r.item("telegram", "", err)
		return
	}
	defer door.Close()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	name, err := door.Hello(ctx)
	r.item("telegram", "this is @"+name, err)
	if err == nil {
		said, err := checkWebhook(ctx, door, c.Webhook)
		r.item("webhook", said, err)
	}
}

// checkWebhook says what run will find, or why what Telegram brings does not
// arrive.
func checkWebhook(ctx context.Context, door *telegram.Bot, wanted string) (string, error) {
	info, err := door.WebhookInfo(ctx)
	switch {
	case err != nil:
		return "", err
	case info.URL == "" && wanted == "":
		return "none, run asks for updates", nil
	case wanted == "":
		return "one is set; run deletes it and asks for updates", nil
	case info.URL != wanted:
		return "not set yet; run sets it", nil
	case time.Since(info.Failed) < time.Hour:
		return "", fmt.Errorf("at %s an update could not be brought: %s", info.Failed.Format(time.TimeOnly), info.Failure)
	}
	return fmt.Sprintf("set, updates waiting: %d", info.Waiting), nil
}

// checkDrivers tells of the schools that none can speak with.
func checkDrivers(r *report, schools []jwxt.School) {
	for _, s := range schools {
		if _, err := drivers.For(s); err != nil {
			r.item("school "+s.ID, "", err)
		}
	}
}

// checkSchool opens the login form as a student's login would.
func checkSchool(ctx context.Context, s jwxt.School) (string, error) {
	driver, err := drivers.For(s)
	if err != nil {
		return "", err
	}
	client, err := fetch.New(s)
	if err != nil {
		return "", err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	step, err := driver.Login(ctx, &jwxt.Conn{School: s, HTTP: client}, nil)
	if err != nil {
		return "", schoolFailure(err)
	}
	ask, ok := step.(*jwxt.Ask)
	switch {
	case !ok:
		return "", errors.New("it lets people in without a password")
	case len(ask.Image) == 0:
		return "login form without captcha", nil
	}
	return fmt.Sprintf("login form with captcha (%d bytes)", len(ask.Image)), nil
}

// schoolFailure adds the school's words, which nobody but the operator sees here.
func schoolFailure(err error) error {
	if said := jwxt.SaidOf(err); said != "" {
		return fmt.Errorf("%w; the school says: %s", err, said)
	}
	return err
}
