package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/qiangzhi"
)

// known are two drivers: one with a say, and one that takes any option.
var known = config.Known{Vendors: []string{"qiangzhi", "urp"}, Driver: func(s jwxt.School) (jwxt.Driver, error) {
	switch {
	case s.Front.Kind == "apereo" && s.Link.WebVPN.URL == "":
		return nil, errors.New("not known behind this front")
	case s.Vendor == "qiangzhi":
		return qiangzhi.New(), nil
	}
	return anything{}, nil
}}

// anything is a driver that does not look at options.
type anything struct{ jwxt.Driver }

const oneSchool = "[[school]]\nid = \"ecnu\"\nname = \"华东\"\nvendor = \"urp\"\nurl = \"https://jw.example.edu.cn/\"\n"

const qiangzhiSchool = "[[school]]\nid = \"xju\"\nname = \"华西\"\nvendor = \"qiangzhi\"\nurl = \"https://jw.example.edu.cn/\"\n"

// load writes both files beside each other and loads them.
func load(t testing.TB, main, schools string) (*config.Config, string, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"bot.toml": main, "schools.toml": schools} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := config.Load(filepath.Join(dir, "bot.toml"), known)
	return c, dir, err
}

func TestLoad(t *testing.T) {
	main := `
[telegram]
endpoint = "http://127.0.0.1:8081/"
proxy = "socks5://u:p@127.0.0.1:1080"
webhook = "https://bot.example.edu:8443/telegram"
listen = "127.0.0.1:8443"
[form]
url = "https://bot.example.edu/form"
listen = "127.0.0.1:8444"
[operator]
listen = "127.0.0.1:9464"
chat = -1001234567890
language = "en"
[data]
dir = "/var/lib/x"
[limits]
captcha = "4m"
absolute = "48h"
[log]
level = "debug"
format = "json"
`
	schools := `
[[school]]
id = "a-1"
name = "甲大学"
aliases = ["甲大", "JD"]
vendor = "qiangzhi"
url = "https://jw.a.example/"
mirrors = ["https://jw2.a.example/", "http://jw3.a.example"]
hosts = ["cas.a.example", "10.0.0.1:8080"]
proxy = "http://proxy.example:3128"
zone = "Asia/Urumqi"
options = { root = "/jsxsd", "main" = "1" }
[school.front]
kind = "authserver"
url = "https://ids.a.example/authserver/login"
options = { captcha = "none" }
[school.link]
tls = "legacy"
pins = ["0000000000000000000000000000000000000000000000000000000000000000"]
ipv4 = true
[school.link.webvpn]
url = "https://webvpn.a.example/"
key = "Wxzxvpn2023key@$"
iv = "0123456789abcdef"
front = { kind = "apereo", url = "https://cas.a.example/cas/login" }
[school.pace]
concurrent = 2
spacing = "300ms"
timeout = "15s"
`
	got, _, err := load(t, main, schools+oneSchool)
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Config{
		Endpoint: "http://127.0.0.1:8081",
		Proxy:    "socks5://u:p@127.0.0.1:1080",
		Webhook:  "https://bot.example.edu:8443/telegram",
		Listen:   "127.0.0.1:8443",
		Form:     config.Form{URL: "https://bot.example.edu/form", Listen: "127.0.0.1:8444"},
		Operator: config.Operator{Listen: "127.0.0.1:9464", Chat: -1001234567890, Language: "en"},
		DataDir:  "/var/lib/x",
		Limits:   config.Limits{Captcha: 4 * time.Minute, Password: 5 * time.Minute, Idle: 24 * time.Hour, Absolute: 48 * time.Hour},
		LogLevel: "debug",
		LogJSON:  true,
		Schools: []jwxt.School{{
			ID: "a-1", Name: "甲大学", Aliases: []string{"甲大", "JD"}, Vendor: "qiangzhi",
			BaseURL: "https://jw.a.example", Hosts: []string{"cas.a.example", "10.0.0.1:8080"},
			Mirrors: []string{"https://jw2.a.example", "http://jw3.a.example"}, Zone: "Asia/Urumqi",
			Proxy: "http://proxy.example:3128", Options: map[string]string{"root": "/jsxsd", "main": "1"},
			Front: jwxt.Front{Kind: "authserver", URL: "https://ids.a.example/authserver/login", Options: map[string]string{"captcha": "none"}},
			Link: jwxt.Link{
				LegacyTLS: true, Pins: []string{strings.Repeat("0", 64)}, IPv4: true,
				WebVPN: jwxt.WebVPN{
					URL: "https://webvpn.a.example", Key: "Wxzxvpn2023key@$", IV: "0123456789abcdef",
					Front: jwxt.Front{Kind: "apereo", URL: "https://cas.a.example/cas/login"},
				},
			},
			Pace: jwxt.Pace{Concurrent: 2, Spacing: 300 * time.Millisecond, Timeout: 15 * time.Second},
		}, {
			ID: "ecnu", Name: "华东", Vendor: "urp", BaseURL: "https://jw.example.edu.cn",
		}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(config.Config{})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestDefaults(t *testing.T) {
	got, _, err := load(t, "", oneSchool)
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Config{
		Endpoint: "https://api.telegram.org",
		Limits:   config.Limits{Captcha: 5 * time.Minute, Password: 5 * time.Minute, Idle: 24 * time.Hour, Absolute: 744 * time.Hour},
		LogLevel: "info",
		Schools:  got.Schools,
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(config.Config{})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

const formRule = "form.url must be an https:// URL without user, query and fragment"

const webhookRule = "telegram.webhook must be an https:// URL without user, query and fragment, at port 443, 80, 88 or 8443"

func TestProblems(t *testing.T) {
	tests := []struct{ name, main, schools, want string }{
		{"syntax", "a = [\n", oneSchool, `bot.toml:1: a: unexpected EOF; expected value`},
		{"unknown key", "# a comment\n[telegram]\ntoken_fil = 'x'\n", oneSchool,
			`bot.toml:3: unknown key "telegram.token_fil"; did you mean "telegram.token_file"?`},
		{"unknown table once", "[telegramm]\nendpoint = 'x'\n", oneSchool,
			`bot.toml:1: unknown key "telegramm"; did you mean "telegram"?`},
		{"key in the wrong table", "[data]\ntoken_file = 'x'\n", oneSchool,
			`bot.toml:2: unknown key "data.token_file"; did you mean "telegram.token_file"?`},
		{"nothing alike", "[telegram]\nzzzzzzzzzz = 'x'\n", oneSchool,
			`bot.toml:2: unknown key "telegram.zzzzzzzzzz"`},
		{"number for a string", "\n[data]\ndir = 5\n", oneSchool,
			`bot.toml:3: data.dir: the value is of type integer, it must be of type string`},
		{"duration without unit", "[limits]\nidle = 24\n", oneSchool,
			`bot.toml:2: limits.idle: "24" is not a duration; write it like "90s", "5m" or "24h"`},
		{"negative duration", "[limits]\ncaptcha = \"-5m\"\n", oneSchool,
			`bot.toml:2: limits.captcha is -5m0s; it must be between 30s and 1h0m0s`},
		{"password kept too long", "[limits]\npassword = \"6m\"\n", oneSchool,
			`bot.toml:2: limits.password is 6m0s; it must be between 30s and 5m0s`},
		{"absolute below idle", "[limits]\nidle = '3h'\nabsolute = '2h'\n", oneSchool,
			`bot.toml:3: limits.absolute (2h0m0s) is shorter than limits.idle (3h0m0s)`},
		{"log words", "[log]\nlevel = 'loud'\nformat = 'xml'\n", oneSchool,
			"bot.toml:2: log.level is \"loud\"; it must be one of debug, info, warn, error\n" +
				`bot.toml:3: log.format is "xml"; it must be one of text, json`},
		{"proxy is not quoted", "[telegram]\nproxy = 'ftp://u:canary@h'\n", oneSchool,
			`bot.toml:2: telegram.proxy must be an http://, https:// or socks5:// URL`},
		{"operator's address and language", "[operator]\nlisten = '9464'\nlanguage = 'fr'\n", oneSchool,
			`bot.toml:2: operator.listen "9464" must be an address like 127.0.0.1:9464` + "\n" +
				`bot.toml:3: operator.language is "fr"; it must be one of zh, en`},
		{"a rate that nobody has", "[telegram]\nrate = -1\n", oneSchool,
			"bot.toml:2: telegram.rate (-1) must be from 1 to 100000 messages a second"},
		{"webhook without listen", "[telegram]\nwebhook = 'https://bot.example/'\n", oneSchool,
			`bot.toml:2: telegram.webhook needs telegram.listen, where the reverse proxy finds the bot`},
		{"listen without webhook", "[telegram]\nlisten = ':8443'\n", oneSchool,
			`bot.toml:2: telegram.listen needs telegram.webhook, the public URL`},
		{"webhook without TLS", "[telegram]\nlisten = ':8443'\nwebhook = 'http://bot.example/'\n", oneSchool, "bot.toml:3: " + webhookRule},
		{"webhook at a port that Telegram does not call", "[telegram]\nlisten = ':8443'\nwebhook = 'https://bot.example:8080/'\n", oneSchool, "bot.toml:3: " + webhookRule},
		{"webhook with a secret of its own", "[telegram]\nlisten = ':8443'\nwebhook = 'https://bot.example/?key=1'\n", oneSchool, "bot.toml:3: " + webhookRule},
		{"listen is no address", "[telegram]\nlisten = 'localhost'\nwebhook = 'https://bot.example/'\n", oneSchool,
			`bot.toml:2: telegram.listen "localhost" must be an address like 127.0.0.1:8443`},
		{"listen at no port", "[telegram]\nlisten = 'localhost:0'\nwebhook = 'https://bot.example/'\n", oneSchool,
			`bot.toml:2: telegram.listen "localhost:0" must be an address like 127.0.0.1:8443`},
		{"form without listen", "[form]\nurl = 'https://bot.example/'\n", oneSchool,
			"bot.toml:2: form.url needs form.listen, where the reverse proxy finds the page"},
		{"a page without an address", "[form]\nlisten = ':8444'\n", oneSchool,
			"bot.toml:2: form.listen needs form.url, the public URL"},
		{"form without TLS", "[form]\nlisten = ':8444'\nurl = 'http://bot.example/'\n", oneSchool, "bot.toml:3: " + formRule},
		{"form with a query", "[form]\nlisten = ':8444'\nurl = 'https://bot.example/?'\n", oneSchool, "bot.toml:3: " + formRule},
		{"form with a user", "[form]\nlisten = ':8444'\nurl = 'https://a@bot.example/'\n", oneSchool, "bot.toml:3: " + formRule},
		{"form at no address", "[form]\nlisten = '8444'\nurl = 'https://bot.example/'\n", oneSchool,
			`bot.toml:2: form.listen "8444" must be an address like 127.0.0.1:8444`},
		{"form at the operator's address", "[operator]\nlisten = ':9464'\n[form]\nlisten = ':9464'\nurl = 'https://bot.example/'\n", oneSchool,
			`bot.toml:4: form.listen ":9464" is used already; the page needs an address of its own`},
		{"boards that nobody can complain about", "sources = 's'\n", oneSchool,
			"bot.toml:1: sources needs boards.contact, by which the boards' people reach you"},
		{"a contact for nothing", "[boards]\ncontact = 'mailto:a@b.example'\n", oneSchool,
			"bot.toml:2: boards.contact needs sources, the boards to watch"},
		{"a contact that is none", "sources = 's'\n[boards]\ncontact = 'a@b.example'\n", oneSchool,
			"bot.toml:3: boards.contact must be an https:// URL or mailto: and an address"},
		{"no school", "", "", `schools.toml: there is no [[school]]; see schools.example.toml`},
		{"school key of the first of two", "", strings.Replace(oneSchool, "vendor", "\n# vendor = 1\nvendr = '''\n\n[[school]]'''\nvendor", 1) +
			"[[school]]\nid = 'b'\nname = 'B'\nvendor = 'urp'\nurl = 'http://b.example'\n",
			`schools.toml:6: unknown key "school.vendr"; did you mean "school.vendor"?`},
		{"type in the first of two", "", "[[school]]\n[school.pace]\nspacing = 3\n" + oneSchool,
			`schools.toml:3: school.pace.spacing: "3" is not a duration; write it like "90s", "5m" or "24h"`},
		{"inline table", "", oneSchool + "pace = { concurent = 2 }\n",
			`schools.toml:6: unknown key "school.pace.concurent"; did you mean "school.pace.concurrent"?`},
		{"option of a wrong type", "", oneSchool + "[school.options]\nroot = 1\n",
			`schools.toml:7: school.options.root: the value is of type integer, it must be of type string`},
		{"same id", "", oneSchool + strings.Replace(oneSchool, "华东", "华西", 1),
			`schools.toml:7: id "ecnu" is already used by the school at line 1`},
		{"alias of another", "", oneSchool + "aliases = ['hd']\n[[school]]\nid='b'\nname='HD'\nvendor='urp'\nurl='http://b.example'\n",
			`schools.toml:9: name "HD" is already used by the school at line 1`},
		{"everything wrong", "", "[[school]]\nid = 'Über'\nurl = 'jw.example'\nproxy = 'x'\nhosts = ['http://a/']\npace = {concurrent = 9, spacing = '-1s', timeout = '9h'}\naliases = ['']\n",
			"schools.toml:1: the school's name must have 1 to 40 characters\n" +
				"schools.toml:1: unknown vendor \"\"; known: qiangzhi, urp\n" +
				"schools.toml:2: school id \"Über\" must be 1 to 32 of a-z, 0-9 and -\n" +
				"schools.toml:3: school.url must be an http:// or https:// URL without a user\n" +
				"schools.toml:4: school.proxy must be an http://, https:// or socks5:// URL\n" +
				"schools.toml:5: \"http://a/\" is not a host name; write it without http:// and without a path\n" +
				"schools.toml:6: pace.concurrent is 9; it must be 1 to 3\n" +
				"schools.toml:6: school.pace.spacing is -1s; it must be between 0s and 1m0s\n" +
				"schools.toml:6: school.pace.timeout is 9h0m0s; it must be between 1s and 2m0s\n" +
				"schools.toml:7: an alias is empty"},
		{"unknown option", "", qiangzhiSchool + "[school.options]\nroot = '/x'\nencodin = 'plain'\nencoding = 'rot13'\n",
			`schools.toml:8: qiangzhi: there is no option "encodin"; known: account, api, app, by_term, encoding, entry, main, plain_http, root, weeks` + "\n" +
				`schools.toml:9: qiangzhi: the option encoding is "rot13"; it must be one of base64, interleave, plain`},
		{"time zone", "", oneSchool + "zone = 'Asia/Beijing'\n", `schools.toml:6: there is no time zone "Asia/Beijing"; write it like Asia/Shanghai`},
		{"time zone of this machine", "", oneSchool + "zone = 'Local'\n", `schools.toml:6: there is no time zone "Local"; write it like Asia/Shanghai`},
		{"mirrors", "", oneSchool + "mirrors = ['jw2', '', 'http://JW.example.edu.cn', 'http://a.example', 'http://a.example:81/']\n",
			"schools.toml:6: school.mirrors must be an http:// or https:// URL without a user\n" +
				"schools.toml:6: a mirror is empty\n" +
				"schools.toml:6: the mirror's host jw.example.edu.cn is named already\n" +
				"schools.toml:6: the mirror's host a.example is named already"},
		{"boards without sources", "", oneSchool + "boards = ['a']\n", `schools.toml:6: there is no notice board "a" in the sources`},
		{"front without kind and url", "", oneSchool + "[school.front]\noptions = {captcha = 'none'}\n",
			"schools.toml:6: school.front.kind is \"\"; it must be one of authserver, apereo\n" +
				"schools.toml:6: school.front has no url"},
		{"front that nobody speaks with", "", oneSchool + "[school.front]\nkind = 'apereo'\nurl = 'https://cas.example/login'\n",
			"schools.toml:4: urp: not known behind this front"},
		{"front of a VPN", "", oneSchool + "[school.link.webvpn]\nurl = 'https://v.example'\n[school.link.webvpn.front]\nkind = 'iap'\nurl = 'cas.example'\n",
			"schools.toml:9: school.link.webvpn.front.kind is \"iap\"; it must be one of authserver, apereo\n" +
				"schools.toml:10: school.link.webvpn.front.url must be an http:// or https:// URL without a user"},
		{"link", "", oneSchool + "[school.link]\ntls = '1.0'\npins = ['AB']\n",
			"schools.toml:7: school.link.tls is \"1.0\"; it must be \"legacy\" or be left out\n" +
				"schools.toml:8: a pin must be 64 hexadecimal digits in small letters"},
		{"a pin for nothing", "", strings.Replace(oneSchool, "https", "http", 1) + "[school.link]\npins = ['" + strings.Repeat("a", 64) + "']\n",
			"schools.toml:7: pins need an https:// url"},
		{"a VPN's key", "", oneSchool + "[school.link.webvpn]\nurl = 'https://v.example'\nkey = 'short'\n",
			"schools.toml:6: school.link.webvpn: the WebVPN's key and iv must have 16 bytes"},
		{"a VPN without an address", "", oneSchool + "[school.link.webvpn]\nkey = '0123456789abcdef'\n",
			"schools.toml:6: school.link.webvpn: the WebVPN's address must look like https://webvpn.example.edu.cn"},
		{"both files", "x = 1\n", oneSchool + "y = 1\n",
			"bot.toml:1: unknown key \"x\"\nschools.toml:6: unknown key \"school.y\"; did you mean \"school.id\"?"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := load(t, tt.main, tt.schools)
			if err == nil {
				t.Fatal("got no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestSecrets(t *testing.T) {
	const token = "12345:abcdefghijklmnop"
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("token", token+"\n")
	write("key", "k")
	named, _, err := load(t, "[telegram]\ntoken_file = '"+write("t2", "99:named-token-file")+"'\n[data]\nkey_file = 'k2'\nold_key_files = ['k1']\n", oneSchool)
	if err != nil {
		t.Fatal(err)
	}
	bare, _, err := load(t, "", oneSchool)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name       string
		config     *config.Config
		env        map[string]string
		token, key string
	}{
		{"environment wins", named, map[string]string{"JWXTBOT_TOKEN": token, "JWXTBOT_KEY_FILE": "/k", "CREDENTIALS_DIRECTORY": dir}, token, "/k"},
		{"file next", named, map[string]string{"CREDENTIALS_DIRECTORY": dir}, "99:named-token-file", "k2"},
		{"credential last", bare, map[string]string{"CREDENTIALS_DIRECTORY": dir}, token, "key"},
		{"none", bare, nil, "", "."},
		{"credential missing", bare, map[string]string{"CREDENTIALS_DIRECTORY": "/nonexistent"}, "", "."},
		{"not a token", bare, map[string]string{"JWXTBOT_TOKEN": "canary-secret"}, "", "."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			env := func(k string) string { return tt.env[k] }
			token, err := tt.config.Token(env)
			if got := token.Reveal(); got != tt.token || (err == nil) != (tt.token != "") {
				t.Errorf("Token: got %q, %v, want %q", got, err, tt.token)
			}
			if err != nil && strings.Contains(err.Error(), "canary") {
				t.Errorf("the error quotes the token: %v", err)
			}
			key, _, _ := tt.config.KeyFiles(env)
			if got := filepath.Base(key); got != filepath.Base(tt.key) {
				t.Errorf("KeyFiles: got %q, want %q", got, tt.key)
			}
		})
	}
	if _, older, _ := named.KeyFiles(os.Getenv); len(older) != 1 || !filepath.IsAbs(older[0]) {
		t.Errorf("older keys: got %q, want one absolute path", older)
	}
}

func TestDatabase(t *testing.T) {
	bare, _, _ := load(t, "", oneSchool)
	set, dir, _ := load(t, "[data]\ndir = 'd'\n", oneSchool)
	state := func(string) string { return "/var/lib/jwxtbot:/other" }
	none := func(string) string { return "" }
	if got, _ := bare.Database(state); got != "/var/lib/jwxtbot/jwxtbot.db" {
		t.Errorf("from systemd: got %q", got)
	}
	if got, _ := set.Database(state); got != filepath.Join(dir, "d", "jwxtbot.db") {
		t.Errorf("from the file: got %q", got)
	}
	if got, err := bare.Database(none); err == nil {
		t.Errorf("got %q, want an error", got)
	}
}
