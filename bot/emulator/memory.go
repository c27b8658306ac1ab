package emulator

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// InMemory carries requests to a handler without a network, in the caller's
// goroutine: for testing/synctest bubbles. An aborted answer fails as a cut
// connection does, after what was flushed of it.
func InMemory(h http.Handler) http.RoundTripper { return inMemory{h} }

type inMemory struct{ http.Handler }

func (d inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r = r.Clone(r.Context())
		r.Body = http.NoBody
	}
	defer r.Body.Close()
	w := &recorder{header: http.Header{}}
	cut := w.serve(d.Handler, r)
	switch {
	case r.Context().Err() != nil:
		return nil, context.Cause(r.Context())
	case cut && w.flushed == 0:
		return nil, io.EOF
	}
	body := io.Reader(&w.body)
	if cut {
		body = io.MultiReader(bytes.NewReader(w.body.Bytes()[:w.flushed]), failing{})
	}
	return &http.Response{
		StatusCode: w.code(), Status: http.StatusText(w.code()), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.header, Body: io.NopCloser(body), ContentLength: -1, Request: r,
	}, nil
}

// failing is the end of a body that was cut.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// recorder is a ResponseWriter that keeps what is written.
type recorder struct {
	header  http.Header
	status  int
	body    bytes.Buffer
	flushed int
}

// serve runs the handler; it tells whether the answer was aborted.
func (w *recorder) serve(h http.Handler, r *http.Request) (cut bool) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler {
			cut = true
		} else if p != nil {
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
	return false
}

func (w *recorder) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(p []byte) (int, error) { return w.body.Write(p) }
func (w *recorder) Flush()                      { w.flushed = w.body.Len() }
