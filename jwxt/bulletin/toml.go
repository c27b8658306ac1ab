package bulletin

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"jwxtbot/jwxt/tomlfile"
)

// sourcesFile is the shape of a file of sources.
type sourcesFile struct {
	Source []toml.Primitive `toml:"source"`
}

// sourceTable is the shape of one [[source]].
type sourceTable struct {
	ID          string            `toml:"id"`
	School      string            `toml:"school"`
	Name        string            `toml:"name"`
	URL         string            `toml:"url"`
	Method      string            `toml:"method"`
	Body        string            `toml:"body"`
	ContentType string            `toml:"content_type"`
	Charset     string            `toml:"charset"`
	Hosts       []string          `toml:"hosts"`
	Proxy       string            `toml:"proxy"`
	PinSHA256   string            `toml:"pin_sha256"`
	LegacyTLS   bool              `toml:"legacy_tls"`
	Every       tomlfile.Duration `toml:"every"`
	Origin      string            `toml:"origin"`
	List        listTable         `toml:"list"`
	Detail      detailTable       `toml:"detail"`
}

type listTable struct {
	Kind      string     `toml:"kind"`
	Item      string     `toml:"item"`
	Title     fieldTable `toml:"title"`
	Link      fieldTable `toml:"link"`
	Date      fieldTable `toml:"date"`
	Publisher fieldTable `toml:"publisher"`
}

type detailTable struct {
	Skip        bool       `toml:"skip"`
	Body        string     `toml:"body"`
	Attachments string     `toml:"attachments"`
	Intranet    string     `toml:"intranet"`
	Title       fieldTable `toml:"title"`
	Date        fieldTable `toml:"date"`
	Publisher   fieldTable `toml:"publisher"`
}

type fieldTable struct {
	At       string   `toml:"at"`
	Strip    []string `toml:"strip"`
	Re       string   `toml:"re"`
	Template string   `toml:"template"`
}

// ParseSources reads a file of [[source]] tables. It is strict: every error is
// a [tomlfile.Problems], which names the lines of file. No id may occur twice.
func ParseSources(name string, file []byte) ([]Source, error) {
	var f sourcesFile
	d, problems := tomlfile.Parse(name, string(file), &f)
	if d == nil || len(problems) > 0 {
		return nil, problems
	}
	rows := make([]sourceTable, len(f.Source))
	for i, p := range f.Source {
		d.Row(i, p, &rows[i])
	}
	if len(d.Problems) > 0 {
		return nil, d.Problems
	}
	d.UnknownKeys(append(tomlfile.KeysOf(reflect.TypeFor[sourceTable](), "source."), "source"))
	if len(rows) == 0 {
		d.Add(0, "there is no [[source]]")
	}
	out := make([]Source, len(rows))
	seen := map[string]int{}
	for i := range rows {
		out[i] = rows[i].source()
		at := func(key string) int { return d.Line(i, strings.Split("source."+key, ".")...) }
		for _, f := range out[i].faults() {
			d.Add(at(f.key), "%s", f.text)
		}
		if first, taken := seen[out[i].ID]; taken {
			d.Add(at("id"), "id %q is already used by the source at line %d", out[i].ID, d.Line(first, "source"))
			continue
		}
		seen[out[i].ID] = i
	}
	if len(d.Problems) > 0 {
		slices.SortStableFunc(d.Problems, func(a, b tomlfile.Problem) int { return a.Line - b.Line })
		return nil, d.Problems
	}
	return out, nil
}

func (t *sourceTable) source() Source {
	return Source{
		ID: t.ID, School: t.School, Name: t.Name, URL: t.URL,
		Method: t.Method, Body: t.Body, ContentType: t.ContentType, Charset: t.Charset, Hosts: t.Hosts,
		Proxy: t.Proxy, PinSHA256: t.PinSHA256, LegacyTLS: t.LegacyTLS,
		Every: time.Duration(t.Every), Origin: t.Origin,
		Rules: Rules{
			Kind: t.List.Kind, Item: t.List.Item,
			Title: Field(t.List.Title), Link: Field(t.List.Link),
			Date: Field(t.List.Date), Publisher: Field(t.List.Publisher),
			Detail: DetailRules{
				Skip: t.Detail.Skip, Body: t.Detail.Body,
				Attachments: t.Detail.Attachments, Intranet: t.Detail.Intranet,
				Title: Field(t.Detail.Title), Date: Field(t.Detail.Date), Publisher: Field(t.Detail.Publisher),
			},
		},
	}
}

// TOML writes the source as [ParseSources] reads it.
func (s Source) TOML() string {
	w := &tomlWriter{}
	w.WriteString("[[source]]\n")
	for _, kv := range []struct{ key, value string }{
		{"id", s.ID}, {"school", s.School}, {"name", s.Name}, {"url", s.URL},
		{"method", s.Method}, {"body", s.Body}, {"content_type", s.ContentType}, {"charset", s.Charset},
	} {
		w.text(kv.key, kv.value)
	}
	w.list("hosts", s.Hosts)
	w.text("proxy", s.Proxy)
	w.text("pin_sha256", s.PinSHA256)
	w.flag("legacy_tls", s.LegacyTLS)
	if s.Every != 0 {
		w.text("every", s.Every.String())
	}
	w.text("origin", s.Origin)

	r := s.Rules
	w.table = "[source.list]\n"
	w.text("kind", r.Kind)
	w.text("item", r.Item)
	w.field("title", r.Title)
	w.field("link", r.Link)
	w.field("date", r.Date)
	w.field("publisher", r.Publisher)

	w.table = "[source.detail]\n"
	w.flag("skip", r.Detail.Skip)
	w.text("body", r.Detail.Body)
	w.text("attachments", r.Detail.Attachments)
	w.text("intranet", r.Detail.Intranet)
	w.field("title", r.Detail.Title)
	w.field("date", r.Detail.Date)
	w.field("publisher", r.Detail.Publisher)
	return w.String()
}

// tomlWriter leaves out what is empty, and a table's header with its keys.
type tomlWriter struct {
	strings.Builder
	table string // header to be written before the next key
}

func (w *tomlWriter) line(key, value string) {
	w.WriteString(w.table)
	w.table = ""
	fmt.Fprintf(w, "%s = %s\n", key, value)
}

func (w *tomlWriter) text(key, value string) {
	if value != "" {
		w.line(key, quoted(value))
	}
}

func (w *tomlWriter) flag(key string, value bool) {
	if value {
		w.line(key, "true")
	}
}

func (w *tomlWriter) list(key string, values []string) {
	if len(values) > 0 {
		w.line(key, quotedList(values))
	}
}

func (w *tomlWriter) field(key string, f Field) {
	var parts []string
	for _, kv := range []struct{ key, value string }{{"at", f.At}, {"re", f.Re}, {"template", f.Template}} {
		if kv.value != "" {
			parts = append(parts, kv.key+" = "+quoted(kv.value))
		}
	}
	if len(f.Strip) > 0 {
		parts = append(parts, "strip = "+quotedList(f.Strip))
	}
	if len(parts) > 0 {
		w.line(key, "{"+strings.Join(parts, ", ")+"}")
	}
}

func quotedList(values []string) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = quoted(v)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// quoted prefers the form in which a backslash is a backslash.
func quoted(s string) string {
	plain := !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '\'' || r == 0x7f || r == '\ufffd' })
	if plain && strings.ContainsAny(s, `"\`) {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
