package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Call is one call the bot made with the right token, in the order of their ends.
type Call struct {
	Method   string
	Chat     int64 // 0 where the method has none
	Params   map[string]string
	Files    []string // names of the parts that held files
	At       time.Time
	Result   json.RawMessage // of a call that worked
	Err      *Error          // of one that did not
	Problems []string        // null, unknown, missing or misshapen parameters
}

func (s *Server) record(r *request, result json.RawMessage, err *Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.calls) >= s.opt.KeepCalls {
		s.calls = slices.Clone(s.calls[len(s.calls)/2:])
	}
	s.calls = append(s.calls, Call{
		Method: r.method.name, Chat: r.chat(), Params: r.params, Files: slices.Sorted(maps.Keys(r.files)),
		At: r.at, Result: result, Err: err, Problems: r.problems,
	})
	s.wake()
}

// Calls lists the calls of the named methods, of all methods without names.
// Of a long run only the last ones are kept: see Options.KeepCalls.
func (s *Server) Calls(methods ...string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Call
	for _, c := range s.calls {
		if len(methods) == 0 || slices.ContainsFunc(methods, func(m string) bool { return strings.EqualFold(m, c.Method) }) {
			out = append(out, c)
		}
	}
	return out
}

// Problems lists what all calls did against the documentation, one line each:
// "sendMessage: entities: null". A well-behaved bot has none.
func (s *Server) Problems() []string {
	var out []string
	for _, c := range s.Calls() {
		for _, p := range c.Problems {
			out = append(out, fmt.Sprintf("%s: %s", c.Method, p))
		}
	}
	return out
}
