package config

import (
	"cmp"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"jwxtbot/jwxt/bulletin"
)

// Boards are the notice boards that the bot watches.
type Boards struct {
	Path    string // of the file or folder that describes them; empty: there are none
	Contact string // URL or mailto: by which a board's people reach the operator
	Sources []bulletin.Source
}

// LoadSources reads a file of notice boards, or all files of a folder that end
// in ".toml". No id may occur twice. Every error is a Problems, except that of
// what cannot be read.
func LoadSources(path string) ([]bulletin.Source, error) {
	files := []string{path}
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*.toml")); err != nil {
			return nil, err
		}
		slices.Sort(files)
	}
	var all []bulletin.Source
	var problems Problems
	from := map[string]string{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		list, err := bulletin.ParseSources(file, b)
		if wrong, ok := errors.AsType[Problems](err); ok {
			problems = append(problems, wrong...)
		} else if err != nil {
			return nil, err
		}
		for _, src := range list {
			if first, twice := from[src.ID]; twice {
				problems = append(problems, Problem{File: filepath.Base(file), Text: "id \"" + src.ID + "\" is already used in " + filepath.Base(first)})
			}
			from[src.ID] = file
		}
		all = append(all, list...)
	}
	switch {
	case len(problems) > 0:
		return nil, problems
	case len(all) == 0:
		return nil, Problems{{File: filepath.Base(path), Text: "there is no file of notice boards, whose name ends in .toml"}}
	}
	return all, nil
}

// checkBoards makes sure that those who run a board can complain.
func (d document) checkBoards(f *mainFile) {
	contact := f.Boards.Contact
	switch u, err := url.Parse(contact); {
	case contact == "" && f.Sources == "":
	case contact == "":
		d.Add(d.Line(-1, "sources"), "sources needs boards.contact, by which the boards' people reach you")
	case err != nil || strings.ContainsAny(contact, " ()") || cmp.Or(u.Host, u.Opaque) == "" ||
		!slices.Contains([]string{"https", "http", "mailto"}, u.Scheme):
		d.Add(d.Line(-1, "boards", "contact"), "boards.contact must be an https:// URL or mailto: and an address")
	case f.Sources == "":
		d.Add(d.Line(-1, "boards", "contact"), "boards.contact needs sources, the boards to watch")
	}
}
