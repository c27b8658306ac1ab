package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"jwxtbot/bot/emulator"
	"jwxtbot/bot/telegram"
	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus/boards"
	"jwxtbot/store/boltstore"
	"jwxtbot/store/seal"
)

// demoToken is the token of the simulated Telegram, which listens on loopback.
const demoToken = "7000000001:the-demo-needs-no-secret"

func demoCommand() *cobra.Command {
	var d demo
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try the bot in a browser: simulated schools, simulated Telegram, the real bot",
		Long: `Try the bot in a browser. Simulated schools and a simulated Telegram run in this
process, and the real bot talks to both over HTTP on loopback. Nothing leaves
this machine.

Without --data everything is forgotten at the end.`,
		Args: cobra.NoArgs,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			d.anyPort = !cmd.Flags().Changed("listen")
			d.log = newLogger(cmd.ErrOrStderr(), d.level, false)
			return d.run(cmd.Context(), cmd.OutOrStdout())
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&d.listen, "listen", "127.0.0.1:8080", "address of the chat page; another port if it is taken")
	flags.StringVar(&d.data, "data", "", "folder to keep database and key in")
	flags.StringVar(&d.level, "log", "warn", "debug, info, warn or error")
	return cmd
}

type demo struct {
	listen, data, level string
	anyPort             bool // the default port may be taken
	log                 *slog.Logger
}

// run opens the data and plays on it.
func (d *demo) run(ctx context.Context, stdout io.Writer) (err error) {
	dir := d.data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "jwxtbot-demo-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir)
	}
	db, ring, err := openDemoData(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := claimDB(ctx, db, ring); err != nil {
		return err
	}
	return d.play(ctx, stdout, adapters{db: db, box: ring, limits: config.DefaultLimits(), log: d.log})
}

// play starts schools and Telegram, then the bot, and stops them in the
// opposite order: the bot must be able to say its last words.
func (d *demo) play(ctx context.Context, stdout io.Writer, a adapters) error {
	page, err := d.openPage()
	if err != nil {
		return err
	}
	sites, err := openSites("127.0.0.1:0")
	if err != nil {
		page.Close()
		return err
	}
	form, formServer, err := demoForm(d.log, page.Addr())
	if err != nil {
		page.Close()
		closeSites(sites)
		return err
	}
	a.form = form
	street := openStreet(page.Addr(), d.data != "")
	a.boards = street.boards()
	defer street.reader.Close()
	url := "http://" + page.Addr().String()
	fmt.Fprintf(stdout, "Open %s/ in a browser and say /start to the bot.\n\n", url)
	printSites(stdout, sites)
	street.print(stdout, url)
	fmt.Fprint(stdout, "\nCtrl+C ends the demo.\n")

	// Update ids go on from the last demo with this database, which remembers them.
	chat := emulator.New(emulator.Options{
		Token: demoToken, FirstUpdate: int(time.Now().Unix()),
		Link: emulator.Link{Text: "📢 替学校发布一条通知", URL: boards.OfficePath},
	})
	servers := append(siteServers(sites), server{page, street.handler(chat)}, formServer)
	return alongside(ctx, servers, func(ctx context.Context) error { return serveDemo(ctx, url, sites, a) })
}

// serveDemo runs the real bot against the simulations.
func serveDemo(ctx context.Context, url string, sites []site, a adapters) (err error) {
	a.telegram, err = telegram.New(telegram.Config{Token: demoToken, Endpoint: url + "/bot%s/%s", Log: a.log})
	if err != nil {
		return err
	}
	defer a.telegram.Close()
	var schools []jwxt.School
	for _, s := range sites {
		schools = append(schools, s.school.Profile().School(s.url))
	}
	if a.schools, err = openCatalog(schools); err != nil {
		return err
	}
	return a.serve(ctx)
}

// openPage listens for the browser.
func (d *demo) openPage() (net.Listener, error) {
	l, err := net.Listen("tcp", d.listen)
	if errors.Is(err, syscall.EADDRINUSE) && d.anyPort {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, fmt.Errorf("cannot serve the chat page, try another --listen: %w", err)
	}
	return l, nil
}

// openDemoData opens database and key in dir, making what is not there.
func openDemoData(dir string) (*boltstore.DB, *seal.Ring, error) {
	db, err := openDB(filepath.Join(dir, "jwxtbot.db"))
	if err != nil {
		return nil, nil, err
	}
	ring, err := demoRing(filepath.Join(dir, "key"))
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, ring, nil
}

func demoRing(path string) (*seal.Ring, error) {
	if err := seal.Generate(path); err != nil {
		if _, statErr := os.Stat(path); errors.Is(statErr, fs.ErrNotExist) {
			return nil, err
		}
	}
	key, err := seal.LoadFile(path)
	if err != nil {
		return nil, err
	}
	return seal.NewRing(key)
}
