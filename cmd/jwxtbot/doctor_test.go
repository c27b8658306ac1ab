package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jwxtbot/cmd/jwxtbot/internal/config"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/cas"
	"jwxtbot/jwxt/doctor"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/wengine"
)

// loads fails unless the schools file takes a report's block once it has a name,
// and gives the school that the report describes.
func loads(t *testing.T, r *doctor.Report) {
	t.Helper()
	text := block(r)
	if strings.HasPrefix(text, "# not complete: ") {
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "# ") {
				t.Errorf("%q is not a comment", line)
			}
		}
		return
	}
	text = strings.Replace(text, `name = ""`, `name = "示范大学"`, 1)
	file := filepath.Join(t.TempDir(), "schools.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := config.LoadSchools(file, known())
	if err != nil || len(list) != 1 {
		t.Errorf("%d schools, %v:\n%s", len(list), err, text)
		return
	}
	if got := list[0]; got.BaseURL != r.School.BaseURL || got.Front.URL != r.School.Front.URL ||
		got.Front.Options["entrance"] != r.School.Front.Options["entrance"] || got.Link.WebVPN.URL != r.School.Link.WebVPN.URL {
		t.Errorf("got %+v, want %+v", got, r.School)
	}
}

func examine(t *testing.T, pasted string) *doctor.Report {
	t.Helper()
	d := &doctor.Doctor{Fronts: cas.Pages{}, Driver: drivers.For, Private: true}
	for _, name := range vendors() {
		d.Drivers = append(d.Drivers, drivers.All()[name])
	}
	r, err := d.Examine(t.Context(), pasted)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestDoctorBlocks: what the doctor prints can be pasted.
func TestDoctorBlocks(t *testing.T) {
	for _, p := range campus.Demo() {
		t.Run(p.ID, func(t *testing.T) {
			server := httptest.NewServer(campus.New(p))
			defer server.Close()
			if r := examine(t, server.URL); r.Vendor != "" {
				loads(t, r)
				if strings.HasPrefix(block(r), "#") {
					t.Errorf("a school that was looked at is not complete:\n%s", block(r))
				}
			}
		})
	}
}

// TestDoctorBlocksBehindVPN: each door of each vendor, seen through a WebVPN.
func TestDoctorBlocksBehindVPN(t *testing.T) {
	vpn, err := wengine.New(jwxt.WebVPN{URL: "https://webvpn.example.edu.cn"})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range drivers.All() {
		r, ok := jwxt.As[jwxt.Recogniser](d)
		for i := 0; ok && i < len(r.Doors()); i++ {
			inner, _ := url.Parse("http://jw.example.edu.cn" + r.Doors()[i])
			if got := examine(t, vpn.Wrap(inner).String()); got.Vendor != "" {
				loads(t, got)
			}
		}
	}
}

// TestDoctorBlockOfOddFront: an entrance is quoted whatever is in it.
func TestDoctorBlockOfOddFront(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/authserver/login" {
			http.Redirect(w, r, "/authserver/login?service="+url.QueryEscape("http://"+r.Host+"/jsxsd/sso.jsp?a=\xff\"'\\&b=\u0080\u200b校"), http.StatusFound)
			return
		}
		w.Write([]byte(`<form id="pwdFromId" action="/authserver/login"><input id="pwdEncryptSalt" value="abcdefABCDEF2345">
			<input name="execution" value="e1"><input type="password" name="passwordText"></form>`))
	}))
	defer server.Close()
	r := examine(t, server.URL)
	if r.Vendor == "" {
		t.Fatalf("got %+v", r)
	}
	loads(t, r)
}

func TestSchoolID(t *testing.T) {
	shape := regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	for base, want := range map[string]string{
		"https://jwxt.example.edu.cn": "example", "https://JWXT.Example.EDU.CN:8443": "example", "http://10.0.0.1": "school",
		"http://[2001:db8::1]": "school", "http://jw.my_school.edu.cn": "my-school", "http://教务.例子.cn": "school", "https://edu.cn": "school",
		"http://jwxt." + strings.Repeat("a", 60) + ".edu.cn": strings.Repeat("a", 32), "http://localhost:1": "localhost",
	} {
		if got := schoolID(base); got != want || !shape.MatchString(got) {
			t.Errorf("%s: got %q, want %q", base, got, want)
		}
	}
}
