package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const maxBody = 52 << 20 // a 50 MB file and its form

// request is one call of a method: parameters as text, files apart.
type request struct {
	method   *method
	params   map[string]string
	files    map[string]sentFile // by part name
	problems []string
	at       time.Time
	number   int // in the order of arrival
}

type sentFile struct {
	name string
	data []byte
}

// readRequest takes parameters from the query, a form, a multipart form or a
// JSON object, and checks their names and kinds.
func readRequest(m *method, w http.ResponseWriter, hr *http.Request) (*request, *Error) {
	r := &request{method: m, params: map[string]string{}, files: map[string]sentFile{}, at: time.Now()}
	hr.Body = http.MaxBytesReader(w, hr.Body, maxBody)
	kind, _, _ := mime.ParseMediaType(hr.Header.Get("Content-Type"))
	var err error
	switch kind {
	case "application/json":
		err = r.readJSON(hr)
	case "multipart/form-data":
		err = r.readMultipart(hr)
	default:
		err = hr.ParseForm()
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &Error{Code: 413, Description: "Request Entity Too Large"}
	case err != nil:
		return nil, bad("can't parse the request body")
	}
	for k, v := range hr.Form {
		r.params[k] = v[0]
	}
	r.check()
	return r, nil
}

func (r *request) readJSON(hr *http.Request) error {
	var fields map[string]json.RawMessage
	if err := json.NewDecoder(hr.Body).Decode(&fields); err != nil && err != io.EOF {
		return err
	}
	for k, raw := range fields {
		var s string
		if json.Unmarshal(raw, &s) != nil || string(raw) == "null" {
			s = string(raw)
		}
		r.params[k] = s
	}
	return hr.ParseForm()
}

func (r *request) readMultipart(hr *http.Request) error {
	if err := hr.ParseMultipartForm(maxBody); err != nil {
		return err
	}
	for part, headers := range hr.MultipartForm.File {
		f, err := headers[0].Open()
		if err != nil {
			return err
		}
		data, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			return err
		}
		r.files[part] = sentFile{headers[0].Filename, data}
	}
	return nil
}

// problem notes a deviation from the documentation that the official server
// may forgive.
func (r *request) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

func (r *request) check() {
	known := map[string]bool{}
	for p := range strings.FieldsSeq(r.method.params) {
		name, required := strings.CutSuffix(p, "!")
		known[name] = true
		_, isFile := r.files[name]
		if _, there := r.params[name]; required && !there && !isFile {
			r.problem("%s: missing", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.params)) {
		switch value := r.params[name]; {
		case !known[name]:
			r.problem("%s: no parameter of %s", name, r.method.name)
		case value == "null":
			r.problem("%s: null", name)
			delete(r.params, name)
		case !kindOf(name).fits(value):
			r.problem("%s: wrong kind", name)
		}
	}
	for _, part := range slices.Sorted(maps.Keys(r.files)) {
		if !known[part] && !strings.Contains(r.params["media"], `"attach://`+part+`"`) {
			r.problem("%s: a file nobody asks for", part)
		}
	}
}

func (k kind) fits(value string) bool {
	var err error
	switch k {
	case number:
		_, err = strconv.ParseInt(value, 10, 64)
	case flag:
		_, err = strconv.ParseBool(value)
	case list:
		return strings.HasPrefix(value, "[") && json.Valid([]byte(value))
	case object:
		return strings.HasPrefix(value, "{") && json.Valid([]byte(value))
	case chatID:
		if !strings.HasPrefix(value, "@") {
			_, err = strconv.ParseInt(value, 10, 64)
		}
	}
	return err == nil
}

func (r *request) str(name string) string { return r.params[name] }

func (r *request) int(name string) int64 {
	n, _ := strconv.ParseInt(r.params[name], 10, 64)
	return n
}

func (r *request) bool(name string) bool {
	b, _ := strconv.ParseBool(r.params[name])
	return b
}

func (r *request) chat() int64 { return r.int("chat_id") }

// decode reads a JSON parameter; v stays as it is when there is none. Unknown
// fields are noted as problems.
func (r *request) decode(name string, v any) *Error {
	raw, there := r.params[name]
	if !there || raw == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(raw), v); err != nil {
		return bad("can't parse %s JSON object", strings.ReplaceAll(name, "_", " "))
	}
	strict := json.NewDecoder(strings.NewReader(raw))
	strict.DisallowUnknownFields()
	if err := strict.Decode(v); err != nil {
		r.problem("%s: %v", name, err)
	}
	return nil
}
