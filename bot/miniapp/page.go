package miniapp

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"time"

	"jwxtbot/bot/say"
)

//go:embed page
var files embed.FS

// policy lets the page load nothing but its own files, be framed by nobody but
// Telegram's web client, and leave to nowhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors https://web.telegram.org"

// headers are on every answer, errors too. So are the times that a request may
// take to arrive and its answer to leave, whatever becomes of it: the server
// reads bodies that nobody asked for to their end.
func headers(frames []string, h http.Handler) http.Handler {
	framed := strings.Join(append([]string{policy}, frames...), " ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control, now := http.NewResponseController(w), time.Now()
		control.SetReadDeadline(now.Add(readFor)) // a writer without deadlines is a test's
		control.SetWriteDeadline(now.Add(readFor + pollFor + writeFor))
		set := w.Header().Set
		set("Content-Security-Policy", framed)
		set("Cache-Control", "no-store")
		set("X-Content-Type-Options", "nosniff")
		set("Referrer-Policy", "no-referrer")
		set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.ServeHTTP(w, r)
	})
}

// pageRoutes adds the page and its files.
func (a *App) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(index())
	})
	list, _ := fs.Glob(files, "page/*.*s") // scripts and styles; index.html is a template
	for _, name := range list {
		mux.HandleFunc("GET /"+strings.TrimPrefix(name, "page/"), func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, files, name)
		})
	}
}

// index is the page with the words it says, in all languages: it learns later
// which is the person's.
var index = sync.OnceValue(func() []byte {
	said := map[say.Lang]map[string]string{}
	for _, l := range say.Langs() {
		said[l] = map[string]string{}
		for _, key := range words() {
			said[l][key] = say.Plain(l, key, say.Data{})
		}
	}
	var b bytes.Buffer
	if err := template.Must(template.ParseFS(files, "page/index.html")).Execute(&b, said); err != nil {
		panic(err) // the template is wrong, which any call in any test shows
	}
	return b.Bytes()
})

// words are the keys of the sentences that the page says of its own. All others
// come with the view.
func words() []string {
	return []string{
		"page.title", "page.promise", "page.small",
		"page.school", "page.choose", "page.find", "page.none", "page.shut",
		"page.account", "page.account.hint", "page.password", "page.password.hint", "page.held", "page.reveal",
		"page.letters", "page.letters.hint", "page.redraw", "page.drag", "page.code", "page.code.hint",
		"page.opening", "page.go", "page.checking", "page.again",
		"page.lack.school", "page.lack.account", "page.lack.password", "page.lack.letters", "page.lack.drag", "page.lack.code",
		"page.fast", "page.unsent", "page.offline", "page.soon", "page.leave",
		"page.done", "page.done.text", "page.over", "page.over.text", "page.closed", "page.closed.text",
		"page.forged", "page.forged.text", "page.stale", "page.stale.text", "page.used", "page.used.text",
	}
}
