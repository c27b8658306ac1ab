package bulletin_test

import (
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"

	"jwxtbot/jwxt/bulletin"
)

// seed adds the pages of the golden files.
func seed(f *testing.F, dir string) {
	names, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(names) == 0 {
		f.Fatal("no golden files")
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(goldenOf(f, a).page)
	}
}

var fuzzRules = []bulletin.Rules{
	{},
	{Kind: bulletin.KindVSB},
	{Kind: bulletin.KindJSON},
	{Kind: bulletin.KindFeed},
	{Item: "li, tr", Title: bulletin.Field{At: "a@own", Strip: []string{"^x"}}, Date: bulletin.Field{At: "b & i"}},
}

func FuzzList(f *testing.F) {
	seed(f, "list")
	f.Fuzz(func(t *testing.T, page []byte) {
		for _, rules := range fuzzRules {
			checkList(t, rules, page)
		}
	})
}

func FuzzFeed(f *testing.F) {
	seed(f, "list")
	f.Add([]byte("<?xml version='1.0' encoding='gb2312'?><rss version='2.0'><channel><item><title>\xcd\xa8</title><link>/a</link></item></channel></rss>"))
	f.Fuzz(func(t *testing.T, page []byte) {
		checkList(t, bulletin.Rules{Kind: bulletin.KindFeed}, page)
	})
}

// checkList holds what every list must: items or a class, and items that can be
// shown, opened and told apart.
func checkList(t *testing.T, rules bulletin.Rules, page []byte) {
	s := bulletin.Source{ID: "a", Name: "甲", URL: "https://jwc.example.edu.cn/tzgg.htm", Rules: rules}
	l, err := bulletin.ParseList(s, pageOf(t, s.URL, page), noon)
	if err != nil {
		if e, ok := errors.AsType[*bulletin.Error](err); !ok || e.Class == "" {
			t.Fatalf("an error without a class: %v", err)
		}
		return
	}
	if len(l.Items) == 0 || l.Preset == "" {
		t.Fatalf("nothing, and no error: %+v", l)
	}
	seen := map[string]bool{}
	for _, it := range l.Items {
		u, err := url.Parse(it.URL)
		if err != nil || u.Host == "" || u.Fragment != "" || !strings.HasPrefix(it.URL, "http") {
			t.Errorf("no address: %q", it.URL)
		}
		if it.ID == "" || seen[it.ID] {
			t.Errorf("id %q is empty or twice", it.ID)
		}
		seen[it.ID] = true
		if it.Title == "" || !utf8.ValidString(it.Title) || strings.ContainsAny(it.Title, "\n\t") || utf8.RuneCountInString(it.Title) > 300 {
			t.Errorf("no title: %q", it.Title)
		}
		checkDate(t, it.Date)
	}
}

func FuzzDetail(f *testing.F) {
	seed(f, "detail")
	f.Fuzz(func(t *testing.T, page []byte) {
		for _, rules := range []bulletin.Rules{{}, {Detail: bulletin.DetailRules{Body: "p", Attachments: "a", Title: bulletin.Field{At: "b"}}}} {
			s := bulletin.Source{ID: "a", Name: "甲", URL: "https://jwc.example.edu.cn/tzgg.htm", Rules: rules}
			d, err := bulletin.ParseDetail(s, pageOf(t, "https://jwc.example.edu.cn/info/1/2.htm", page), noon)
			if err != nil {
				continue
			}
			if !utf8.ValidString(d.Text) || strings.Contains(d.Text, "\n\n\n") || strings.TrimSpace(d.Text) != d.Text {
				t.Errorf("text %q", d.Text)
			}
			for _, a := range d.Attachments {
				if a.Name == "" || !strings.HasPrefix(a.URL, "http") {
					t.Errorf("file %+v", a)
				}
			}
			checkDate(t, d.Date)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2026-01-02 08:05", "02 2026.01", "March 16,2018", "12-30", "[2026年1月2日]", "2026-06-30T23:30:00-0100", "1782000000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := bulletin.ParseDate(s, noon)
		if ok != (d != bulletin.Date{}) {
			t.Errorf("%v, %v", d, ok)
		}
		checkDate(t, d)
	})
}

// checkDate holds that a date is one that calendars have.
func checkDate(t *testing.T, d bulletin.Date) {
	var again bulletin.Date
	if err := again.UnmarshalText([]byte(d.String())); err != nil || again != d {
		t.Errorf("date %+v reads as %+v, %v", d, again, err)
	}
}

func FuzzSources(f *testing.F) {
	f.Add([]byte(least + "[source.list]\nitem = 'li'\ntitle = {at = 'a@title', strip = ['^x', \"\\u0001\"]}\nlink = {re = '(x)', template = '{1}'}\n"))
	f.Add([]byte("[[source]]\nid = 'a'\nname = '''x\n'''\nurl = \"http://h\"\nevery = '1h'\n[source.detail]\nskip = true\nintranet = \"\\\\\\\"\"\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		list, err := bulletin.ParseSources("b.toml", file)
		if err == nil && len(list) == 0 {
			t.Fatal("no source, and no error")
		}
		for _, s := range list {
			if err := s.Validate(); err != nil {
				t.Errorf("read, and not valid: %v", err)
			}
			s.Hosts = append([]string(nil), s.Hosts...) // an empty list is not written
			checkRoundTrip(t, s)
		}
	})
}
