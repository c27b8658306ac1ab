package drivers_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/drivers"
)

// TestCheckSchool: every driver knows its options, and takes those of the
// simulated schools.
func TestCheckSchool(t *testing.T) {
	for _, p := range campus.Demo() {
		checker, _ := jwxt.As[jwxt.SchoolChecker](drivers.All()[p.System.Vendor()])
		if err := checker.CheckSchool(p.School("http://jw.example.edu.cn")); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	for name, d := range drivers.All() {
		checker, ok := jwxt.As[jwxt.SchoolChecker](d)
		if !ok {
			t.Errorf("%s does not know its options", name)
			continue
		}
		err := checker.CheckSchool(jwxt.School{Options: map[string]string{"no_such": "1"}})
		if _, blamed := errors.AsType[*jwxt.OptionError](err); !blamed {
			t.Errorf("%s: got %v for an option that there is not", name, err)
		}
	}
}

// documented is an option in the list of a package comment.
var documented = regexp.MustCompile(`(?m)^//\t([a-z_]+) +\S`)

// TestDocumentedOptions: what a driver's documentation lists, it knows.
func TestDocumentedOptions(t *testing.T) {
	for name, d := range drivers.All() {
		source, err := os.ReadFile(filepath.Join("..", name, name+".go"))
		if err != nil {
			t.Fatal(err)
		}
		doc, _, _ := strings.Cut(string(source), "\npackage ")
		listed := documented.FindAllStringSubmatch(doc, -1)
		if len(listed) < 3 {
			t.Errorf("the documentation of %s lists %d options", name, len(listed))
		}
		checker, _ := jwxt.As[jwxt.SchoolChecker](d)
		for _, option := range listed {
			if !knows(checker, option[1]) {
				t.Errorf("%s documents the option %s and does not know it", name, option[1])
			}
		}
	}
}

// knows reports whether a driver knows an option in one of its variants.
func knows(checker jwxt.SchoolChecker, option string) bool {
	for _, variant := range []string{"", "aspx", "jsp"} {
		options := map[string]string{option: "x"}
		if variant != "" && option != "variant" {
			options["variant"] = variant
		}
		err := checker.CheckSchool(jwxt.School{Options: options})
		if err == nil || !strings.Contains(err.Error(), "there is no option") {
			return true
		}
	}
	return false
}
