package emulator

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func (s *Server) serveMethod(w http.ResponseWriter, hr *http.Request) {
	if err := s.authorise(hr.PathValue("bot")); err != nil {
		writeAnswer(w, nil, err)
		return
	}
	m := methodNamed(hr.PathValue("method"))
	if m == nil {
		writeAnswer(w, nil, &Error{Code: 404, Description: "Not Found: method not found"})
		return
	}
	r, err := readRequest(m, w, hr)
	if err != nil {
		writeAnswer(w, nil, err)
		return
	}
	r.problems = append(r.problems, s.opt.Schema.check(r)...)
	s.serve(hr.Context(), w, r)
}

// serve lets the faults have their way with a call, and runs it.
func (s *Server) serve(ctx context.Context, w http.ResponseWriter, r *request) {
	s.arrive(r)
	f := s.fault(r)
	sleep(ctx, f.Delay)
	if f.Cut {
		s.record(r, nil, &Error{Description: "cut"})
		panic(http.ErrAbortHandler)
	}
	if f.HTML502 {
		s.record(r, nil, &Error{Code: 502, Description: "Bad Gateway"})
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		io.WriteString(w, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n")
		return
	}
	var result json.RawMessage
	err := f.refusal()
	if err == nil {
		err = s.limit(r)
	}
	if err == nil {
		result, err = s.run(ctx, r)
	}
	s.hold(r, err)
	s.record(r, result, err)
	if !s.spoil(ctx, f, w, result, err) {
		writeAnswer(w, result, err)
	}
}

// run executes a method. All but getUpdates run under the mutex from end to end.
func (s *Server) run(ctx context.Context, r *request) (json.RawMessage, *Error) {
	var v any
	var err *Error
	if r.method.run == nil {
		v, err = s.getUpdates(ctx, r)
	} else {
		s.mu.Lock()
		v, err = r.method.run(s, r)
		s.mu.Unlock()
	}
	if err != nil {
		return nil, err
	}
	raw, _ := json.Marshal(v)
	return raw, nil
}

func (s *Server) authorise(segment string) *Error {
	token, ok := strings.CutPrefix(segment, "bot")
	if !ok || !strings.Contains(token, ":") {
		return &Error{Code: 404, Description: "Not Found"}
	}
	if subtle.ConstantTimeCompare([]byte(token), []byte(s.opt.Token)) != 1 {
		return &Error{Code: 401, Description: "Unauthorized"}
	}
	return nil
}

func writeAnswer(w http.ResponseWriter, result json.RawMessage, err *Error) {
	if err != nil && err.RetryAfter != 0 {
		w.Header().Set("Retry-After", strconv.Itoa(err.RetryAfter))
	}
	a, status := envelope(result, err)
	writeJSON(w, status, a)
}

// envelope is the answer and its HTTP status.
func envelope(result json.RawMessage, err *Error) (answer, int) {
	if err != nil {
		return err.answer(), err.Code
	}
	return answer{OK: true, Result: result}, http.StatusOK
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

func (s *Server) getMe(*request) (any, *Error) {
	return me{User: s.bot, CanJoinGroups: true}, nil
}
