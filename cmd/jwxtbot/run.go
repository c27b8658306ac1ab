package main

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"jwxtbot/cmd/jwxtbot/internal/config"
)

func runCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "run --config FILE",
		Short: "Serve Telegram",
		Long: `Serve Telegram until SIGTERM or SIGINT, then end within 10 seconds; a second
signal ends the program at once. Nothing is lost either way.

The token comes from $JWXTBOT_TOKEN, the file that telegram.token_file names, or
the systemd credential "token"; the key from $JWXTBOT_KEY_FILE, data.key_file or
the credential "key".

On SIGHUP the files of schools and notice boards are read again; ones with
mistakes change nothing.
` + exitCodes,
		Args: cobra.NoArgs,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(path, known())
			if err != nil {
				return misconfigured(err)
			}
			return serveTelegram(cmd.Context(), c, cmd.ErrOrStderr())
		}),
	}
	configFlag(cmd, &path)
	return cmd
}

func serveTelegram(ctx context.Context, c *config.Config, stderr io.Writer) (err error) {
	log := newLogger(stderr, c.LogLevel, c.LogJSON)
	ring, err := openRing(c)
	if err != nil {
		return err
	}
	telegram, err := openTelegram(c, log)
	if err != nil {
		return err
	}
	defer telegram.Close()
	path, err := c.Database(os.Getenv)
	if err != nil {
		return misconfigured(err)
	}
	db, err := openDB(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := claimDB(ctx, db, ring); err != nil {
		return err
	}
	servers, err := openWebhook(c, telegram)
	if err != nil {
		return err
	}
	form, public, err := openForm(c, log)
	if err != nil {
		return err
	}
	desk, private, err := openOperator(c, log)
	if err != nil {
		return err
	}
	telegram.OnRefusal(desk.Refused)
	schools, err := openCatalog(c.Schools)
	if err != nil {
		return err
	}
	boards, closeBoards := openBoards(c)
	defer closeBoards()
	defer followHangups(reload{c, schools, boards.fresh, log})()
	tuneMemory()
	log.Info("starting", "version", version())
	servers = slices.Concat(servers, public, private)
	err = alongside(ctx, servers, adapters{db, ring, telegram, schools, c.Limits, c.Rate, log, desk, form, boards.Boards}.serve)
	log.Info("ended", "err", err)
	return err
}

// tuneMemory collects garbage four times as seldom as Go does by default. The
// bot's live heap is a few megabytes, so this costs about ten more and saves a
// third of the processor time. GOGC and GOMEMLIMIT in the environment still count.
func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}
