package kingosoft

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

const aspxOpGrades = "kingosoft: grades"

// Grades implements [jwxt.GradeReader]. It costs two requests, the first of
// which tells whose session it is, and one for each picture where the school
// gives the marks as such.
func (aspx) Grades(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Transcript, error) {
	v := openASPX(c)
	return driver.Read(c, func() (jwxt.Transcript, error) { return v.grades(ctx, t) })
}

func (v *aspxVisit) grades(ctx context.Context, t jwxt.Term) (out jwxt.Transcript, err error) {
	if err := v.mine(ctx, aspxOpGrades); err != nil {
		return out, err
	}
	g, err := v.send(ctx, aspxOpGrades, fetch.Request{
		URL: v.path(aspxGradeList), Post: true, Form: v.gradeQuery(t), Referer: v.path(aspxGradeForm),
	})
	if err != nil {
		return out, err
	}
	out, drawings, err := g.grades()
	if err != nil {
		return out, aspxNoRight(err)
	}
	for i := range out.Grades {
		if out.Grades[i].Term.IsZero() { // a list of one term need not name it
			out.Grades[i].Term = t
		}
	}
	out.Grades = driver.OfTerm(out.Grades, t)
	if len(drawings) > 0 {
		out.Pictures, err = v.draw(ctx, g, drawings, t)
	}
	return out, err
}

// gradeQuery is the query form for one term, or for all since 入学. Terms are
// counted from 0.
func (v *aspxVisit) gradeQuery(t jwxt.Term) fetch.Form {
	kind, span := "1", "0"
	if v.Option("grades", "") == "original" {
		kind = "0"
	}
	var f fetch.Form
	if !t.IsZero() {
		span = "2"
		f = fetch.Form{{Name: "sel_xn", Value: strconv.Itoa(t.Year)}, {Name: "sel_xq", Value: strconv.Itoa(t.Part - 1)}}
	}
	return append(f, fetch.Form{
		{Name: "SJ", Value: kind}, {Name: "btn_search", Value: "检索"}, {Name: "SelXNXQ", Value: span},
		{Name: "zfx_flag", Value: "0"}, {Name: "zxf", Value: "0"}, {Name: "shownocomputjd", Value: "1"}, {Name: "hidparam_xh"},
	}...)
}

// aspxNoRight mends the kind of a refusal. To who has just been told by name, 您
// 无权访问此页 does not say that he is logged out.
func aspxNoRight(err error) error {
	if said := jwxt.SaidOf(err); jwxt.KindOf(err) == jwxt.Expired && strings.Contains(said, "无权") {
		return jwxt.Refuse(jwxt.Closed, aspxOpGrades, said)
	}
	return err
}

// aspxDrawing is a picture of marks that a list holds.
type aspxDrawing struct {
	term jwxt.Term
	src  string
}

// aspxXNXQ is a term in an address: 20201 is the spring of 2020-2021.
var aspxXNXQ = regexp.MustCompile(`^(\d{4})([0-2])$`)

// drawings finds the pictures of marks, newest term first.
func (g *aspxPage) drawings() (out []aspxDrawing) {
	seen := map[aspxDrawing]bool{}
	for _, img := range g.doc.Find("img[src]").EachIter() {
		src := img.AttrOr("src", "")
		u, err := url.Parse(strings.TrimSpace(src))
		if err != nil || !strings.Contains(strings.ToLower(u.Path), "stu_myscore_drawimg") {
			continue
		}
		d := aspxDrawing{src: src}
		if m := aspxXNXQ.FindStringSubmatch(u.Query().Get("xnxq")); m != nil {
			d.term = aspxTermOf(m[1], m[2])
		}
		if !seen[d] {
			seen[d] = true
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b aspxDrawing) int { return b.term.Compare(a.term) })
	return out
}

// aspxTermOf reads a year and a part that is counted from 0.
func aspxTermOf(year, part string) jwxt.Term {
	y, _ := strconv.Atoi(year)
	p, _ := strconv.Atoi(part)
	return jwxt.Term{Year: y, Part: p + 1}
}

// maxDrawings is more pictures than the terms of anybody's studies have; what is
// beyond is left out as what there is no room for is.
const maxDrawings = 40

// draw fetches the pictures of a term, or of all, as many as there is room for.
func (v *aspxVisit) draw(ctx context.Context, list *aspxPage, drawings []aspxDrawing, t jwxt.Term) (out []jwxt.Picture, err error) {
	room, full := jwxt.MaxPictures, false
	for _, d := range drawings {
		if !t.IsZero() && !d.term.IsZero() && d.term != t {
			continue
		}
		p := jwxt.Picture{Term: d.term}
		if full = full || len(out) >= maxDrawings; !full {
			if p.Image, err = v.picture(ctx, list, d); err != nil {
				return nil, err
			}
		}
		if full = full || len(p.Image) > room; full {
			p.Image = nil
		}
		room -= len(p.Image)
		out = append(out, p)
	}
	return out, nil
}

func (v *aspxVisit) picture(ctx context.Context, list *aspxPage, d aspxDrawing) ([]byte, error) {
	const op = "kingosoft: picture of grades"
	u, err := list.URL.Parse(strings.TrimSpace(d.src))
	if err != nil {
		return nil, jwxt.Fail(jwxt.Changed, op, errors.New("its address cannot be read"))
	}
	g, err := v.send(ctx, op, fetch.Request{URL: u.String(), Referer: list.URL.String()})
	switch {
	case err != nil:
		return nil, err
	case !strings.HasPrefix(http.DetectContentType(g.Body), "image/"):
		return nil, aspxNoRight(g.refused(op, "this is no picture"))
	case len(g.Body) > jwxt.MaxPictures:
		return nil, jwxt.Fail(jwxt.Changed, op, fmt.Errorf("it has more than %d KiB", jwxt.MaxPictures>>10))
	}
	return g.Body, nil
}
