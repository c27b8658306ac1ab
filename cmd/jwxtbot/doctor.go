package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/cas"
	"jwxtbot/jwxt/doctor"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/fetch"
)

func doctorCommand() *cobra.Command {
	d := &doctor.Doctor{Fronts: cas.Pages{}, Driver: drivers.For}
	var asJSON bool
	var folder string
	cmd := &cobra.Command{
		Use:   "doctor URL",
		Short: "Find out which system stands at a school's address, and print how to describe it",
		Long: `Find out which system stands at a school's address: vendor and variant, where
on the host it is, charset, captcha, a CAS before it, TLS that needs help, and what
is in the way. What was pasted is repaired first, also an address through a WebVPN. The findings come with their evidence, and with a block to paste
into the schools file.

It makes at most 30 requests, a second apart, and gets no further than the open
login form: no account and no password is ever sent. --save keeps the pages for a
bug report, without values, numbers and names; read them before you send them.

The exit code is 1 where no system was recognised.`,
		Example: `  jwxtbot doctor jwxt.example.edu.cn
  jwxtbot doctor --save pages http://jwxt.example.edu.cn/jwglxt/xtgl/login_slogin.html`,
		Args: cobra.ExactArgs(1),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			for _, name := range vendors() {
				d.Drivers = append(d.Drivers, drivers.All()[name])
			}
			if folder != "" {
				keep, err := keeper(folder)
				if err != nil {
					return err
				}
				d.Keep = keep
			}
			r, err := d.Examine(cmd.Context(), args[0])
			if err != nil {
				return misused("%v", err)
			}
			return printReport(cmd.OutOrStdout(), r, asJSON)
		}),
	}
	flags := cmd.Flags()
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.StringVar(&folder, "save", "", "keep the pages in this folder, redacted")
	flags.BoolVar(&d.Private, "private", false, "allow addresses that are not of the public internet")
	flags.DurationVar(&d.Spacing, "spacing", time.Second, "time between two requests")
	return cmd
}

var unsafeName = regexp.MustCompile(`[^0-9A-Za-z.-]+`)

// keeper writes pages into a folder as they come, redacted.
func keeper(folder string) (func(jwxt.Page), error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	n := 0
	return func(p jwxt.Page) {
		n++
		name := unsafeName.ReplaceAllString(strings.TrimPrefix(fetch.SafeURL(p.URL), p.URL.Scheme+"://"), "_")
		head := fmt.Sprintf("<!-- %s, status %d, in UTF-8 -->\n", fetch.SafeURL(p.URL), p.Status)
		page := append([]byte(head), doctor.Redact(fetch.Text(p))...)
		_ = os.WriteFile(filepath.Join(folder, fmt.Sprintf("%02d-%.80s.html", n, name)), page, 0o644)
	}, nil
}

// advice is what an operator can do about a trouble.
var advice = map[doctor.Trouble]string{
	doctor.Unknown:     "no driver recognises a page there. Try the address of the login page itself; --save keeps what came, for a bug report",
	doctor.Firewall:    "a firewall answers in the school's place and wants a browser's script run. This bot gets round no firewall: ask the school",
	doctor.Inside:      "the school answers the campus only. Run the bot inside, or give the school a proxy or its WebVPN",
	doctor.Certificate: "its certificate or TLS is not acceptable. See tls and pins in schools.example.toml",
	doctor.Silent:      "no answer: the server is down, or closed to where this machine is",
	doctor.Hidden:      "this is an address of an inner network; --private allows it",
	doctor.Gateway:     "a WebVPN stands there, and shows the school to nobody who is not logged in: see [school.link.webvpn] in schools.example.toml",
	doctor.NotOpened:   "the system is known, and its login could not be opened; see the notes",
}

func printReport(w io.Writer, r *doctor.Report, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		if err := e.Encode(struct {
			*doctor.Report
			TOML string `json:"toml,omitempty"`
		}{r, block(r)}); err != nil {
			return err
		}
	} else {
		printFindings(w, r)
	}
	if r.Trouble != "" {
		return &failure{code: exitFailure}
	}
	return nil
}

