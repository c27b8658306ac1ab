package bulletin_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt/bulletin"
)

const least = "[[source]]\nid = 'a'\nname = '甲'\nurl = 'https://jwc.example.edu.cn/tzgg.htm'\n"

func TestParseSources(t *testing.T) {
	got, err := bulletin.ParseSources("boards.toml", []byte(least+`
school = "jia"
method = "POST"
body = "page=1"
content_type = "application/json"
charset = "gb18030"
hosts = ["xx.example.com"]
proxy = "socks5://127.0.0.1:1080"
pin_sha256 = "`+strings.Repeat("0a", 32)+`"
legacy_tls = true
every = "1h"
origin = "here"
[source.list]
item = "li"
title = {at = "a@title", strip = ["^x"]}
link = {at = "a@onclick", re = "'(\\d+)'", template = "/v?id={1}"}
date = {at = ".ym & .d"}
[source.detail]
skip = true
body = ".b"
attachments = ".f a"
intranet = "校内"
title = {at = "h1"}
publisher = {at = ".p"}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []bulletin.Source{{
		ID: "a", School: "jia", Name: "甲", URL: "https://jwc.example.edu.cn/tzgg.htm",
		Method: "POST", Body: "page=1", ContentType: "application/json", Charset: "gb18030",
		Hosts: []string{"xx.example.com"}, Proxy: "socks5://127.0.0.1:1080",
		PinSHA256: strings.Repeat("0a", 32), LegacyTLS: true, Every: time.Hour, Origin: "here",
		Rules: bulletin.Rules{
			Item:  "li",
			Title: bulletin.Field{At: "a@title", Strip: []string{"^x"}},
			Link:  bulletin.Field{At: "a@onclick", Re: `'(\d+)'`, Template: "/v?id={1}"},
			Date:  bulletin.Field{At: ".ym & .d"},
			Detail: bulletin.DetailRules{
				Skip: true, Body: ".b", Attachments: ".f a", Intranet: "校内",
				Title: bulletin.Field{At: "h1"}, Publisher: bulletin.Field{At: ".p"},
			},
		},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	checkRoundTrip(t, got[0])
}

// checkRoundTrip writes a source and reads it again.
func checkRoundTrip(t testing.TB, s bulletin.Source) {
	t.Helper()
	again, err := bulletin.ParseSources("again.toml", []byte(s.TOML()))
	if err != nil {
		t.Fatalf("%v\n%s", err, s.TOML())
	}
	if diff := cmp.Diff([]bulletin.Source{s}, again); diff != "" {
		t.Errorf("written and read again (-want +got):\n%s\n%s", diff, s.TOML())
	}
}

func TestSourceProblems(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"no source", "", `b.toml: there is no [[source]]`},
		{"unknown key", least + "nam = 'x'\n", `b.toml:5: unknown key "source.nam"; did you mean "source.name"?`},
		{"unknown key of a field", least + "[source.list]\nitem = 'li'\ntitle = {att = 'a'}\n", `b.toml:7: unknown key "source.list.title.att"; did you mean "source.list.title.at"?`},
		{"wrong type", least + "hosts = 'x'\n", `b.toml:5: source.hosts: the value is of type string, it must be of type array`},
		{"twice", least + least, `b.toml:6: id "a" is already used by the source at line 1`},
		{"id", strings.Replace(least, "'a'", "'A b'", 1), `b.toml:2: source id "A b" must be 1 to 32 of a-z, 0-9 and -`},
		{"url", strings.Replace(least, "https", "ftp", 1), `b.toml:4: url must be an http:// or https:// URL without a user`},
		{"selector", least + "[source.list]\nitem = 'li['\n", `b.toml:6: list.item: "li[" is no selector: `},
		{"selector of a field", least + "[source.list]\nitem = 'li'\ndate = {at = 'b & i['}\n", `b.toml:7: list.date.at: "i[" is no selector: `},
		{"expression", least + "[source.detail]\ntitle = {re = '('}\n", "b.toml:6: detail.title.re: error parsing regexp"},
		{"template", least + "[source.list]\nitem = 'li'\nlink = {re = 'x', template = '/{1}'}\n", "b.toml:7: list.link.template: re has no group 1"},
		{"kind", least + "[source.list]\nkind = 'rss'\n", `b.toml:6: kind "rss" must be one of vsb, sudy, selectors, json, feed`},
		{"rows", least + "[source.list]\nkind = 'selectors'\n", `b.toml:5: list.item is missing: the selector of the rows`},
		{"body without POST", least + "body = 'x'\n", `b.toml:5: body needs method = "POST"`},
		{"proxy is not quoted", least + "proxy = 'secret:x@h'\n", `b.toml:5: proxy must be an http://, https:// or socks5:// URL`},
		{"pin", least + "pin_sha256 = 'AA'\n", `b.toml:5: pin_sha256 must be 64 hexadecimal digits in small letters`},
		{"pin without TLS", strings.Replace(least, "https", "http", 1) + "pin_sha256 = '" + strings.Repeat("a", 64) + "'\n", `b.toml:5: pin_sha256 needs an https:// url`},
		{"too often", least + "every = '30s'\n", `b.toml:5: every is 30s; it must be between 10m and 24h`},
		{"no unit", least + "every = '30'\n", `b.toml:5: source.every: "30" is not a duration`},
		{"charset", least + "charset = 'gbk'\n", `b.toml:5: charset "gbk" must be gb18030 (for GBK and GB2312 as well) or utf-8`},
		{"host", least + "hosts = ['http://x']\n", `b.toml:5: "http://x" is not a host name`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list, err := bulletin.ParseSources("b.toml", []byte(tt.file))
			if err == nil {
				t.Fatalf("got %d sources, want %s", len(list), tt.want)
			}
			if got := err.Error(); !strings.HasPrefix(got, tt.want) || strings.Contains(got, "\n") {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestStarterList reads the boards that the program comes with. Every rule is
// compiled, and each says where it comes from and that nobody has tried it.
func TestStarterList(t *testing.T) {
	name := filepath.Join("..", "..", "deploy", "sources", "boards.toml")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	list, err := bulletin.ParseSources(name, b)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 60 {
		t.Errorf("%d sources, want at least 60", len(list))
	}
	for _, s := range list {
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", s.ID, err)
		}
		if !strings.Contains(s.Origin, "20") || !strings.Contains(s.Origin, "unverified live") {
			t.Errorf("%s: its origin %q has no date, or does not say that it is unverified", s.ID, s.Origin)
		}
		if s.School == "" || s.Rules.Kind == "" && s.Rules.Item == "" {
			t.Errorf("%s has no school or no rules", s.ID)
		}
		checkRoundTrip(t, s)
	}
}

func TestValidate(t *testing.T) {
	s := bulletin.Source{ID: "a", Name: "甲", URL: "https://jwc.example.edu.cn/"}
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
	s.URL, s.Method = "x", "PUT"
	if err := s.Validate(); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("got %v, want two problems", err)
	}
}
