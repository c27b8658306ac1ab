package supwisdom

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// item is an object as it came: schools differ in keys, and in which values are
// numbers and which strings.
type item map[string]any

// sheet is the grade sheet of EAMS5.
type sheet struct {
	Semesters []item            `json:"semesters"`
	ByID      map[string]item   `json:"id2semesters"`
	Grades    map[string][]item `json:"semesterId2studentGrades"`
}

// readSheet reads the grade sheet of EAMS5, in the order in which it lists the
// terms.
func readSheet(g *page) (jwxt.Transcript, error) {
	none := jwxt.Transcript{}
	var s sheet
	d := json.NewDecoder(bytes.NewReader(g.text))
	d.UseNumber()
	if g.Status != http.StatusOK || d.Decode(&s) != nil || s.Grades == nil {
		var said struct{ Message string }
		if json.Unmarshal(g.text, &said) == nil {
			if err := spoken(opGrades, markup.Bounded(markup.Clean(said.Message))); err != nil {
				return none, err
			}
		}
		return none, jwxt.Fail(jwxt.Changed, opGrades, errors.New("this is no grade sheet"))
	}
	out := jwxt.Transcript{Grades: []jwxt.Grade{}}
	for _, id := range s.order() {
		term := s.term(id)
		for _, m := range s.Grades[id] {
			one := m.grade()
			if one.Term = term; term.IsZero() {
				one.Term, _ = termOf(m.text("semesterName"), m.text("semester"))
			}
			if one.Course == "" {
				return none, jwxt.Fail(jwxt.Changed, opGrades, errors.New("a row has no course"))
			}
			out.Grades = append(out.Grades, one)
			out.UnknownColumns = append(out.UnknownColumns, m.unknown()...)
		}
	}
	out.UnknownColumns = unique(out.UnknownColumns)
	return out, nil
}

// order is all terms that have grades, those that the sheet lists first.
func (s sheet) order() (ids []string) {
	for _, m := range s.Semesters {
		if id := m.text("id"); s.Grades[id] != nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	listed := len(ids)
	for _, id := range slices.Sorted(maps.Keys(s.Grades)) {
		if !slices.Contains(ids[:listed], id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s sheet) term(id string) jwxt.Term {
	named := s.ByID[id]
	for _, m := range s.Semesters {
		if m.text("id") == id {
			named = m
		}
	}
	t, ok := termOf(named.text("name"), named.text("nameZh"), named.text("code"))
	if !ok {
		t, _ = termOf(s.ByID[id].text("name"), s.ByID[id].text("nameZh"))
	}
	return t
}

// grade reads a row. The keys of the course stand in an object of its own or,
// at one school, flat.
func (m item) grade() jwxt.Grade {
	course := m.object("course")
	g := jwxt.Grade{
		CourseID: first(course.text("code"), m.text("courseCode")),
		Course:   first(m.text("course"), course.text("code"), m.text("courseName"), m.text("courseNameZh")),
		Nature:   first(m.text("courseType"), m.text("courseModuleTypeName")),
		Score:    first(m.text("gaGrade"), m.text("grade")),
	}
	setDecimal(&g, &g.Credits, "学分", first(course.text("credits"), m.text("credits")))
	setDecimal(&g, &g.Point, "绩点", first(m.text("gp"), m.text("gpa")))
	g.Parts = parts(m.text("gradeDetail"))
	if code := m.text("lessonCode"); code != "" {
		setExtra(&g, "课程序号", code)
	}
	for _, k := range m.unknown() {
		setExtra(&g, k, m.text(k))
	}
	failed := m["passed"] == false && g.Score != ""
	if m["published"] == false {
		// What is not published may still change; the school's page hides it.
		g.Score, g.Point, g.Parts, failed = "", jwxt.Decimal{}, nil, false
	}
	finish(&g, failed)
	return g
}

// parts reads gradeDetail: pieces of HTML such as 平时:90, each in a span.
func parts(detail string) (out map[string]string) {
	if !strings.Contains(detail, "<") {
		return nil
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(detail))
	if err != nil {
		return nil
	}
	doc.Find("span").Each(func(_ int, s *goquery.Selection) {
		name, score, ok := strings.Cut(strings.ReplaceAll(markup.Clean(s.Text()), "：", ":"), ":")
		name, score = markup.Clean(name), markup.Clean(score)
		if !ok || name == "" || score == "" || s.Children().Length() > 0 {
			return
		}
		if out == nil {
			out = map[string]string{}
		}
		out[name] = score
	})
	return out
}

func (m item) object(key string) item {
	o, _ := m[key].(map[string]any)
	return o
}

// text is a value as a person reads it: an object's is its name. Null, false
// and lists are "".
func (m item) text(key string) string {
	switch v := m[key].(type) {
	case string:
		return markup.Clean(v)
	case json.Number:
		return v.String()
	case bool:
		if v {
			return strconv.FormatBool(v)
		}
	case map[string]any:
		return first(item(v).plain("nameZh"), item(v).plain("name"), item(v).plain("nameEn"))
	}
	return ""
}

// plain is a value that is a string.
func (m item) plain(key string) string {
	s, _ := m[key].(string)
	return markup.Clean(s)
}

func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// unknown are the keys of a grade that have a value and no meaning here, sorted.
func (m item) unknown() []string { return m.unknownOf(knownKeys) }

// unknownOf are those that are not among the known keys, nor of no use to a
// person.
func (m item) unknownOf(keys string) (out []string) {
	for k := range m {
		if m.text(k) != "" && !useless(k) && !strings.Contains(keys, " "+k+" ") {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// useless reports whether a key is of no use to a person.
func useless(key string) bool {
	return strings.HasSuffix(key, "Id") || strings.HasSuffix(key, "En") || strings.HasSuffix(key, "Assoc")
}

const knownKeys = " id course courseCode courseName courseNameZh courseType courseModuleTypeName gaGrade grade credits gp gpa" +
	" gradeDetail lessonCode published passed semester semesterName student "
