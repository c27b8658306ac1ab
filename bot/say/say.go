// Package say holds every sentence the bot says: one template file per
// language, one named template per sentence. It is pure.
//
// A sentence is Telegram HTML; whatever comes from people or schools enters it
// through [Data], is cut to a length a chat can bear, and is escaped by
// html/template. Button labels, toasts and command descriptions are the keys of
// [PlainPrefixes]: they hold no tags and are asked for by [Plain].
//
// A template whose name begins with "_" is a part of others and no key.
package say

import (
	"embed"
	"html"
	"html/template"
	"slices"
	"strings"
	"sync"
	"time"
)

// Lang is a language the bot speaks.
type Lang string

// The languages. Anything else, "" included, is spoken to in Zh.
const (
	Zh Lang = "zh" // zh-CN
	En Lang = "en"
)

// Langs lists the languages.
func Langs() []Lang { return []Lang{Zh, En} }

// Guess picks a language from a client's IETF tag: "zh-hans", "en", "".
// Who says nothing is taken for a student of a Chinese university.
func Guess(tag string) Lang {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(tag), "_", "-"), "-")
	if base == "" || base == "zh" || base == "yue" {
		return Zh
	}
	return En
}

// Text is the sentence of a key as Telegram HTML. An unknown key says its own
// name, so that a mistake is seen and nothing panics.
func Text(l Lang, key string, d Data) string {
	t := books()[l]
	if t == nil {
		t = books()[Zh]
	}
	var b strings.Builder
	if strings.HasPrefix(key, "_") || t.ExecuteTemplate(&b, key, d.tame()) != nil {
		return html.EscapeString(key)
	}
	return strings.TrimSpace(b.String())
}

// Plain is the sentence of a key without HTML, for what Telegram shows as it is.
func Plain(l Lang, key string, d Data) string { return html.UnescapeString(Text(l, key, d)) }

// PlainPrefixes are the first parts of the keys that are for Plain.
func PlainPrefixes() []string {
	return []string{"btn.", "cmd.", "toast.", "page."}
}

// Keys lists the keys of a language in order.
func Keys(l Lang) []string {
	var keys []string
	for _, t := range books()[l].Templates() {
		if name := t.Name(); name != "" && !strings.HasPrefix(name, "_") {
			keys = append(keys, name)
		}
	}
	slices.Sort(keys)
	return keys
}

//go:embed zh.tmpl en.tmpl
var files embed.FS

// books are the parsed files. Parsing fails only if a file is wrong, which any
// call in any test shows.
var books = sync.OnceValue(func() map[Lang]*template.Template {
	out := map[Lang]*template.Template{}
	for _, l := range Langs() {
		source, err := files.ReadFile(string(l) + ".tmpl")
		if err != nil {
			panic(err)
		}
		out[l] = template.Must(template.New("").Funcs(template.FuncMap{
			"when": when, "s": plural, "next": func(n int) int { return n + 1 }, "dec": func(n int) int { return n - 1 },
		}).Parse(string(source)))
	}
	return out
})

// when writes a time to the minute, in the location it carries.
func when(t time.Time) string { return t.Format("2006-01-02 15:04") }

// plural is the ending of an English noun after n.
func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}
