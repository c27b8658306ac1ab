package emulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Schema is the official description of the Bot API in the form of the
// telegram-bot-api-spec project. The server's own table knows the parameters of
// the methods it has; this knows what is inside of them, too.
type Schema struct {
	Methods map[string]struct {
		Fields []SchemaField `json:"fields"`
	} `json:"methods"`
	Types map[string]struct {
		Fields   []SchemaField `json:"fields"`
		Subtypes []string      `json:"subtypes"`
	} `json:"types"`
}

// SchemaField is a parameter of a method or a field of a type.
type SchemaField struct {
	Name        string   `json:"name"`
	Types       []string `json:"types"`
	Required    bool     `json:"required"`
	Description string   `json:"description"`
}

// LoadSchema reads a schema from a file.
func LoadSchema(path string) (*Schema, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var s Schema
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &s, nil
}

// schemaOfEnvironment is the schema that JWXTBOT_BOTAPI names, read once; an
// empty one if the variable is not set. It panics on a file that is no schema.
var schemaOfEnvironment = sync.OnceValue(func() *Schema {
	path := os.Getenv("JWXTBOT_BOTAPI")
	if path == "" {
		return &Schema{}
	}
	s, err := LoadSchema(path)
	if err != nil {
		panic(err)
	}
	return s
})

// check lists what a call's parameters hold against the schema. Their names,
// and whether the required ones are there, the table has already told.
func (s *Schema) check(r *request) []string {
	var out []string
	for _, f := range s.Methods[r.method.name].Fields {
		value, there := r.params[f.Name]
		if !there || !kindOf(f.Name).fits(value) {
			continue
		}
		out = append(out, s.field(f.Name, f, parameter(f, value))...)
	}
	return out
}

// parameter is the value of a parameter: JSON, unless it is a text.
func parameter(f SchemaField, value string) any {
	if slices.Contains(f.Types, "String") {
		return value
	}
	var v any
	d := json.NewDecoder(strings.NewReader(value))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return value
	}
	return v
}

// field checks a value against the types and the description of a field.
func (s *Schema) field(at string, f SchemaField, v any) []string {
	out := s.anyOf(at, f.Types, v)
	text, ok := v.(string)
	if !ok {
		return out
	}
	if m := mustBe.FindStringSubmatch(f.Description); m != nil && m[1] != text {
		out = append(out, fmt.Sprintf("%s: %q, must be %s", at, text, m[1]))
	}
	m := length.FindStringSubmatch(f.Description) // a text that is parsed first may be longer
	if m == nil || strings.Contains(f.Description, "after entit") {
		return out
	}
	n := utf8.RuneCountInString(text)
	if m[3] == "bytes" {
		n = len(text)
	}
	least, _ := strconv.Atoi(m[1])
	most, _ := strconv.Atoi(m[2])
	if n < least || n > most {
		out = append(out, fmt.Sprintf("%s: %d %s, must be %s-%s", at, n, m[3], m[1], m[2]))
	}
	return out
}

var (
	length = regexp.MustCompile(`\b(\d+)-(\d+) (characters|bytes)`)
	mustBe = regexp.MustCompile(`, must be ([a-z0-9_]+)$`)
)

// anyOf checks a value against alternatives: by the one whose required fields
// it has, otherwise by the one that finds least.
func (s *Schema) anyOf(at string, types []string, v any) []string {
	var best []string
	for i, t := range types {
		found := s.one(at, t, v)
		if len(found) == 0 || s.claims(t, v) {
			return found
		}
		if i == 0 || len(found) < len(best) {
			best = found
		}
	}
	return best
}

// claims reports whether a value is meant to be of a type.
func (s *Schema) claims(kind string, v any) bool {
	fields, ok := v.(map[string]any)
	for _, f := range s.Types[kind].Fields {
		value, there := fields[f.Name]
		m := mustBe.FindStringSubmatch(f.Description)
		if f.Required && !there || m != nil && value != m[1] {
			return false
		}
	}
	return ok && len(s.Types[kind].Fields) > 0
}

func (s *Schema) one(at, kind string, v any) []string {
	wrong := []string{fmt.Sprintf("%s: no %s", at, kind)}
	if element, ok := strings.CutPrefix(kind, "Array of "); ok {
		list, ok := v.([]any)
		if !ok {
			return wrong
		}
		var out []string
		for i, e := range list {
			out = append(out, s.one(fmt.Sprintf("%s[%d]", at, i), element, e)...)
		}
		return out
	}
	ok := false
	switch kind {
	case "String", "InputFile":
		_, ok = v.(string)
	case "Boolean":
		_, ok = v.(bool)
	case "Integer", "Float":
		var n json.Number
		n, ok = v.(json.Number)
		ok = ok && (kind == "Float" || !strings.ContainsAny(n.String(), ".eE"))
	default:
		return s.object(at, kind, v)
	}
	if ok {
		return nil
	}
	return wrong
}

func (s *Schema) object(at, kind string, v any) []string {
	t, known := s.Types[kind]
	fields, ok := v.(map[string]any)
	switch {
	case !known || !ok:
		return []string{fmt.Sprintf("%s: no %s", at, kind)}
	case len(t.Subtypes) > 0:
		return s.anyOf(at, t.Subtypes, v)
	}
	var out []string
	rest := maps.Clone(fields)
	for _, f := range t.Fields {
		value, there := fields[f.Name]
		delete(rest, f.Name)
		switch {
		case there:
			out = append(out, s.field(at+"."+f.Name, f, value)...)
		case f.Required:
			out = append(out, fmt.Sprintf("%s.%s: missing", at, f.Name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		out = append(out, fmt.Sprintf("%s.%s: no field of %s", at, name, kind))
	}
	return out
}
