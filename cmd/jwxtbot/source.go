package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
)

func sourceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "source",
		Short: "Try notice boards before subscribing to them",
	}
	cmd.AddCommand(sourceTryCommand())
	return cmd
}

// trial is what the flags of source try say.
type trial struct {
	base, file, id, contact string
	private                 bool
}

func sourceTryCommand() *cobra.Command {
	var t trial
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "try URL|FILE",
		Short: "Read a notice board once and print what the bot would see",
		Long: `Read a notice board once and print what the bot would see: how it was
recognised, its articles, the first of them in full, and the block to paste into
a file of sources.

A URL is asked as politely as the bot does: robots.txt first, two seconds between
requests. FILE is a saved page, list or article; "-" is standard input. --base
says where it came from. With --toml the page is read by a description in a file
of sources, whose URL is asked if none is given.

A board that shows nothing is an error of a class, and the exit code is 1.`,
		Example: `  jwxtbot source try https://jwc.example.edu.cn/tzgg.htm
  jwxtbot source try --base https://jwc.example.edu.cn/tzgg.htm saved.html
  jwxtbot source try --toml deploy/sources/boards.toml --id cqu-jwc`,
		Args: cobra.MaximumNArgs(1),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			s, err := t.source(args)
			if err != nil {
				return err
			}
			found, err := t.read(cmd.Context(), s, args, cmd.InOrStdin())
			return printFound(cmd.OutOrStdout(), found, err, asJSON)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&t.base, "base", "", "where FILE came from; links are resolved against it")
	flags.StringVar(&t.file, "toml", "", "a file of sources with the description to read by")
	flags.StringVar(&t.id, "id", "", "the source in that file, if it has several")
	flags.StringVar(&t.contact, "contact", "", "mail or URL by which the board's people reach you; sent along")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.BoolVar(&t.private, "private", false, "allow addresses that are not of the public internet")
	return cmd
}

// found is what a trial saw.
type found struct {
	Preset  string           `json:"preset,omitempty"`
	Why     string           `json:"why,omitempty"`
	Items   []bulletin.Item  `json:"items,omitempty"`
	Article *bulletin.Detail `json:"article,omitempty"` // the first, or the page itself
	// ArticleError says why the first article could not be read.
	ArticleError string         `json:"article_error,omitempty"`
	TOML         string         `json:"toml,omitempty"`
	Class        bulletin.Class `json:"class,omitempty"`
	Error        string         `json:"error,omitempty"`
}

// source is the description to read by.
func (t *trial) source(args []string) (bulletin.Source, error) {
	if t.file == "" {
		if len(args) == 0 {
			return bulletin.Source{}, misused("say which URL or FILE to read")
		}
		if isWeb(args[0]) {
			return undescribed(args[0])
		}
		return undescribed(cmp.Or(t.base, "http://board.invalid/"))
	}
	s, err := t.described()
	switch {
	case err != nil:
		return s, err
	case len(args) > 0 && isWeb(args[0]):
		s.URL = args[0]
	case t.base != "":
		s.URL = t.base
	}
	return s, nil
}

// described finds the source in the file of sources.
func (t *trial) described() (bulletin.Source, error) {
	b, err := os.ReadFile(t.file)
	if err != nil {
		return bulletin.Source{}, err
	}
	list, err := bulletin.ParseSources(t.file, b)
	if err != nil {
		return bulletin.Source{}, misconfigured(err)
	}
	for _, s := range list {
		if s.ID == t.id || t.id == "" && len(list) == 1 {
			return s, nil
		}
	}
	return bulletin.Source{}, misused("%s has %d sources and none is %q; choose one with --id", t.file, len(list), t.id)
}

