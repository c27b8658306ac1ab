package notify

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Filter picks notices by their titles. Each pattern is a word, found anywhere
// in any case, or an RE2 expression between slashes: /第[一二三]学期.*选课/. A
// notice passes if some Include matches, or there are none, and no Exclude does.
type Filter struct {
	Include []string `json:"include,omitempty"`
	Exclude []string `json:"exclude,omitempty"`
}

// The bounds of a Filter.
const (
	MaxPatterns = 20 // of both lists together
	MaxPattern  = 80 // characters of one
)

// The errors of filters and subscriptions, for whoever sets them.
var (
	ErrPatterns = errors.New("notify: too many patterns, or too long ones")
	ErrPattern  = errors.New("notify: not an expression, or too heavy a one")
	ErrTooMany  = errors.New("notify: too many subscriptions in one chat")
	ErrUnknown  = errors.New("notify: no such source")

	ErrForgetting = errors.New("notify: what the chat subscribed before is being forgotten")
)

// Check reports what is wrong with a filter: ErrPatterns; or ErrPattern, also of
// expressions that would cost too much.
func (f Filter) Check() error {
	all := slices.Concat(f.Include, f.Exclude)
	if len(all) > MaxPatterns {
		return ErrPatterns
	}
	left := mostSteps
	for _, p := range all {
		if p == "" || utf8.RuneCountInString(p) > MaxPattern {
			return ErrPatterns
		}
		if re, ok := expression(p); ok {
			steps, err := cost(re)
			if err != nil {
				return fmt.Errorf("%w: %w", ErrPattern, err)
			}
			if left -= steps; left < 0 {
				return fmt.Errorf("%w: too much work for each title", ErrPattern)
			}
		}
	}
	return nil
}

// mostSteps bounds what a character of a title costs all expressions of a filter
// together: RE2 takes time in proportion to that, and /((.?){30}){30}/ is short.
const mostSteps = 1500

// cost is how many steps an expression is compiled to.
func cost(re string) (int, error) {
	parsed, err := syntax.Parse(re, syntax.Perl)
	if err != nil {
		return 0, err
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return 0, err
	}
	return len(prog.Inst), nil
}

func expression(pattern string) (string, bool) {
	if len(pattern) > 2 && strings.HasPrefix(pattern, "/") && strings.HasSuffix(pattern, "/") {
		return "(?i)" + pattern[1:len(pattern)-1], true
	}
	return "", false
}

// compile is the filter as a test of titles. A pattern that is wrong, which
// Check would not have let in, matches nothing.
func (f Filter) compile() func(title string) bool {
	include, exclude := compileAll(f.Include), compileAll(f.Exclude)
	return func(title string) bool {
		title = fold(title)
		matches := func(m func(string) bool) bool { return m(title) }
		return (len(include) == 0 || slices.ContainsFunc(include, matches)) && !slices.ContainsFunc(exclude, matches)
	}
}

func compileAll(patterns []string) (out []func(string) bool) {
	for _, p := range patterns {
		if re, ok := expression(p); ok {
			compiled, err := regexp.Compile(re)
			out = append(out, func(s string) bool { return err == nil && compiled.MatchString(s) })
			continue
		}
		word := fold(p)
		out = append(out, func(s string) bool { return strings.Contains(s, word) })
	}
	return out
}

// fold makes titles and words comparable.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// UrgentWords are what a chat that did not choose its own lets break through
// its quiet hours, silently.
func UrgentWords() []string {
	return []string{"考试", "选课", "四六级", "放假", "停课", "停电", "停水"}
}
