package emulator

import (
	"embed"
	"encoding/json"
	"net/http"
	"slices"
)

//go:embed page
var pageFiles embed.FS

const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
	"frame-src https: http://localhost:* http://127.0.0.1:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// pageRoutes adds the chat page and its API. What changes something is refused
// to pages of other origins; nothing here needs the bot's token.
func (s *Server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { servePage(w, r, "page/index.html") })
	mux.HandleFunc("GET /page/{file}", func(w http.ResponseWriter, r *http.Request) { servePage(w, r, "page/"+r.PathValue("file")) })
	mux.HandleFunc("GET /_emu/state", s.serveState)
	mux.HandleFunc("GET /_emu/events", s.serveEvents)
	mux.HandleFunc("GET /_emu/file/{id}", s.serveFile)
	own := http.NewCrossOriginProtection()
	post := func(path string, h func(*http.Request) (any, error)) {
		mux.Handle("POST "+path, own.Handler(pageCall(h)))
	}
	post("/_emu/send", s.pageSend)
	post("/_emu/tap", s.pageTap)
	post("/_emu/open", s.pageOpen)
	post("/_emu/app", s.pageApp)
	post("/_emu/upload", s.pageUpload)
}

func servePage(w http.ResponseWriter, r *http.Request, name string) {
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeFileFS(w, r, pageFiles, name)
}

// pageCall answers a call of the page: JSON, or 400 with a sentence.
func pageCall(h func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		v, err := h(r)
		if err != nil {
			writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		writeJSON(w, http.StatusOK, v)
	}
}

// pageAct is what the page sends: who does what where.
type pageAct struct {
	As      int64  `json:"as"`
	Chat    int64  `json:"chat"`
	Text    string `json:"text"`
	ReplyTo int    `json:"reply_to"`
	Message int    `json:"message"`
	Row     int    `json:"row"`
	Column  int    `json:"column"`
	URL     string `json:"url"`
	Theme   Theme  `json:"theme"`
}

func readAct(r *http.Request) (pageAct, error) {
	var a pageAct
	err := json.NewDecoder(r.Body).Decode(&a)
	return a, err
}

type sent struct {
	Message int `json:"message"`
}

func (s *Server) pageSend(r *http.Request) (any, error) {
	a, err := readAct(r)
	if err != nil {
		return nil, err
	}
	id, err := s.SendReply(a.As, a.Chat, a.ReplyTo, a.Text)
	return sent{id}, err
}

func (s *Server) pageOpen(r *http.Request) (any, error) {
	a, err := readAct(r)
	if err != nil {
		return nil, err
	}
	id, err := s.Open(a.As, a.URL)
	return sent{id}, err
}

func (s *Server) pageTap(r *http.Request) (any, error) {
	a, err := readAct(r)
	if err != nil {
		return nil, err
	}
	id, err := s.tapAt(a)
	return map[string]string{"callback": id}, err
}

// pageApp opens the Mini App of a button.
func (s *Server) pageApp(r *http.Request) (any, error) {
	a, err := readAct(r)
	if err != nil {
		return nil, err
	}
	address, err := s.OpenApp(a.As, a.Chat, a.Message, a.Text, a.Theme)
	return map[string]string{"url": address}, err
}

func (s *Server) pageUpload(r *http.Request) (any, error) {
	if err := r.ParseMultipartForm(maxBody); err != nil {
		return nil, err
	}
	form := request{params: map[string]string{}, files: map[string]sentFile{}}
	for k, v := range r.Form {
		form.params[k] = v[0]
	}
	if err := form.readMultipart(r); err != nil {
		return nil, err
	}
	as, chat, caption := form.int("as"), form.int("chat"), form.str("caption")
	if f, ok := form.files["photo"]; ok {
		id, err := s.SendPhoto(as, chat, f.data, caption)
		return sent{id}, err
	}
	f := form.files["document"]
	id, err := s.SendDocument(as, chat, f.name, f.data, caption)
	return sent{id}, err
}

// serveFile gives the page a picture to show or a file to save.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.files[r.PathValue("id")]
	s.mu.Unlock()
	if f == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	shown := []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"}
	if slices.Contains(shown, f.kind) && f.name == "" {
		w.Header().Set("Content-Type", f.kind)
	} else {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Disposition", "attachment")
	}
	w.Write(f.data)
}
