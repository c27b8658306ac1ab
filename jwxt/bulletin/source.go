package bulletin

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/andybalholm/cascadia"
)

// Source is one column of one board. Only ID, Name and URL are required.
type Source struct {
	ID     string // stable, 1 to 32 of [a-z0-9-]; stored with subscriptions
	School string // id of the school it belongs to; empty: of none
	Name   string // what people choose it by: 教务处通知
	URL    string // the list, or the feed

	Rules Rules // empty: found by the shape of links

	// Method is GET or POST; empty is GET. Body is what a POST sends, as a form
	// unless ContentType says otherwise.
	Method, Body, ContentType string
	// Charset is "gb18030" (GBK and GB2312 with it) or "utf-8" where a board's
	// pages mislead; empty: as bytes and labels say.
	Charset string
	// Hosts are other sites that redirects and articles may lead to.
	Hosts []string

	Proxy string // http, https or socks5 URL; empty: direct
	// PinSHA256 is the hex SHA-256 of the server certificate's DER form, to be
	// trusted in place of what authorities say. LegacyTLS allows TLS 1.0.
	PinSHA256 string
	LegacyTLS bool

	// Every is how often it is asked by day; 0 means 20 minutes. Less than
	// LeastEvery is for simulated boards only, and no file can say it: they are
	// asked that often by day and by night, wanted or not, and nobody's sleep counts
	// but theirs who chose quiet hours.
	Every time.Duration
	// Origin says where the description comes from and when it held.
	Origin string
}

// LeastEvery is the shortest time between two polls that a real board is asked at.
const LeastEvery = 10 * time.Minute

// Kinds of lists. A source without a kind is recognised by its answer.
const (
	KindVSB       = "vsb"       // 博达: article links by shape
	KindSudy      = "sudy"      // 苏迪: article links by shape
	KindSelectors = "selectors" // Rules.Item and the fields within
	KindJSON      = "json"
	KindFeed      = "feed" // RSS, Atom, JSON Feed
)

// Rules say where things are on a board whose pages do not show it by
// themselves.
type Rules struct {
	Kind string // one of the kinds; empty: selectors where there is an Item, else recognised

	// Item selects the rows, and the fields lie within a row. Of JSON it is the
	// dotted path of the array, "" or "." for an answer that is the array.
	Item                         string
	Title, Link, Date, Publisher Field

	Detail DetailRules
}

// Field says how one value is read.
type Field struct {
	// At is a CSS selector, followed by @ and what to take: @text (the default),
	// @own (text of the element itself, without its children), @url (the row's
	// link), or an attribute. Without a selector the row itself is meant. Several,
	// parted by " & ", are joined by a blank: a day and its month in two places.
	// Of JSON it is a dotted path.
	At string
	// Strip are expressions whose matches are taken away.
	Strip []string
	// Re is what the value must match; its first group is the value, or all of it.
	Re string
	// Template makes the value of Re's groups: {1}, {2} … and {0} for all.
	Template string
}

// DetailRules say where things are on an article's page. What they leave out is
// found as on the pages of 博达 and 苏迪.
type DetailRules struct {
	Skip                   bool   // articles are not opened: their pages need a login or a script
	Body                   string // selector of the text
	Attachments            string // selector of links to files, beyond those that show it
	Intranet               string // words that tell of a page for the campus only
	Title, Date, Publisher Field
}

// fault is one thing wrong with a source, at a key of its TOML form.
type fault struct {
	key  string
	text string
}

// Validate reports everything that would keep the source from being read.
func (s Source) Validate() error {
	var errs []error
	for _, f := range s.faults() {
		errs = append(errs, errors.New(f.text))
	}
	return errors.Join(errs...)
}

