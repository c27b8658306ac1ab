package catalog

import (
	"reflect"
	"slices"

	"jwxtbot/jwxt"
)

// Change is what became different with another list, by the schools' ids.
type Change struct{ Added, Changed, Removed []string }

// Replace serves other schools from now on. Whoever has opened a school keeps
// what he got; a school that is reached as before keeps its connection, with the
// requests that stand in its queue. It fails as New does, and then nothing
// changes.
func (c *Catalog) Replace(schools []jwxt.School) (Change, error) {
	now, err := c.listOf(schools)
	if err != nil {
		return Change{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.list.Load()
	for id, d := range c.doers {
		if now.byID[id].Driver == nil || !sameWay(before.byID[id].School, now.byID[id].School) {
			delete(c.doers, id)
			if idle, ok := d.(interface{ Close() }); ok {
				idle.Close()
			}
		}
	}
	c.list.Store(now)
	return difference(before, now), nil
}

// sameWay reports whether two descriptions of a school differ in words only, not
// in how it is reached.
func sameWay(a, b jwxt.School) bool {
	for _, s := range []*jwxt.School{&a, &b} {
		s.Name, s.Aliases, s.Options, s.Boards, s.Zone = "", nil, nil, nil, ""
	}
	return reflect.DeepEqual(a, b)
}

func difference(before, now *list) (d Change) {
	for _, s := range now.schools {
		was, known := before.byID[s.ID]
		switch {
		case !known:
			d.Added = append(d.Added, s.ID)
		case !reflect.DeepEqual(was.School, s):
			d.Changed = append(d.Changed, s.ID)
		}
	}
	for _, s := range before.schools {
		if !slices.ContainsFunc(now.schools, func(n jwxt.School) bool { return n.ID == s.ID }) {
			d.Removed = append(d.Removed, s.ID)
		}
	}
	return d
}
