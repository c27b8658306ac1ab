// Command jwxtbot is a Telegram bot through which students of Chinese
// universities read grades and notices of their 教务系统.
//
// It is the only place that names adapters: the bot's rooms meet over
// interfaces, and the files here put the real store, the real Telegram and the
// real schools behind them. One file is one subcommand.
package main

import (
	"context"
	"os"
	_ "time/tzdata" // the image has no zone files
)

func main() {
	ctx, stop := untilSignal(context.Background())
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