var (
	idShape   = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	hostShape = regexp.MustCompile(`^[a-z0-9.-]{1,253}(:[0-9]{1,5})?$`)
	pinShape  = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func (s Source) faults() []fault {
	var out []fault
	check := func(ok bool, key, format string, args ...any) {
		if !ok {
			out = append(out, fault{key, fmt.Sprintf(format, args...)})
		}
	}
	check(idShape.MatchString(s.ID), "id", "source id %q must be 1 to 32 of a-z, 0-9 and -", s.ID)
	check(s.School == "" || idShape.MatchString(s.School), "school", "school %q must be 1 to 32 of a-z, 0-9 and -", s.School)
	check(s.Name != "" && utf8.RuneCountInString(s.Name) <= 40, "name", "the source's name must have 1 to 40 characters")
	check(isWebURL(s.URL), "url", "url must be an http:// or https:// URL without a user")
	check(slices.Contains([]string{"", http.MethodGet, http.MethodPost}, s.Method), "method", "method %q must be GET or POST", s.Method)
	check(s.Body == "" || s.Method == http.MethodPost, "body", "body needs method = \"POST\"")
	check(s.ContentType == "" || s.Method == http.MethodPost, "content_type", "content_type needs method = \"POST\"")
	check(slices.Contains([]string{"", "gb18030", "utf-8"}, s.Charset), "charset", "charset %q must be gb18030 (for GBK and GB2312 as well) or utf-8", s.Charset)
	for _, h := range s.Hosts {
		check(hostShape.MatchString(h), "hosts", "%q is not a host name; write it in small letters, without http:// and path", h)
	}
	// The value is not quoted: it may hold the proxy's password.
	check(s.Proxy == "" || isProxyURL(s.Proxy), "proxy", "proxy must be an http://, https:// or socks5:// URL")
	check(s.PinSHA256 == "" || pinShape.MatchString(s.PinSHA256), "pin_sha256", "pin_sha256 must be 64 hexadecimal digits in small letters")
	check(s.PinSHA256 == "" || strings.HasPrefix(s.URL, "https:"), "pin_sha256", "pin_sha256 needs an https:// url")
	check(s.Every == 0 || s.Every >= LeastEvery && s.Every <= 24*time.Hour, "every", "every is %v; it must be between 10m and 24h", s.Every)
	return append(out, s.Rules.faults()...)
}

func (r Rules) faults() []fault {
	var out []fault
	kinds := []string{"", KindVSB, KindSudy, KindSelectors, KindJSON, KindFeed}
	if !slices.Contains(kinds, r.Kind) {
		out = append(out, fault{"list.kind", fmt.Sprintf("kind %q must be one of %s", r.Kind, strings.Join(kinds[1:], ", "))})
	}
	css := r.Kind != KindJSON
	if r.kind() == KindSelectors && r.Item == "" {
		out = append(out, fault{"list.item", "list.item is missing: the selector of the rows"})
	}
	if css {
		out = append(out, selectorFaults("list.item", r.Item)...)
	}
	for _, f := range []struct {
		key string
		Field
		css bool
	}{
		{"list.title", r.Title, css}, {"list.link", r.Link, css}, {"list.date", r.Date, css},
		{"list.publisher", r.Publisher, css},
		{"detail.title", r.Detail.Title, true}, {"detail.date", r.Detail.Date, true},
		{"detail.publisher", r.Detail.Publisher, true},
	} {
		out = append(out, f.faults(f.key, f.css)...)
	}
	out = append(out, selectorFaults("detail.body", r.Detail.Body)...)
	return append(out, selectorFaults("detail.attachments", r.Detail.Attachments)...)
}

// kind is the kind that is said or follows from an Item; "" is to be recognised.
func (r Rules) kind() string {
	if r.Kind == "" && r.Item != "" {
		return KindSelectors
	}
	return r.Kind
}

func (f Field) faults(key string, css bool) []fault {
	var out []fault
	for _, p := range f.parts() {
		if css {
			out = append(out, selectorFaults(key+".at", p.css)...)
		}
	}
	for _, re := range f.Strip {
		if _, err := regexp.Compile(re); err != nil {
			out = append(out, fault{key + ".strip", fmt.Sprintf("%s.strip: %v", key, err)})
		}
	}
	re, err := regexp.Compile(f.Re)
	if err != nil {
		return append(out, fault{key + ".re", fmt.Sprintf("%s.re: %v", key, err)})
	}
	for _, m := range templateGroup.FindAllStringSubmatch(f.Template, -1) {
		if n := int(m[1][0] - '0'); n > re.NumSubexp() {
			out = append(out, fault{key + ".template", fmt.Sprintf("%s.template: re has no group %d", key, n)})
		}
	}
	return out
}

func selectorFaults(key, css string) []fault {
	if css == "" {
		return nil
	}
	if _, err := cascadia.ParseGroup(css); err != nil {
		return []fault{{key, fmt.Sprintf("%s: %q is no selector: %v", key, css, err)}}
	}
	return nil
}

func isWebURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Hostname() != "" && u.User == nil && (u.Scheme == "http" || u.Scheme == "https")
}

func isProxyURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && slices.Contains([]string{"http", "https", "socks5"}, u.Scheme)
}

// fingerprint stands for everything that decides what is read. What was
// remembered of a page read by another description does not count.
func (s Source) fingerprint() string {
	b, _ := json.Marshal([]any{s.URL, s.Rules, s.Method, s.Body, s.ContentType, s.Charset})
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}
