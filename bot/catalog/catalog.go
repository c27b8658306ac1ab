// Package catalog is the list of schools an instance serves: found by id, by
// what students call them, or page by page, each with its driver and its one
// polite connection.
package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"jwxtbot/jwxt"
)

// PageSize is how many schools one page lists.
const PageSize = 8

// Entry is a school with what is needed to talk to it.
type Entry struct {
	jwxt.School
	Driver jwxt.Driver
	HTTP   jwxt.Doer
}

// ErrGone is the cause of the Unsupported of a school that is not served, or not
// any more.
var ErrGone = errors.New("no such school is served")

// Catalog is read by many at once. A school's connection is made when it is
// first asked for, so schools nobody uses cost nothing.
type Catalog struct {
	driver func(jwxt.School) (jwxt.Driver, error)
	dial   func(jwxt.School) (jwxt.Doer, error)
	list   atomic.Pointer[list]

	mu    sync.Mutex // of changing list, and of all below
	doers map[string]jwxt.Doer
}

// list is what is served at one time. Nobody changes it.
type list struct {
	schools []jwxt.School    // by name
	byID    map[string]Entry // without their connections
}

// New makes a catalog; driver finds who speaks with a school, and dial makes its
// connection. It fails on a school without a driver and on an id used twice.
func New(
	schools []jwxt.School, driver func(jwxt.School) (jwxt.Driver, error), dial func(jwxt.School) (jwxt.Doer, error),
) (*Catalog, error) {
	c := &Catalog{driver: driver, dial: dial, doers: map[string]jwxt.Doer{}}
	l, err := c.listOf(schools)
	if err != nil {
		return nil, err
	}
	c.list.Store(l)
	return c, nil
}

func (c *Catalog) listOf(schools []jwxt.School) (*list, error) {
	l := &list{slices.Clone(schools), map[string]Entry{}}
	slices.SortFunc(l.schools, func(a, b jwxt.School) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	for _, s := range schools {
		d, err := c.driver(s)
		if err != nil {
			return nil, fmt.Errorf("school %q: %w", s.ID, err)
		}
		if _, twice := l.byID[s.ID]; twice {
			return nil, fmt.Errorf("school %q is listed twice", s.ID)
		}
		l.byID[s.ID] = Entry{School: s, Driver: d}
	}
	return l, nil
}

// Len is the number of schools.
func (c *Catalog) Len() int { return len(c.list.Load().schools) }

// Only is the id of the single school, or "" where there are several.
func (c *Catalog) Only() string {
	if l := c.list.Load(); len(l.schools) == 1 {
		return l.schools[0].ID
	}
	return ""
}

// School finds a school by id.
func (c *Catalog) School(id string) (jwxt.School, bool) {
	e, ok := c.list.Load().byID[id]
	return e.School, ok
}

// Driver is that of a school, which is not connected for it.
func (c *Catalog) Driver(id string) (jwxt.Driver, bool) {
	e, ok := c.list.Load().byID[id]
	return e.Driver, ok
}

// Open returns a school with its driver and connection. An unknown id is
// Unsupported, because of ErrGone.
func (c *Catalog) Open(id string) (Entry, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.list.Load().byID[id]
	if !ok {
		return Entry{}, jwxt.Fail(jwxt.Unsupported, "catalog", fmt.Errorf("%w: %q", ErrGone, id))
	}
	d := c.doers[id]
	if d == nil {
		var err error
		if d, err = c.dial(e.School); err != nil {
			return Entry{}, jwxt.Fail(jwxt.Internal, "catalog", err)
		}
		c.doers[id] = d
	}
	e.HTTP = d
	return e, nil
}

// Waiting is how many requests stand in the queues of schools, by id. Schools
// without a queue are left out.
func (c *Catalog) Waiting() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string]int{}
	for id, d := range c.doers {
		if q, ok := d.(interface{ Waiting() int }); ok && q.Waiting() > 0 {
			out[id] = q.Waiting()
		}
	}
	return out
}

// IDs lists the ids of the schools, by name of the school.
func (c *Catalog) IDs() []string {
	var ids []string
	for _, s := range c.list.Load().schools {
		ids = append(ids, s.ID)
	}
	return ids
}

// Page is one page of the list, counted from 1 and clamped, and how many there are.
func (c *Catalog) Page(n int) (page []jwxt.School, number, pages int) {
	all := c.list.Load().schools
	pages = max((len(all)+PageSize-1)/PageSize, 1)
	number = min(max(n, 1), pages)
	from := (number - 1) * PageSize
	return all[from:min(from+PageSize, len(all))], number, pages
}

// Search finds the schools that a person may mean, the likeliest first, at
// most one page of them. An exact name stands alone.
func (c *Catalog) Search(text string) []jwxt.School {
	q := fold(text)
	if q == "" {
		return nil
	}
	type hit struct {
		jwxt.School
		rank int
	}
	var hits []hit
	for _, s := range c.list.Load().schools {
		if r := rank(s, q); r < noMatch {
			hits = append(hits, hit{s, r})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.rank, b.rank) })
	var out []jwxt.School
	for _, h := range hits[:min(len(hits), PageSize)] {
		if h.rank > exactMatch && len(out) > 0 && hits[0].rank == exactMatch {
			break
		}
		out = append(out, h.School)
	}
	return out
}

const (
	exactMatch = iota
	prefixMatch
	innerMatch
	noMatch
)

func rank(s jwxt.School, q string) int {
	best := noMatch
	for _, name := range append([]string{s.ID, s.Name}, s.Aliases...) {
		switch n := fold(name); {
		case n == q:
			return exactMatch
		case strings.HasPrefix(n, q):
			best = min(best, prefixMatch)
		case strings.Contains(n, q):
			best = min(best, innerMatch)
		}
	}
	return best
}

func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }
