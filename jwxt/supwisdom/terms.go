package supwisdom

import (
	"context"
	"net/http"
	"regexp"

	"github.com/PuerkitoBio/goquery"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// terms asks EAMS for its calendar.
func (v *visit) terms(ctx context.Context) (map[jwxt.Term]string, error) {
	g, err := v.send(ctx, opTerms, fetch.Request{URL: v.path("/dataQuery.action"), Post: true, AJAX: true, Form: fetch.Form{
		{Name: "tagId", Value: "semesterBar1Semester"}, {Name: "dataType", Value: "semesterCalendar"}, {Name: "value"}, {Name: "empty", Value: "false"},
	}}, nil)
	if err != nil {
		return nil, err
	}
	return readTerms(g)
}

const opTerms = "supwisdom: terms"

// semester is one of the calendar, an object of a script: its keys may be
// quoted or not.
var semester = regexp.MustCompile(`\{\s*"?id"?\s*:\s*"?(\d{1,12})"?\s*,\s*"?schoolYear"?\s*:\s*"([^"]{1,40})"\s*,\s*"?name"?\s*:\s*"([^"]{1,40})"`)

// readTerms reads the school's number of each term: from the calendar of EAMS,
// or from the list to choose from of EAMS5. What is no term is left out.
func readTerms(g *page) (map[jwxt.Term]string, error) {
	out := map[jwxt.Term]string{}
	note := func(id string, names ...string) {
		if t, ok := termOf(names...); ok && out[t] == "" && id != "" {
			out[t] = id
		}
	}
	for _, m := range semester.FindAllSubmatch(g.text, -1) {
		note(string(m[1]), string(m[2])+" "+string(m[3]))
	}
	for _, m := range listedSemester.FindAllSubmatch(g.text, -1) {
		note(string(m[1]), string(m[2]))
	}
	if !markup.IsJSON(g.text) && !g.isLogin() {
		g.doc.Find("option[value]").Each(func(_ int, o *goquery.Selection) { note(o.AttrOr("value", ""), markup.Clean(o.Text())) })
	}
	if len(out) == 0 || g.Status != http.StatusOK {
		return nil, refusedOr(opTerms, g, "no term is listed")
	}
	return out, nil
}

// seasonTerm is how some schools call a part: 2016-2017 秋.
var seasonTerm = regexp.MustCompile(`^(\d{4}-\d{4})\s*(?:学年)?\s*-?\s*([秋春夏])(?:季?学期|季)?$`)

// termOf reads the first name that is a term.
func termOf(names ...string) (jwxt.Term, bool) {
	for _, name := range names {
		name = markup.Clean(name)
		if m := seasonTerm.FindStringSubmatch(name); m != nil {
			name = m[1] + "-" + map[string]string{"秋": "1", "春": "2", "夏": "3"}[m[2]]
		}
		if t, err := jwxt.ParseTerm(name); err == nil {
			return t, true
		}
	}
	return jwxt.Term{}, false
}