func isWeb(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

var notID = regexp.MustCompile(`[^a-z0-9]+`)

// undescribed is a source of which no more than its address is known.
func undescribed(address string) (bulletin.Source, error) {
	u, err := url.Parse(address)
	if err != nil || !isWeb(address) {
		return bulletin.Source{}, misused("%q is no http:// or https:// URL", address)
	}
	labels := strings.Split(strings.TrimSuffix(u.Hostname(), ".edu.cn"), ".")
	page := strings.TrimSuffix(path.Base(path.Clean(u.Path)), path.Ext(u.Path))
	if page == "list" || page == "index" {
		page = path.Base(path.Dir(u.Path))
	}
	id := labels[len(labels)-1] + "-" + labels[0] + "-" + page
	id = notID.ReplaceAllString(strings.ToLower(id), "-")
	return bulletin.Source{
		ID: strings.Trim(id[:min(len(id), 32)], "-"), Name: u.Hostname(), URL: address,
		Origin: "jwxtbot source try, " + time.Now().Format(time.DateOnly),
	}, nil
}

// read asks the board, or reads the saved page.
func (t *trial) read(ctx context.Context, s bulletin.Source, args []string, stdin io.Reader) (found, error) {
	if len(args) > 0 && !isWeb(args[0]) {
		return readSaved(s, args[0], stdin)
	}
	r := bulletin.NewReader(bulletin.Options{UserAgent: "jwxtbot (source try, by hand; " + cmp.Or(t.contact, "no contact given") + ")", AllowPrivate: t.private})
	defer r.Close()
	l, err := r.List(ctx, s, bulletin.Validators{})
	if err != nil {
		return found{}, err
	}
	f := foundList(s, l)
	d, err := r.Detail(ctx, s, l.Items[0])
	if err != nil {
		f.ArticleError = sentence(err)
		return f, nil
	}
	f.Article = &d
	return f, nil
}

func readSaved(s bulletin.Source, name string, stdin io.Reader) (found, error) {
	body, err := readPage(name, stdin)
	if err != nil {
		return found{}, err
	}
	u, err := url.Parse(s.URL)
	if err != nil {
		return found{}, err
	}
	p := jwxt.Page{URL: u, Status: http.StatusOK, Header: http.Header{}, Body: body}
	l, err := bulletin.ParseList(s, p, time.Now())
	if err == nil {
		return foundList(s, l), nil
	}
	if d, detailErr := bulletin.ParseDetail(s, p, time.Now()); detailErr == nil && !d.Intranet {
		return found{Why: "the page is an article", Article: &d}, nil
	}
	return found{}, err
}

func foundList(s bulletin.Source, l bulletin.List) found {
	return found{Preset: l.Preset, Why: bulletin.Explain(s, l), Items: l.Items, TOML: s.TOML()}
}

// sentences say what each class means for the operator.
var sentences = map[bulletin.Class]string{
	bulletin.Empty:    "the page is understood, and there is no article on it",
	bulletin.Redesign: "the page is not understood; it needs a description, or its own has become wrong",
	bulletin.Blocked:  "a firewall answers in the board's place; the bot does not dodge it",
	bulletin.Intranet: "the board is for the campus only",
	bulletin.Charset:  "the page is text in no charset that it names or the description says",
	bulletin.Net:      "the board cannot be reached",
	bulletin.TLS:      "no connection that can be trusted; see pin_sha256 and legacy_tls",
	bulletin.HTTP:     "the server's answer is no page",
	bulletin.Robots:   "the board's robots.txt asks not to come",
}

func sentence(err error) string {
	e, ok := errors.AsType[*bulletin.Error](err)
	if !ok {
		return err.Error()
	}
	s := fmt.Sprintf("%s: %s", e.Class, sentences[e.Class])
	if e.Err != nil {
		s += " (" + e.Err.Error() + ")"
	}
	return s
}

// printFound prints what was found, or err with its class.
func printFound(w io.Writer, f found, err error, asJSON bool) error {
	e, classified := errors.AsType[*bulletin.Error](err)
	if err != nil && (!asJSON || !classified) {
		return errors.New(sentence(err))
	}
	if !asJSON {
		return writeFound(w, f)
	}
	if classified {
		f = found{Class: e.Class, Error: sentence(err)}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if printErr := enc.Encode(f); printErr != nil {
		return printErr
	}
	if classified {
		return &failure{code: exitFailure}
	}
	return nil
}

func writeFound(w io.Writer, f found) error {
	var b strings.Builder
	if f.Preset != "" {
		fmt.Fprintf(&b, "%s: ", f.Preset)
	}
	fmt.Fprintf(&b, "%s\n", f.Why)
	for i, it := range f.Items {
		date := it.Date.String()
		if date == "" {
			date = "(no date)"
		}
		fmt.Fprintf(&b, "%3d. %s  %s\n     %s\n", i+1, date, it.Title, it.URL)
	}
	if d := f.Article; d != nil {
		fmt.Fprintf(&b, "\nArticle: %s\n", d.Title)
		fmt.Fprintf(&b, "  date: %s, publisher: %s, text: %d characters, intranet: %v\n", d.Date, d.Publisher, len([]rune(d.Text)), d.Intranet)
		for _, a := range d.Attachments {
			fmt.Fprintf(&b, "  file: %s\n        %s\n", a.Name, a.URL)
		}
	}
	if f.ArticleError != "" {
		fmt.Fprintf(&b, "\nThe first article cannot be read. %s\n", f.ArticleError)
	}
	if f.TOML != "" {
		fmt.Fprintf(&b, "\n%s", f.TOML)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
