package config

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a machine without time zones knows those of schools, too
	"unicode/utf8"

	"jwxtbot/jwxt"
)

var (
	idShape   = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	hostShape = regexp.MustCompile(`^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$|^\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?$`)
)

func (d document) checkSchool(i int, s *school) {
	at := func(key string) int { return d.Line(i, "school", key) }
	if !idShape.MatchString(s.ID) {
		d.Add(at("id"), "school id %q must be 1 to 32 of a-z, 0-9 and -", s.ID)
	}
	if s.Name == "" || utf8.RuneCountInString(s.Name) > 40 {
		d.Add(at("name"), "the school's name must have 1 to 40 characters")
	}
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "Local" {
		d.Add(at("zone"), "there is no time zone %q; write it like Asia/Shanghai", s.Zone)
	}
	d.checkPace(i, s)
}

func (d document) checkPace(i int, s *school) {
	if n := s.Pace.Concurrent; n < 0 || n > 3 {
		d.Add(d.Line(i, "school", "pace", "concurrent"), "pace.concurrent is %d; it must be 1 to 3", n)
	}
	d.checkRange(i, time.Duration(s.Pace.Spacing), 0, time.Minute, "school", "pace", "spacing")
	if s.Pace.Timeout != 0 {
		d.checkRange(i, time.Duration(s.Pace.Timeout), time.Second, 2*time.Minute, "school", "pace", "timeout")
	}
}

// checkVendor finds who speaks with a school, and asks him whether he understands
// what the school says of itself.
func (d document) checkVendor(i int, s jwxt.School, k Known) {
	if !slices.Contains(k.Vendors, s.Vendor) {
		d.Add(d.Line(i, "school", "vendor"), "unknown vendor %q; known: %s", s.Vendor, strings.Join(k.Vendors, ", "))
		return
	}
	driver, err := k.Driver(s)
	if err != nil {
		d.Add(d.Line(i, "school", "vendor"), "%s: %v", s.Vendor, err)
		return
	}
	checker, ok := jwxt.As[jwxt.SchoolChecker](driver)
	if !ok {
		return
	}
	for _, err := range parts(checker.CheckSchool(s)) {
		line := d.Line(i, "school", "options")
		if o, ok := errors.AsType[*jwxt.OptionError](err); ok {
			line = d.Line(i, "school", "options", o.Key)
		}
		d.Add(line, "%s: %v", s.Vendor, err)
	}
}

// parts are the errors that one joins.
func parts(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, parts(e)...)
	}
	return out
}

// checkServing finds boards that there are not, and those of other schools.
func (d document) checkServing(i int, s *school, known boards) {
	if known.school == nil {
		return
	}
	line := d.Line(i, "school", "boards")
	for n, id := range s.Boards {
		of, ok := known.school[id]
		switch {
		case !ok:
			d.Add(line, "there is no notice board %q in the sources", id)
		case of != "" && of != s.ID:
			d.Add(line, "the notice board %q is that of the school %q", id, of)
		case slices.Index(s.Boards, id) < n:
			d.Add(line, "the notice board %q is named twice", id)
		}
	}
}

// names says which row took an id, name or alias first, folded to lower case.
type names map[string]int

// checkNames finds schools that a person's search could not tell apart.
func (d document) checkNames(i int, s *school, seen names) {
	take := func(key, name string) {
		folded := strings.ToLower(strings.TrimSpace(name))
		if first, taken := seen[folded]; taken && first != i && folded != "" {
			d.Add(d.Line(i, "school", key), "%s %q is already used by the school at line %d", key, name, d.Line(first, "school"))
			return
		}
		seen[folded] = i
	}
	take("id", s.ID)
	take("name", s.Name)
	for _, a := range s.Aliases {
		if strings.TrimSpace(a) == "" {
			d.Add(d.Line(i, "school", "aliases"), "an alias is empty")
		}
		take("aliases", a)
	}
}
