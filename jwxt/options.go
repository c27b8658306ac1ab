package jwxt

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// SchoolChecker is implemented by drivers that can tell whether a school is
// described in a way they understand, without asking it anything.
type SchoolChecker interface {
	// CheckSchool is nil or what is wrong, for the operator: several errors
	// joined, an *OptionError for each option that is to blame.
	CheckSchool(School) error
}

// OptionError is an option of a school that its driver does not understand.
type OptionError struct {
	Key  string
	Text string // a sentence without the school's name
}

func (e *OptionError) Error() string { return e.Text }

// CheckOptions holds options to those that are known, with the values each may
// have; no values is any, and "" is as if it was not given. It returns nil or joined OptionErrors, in the order of
// their keys.
func CheckOptions(given map[string]string, known map[string][]string) error {
	var errs []error
	for _, key := range slices.Sorted(maps.Keys(given)) {
		values, ok := known[key]
		switch {
		case !ok:
			errs = append(errs, &OptionError{key, fmt.Sprintf("there is no option %q; known: %s", key, list(slices.Sorted(maps.Keys(known))))})
		case given[key] != "" && len(values) > 0 && !slices.Contains(values, given[key]):
			errs = append(errs, &OptionError{key, fmt.Sprintf("the option %s is %q; it must be one of %s", key, given[key], list(values))})
		}
	}
	return errors.Join(errs...)
}

func list(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}
