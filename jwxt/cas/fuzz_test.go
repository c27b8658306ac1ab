package cas_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/cas"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/markup"
)

// FuzzPages reads any bytes as any page. What is read must be fit to be used: a
// form knows where it goes, encrypts or says why not, and holds no password.
func FuzzPages(f *testing.F) {
	files, err := filepath.Glob("testdata/*-*.*[ln]")
	if err != nil || len(files) == 0 {
		f.Fatalf("no pages: %v", err)
	}
	for _, file := range files {
		if body, err := os.ReadFile(file); err == nil && !strings.HasSuffix(file, ".golden") {
			f.Add(body, 200)
		}
	}
	f.Add([]byte(`<form id="fm1"><input type="password" value="secret" name="password"></form>`), 401)
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		for _, name := range (cas.Pages{}).Pages() {
			p := jwxttest.Page(t, at, body)
			p.Status, p.Header = status, http.Header{}
			v, err := cas.Pages{}.ParsePage(name, p)
			if err != nil {
				sound(t, err)
				continue
			}
			if _, err := json.Marshal(v); err != nil {
				t.Error(err)
			}
			if form, ok := v.(cas.LoginPage); ok {
				fit(t, name, form)
			}
		}
	})
}

// sound looks into a refusal.
func sound(t *testing.T, err error) {
	t.Helper()
	if k := jwxt.KindOf(err); k == jwxt.Internal || k == jwxt.Unsupported {
		t.Errorf("got %v", err)
	}
	if said := []rune(jwxt.SaidOf(err)); len(said) > markup.MaxSaid+1 {
		t.Errorf("quotes %d characters", len(said))
	}
}

// fit looks into a form.
func fit(t *testing.T, name string, f cas.LoginPage) {
	t.Helper()
	if f.Action == "" || f.Captcha == "picture" && f.Letters == "" {
		t.Errorf("a form that cannot be answered: %+v", f)
	}
	if len(f.Salt) != 0 && (name == "apereo" || len(f.Salt) != 16) {
		t.Errorf("a salt of %d characters", len(f.Salt))
	}
	for _, field := range f.Fields {
		if field == "password" {
			t.Errorf("a password is among the fields: %+v", f)
		}
	}
}
