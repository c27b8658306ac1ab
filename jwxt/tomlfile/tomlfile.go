// Package tomlfile reads an operator's TOML strictly: a wrong type and an
// unknown key are a [Problem] that names file and line, with the key that was
// perhaps meant, and all problems are found at once.
package tomlfile

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// maxFile bounds a configuration file; a thousand schools need a fifth of it.
const maxFile = 2 << 20

// Problem is one thing wrong in a file, as a sentence for the operator.
type Problem struct {
	File string // base name
	Line int    // 0 where no line is to blame
	Text string
}

func (p Problem) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.File, p.Text)
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// Problems is everything wrong with a configuration, in the order of its lines.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Document is one parsed file that remembers where its keys are.
type Document struct {
	file     string
	meta     toml.MetaData
	lines    []int    // of meta.Keys()
	Problems Problems // so far
}

// Duration is written as a string with a unit, never as a bare number.
type Duration time.Duration

// UnmarshalText reads what time.ParseDuration reads.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if err != nil {
		return fmt.Errorf(`%q is not a duration; write it like "90s", "5m" or "24h"`, b)
	}
	*d = Duration(v)
	return nil
}

// Read returns at most maxFile bytes of a file.
func Read(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Size() > maxFile {
		return "", fmt.Errorf("%s is larger than %d bytes", path, maxFile)
	}
	b, err := os.ReadFile(path)
	return string(b), err
}

// Parse decodes src into v, which is a pointer to a struct. A nil Document
// means that src is no TOML at all.
func Parse(path, src string, v any) (*Document, Problems) {
	d := &Document{file: filepath.Base(path)}
	var tree map[string]any
	meta, err := toml.Decode(src, &tree)
	if err != nil {
		d.typeProblem(err, -1)
		return nil, d.Problems
	}
	d.lines = keyLines(src)
	if d.meta, err = toml.Decode(src, v); err != nil {
		d.meta = meta
		d.typeProblem(err, -1)
	}
	return d, d.Problems
}

// Row decodes the n-th table of an array of tables.
func (d *Document) Row(n int, p toml.Primitive, v any) {
	if err := d.meta.PrimitiveDecode(p, v); err != nil {
		d.typeProblem(err, n)
	}
}

// libraryError takes the library's message apart: line, key, words. Only some
// of its errors are of a type that has them as fields.
var libraryError = regexp.MustCompile(`(?s)^toml: (?:line (\d+))? ?(?:\(last key ("(?:[^"\\]|\\.)*")\))?: (.*)$`)

func (d *Document) typeProblem(err error, row int) {
	m := libraryError.FindStringSubmatch(err.Error())
	if m == nil {
		d.Add(0, "%s", strings.TrimPrefix(err.Error(), "toml: "))
		return
	}
	line, _ := strconv.Atoi(m[1])
	key, _ := strconv.Unquote(m[2])
	text := typeWords.Replace(m[3])
	if row >= 0 {
		line = d.Line(row, strings.Split(key, ".")...)
	}
	if key != "" {
		text = key + ": " + text
	}
	d.Add(line, "%s", text)
}

// typeWords turns the library's type names into TOML's.
var typeWords = strings.NewReplacer(
	"incompatible types: TOML value has type ", "the value is of type ",
	"; destination has type ", ", it must be of type ",
	"int64", "integer", "float64", "float", "slice", "array", "map[string]interface {}", "table",
	"[]interface {}", "array",
)

// Add reports a problem; line 0 is the file as a whole.
func (d *Document) Add(line int, format string, args ...any) {
	d.Problems = append(d.Problems, Problem{d.file, line, fmt.Sprintf(format, args...)})
}

// Line is where a key stands: within the row-th table of the array key[0],
// or in the whole file when row is -1. The nearest enclosing key stands in
// for one that is absent.
func (d *Document) Line(row int, key ...string) int {
	best, depth, seen := 0, 0, -1
	for i, k := range d.meta.Keys() {
		if len(k) == 1 && k[0] == key[0] {
			seen++
		}
		if i >= len(d.lines) || row >= 0 && seen != row {
			continue
		}
		if n := commonPrefix(k, key); n == len(k) && n > depth {
			best, depth = d.lines[i], n
		}
	}
	return best
}

func commonPrefix(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// UnknownKeys reports what no field took, the parent only where a whole table
// is unknown. known are the keys to suggest.
func (d *Document) UnknownKeys(known []string) {
	undecoded := map[string]bool{}
	for _, k := range d.meta.Undecoded() {
		undecoded[k.String()] = true
	}
	var last toml.Key
	for i, k := range d.meta.Keys() {
		inside := last != nil && commonPrefix(k, last) == len(last)
		if !undecoded[k.String()] || inside {
			continue
		}
		last = k
		line := 0
		if i < len(d.lines) {
			line = d.lines[i]
		}
		d.Add(line, "unknown key %q%s", k.String(), hint(k, known))
	}
}

// KeysOf lists the keys that a struct takes, below prefix.
func KeysOf(t reflect.Type, prefix string) []string {
	var out []string
	for f := range t.Fields() {
		name := prefix + f.Tag.Get("toml")
		out = append(out, name)
		if f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[toml.Primitive]() {
			out = append(out, KeysOf(f.Type, name+".")...)
		}
	}
	return out
}

// hint names the known key that looks most like k.
func hint(k toml.Key, known []string) string {
	full, leaf := k.String(), k[len(k)-1]
	score := func(name string) int {
		last := name[strings.LastIndexByte(name, '.')+1:]
		return min(distance(full, name), distance(leaf, last)+1)
	}
	if len(known) == 0 {
		return ""
	}
	best := slices.MinFunc(known, func(a, b string) int { return cmp.Compare(score(a), score(b)) })
	if score(best) > max(2, len(leaf)/2) {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance is the edit distance of two short strings.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
