package kingosoft

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

var (
	// aspxWho is in the line below all pages: 当前用户：学生[2020000001]张三
	aspxWho    = regexp.MustCompile(`\[([0-9A-Za-z]{4,20})\]\s*(\S.{0,39}?)?$`)
	aspxNumber = regexp.MustCompile(`^[0-9A-Za-z]{4,20}$`)
)

// infoStudent reads 学籍信息, a table of label and value in two neighbours.
func (g *aspxPage) infoStudent() (s jwxt.Student) {
	for _, tr := range g.doc.Find("tr").Nodes {
		if markup.Headers(tr) == nil {
			continue // layout
		}
		tds := markup.Cells(tr, nil)
		for i := range len(tds) - 1 {
			label := strings.TrimRight(markup.Squeeze(markup.Text(tds[i])), "：:")
			text := markup.Text(tds[i+1])
			switch {
			case label == "学号" && s.Number == "" && aspxNumber.MatchString(text):
				s.Number = text
			case label == "姓名" && s.Name == "" && len([]rune(text)) <= 40:
				s.Name = text
			}
		}
	}
	return s
}

// who reads one of the pages that tell whose session it is, and notes which one
// did. No number and no error means that the page tells none.
func (v *aspxVisit) who(ctx context.Context, op, page string) (jwxt.Student, error) {
	g, err := v.send(ctx, op, fetch.Request{URL: v.path(page), Referer: v.path(aspxFrames)})
	if err != nil {
		return jwxt.Student{}, err
	}
	s, told := g.student()
	if !told {
		return s, g.refused(op, "the page does not tell whose session this is")
	}
	if s.Number != "" {
		v.Note(aspxMemoWho, page)
	}
	return s, nil
}

// mine makes sure that the session lives and is the student's own.
func (v *aspxVisit) mine(ctx context.Context, op string) error {
	page := v.Noted(aspxMemoWho)
	if page != aspxInfo {
		page = aspxFoot
	}
	s, err := v.who(ctx, op, page)
	if err == nil && s.Number == "" {
		err = jwxt.Fail(jwxt.Changed, op, errors.New("the page does not tell whose session this is"))
	}
	if err != nil {
		return err
	}
	return v.Same(op, s.Number)
}

// student reads either of the two pages; told tells that this is one of them.
func (g *aspxPage) student() (s jwxt.Student, told bool) {
	if foot := g.doc.Find("#TheFootMemo"); foot.Length() > 0 {
		if m := aspxWho.FindStringSubmatch(markup.Clean(aspxText(foot))); m != nil {
			s = jwxt.Student{Number: m[1], Name: m[2]}
		}
		return s, true
	}
	s = g.infoStudent()
	return s, s.Number != ""
}
