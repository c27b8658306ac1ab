package catalog_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/catalog"
	"jwxtbot/jwxt"
)

type driver struct{ jwxt.Driver }

// only is the driver of vendor v.
func only(s jwxt.School) (jwxt.Driver, error) {
	if s.Vendor != "v" {
		return nil, errors.New("no driver for it")
	}
	return driver{}, nil
}

func open(t *testing.T, schools ...jwxt.School) *catalog.Catalog {
	t.Helper()
	for i := range schools {
		schools[i].Vendor = "v"
	}
	c, err := catalog.New(schools, only, func(jwxt.School) (jwxt.Doer, error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSearch(t *testing.T) {
	c := open(t,
		jwxt.School{ID: "donghu", Name: "东湖示范大学", Aliases: []string{"东大", "DHU"}},
		jwxt.School{ID: "dongshan", Name: "东山学院", Aliases: []string{"东大分校"}},
		jwxt.School{ID: "beiling", Name: "北岭理工学院"},
	)
	for query, want := range map[string][]string{
		"东湖示范大学":  {"donghu"},
		"东大":      {"donghu"}, // an exact name stands alone
		"dhu":     {"donghu"},
		" 东 湖 ":   {"donghu"},
		"东":       {"dongshan", "donghu"},
		"理工":      {"beiling"},
		"BEILING": {"beiling"},
		"学院":      {"dongshan", "beiling"},
		"清华":      nil,
		"":        nil,
	} {
		var got []string
		for _, s := range c.Search(query) {
			got = append(got, s.ID)
		}
		if len(got) > 1 {
			want = sorted(want, got)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q finds:\n%s", query, diff)
		}
	}
}

// sorted is got's order where both hold the same ids.
func sorted(want, got []string) []string {
	in := map[string]bool{}
	for _, id := range want {
		in[id] = true
	}
	for _, id := range got {
		if !in[id] {
			return want
		}
	}
	if len(want) != len(got) {
		return want
	}
	return got
}

func TestPage(t *testing.T) {
	var schools []jwxt.School
	for i := range 2*catalog.PageSize + 1 {
		schools = append(schools, jwxt.School{ID: fmt.Sprintf("s%02d", i), Name: fmt.Sprintf("学校%02d", i)})
	}
	c := open(t, schools...)
	for ask, want := range map[int]int{-1: 1, 1: 1, 2: 2, 3: 3, 99: 3} {
		page, n, pages := c.Page(ask)
		if n != want || pages != 3 || page[0].ID != fmt.Sprintf("s%02d", (want-1)*catalog.PageSize) {
			t.Errorf("Page(%d) is page %d of %d and begins with %s", ask, n, pages, page[0].ID)
		}
	}
	if page, _, pages := open(t).Page(1); len(page) != 0 || pages != 1 {
		t.Errorf("without schools there are %d on %d pages", len(page), pages)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, schools := range map[string][]jwxt.School{
		"an unknown vendor": {{ID: "a", Vendor: "w"}},
		"an id used twice":  {{ID: "a", Vendor: "v"}, {ID: "a", Vendor: "v"}},
	} {
		if _, err := catalog.New(schools, only, nil); err == nil {
			t.Errorf("New takes %s", name)
		}
	}
}

// TestOpen connects a school once, when it is first used.
func TestOpen(t *testing.T) {
	dials := 0
	c, err := catalog.New([]jwxt.School{{ID: "a", Vendor: "v"}, {ID: "b", Vendor: "v"}}, only,
		func(s jwxt.School) (jwxt.Doer, error) {
			if dials++; s.ID == "b" {
				return nil, errors.New("bad proxy")
			}
			return doer{}, nil
		})
	if err != nil {
		t.Fatal(err)
	}
	if dials != 0 {
		t.Error("schools were connected before they were used")
	}
	for range 2 {
		if e, err := c.Open("a"); err != nil || e.ID != "a" || e.Driver == nil || e.HTTP == nil {
			t.Errorf("Open(a) = %v, %v", e, err)
		}
	}
	if dials != 1 {
		t.Errorf("one school was connected %d times", dials)
	}
	if _, err := c.Open("b"); jwxt.KindOf(err) != jwxt.Internal {
		t.Errorf("a school that cannot be connected: %v", err)
	}
	if _, err := c.Open("c"); jwxt.KindOf(err) != jwxt.Unsupported {
		t.Errorf("a school that is not there: %v", err)
	}
}

type doer struct{ jwxt.Doer }
