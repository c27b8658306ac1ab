package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
)

// Exit codes. The systemd unit does not restart the program after the last three.
const (
	exitOK      = 0
	exitFailure = 1 // may pass: the network, a database in use
	exitUsage   = 2 // the command line
	exitConfig  = 3 // configuration, schools, key or token
	exitDamaged = 4 // the database is damaged or of a later version
)

const exitCodes = `
Exit codes: 0 done, 1 failed (trying again may help), 2 wrong command line,
3 wrong configuration, schools, key or token, 4 damaged database.`

// failure is an error that knows its exit code. A nil err has been shown already.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string {
	if f.err == nil {
		return ""
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// misconfigured marks an error that only the operator can mend.
func misconfigured(err error) error { return &failure{exitConfig, err} }

// misused marks an error of the command line.
func misused(format string, args ...any) error {
	return &failure{exitUsage, fmt.Errorf(format, args...)}
}

// run is the whole program: it returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() {
		if v := recover(); v != nil {
			fmt.Fprintln(stderr, "jwxtbot: "+panicSentence(v))
			code = exitFailure
		}
	}()
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	// What the subcommands return is a failure; the rest is cobra's.
	f, ok := errors.AsType[*failure](err)
	if !ok {
		f = &failure{exitUsage, fmt.Errorf("%w; see jwxtbot --help", err)}
	}
	if f.err != nil {
		fmt.Fprintln(stderr, "jwxtbot: "+strings.ReplaceAll(f.err.Error(), "\n", "\njwxtbot: "))
	}
	return f.code
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:                "jwxtbot",
		Short:              "A Telegram bot for the 教务系统 of Chinese universities",
		Long:               "A Telegram bot for the 教务系统 of Chinese universities: grades and notices in chat.\n" + exitCodes,
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true,
		CompletionOptions:  cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.AddCommand(runCommand(), checkCommand(), demoCommand(), campusCommand(), parseCommand(), doctorCommand(), driverCommand(), sourceCommand(), keygenCommand(), versionCommand())
	return root
}

// action adapts a subcommand's function: an error without an exit code gets 1.
func action(f func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := f(cmd, args)
		if _, ok := errors.AsType[*failure](err); err == nil || ok {
			return err
		}
		return &failure{exitFailure, err}
	}
}

// panicSentence says where a panic came from. Of its value it shows only what
// the runtime wrote: anything else might quote a password or a cookie.
func panicSentence(v any) string {
	what := fmt.Sprintf("%T", v)
	if err, ok := v.(runtime.Error); ok {
		what = err.Error()
	}
	pc := make([]uintptr, 64)
	frames := runtime.CallersFrames(pc[:runtime.Callers(1, pc)])
	where, panicked := "an unknown place", false
	for {
		f, more := frames.Next()
		if panicked && !strings.HasPrefix(f.Function, "runtime.") {
			where = fmt.Sprintf("%s, line %d", f.Function, f.Line)
			break
		}
		panicked = panicked || f.Function == "runtime.gopanic"
		if !more {
			break
		}
	}
	return fmt.Sprintf("a bug in the program (%s in %s); please report it with the version", what, where)
}
