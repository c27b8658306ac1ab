// Package config reads the operator's two files: the bot's own settings, and
// the schools it serves.
//
// Both are TOML and strict. An unknown key, a wrong type or a value that makes
// no sense is a [Problem] that names file and line, and all problems are
// reported at once. Relative paths are relative to the file that names them.
//
// Secrets are not in the files: a file only says where they are. See
// [Config.Token] and [Config.KeyFiles].
package config

import (
	"cmp"
	"errors"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/jwxt/tomlfile"
)

// Config is a complete, valid configuration.
type Config struct {
	Endpoint string // root of the Bot API, "https://api.telegram.org"
	Proxy    string // for Telegram only; empty: direct
	Webhook  string // public https URL that Telegram brings updates to; empty: they are asked for
	Listen   string // host:port behind the reverse proxy that serves Webhook
	Rate     int    // messages a second that Telegram takes from this bot; 0: as from any
	Form     Form
	DataDir  string // holds the database; "" where $STATE_DIRECTORY decides
	Limits   Limits
	LogLevel string // debug, info, warn, error
	LogJSON  bool
	Operator Operator
	Schools  []jwxt.School // in the file's order, at least one
	Boards   Boards

	schools     string // file
	known       Known
	tokenFile   string
	keyFile     string
	oldKeyFiles []string
}

// Limits is how long things are kept.
type Limits struct {
	Captcha  time.Duration // an unanswered picture
	Password time.Duration // in memory, while a login goes on
	Idle     time.Duration // a login that nobody uses
	Absolute time.Duration // any login
}

// Form is the page to log in on.
type Form struct {
	URL    string // its public https URL; empty: there is none
	Listen string // host:port behind the reverse proxy that serves URL
}

// Operator is where the operator looks.
type Operator struct {
	Listen   string // host:port of metrics and health; empty: none
	Chat     int64  // 0: none
	Language string // of Chat: zh, en; empty: zh
}

// mainFile is the shape of the bot's file.
type mainFile struct {
	Schools  string `toml:"schools"`
	Sources  string `toml:"sources"`
	Telegram struct {
		TokenFile string `toml:"token_file"`
		Endpoint  string `toml:"endpoint"`
		Proxy     string `toml:"proxy"`
		Webhook   string `toml:"webhook"`
		Listen    string `toml:"listen"`
		Rate      int    `toml:"rate"`
	} `toml:"telegram"`
	Form struct {
		URL    string `toml:"url"`
		Listen string `toml:"listen"`
	} `toml:"form"`
	Boards struct {
		Contact string `toml:"contact"`
	} `toml:"boards"`
	Data struct {
		Dir         string   `toml:"dir"`
		KeyFile     string   `toml:"key_file"`
		OldKeyFiles []string `toml:"old_key_files"`
	} `toml:"data"`
	Limits struct {
		Captcha  tomlfile.Duration `toml:"captcha"`
		Password tomlfile.Duration `toml:"password"`
		Idle     tomlfile.Duration `toml:"idle"`
		Absolute tomlfile.Duration `toml:"absolute"`
	} `toml:"limits"`
	Operator struct {
		Listen   string `toml:"listen"`
		Chat     int64  `toml:"chat"`
		Language string `toml:"language"`
	} `toml:"operator"`
	Log struct {
		Level  string `toml:"level"`
		Format string `toml:"format"`
	} `toml:"log"`
}

// Problem and Problems say what is wrong in the files.
type (
	Problem  = tomlfile.Problem
	Problems = tomlfile.Problems
)

// document adds to the reader of TOML what these files ask of their values.
type document struct{ *tomlfile.Document }

// Keys lists what the two files may hold, as dotted names, by the files' usual
// names.
func Keys() map[string][]string {
	return map[string][]string{
		"jwxtbot.toml": tomlfile.KeysOf(reflect.TypeFor[mainFile](), ""),
		"schools.toml": append(tomlfile.KeysOf(reflect.TypeFor[school](), "school."), "school"),
	}
}

