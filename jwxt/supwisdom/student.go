package supwisdom

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// The pages of EAMS that may tell the 学号, as memoWho names them.
const (
	whoHome   = "home"
	whoDetail = "detail"

	detailPath = "/stdDetail.action"
)

var nameAndNumber = regexp.MustCompile(`^(.{1,40}?)\s*[(（]\s*([0-9A-Za-z]{4,20})\s*[)）]$`)

// homeStudent reads a.personal-name of the home page. That the number stands in
// brackets behind the name is not known from a capture; where it does not, the
// page tells no number.
func (g *page) homeStudent() jwxt.Student {
	text := markup.Clean(g.doc.Find("a.personal-name").First().Text())
	if m := nameAndNumber.FindStringSubmatch(text); m != nil {
		return jwxt.Student{Number: m[2], Name: m[1]}
	}
	return jwxt.Student{}
}

var number = regexp.MustCompile(`^[0-9A-Za-z]{4,20}$`)

// detailStudent reads 学籍信息, a table of label and value in two neighbours.
func (g *page) detailStudent() (s jwxt.Student) {
	for _, td := range g.doc.Find("td, th").Nodes {
		value := td.NextSibling
		for value != nil && value.Type != html.ElementNode {
			value = value.NextSibling
		}
		if value != nil {
			s = labelled(s, markup.Text(td), markup.Text(value))
		}
	}
	return s
}

// infoStudent reads the student's page of EAMS5, a list of label and value.
func (g *page) infoStudent() (s jwxt.Student) {
	for _, li := range g.doc.Find("li").Nodes {
		var pair []*html.Node
		for c := range li.ChildNodes() {
			if c.Type == html.ElementNode {
				pair = append(pair, c)
			}
		}
		if len(pair) >= 2 {
			s = labelled(s, markup.Text(pair[0]), markup.Text(pair[len(pair)-1]))
		}
	}
	return s
}

// labelled fills in what a label names. The first mention counts.
func labelled(s jwxt.Student, label, text string) jwxt.Student {
	label = strings.TrimRight(label, "：: ")
	switch {
	case (label == "姓名" || label == "中文姓名") && s.Name == "" && len([]rune(text)) <= 40:
		s.Name = text
	case label == "学号" && s.Number == "" && number.MatchString(text):
		s.Number = text
	}
	return s
}

// mine makes sure at EAMS that the session lives and is the student's own, as
// far as the school tells whose it is.
func (v *visit) mine(ctx context.Context, op string) error {
	address, student := v.home(), (*page).homeStudent
	if v.Noted(memoWho) == whoDetail {
		address, student = detailPath, (*page).detailStudent
	}
	g, err := v.send(ctx, op, fetch.Request{URL: v.path(address)}, nil)
	if err != nil {
		return err
	}
	told, tells := student(g).Number, v.Noted(memoWho) != ""
	switch {
	case g.Status != http.StatusOK, tells && told == "", !tells && !g.isHome():
		return refusedOr(op, g, "the page does not tell whose session this is")
	case tells && !strings.EqualFold(told, v.Conn.Session.Student.Number):
		return v.Another(op)
	}
	return nil
}

var (
	// innerNumber is at the end of an address of EAMS5.
	innerNumber = regexp.MustCompile(`/(?:info|semester-index)/(\d{1,12})$`)
	// chosenNumber is where the grade sheet lets one of several be chosen. No
	// capture of that page is known.
	chosenNumber = regexp.MustCompile(`(?:semester-index/|<button[^>]{0,200}\bvalue=")(\d{1,12})\b`)
)

func isSheet(to *url.URL) bool { return innerNumber.MatchString(to.Path) }

// sheetIDs opens the grade sheet of EAMS5, which redirects to the student's own
// or, for a student of two majors, has a button for each. It makes sure that
// they are those of the login.
func (v *visit) sheetIDs(ctx context.Context, op string) ([]string, error) {
	g, err := v.send(ctx, op, fetch.Request{URL: v.path("/for-std/grade/sheet")}, isSheet)
	if err != nil {
		return nil, err
	}
	ids := g.sheetIDs()
	if len(ids) == 0 {
		return nil, refusedOr(op, g, "the grade sheet does not tell whose it is")
	}
	return ids, v.owned5(op, ids)
}

// owned5 makes sure that inner numbers are those of the login.
func (v *visit) owned5(op string, ids []string) error {
	had := v.Noted(memoIDs)
	if had == "" {
		v.Note(memoIDs, strings.Join(ids, ","))
		return nil
	}
	for _, id := range strings.Split(had, ",") {
		if slices.Contains(ids, id) {
			return nil
		}
	}
	return v.Another(op)
}

// maxIDs is more majors than anybody has.
const maxIDs = 4

func (g *page) sheetIDs() (ids []string) {
	if to := fetch.Location(g.Page); to != nil {
		if m := innerNumber.FindStringSubmatch(to.Path); m != nil {
			return m[1:]
		}
		return nil
	}
	if g.Status != http.StatusOK || g.isLogin() || markup.IsJSON(g.text) {
		return nil
	}
	for _, m := range chosenNumber.FindAllSubmatch(g.text, -1) {
		if id := string(m[1]); !slices.Contains(ids, id) && len(ids) < maxIDs {
			ids = append(ids, id)
		}
	}
	return ids
}
