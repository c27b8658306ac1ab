package doctor

import (
	"errors"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// address is what was pasted, made usable.
type address struct {
	host    string   // with its port
	path    string   // "/" at least
	schemes []string // to be tried in order
}

var (
	errNoAddress = errors.New("there is no address in this; paste that of the school's login page, such as https://jwxt.example.edu.cn")

	// pasted finds an address in a text: a scheme as people mistype it, a name
	// or number with a port, and a path up to the first letter no path has.
	pasted = regexp.MustCompile(`(?i:(https?)\s*:\s*/*\s*)?(?i:((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9][a-z0-9-]*|localhost))(:\d{1,5})?(/[^\s"'<>\x{80}-\x{10FFFF}]*)?`)
)

// repair finds the address in what a person pasted. Full-width letters are
// folded, and what belongs to no path is cut off at both ends: brackets, dots
// and the sentence around it.
func repair(text string) (address, error) {
	m := pasted.FindStringSubmatch(norm.NFKC.String(strings.ReplaceAll(text, "。", ".")))
	if m == nil {
		return address{}, errNoAddress
	}
	a := address{host: strings.ToLower(m[2] + m[3]), schemes: []string{"https", "http"}}
	if m[1] != "" {
		a.schemes = []string{strings.ToLower(m[1])}
	}
	rest, _, _ := strings.Cut(m[4], "#")
	rest, _, _ = strings.Cut(rest, "?")
	rest, _, _ = strings.Cut(rest, ";")
	if decoded, err := url.PathUnescape(rest); err == nil {
		rest = decoded
	}
	folder := strings.HasSuffix(rest, "/")
	if a.path = path.Clean("/" + strings.TrimRight(rest, ".,)]}!")); folder && a.path != "/" {
		a.path += "/"
	}
	return a, nil
}

// tries are the paths to look at, in order: the pasted one, the root, and the
// doors, those first that resemble what was pasted.
func (a address) tries(doors []string) []string {
	doors = slices.Clone(doors)
	slices.SortStableFunc(doors, func(x, y string) int { return a.likeness(y) - a.likeness(x) })
	var out []string
	for _, p := range append([]string{a.path, "/"}, doors...) {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// likeness is how many names of a door stand in the pasted path.
func (a address) likeness(door string) (n int) {
	names := strings.FieldsFunc(a.path, func(r rune) bool { return r == '/' })
	for name := range strings.SplitSeq(door, "/") {
		if name != "" && slices.Contains(names, name) {
			n++
		}
	}
	return n
}
