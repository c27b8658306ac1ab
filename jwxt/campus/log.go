package campus

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// logLimit bounds the log; the oldest entries go first.
const logLimit = 20_000

// Entry is one request as the log keeps it: names, never values.
type Entry struct {
	Time    time.Time `json:"time"`
	Method  string    `json:"method"`
	Path    string    `json:"path"`
	Status  int       `json:"status"`            // 0: the connection was cut
	Account string    `json:"account,omitempty"` // who is logged in after the request
	Cookies []string  `json:"cookies,omitempty"` // names as sent, repeated where sent twice
	Fields  []string  `json:"fields,omitempty"`  // names of query and form fields that are not empty
	Referer bool      `json:"referer,omitempty"` // there was one
}

// Politeness is how a client has behaved since the log was cleared.
type Politeness struct {
	Requests   int           `json:"requests"`
	AtOnce     int           `json:"at_once"`     // most requests open at one moment
	MinSpacing time.Duration `json:"min_spacing"` // least time between two starts; 0 below two requests
}

type requestLog struct {
	mu      sync.Mutex
	entries []Entry
	polite  Politeness
	open    int
	last    time.Time
}

// begin counts a request in; the function it returns counts it out.
func (l *requestLog) begin(v *visit) (done func(status int, account string)) {
	e := Entry{
		Method: v.r.Method, Path: v.r.URL.Path,
		Fields: filled(v), Referer: v.r.Referer() != "",
	}
	for _, c := range v.r.Cookies() {
		e.Cookies = append(e.Cookies, c.Name)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Time = time.Now()
	l.open++
	l.polite.AtOnce = max(l.polite.AtOnce, l.open)
	if d := e.Time.Sub(l.last); l.polite.Requests == 1 || l.polite.Requests > 1 && d < l.polite.MinSpacing {
		l.polite.MinSpacing = d
	}
	l.polite.Requests++
	l.last = e.Time
	return func(status int, account string) {
		e.Status, e.Account = status, account
		l.mu.Lock()
		defer l.mu.Unlock()
		l.open--
		if len(l.entries) == logLimit {
			l.entries = slices.Delete(l.entries, 0, logLimit/2)
		}
		l.entries = append(l.entries, e)
	}
}

func filled(v *visit) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(v.form)) {
		if v.form.Get(k) != "" {
			out = append(out, k)
		}
	}
	return out
}

// Log lists the finished requests, oldest first; those of the hook are not in it.
func (s *School) Log() []Entry {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return slices.Clone(s.log.entries)
}

// Politeness sums the log up.
func (s *School) Politeness() Politeness {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.polite
}

// ClearLog forgets the requests so far.
func (s *School) ClearLog() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.entries, s.log.polite = nil, Politeness{AtOnce: s.log.open}
}