// Load reads the file at path and the schools file and the notice boards that it
// names; k need not name the boards. Every error is a Problems, except that of a
// file that cannot be read.
func Load(path string, k Known) (*Config, error) {
	src, err := tomlfile.Read(path)
	if err != nil {
		return nil, err
	}
	c, schools, problems := parseMain(path, src)
	if c != nil {
		c.known = k
	}
	if len(problems) == 0 {
		wrong, err := c.loadBoards()
		if err != nil {
			return nil, err
		}
		problems = append(problems, wrong...)
	}
	if schools != "" {
		list, wrong, err := loadSchools(schools, c.known)
		if err != nil {
			return nil, err
		}
		c.schools, c.Schools, problems = schools, list, append(problems, wrong...)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return c, nil
}

// loadBoards reads the notice boards, if there are to be any.
func (c *Config) loadBoards() (Problems, error) {
	c.known.Boards = []bulletin.Source{}
	if c.Boards.Path == "" {
		return nil, nil
	}
	sources, err := LoadSources(c.Boards.Path)
	if wrong, ok := errors.AsType[Problems](err); ok {
		c.known.Boards = nil // which there are is not known
		return wrong, nil
	}
	c.Boards.Sources, c.known.Boards = sources, sources
	return nil, err
}

// Reread reads the notice boards and the schools again. What has mistakes stays
// as it was when it was last read well, and comes back so; the error then joins
// a Problems for either, or says which file cannot be read.
func (c *Config) Reread() (schools []jwxt.School, sources []bulletin.Source, err error) {
	var errs []error
	if c.Boards.Path != "" {
		list, err := LoadSources(c.Boards.Path)
		if err == nil {
			c.Boards.Sources, c.known.Boards = list, list
		}
		errs = append(errs, err)
	}
	list, err := LoadSchools(c.schools, c.known)
	if err == nil {
		c.Schools = list
	}
	return c.Schools, c.Boards.Sources, errors.Join(append(errs, err)...)
}

// parseMain reads the bot's file and names the schools file.
func parseMain(path, src string) (c *Config, schools string, problems Problems) {
	var f mainFile
	file, problems := tomlfile.Parse(path, src, &f)
	if file == nil {
		return nil, "", problems
	}
	d := document{file}
	if len(problems) == 0 {
		d.UnknownKeys(Keys()["jwxtbot.toml"])
		d.checkMain(&f)
	}
	beside := func(name string) string {
		if name == "" || filepath.IsAbs(name) {
			return name
		}
		return filepath.Join(filepath.Dir(path), name)
	}
	c = &Config{
		Endpoint:  cmp.Or(strings.TrimRight(f.Telegram.Endpoint, "/"), "https://api.telegram.org"),
		Proxy:     f.Telegram.Proxy,
		Webhook:   f.Telegram.Webhook,
		Listen:    f.Telegram.Listen,
		Rate:      f.Telegram.Rate,
		Form:      Form(f.Form),
		DataDir:   beside(f.Data.Dir),
		LogLevel:  cmp.Or(f.Log.Level, "info"),
		LogJSON:   f.Log.Format == "json",
		Limits:    f.limits(),
		Operator:  Operator(f.Operator),
		Boards:    Boards{Path: beside(f.Sources), Contact: f.Boards.Contact},
		tokenFile: beside(f.Telegram.TokenFile),
		keyFile:   beside(f.Data.KeyFile),
	}
	for _, k := range f.Data.OldKeyFiles {
		c.oldKeyFiles = append(c.oldKeyFiles, beside(k))
	}
	return c, beside(cmp.Or(f.Schools, "schools.toml")), d.Problems
}

// DefaultLimits are those of a file that sets none.
func DefaultLimits() Limits {
	return Limits{
		Captcha: 5 * time.Minute, Password: 5 * time.Minute,
		Idle: 24 * time.Hour, Absolute: 31 * 24 * time.Hour,
	}
}

// limits fills what the file leaves out.
func (f *mainFile) limits() Limits {
	l := DefaultLimits()
	return Limits{
		Captcha:  cmp.Or(time.Duration(f.Limits.Captcha), l.Captcha),
		Password: cmp.Or(time.Duration(f.Limits.Password), l.Password),
		Idle:     cmp.Or(time.Duration(f.Limits.Idle), l.Idle),
		Absolute: cmp.Or(time.Duration(f.Limits.Absolute), l.Absolute),
	}
}

// maxRate is far beyond the 1000 that Telegram sells.
const maxRate = 100_000

func (d document) checkMain(f *mainFile) {
	d.checkURL(-1, f.Telegram.Endpoint, "telegram", "endpoint")
	d.checkProxy(-1, f.Telegram.Proxy, "telegram", "proxy")
	d.checkWebhook(f)
	d.checkForm(f)
	d.checkBoards(f)
	if r := f.Telegram.Rate; r < 0 || r > maxRate {
		d.Add(d.Line(-1, "telegram", "rate"), "telegram.rate (%d) must be from 1 to %d messages a second", r, maxRate)
	}
	l := f.limits()
	for _, r := range []struct {
		key         string
		value       time.Duration
		least, most time.Duration
	}{
		{"captcha", l.Captcha, 30 * time.Second, time.Hour},
		{"password", l.Password, 30 * time.Second, 5 * time.Minute},
		{"idle", l.Idle, time.Minute, 366 * 24 * time.Hour},
		{"absolute", l.Absolute, time.Minute, 366 * 24 * time.Hour},
	} {
		d.checkRange(-1, r.value, r.least, r.most, "limits", r.key)
	}
	if l.Absolute < l.Idle {
		d.Add(d.Line(-1, "limits", "absolute"), "limits.absolute (%v) is shorter than limits.idle (%v)", l.Absolute, l.Idle)
	}
	if o := f.Operator; o.Listen != "" && !isAddress(o.Listen) {
		d.Add(d.Line(-1, "operator", "listen"), "operator.listen %q must be an address like 127.0.0.1:9464", o.Listen)
	}
	d.checkWord(f.Operator.Language, []string{"", "zh", "en"}, "operator", "language")
	d.checkWord(f.Log.Level, []string{"", "debug", "info", "warn", "error"}, "log", "level")
	d.checkWord(f.Log.Format, []string{"", "text", "json"}, "log", "format")
}

func (d document) checkRange(row int, v, least, most time.Duration, key ...string) {
	if v < least || v > most {
		d.Add(d.Line(row, key...), "%s is %v; it must be between %v and %v", strings.Join(key, "."), v, least, most)
	}
}

func (d document) checkWord(v string, allowed []string, key ...string) {
	if !slices.Contains(allowed, v) {
		d.Add(d.Line(-1, key...), "%s is %q; it must be one of %s",
			strings.Join(key, "."), v, strings.Join(allowed[1:], ", "))
	}
}

func (d document) checkURL(row int, v string, key ...string) {
	u, err := url.Parse(v)
	if v != "" && (err != nil || u.Host == "" || u.User != nil || u.Scheme != "http" && u.Scheme != "https") {
		d.Add(d.Line(row, key...), "%s must be an http:// or https:// URL without a user", strings.Join(key, "."))
	}
}

// checkProxy does not quote the value: it may hold the proxy's password.
func (d document) checkProxy(row int, v string, key ...string) {
	u, err := url.Parse(v)
	if v == "" || err == nil && u.Host != "" && slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) {
		return
	}
	d.Add(d.Line(row, key...), "%s must be an http://, https:// or socks5:// URL", strings.Join(key, "."))
}
