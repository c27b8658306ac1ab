package emulator

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault is something that goes wrong on purpose. Fields combine: a Delay may
// precede any of the others.
type Fault struct {
	Method string // "" is every method; case does not matter
	Chat   int64  // 0 is every chat
	Times  int    // how many calls it hits; 0 means 1, negative: until ClearFaults

	Delay       time.Duration // before anything else
	Status      int           // refuse with this error_code and HTTP status
	Description string        // of Status; a usual one if empty
	RetryAfter  int           // seconds; alone it means Status 429
	MigrateTo   int64         // the group's new id; alone it means Status 400
	HTML502     bool          // answer as a gateway does: 502 with an HTML page
	// Cut closes the connection unanswered; CutAfterSend does the work first.
	Cut, CutAfterSend bool
	HalfBody          bool // does the work, answers half and closes the connection
	Stall             bool // does the work, answers half and then nothing until the bot gives up
	Garble            bool // does the work, answers all but the end, as if that were all
}

// Fault adds a fault. Where several fit a call, the oldest is used.
func (s *Server) Fault(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// ClearFaults removes all faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// fault takes the fault that hits r, or the zero Fault.
func (s *Server) fault(r *request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if f.Method != "" && !strings.EqualFold(f.Method, r.method.name) || f.Chat != 0 && f.Chat != r.chat() {
			continue
		}
		hit := *f
		if f.Times--; f.Times == 0 {
			s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
		}
		return hit
	}
	return Fault{}
}

// spoil garbles, cuts or stalls the answer of a call that was done, if the fault
// asks for it. It reports whether the answer is given; what is cut or stalled
// ends the handler.
func (s *Server) spoil(ctx context.Context, f Fault, w http.ResponseWriter, result json.RawMessage, err *Error) bool {
	switch {
	case f.CutAfterSend:
		panic(http.ErrAbortHandler)
	case !f.HalfBody && !f.Stall && !f.Garble:
		return false
	}
	a, status := envelope(result, err)
	raw, _ := json.Marshal(a)
	w.Header().Set("Content-Type", "application/json")
	if f.Garble {
		w.WriteHeader(status)
		w.Write(raw[:len(raw)-2])
		return true
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(status)
	w.Write(raw[:len(raw)/2])
	http.NewResponseController(w).Flush()
	if f.Stall {
		s.Wait(ctx, func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.closed })
	}
	panic(http.ErrAbortHandler)
}

// refusal is the error the fault answers with, nil if it lets the call work.
func (f Fault) refusal() *Error {
	e := &Error{Code: f.Status, Description: f.Description, RetryAfter: f.RetryAfter, MigrateTo: f.MigrateTo}
	switch {
	case e.Code != 0:
	case f.RetryAfter != 0:
		e.Code = http.StatusTooManyRequests
	case f.MigrateTo != 0:
		e.Code = http.StatusBadRequest
	default:
		return nil
	}
	if e.Description == "" {
		e.Description = e.usual()
	}
	return e
}
