package jwxttest

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// wire is the way between a driver and a school: it counts what passes and
// breaks what it is told to.
type wire struct {
	inner   http.Handler
	login   func(*http.Request) bool
	foreign *httptest.Server

	mu       sync.Mutex
	requests int
	posts    int      // of passwords
	paths    []string // of the requests, each once
	path     string   // of requests to break
	breaks   fault
	leaked   []string
}

// fault answers a request in the school's place. honest is the school's own
// answer, not yet asked for.
type fault func(w http.ResponseWriter, r *http.Request, honest func() *httptest.ResponseRecorder)

func (s *wire) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests++
	if !slices.Contains(s.paths, r.URL.Path) {
		s.paths = append(s.paths, r.URL.Path)
	}
	if s.login(r) {
		s.posts++
	}
	breaks := s.breaks
	if !strings.Contains(r.URL.Path, s.path) {
		breaks = nil
	}
	s.mu.Unlock()
	if breaks == nil {
		s.inner.ServeHTTP(w, r)
		return
	}
	breaks(w, r, func() *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		s.inner.ServeHTTP(rec, r)
		return rec
	})
}

// forget starts counting anew.
func (s *wire) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests, s.posts, s.paths = 0, 0, nil
}

// asked are the paths of what passed since forget.
func (s *wire) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.paths
}

// add counts requests of a call before the last as well.
func (s *wire) add(requests int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests += requests
}

// counted is what passed since forget.
func (s *wire) counted() (requests, posts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests, s.posts
}

// breakAt breaks all answers to paths that contain path; nil mends.
func (s *wire) breakAt(path string, f fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.path, s.breaks = path, f
}

// leak notes a request that reached a host which is not the school's.
func (s *wire) leak(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leaked = append(s.leaked, r.Method+" "+r.URL.Path)
}

func (s *wire) leaks() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leaked
}

// The faults.

func reset(w http.ResponseWriter, _ *http.Request, _ func() *httptest.ResponseRecorder) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

func halfBody(w http.ResponseWriter, _ *http.Request, honest func() *httptest.ResponseRecorder) {
	rec := honest()
	copyHeader(w, rec)
	w.Header().Set("Content-Length", strconv.Itoa(rec.Body.Len()+1)) // a redirect may have no body to halve
	w.WriteHeader(rec.Code)
	w.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

// stall answers nothing until the client gives up, which a server notices only
// once it has read the request's body.
func stall(_ http.ResponseWriter, r *http.Request, _ func() *httptest.ResponseRecorder) {
	io.Copy(io.Discard, r.Body)
	select {
	case <-r.Context().Done():
	case <-time.After(time.Minute):
	}
}

func status(code int) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ func() *httptest.ResponseRecorder) {
		http.SetCookie(w, &http.Cookie{Name: "JSESSIONID", Value: "of-an-error-page", Path: "/"})
		w.Header().Set("Content-Type", "text/html;charset=utf-8")
		w.WriteHeader(code)
		w.Write([]byte("<html><head><title>Error</title></head><body><h1>Error</h1></body></html>"))
	}
}

// drip sends an answer of which there is always a little more.
func drip(w http.ResponseWriter, r *http.Request, _ func() *httptest.ResponseRecorder) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	more := time.NewTicker(time.Second)
	defer more.Stop()
	for range 60 {
		w.Write([]byte("<p>1</p>\n"))
		w.(http.Flusher).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-more.C:
		}
	}
}

func huge(w http.ResponseWriter, r *http.Request, honest func() *httptest.ResponseRecorder) {
	hugeTaken(new(atomic.Int64))(w, r, honest)
}

// hugeTaken is a page of 10 MB, of which it counts what was taken.
func hugeTaken(taken *atomic.Int64) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ func() *httptest.ResponseRecorder) {
		w.Header().Set("Content-Type", "text/html;charset=utf-8")
		w.Write([]byte("<html><body><table>"))
		row := []byte(strings.Repeat("<tr><td>1</td><td>2</td></tr>\n", 1000))
		for n := 0; n < 10<<20; n += len(row) {
			if _, err := w.Write(row); err != nil {
				return
			}
			taken.Add(int64(len(row)))
		}
	}
}

func loop(w http.ResponseWriter, r *http.Request, _ func() *httptest.ResponseRecorder) {
	w.Header().Set("Location", r.URL.RequestURI())
	w.WriteHeader(http.StatusFound)
}

func wallPage(code int) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ func() *httptest.ResponseRecorder) {
		w.Header().Set("Content-Type", "text/html;charset=utf-8")
		w.WriteHeader(code)
		w.Write([]byte(`<!DOCTYPE html><html><head><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script><script src="/x.js"></script></head><body></body></html>`))
	}
}

func blank(w http.ResponseWriter, _ *http.Request, _ func() *httptest.ResponseRecorder) {
	w.WriteHeader(http.StatusOK)
}

// redesigned answers with a page that nobody has seen before.
func redesigned(w http.ResponseWriter, _ *http.Request, _ func() *httptest.ResponseRecorder) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	w.Write([]byte(`<!DOCTYPE html><html><head><title>新版教务</title></head><body><div id="app"></div></body></html>`))
}

// mislabel gives the school's answer with the label of another charset.
func mislabel(label string) fault {
	return func(w http.ResponseWriter, _ *http.Request, honest func() *httptest.ResponseRecorder) {
		rec := honest()
		copyHeader(w, rec)
		kind, _, _ := strings.Cut(rec.Header().Get("Content-Type"), ";")
		w.Header().Set("Content-Type", kind+";charset="+label)
		w.WriteHeader(rec.Code)
		w.Write(rec.Body.Bytes())
	}
}

// echo gives the school's answer with a password filled in.
func echo(password string) fault {
	filled := []byte(`type="password" value="` + password + `"`)
	return func(w http.ResponseWriter, _ *http.Request, honest func() *httptest.ResponseRecorder) {
		rec := honest()
		copyHeader(w, rec)
		w.Header().Del("Content-Length")
		w.WriteHeader(rec.Code)
		w.Write(bytes.ReplaceAll(rec.Body.Bytes(), []byte(`type="password"`), filled))
	}
}

func copyHeader(w http.ResponseWriter, rec *httptest.ResponseRecorder) {
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
}

// toForeign redirects to another host and sets a cookie for it.
func (s *wire) toForeign(w http.ResponseWriter, _ *http.Request, _ func() *httptest.ResponseRecorder) {
	w.Header().Add("Set-Cookie", "stolen=1; Domain=example.com; Path=/")
	w.Header().Set("Location", s.foreign.URL+"/collect?from=school")
	w.WriteHeader(http.StatusFound)
}
