package catalog_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/catalog"
	"jwxtbot/jwxt"
)

// line is a connection that tells when it is closed.
type line struct {
	jwxt.Doer
	of     string
	closed *[]string
}

func (l line) Close() { *l.closed = append(*l.closed, l.of) }

func TestReplace(t *testing.T) {
	var closed []string
	list := func(schools ...jwxt.School) []jwxt.School {
		for i := range schools {
			schools[i].Vendor = "v"
			schools[i].BaseURL += "http://" + schools[i].ID + ".example"
		}
		return schools
	}
	c, err := catalog.New(list(jwxt.School{ID: "a", Name: "甲"}, jwxt.School{ID: "b", Name: "乙"}, jwxt.School{ID: "c", Name: "丙"}, jwxt.School{ID: "d", Name: "丁"}), only,
		func(s jwxt.School) (jwxt.Doer, error) { return line{of: s.ID, closed: &closed}, nil })
	if err != nil {
		t.Fatal(err)
	}
	opened := map[string]catalog.Entry{}
	for _, id := range []string{"a", "b", "c"} {
		if opened[id], err = c.Open(id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Replace([]jwxt.School{{ID: "a", Vendor: "w"}}); err == nil || c.Len() != 4 || len(closed) > 0 {
		t.Errorf("a list that cannot be: %v, %d schools, closed %v", err, c.Len(), closed)
	}
	got, err := c.Replace(list(
		jwxt.School{ID: "a", Name: "甲", Aliases: []string{"A"}}, jwxt.School{ID: "b", Name: "乙", Proxy: "http://127.0.0.1:1"},
		jwxt.School{ID: "d", Name: "丁"}, jwxt.School{ID: "e", Name: "戊"},
	))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(catalog.Change{Added: []string{"e"}, Changed: []string{"b", "a"}, Removed: []string{"c"}}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if len(closed) != 2 || closed[0] == "a" || closed[1] == "a" {
		t.Errorf("closed %v, want b and c", closed)
	}
	if again, err := c.Open("a"); err != nil || again.HTTP.(line) != opened["a"].HTTP.(line) || again.Aliases[0] != "A" {
		t.Errorf("a: %+v, %v", again, err)
	}
	if _, err := c.Open("c"); jwxt.KindOf(err) != jwxt.Unsupported || !errors.Is(err, catalog.ErrGone) {
		t.Errorf("c: got %v, want ErrGone", err)
	}
	if opened["c"].Name != "丙" || opened["c"].HTTP == nil {
		t.Error("who has opened a school does not keep it")
	}
	if found := c.Search("A"); len(found) != 1 || found[0].ID != "a" {
		t.Errorf("found %v", found)
	}
}

// TestReplaceWhileRead has many read while schools come and go: none sees half a
// list, and a school that stays is always there.
func TestReplaceWhileRead(t *testing.T) {
	lists := [][]jwxt.School{nil, nil}
	for i := range 40 {
		s := jwxt.School{ID: fmt.Sprint("s", i), Name: fmt.Sprint("学校", i), Vendor: "v"}
		lists[0] = append(lists[0], s)
		if i%2 == 0 {
			lists[1] = append(lists[1], s)
		}
	}
	c, err := catalog.New(lists[0], only, func(s jwxt.School) (jwxt.Doer, error) { return &line{of: s.ID, closed: new([]string)}, nil })
	if err != nil {
		t.Fatal(err)
	}
	stays, err := c.Open("s0")
	if err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for i := range 300 {
				if e, err := c.Open("s0"); err != nil || e.HTTP != stays.HTTP {
					t.Errorf("s0: %v, another connection: %v", err, e.HTTP != stays.HTTP)
					return
				}
				if _, err := c.Open(fmt.Sprint("s", i%40)); err != nil && !errors.Is(err, catalog.ErrGone) {
					t.Error(err)
				}
				if n := len(c.IDs()); n != 40 && n != 20 {
					t.Errorf("a list of %d", n)
				}
				c.Search("学校")
				c.Page(i % 5)
				c.School("s1")
				c.Waiting()
			}
		})
	}
	for i := range 200 {
		if _, err := c.Replace(lists[i%2]); err != nil {
			t.Error(err)
		}
	}
	readers.Wait()
}