func printFindings(w io.Writer, r *doctor.Report) {
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(w, "%-9s%s\n", name, text)
		}
	}
	line("address", r.Address)
	line("vendor", r.Vendor)
	line("front", r.Front)
	line("because", strings.Join(r.Because, ", "))
	line("charset", r.Charset)
	line("captcha", r.Captcha)
	if r.Opened {
		line("login", "the driver opened the form")
	}
	line("trouble", advice[r.Trouble])
	if r.Front != "" && r.Vendor == "" {
		line("note", "what is behind the front is not recognised: paste the address of the system itself, as it is after a login")
	}
	for _, n := range r.Notes {
		line("note", n)
	}
	for _, v := range r.Visits {
		line("asked", strings.TrimSpace(fmt.Sprintf("%s %d %s", v.URL, v.Status, v.Note)))
	}
	if b := block(r); b != "" {
		fmt.Fprintf(w, "\n%s", b)
	}
}

// block is what the schools file says of the school. One that lacks something
// which only a login shows is a comment, to be completed.
func block(r *doctor.Report) string {
	if r.Vendor == "" {
		return ""
	}
	text := described(r)
	if err := incomplete(r.School); err != nil {
		text = fmt.Sprintf("not complete: %v\n%s", err, text)
		return "# " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n# ") + "\n"
	}
	return text
}

// incomplete is why no driver can speak with a school, or nil.
func incomplete(s jwxt.School) error {
	d, err := drivers.For(s)
	if err != nil {
		return err
	}
	if c, ok := jwxt.As[jwxt.SchoolChecker](d); ok {
		return c.CheckSchool(s)
	}
	return nil
}

func described(r *doctor.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[[school]]\nid = %s\nname = \"\" # the school's name, as students know it\nvendor = %s\nurl = %s\n",
		quoted(schoolID(r.School.BaseURL)), quoted(r.School.Vendor), quoted(r.School.BaseURL))
	table(&b, "school.options", r.School.Options)
	if f := r.School.Front; f.Kind != "" {
		table(&b, "school.front", map[string]string{"kind": f.Kind, "url": f.URL})
		table(&b, "school.front.options", f.Options)
	}
	if l := r.School.Link; l.LegacyTLS || len(l.Pins) > 0 {
		b.WriteString("\n[school.link]\n")
		if l.LegacyTLS {
			b.WriteString("tls = \"legacy\"\n")
		}
		if len(l.Pins) > 0 {
			fmt.Fprintf(&b, "pins = [%q] # compare it first\n", l.Pins[0])
		}
	}
	if v := r.School.Link.WebVPN.URL; v != "" {
		table(&b, "school.link.webvpn", map[string]string{"url": v})
	}
	return b.String()
}

// table is a table of TOML, nothing for an empty one.
func table(b *strings.Builder, name string, of map[string]string) {
	if len(of) == 0 {
		return
	}
	fmt.Fprintf(b, "\n[%s]\n", name)
	for _, key := range slices.Sorted(maps.Keys(of)) {
		fmt.Fprintf(b, "%s = %s\n", key, quoted(of[key]))
	}
}

// quoted is a string of TOML, which has no escape for bytes and no control
// characters.
func quoted(s string) string {
	return strconv.Quote(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
}

// ofSchools matches the end of a host's name that schools have in common.
var ofSchools = regexp.MustCompile(`(^|\.)(?:(?:edu|ac|com|net|org)\.)?cn$|(^|\.)(?:edu|com|net|org)$`)

// notInIDs are what the id of a school has not.
var notInIDs = regexp.MustCompile(`[^a-z0-9-]+`)

// schoolID is the part of a host's name that is the school's own:
// jwxt.example.edu.cn is example. It is "school" where a name has no such part.
func schoolID(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "school"
	}
	name := ofSchools.ReplaceAllString(strings.ToLower(u.Hostname()), "")
	id := name[strings.LastIndexByte(name, '.')+1:]
	id = strings.Trim(notInIDs.ReplaceAllString(id[:min(len(id), 32)], "-"), "-")
	if strings.Contains(name, ":") || strings.Trim(id, "0123456789-") == "" {
		return "school"
	}
	return id
}
