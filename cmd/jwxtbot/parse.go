package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/fetch"
)

func parseCommand() *cobra.Command {
	var driver, page, address string
	var status int
	cmd := &cobra.Command{
		Use:   "parse --driver NAME --page NAME FILE",
		Short: "Read a saved page of a school and print what the bot sees in it",
		Long: `Read a saved page of a school and print what the bot sees in it, as JSON.

FILE is the page exactly as the school sent it; "-" is standard input. A page
that stands for a failure prints its kind, the school's words and the cause, and
the exit code is 1. It is how a page that the bot misreads is reported and mended.`,
		Example: `  jwxtbot parse --driver qiangzhi --page grades cjcx_list.html`,
		Args:    cobra.ExactArgs(1),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			parser, err := pageParser(driver, page)
			if err != nil {
				return err
			}
			u, err := url.Parse(address)
			if err != nil {
				return misused("--url is no URL: %v", err)
			}
			body, err := readPage(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			v, err := parser.ParsePage(page, jwxt.Page{URL: u, Status: status, Header: http.Header{}, Body: body})
			return printParsed(cmd.OutOrStdout(), v, err)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&driver, "driver", "", "the vendor, or cas for a front: "+strings.Join(parsers(), ", "))
	flags.StringVar(&page, "page", "", "what the page should be, such as login, answer, grades, notices, notice")
	flags.StringVar(&address, "url", "http://jwxt.invalid/", "where the page came from; links are resolved against it")
	flags.IntVar(&status, "status", http.StatusOK, "HTTP status it came with")
	_ = cmd.MarkFlagRequired("driver")
	_ = cmd.MarkFlagRequired("page")
	return cmd
}

// vendors lists the known drivers by name.
// known is what a schools file is held to.
func known() config.Known { return config.Known{Vendors: vendors(), Driver: drivers.For} }

func vendors() []string { return slices.Sorted(maps.Keys(drivers.All())) }

// parsers lists who reads saved pages.
func parsers() []string { return slices.Sorted(maps.Keys(drivers.Parsers())) }

// pageParser finds a driver that can read such a page.
func pageParser(driver, page string) (jwxt.PageParser, error) {
	parser, ok := drivers.Parsers()[driver]
	if !ok {
		return nil, misused("unknown driver %q; known: %s", driver, strings.Join(parsers(), ", "))
	}
	if pages := parser.Pages(); !slices.Contains(pages, page) {
		return nil, misused("driver %s has no page %q; known: %s", driver, page, strings.Join(pages, ", "))
	}
	return parser, nil
}

// readPage reads no more than the bot would take from a school.
func readPage(path string, stdin io.Reader) ([]byte, error) {
	r := stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	body, err := io.ReadAll(io.LimitReader(r, fetch.MaxBody+1))
	if err == nil && len(body) > fetch.MaxBody {
		err = fmt.Errorf("%s is larger than the %d bytes that are read of a page", path, fetch.MaxBody)
	}
	return body, err
}

// printParsed prints v, or err as JSON.
func printParsed(w io.Writer, v any, err error) error {
	if err != nil {
		v = struct {
			Kind  jwxt.Kind `json:"kind"`
			Said  string    `json:"said"`
			Error string    `json:"error"`
		}{jwxt.KindOf(err), jwxt.SaidOf(err), err.Error()}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if printErr := e.Encode(v); printErr != nil {
		return printErr
	}
	if err != nil {
		return &failure{code: exitFailure}
	}
	return nil
}
