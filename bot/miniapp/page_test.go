package miniapp_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"jwxtbot/bot/miniapp"
	"jwxtbot/bot/say"
)

func (s *stage) get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.app.ServeHTTP(w, httptest.NewRequest("GET", "https://bot.example.edu"+path, nil))
	return w
}

// TestHeaders: every answer, whatever it is, forbids the browser all that the
// page does not need.
func TestHeaders(t *testing.T) {
	s := newStage(t)
	answers := map[string]*httptest.ResponseRecorder{
		"the page": s.get("/form/"), "a script": s.get("/form/form.js"), "nothing": s.get("/form/x"),
		"a refusal": s.post("view", "", object{}), "an answer": s.post("view", s.start(1001, attempt), object{}),
		"a refused site": s.post("view", "", object{}, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }),
	}
	want := map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; " +
			"base-uri 'none'; form-action 'none'; frame-ancestors https://web.telegram.org",
	}
	for name, w := range answers {
		for header, want := range want {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s, %s: got %q, want %q", name, header, got, want)
			}
		}
		if w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie", name)
		}
	}
}

// TestFiles: the page's own files are there, each with its type, and what makes
// them is not.
func TestFiles(t *testing.T) {
	s := newStage(t)
	served := 0
	for _, file := range pageFiles(t) {
		want := map[string]string{"js": "text/javascript", "css": "text/css"}[file[strings.LastIndexByte(file, '.')+1:]]
		w := s.get("/form/" + file)
		if want == "" {
			if w.Code != 404 {
				t.Errorf("%s: got %d", file, w.Code)
			}
			continue
		}
		served++
		if got := w.Header().Get("Content-Type"); w.Code != 200 || !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %d %q, want %s", file, w.Code, got, want)
		}
	}
	if served < 3 {
		t.Errorf("%d files", served)
	}
	for _, path := range []string{"/", "/form.js", "/form/page/", "/form/../go.mod", "/form/miniapp.go"} {
		if w := s.get(path); w.Code < 300 {
			t.Errorf("%s: got %d", path, w.Code)
		}
	}
}

func pageFiles(t *testing.T) (names []string) {
	t.Helper()
	list, err := fs.ReadDir(os.DirFS("page"), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		names = append(names, f.Name())
	}
	return names
}

// TestWords: the page has every sentence that its files name, in both
// languages, and names every sentence it has.
func TestWords(t *testing.T) {
	s := newStage(t)
	var source strings.Builder
	for _, file := range pageFiles(t) {
		b, err := os.ReadFile("page/" + file)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(b)
	}
	page := s.get("/form/").Body.String()
	named := regexp.MustCompile(`"(page\.[a-z.]+[a-z])"`).FindAllStringSubmatch(source.String(), -1)
	for _, m := range named {
		if strings.Count(page, `"`+m[1]+`":"`) != len(say.Langs()) {
			t.Errorf("the page has not got %s in every language", m[1])
		}
	}
	if len(named) < 15 {
		t.Errorf("saw %d sentences; are they still named so?", len(named))
	}
}

// TestNothingFromElsewhere: the page loads only what we serve.
func TestNothingFromElsewhere(t *testing.T) {
	s := newStage(t)
	for _, file := range append(pageFiles(t), "") {
		text := s.get("/form/" + file).Body.String()
		for _, bad := range []string{"//", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", " style=", " onclick="} {
			lines := strings.Split(text, "\n")
			for _, line := range lines {
				if bad == "//" && !regexp.MustCompile(`["'(=]\s*(https?:)?//`).MatchString(line) {
					continue
				}
				if strings.Contains(line, bad) {
					t.Errorf("%q has %s: %s", file, bad, line)
				}
			}
		}
	}
}

func TestAddress(t *testing.T) {
	for given, want := range map[string]string{
		"https://bot.example.edu":        "https://bot.example.edu/",
		"https://bot.example.edu/form":   "https://bot.example.edu/form/",
		"https://bot.example.edu/a/b/":   "https://bot.example.edu/a/b/",
		"https://bot.example.edu/?a=1":   "",
		"https://bot.example.edu/#login": "",
		"/form":                          "",
	} {
		app, err := miniapp.New(miniapp.Config{URL: given})
		if want == "" {
			if err == nil {
				t.Errorf("%s: got no error", given)
			}
			continue
		}
		if err != nil || app.URL() != want {
			t.Errorf("%s: got %v, want %s", given, err, want)
		}
	}
}
