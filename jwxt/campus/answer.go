package campus

import (
	"bytes"
	"embed"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"text/template"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// answer is a whole HTTP answer, held back until faults have had their way.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) write(w http.ResponseWriter) int {
	for k, vs := range a.header {
		w.Header()[k] = vs
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	w.Write(a.body)
	return a.status
}

// bytesAnswer is an answer of any type.
func bytesAnswer(status int, contentType string, body []byte) answer {
	return answer{status, http.Header{"Content-Type": {contentType}}, body}
}

// redirect is a 302 without a body.
func redirect(to string) answer {
	return answer{http.StatusFound, http.Header{"Location": {to}}, nil}
}

// html is a page in the school's charset, said so in the header. What the
// charset lacks is written as a character reference.
func (s *School) html(status int, page string) answer {
	body := []byte(page)
	if s.profile.Charset == GBK {
		e := encoding.HTMLEscapeUnsupported(simplifiedchinese.GBK.NewEncoder())
		body, _ = e.Bytes(body) // cannot fail: what GBK lacks is escaped
	}
	return bytesAnswer(status, "text/html;charset="+string(s.profile.Charset), body)
}

// readForm reads query and body, decoding both from a charset.
func readForm(r *http.Request, c Charset) url.Values {
	r.Body = http.MaxBytesReader(nil, r.Body, 1<<20)
	if r.ParseForm() != nil {
		return url.Values{}
	}
	if c != GBK {
		return r.Form
	}
	out := url.Values{}
	for k, vs := range r.Form {
		for _, v := range vs {
			if decoded, err := simplifiedchinese.GBK.NewDecoder().String(v); err == nil {
				v = decoded
			}
			out.Add(k, v)
		}
	}
	return out
}

// fileType is the content type of a download by its name.
func fileType(ext string) string {
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

//go:embed pages
var pages embed.FS

// loadPages parses one vendor's templates. They are text/template because the
// pages must come out byte for byte as the vendor writes them, broken quotes
// included; values that could hold markup are escaped with html.
func loadPages(vendor string) *template.Template {
	t := template.New(vendor).Funcs(template.FuncMap{
		"number": func(first, i int) int { return first + i + 1 },
	})
	return template.Must(t.ParseFS(pages, "pages/"+vendor+"/*.html"))
}

func render(t *template.Template, name string, data any) string {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, data); err != nil {
		panic(err) // a template of ours that does not fit its data
	}
	return b.String()
}
