package render_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/render"
	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/bot/say/saytest"
	"jwxtbot/jwxt"
)

// drawn is a transcript of a school that draws its marks.
func drawn() jwxt.Transcript {
	return jwxt.Transcript{Pictures: []jwxt.Picture{
		{Term: spring, Image: []byte("a")}, {Term: spring, Image: []byte("b")}, {Term: autumn, Image: []byte("c")},
		{Term: jwxt.Term{Year: 2023, Part: 2}}, {Term: jwxt.Term{Year: 2023, Part: 2}}, {Term: jwxt.Term{Year: 2023, Part: 1}},
	}}
}

func TestPicturesGolden(t *testing.T) {
	o := render.GradeOptions{School: "华东示范大学", Student: "张三", ReadAt: time.Date(2026, 8, 1, 9, 30, 0, 0, time.FixedZone("CST", 8*3600))}
	for _, l := range say.Langs() {
		var all []string
		for o.Page = 1; o.Page <= 3; o.Page++ {
			p := render.Grades(l, drawn(), o)
			if p.Page != o.Page || p.Pages != 3 {
				t.Errorf("page %d of %d, want %d of 3", p.Page, p.Pages, o.Page)
			}
			all = append(all, fmt.Sprintf("[%s]\n%s", p.Photo, p.HTML))
		}
		golden(t, "pictures."+string(l)+".html", strings.Join(all, "\n=====\n")+"\n")
	}
}

// A term has its own pictures only; pictures follow rows; what has no image at
// all is told in words and is no lack of grades.
func TestPictures(t *testing.T) {
	both := drawn()
	both.Grades = long(60).Grades
	rows := render.Grades(say.En, long(60), render.GradeOptions{}).Pages
	for name, tt := range map[string]struct {
		tr    jwxt.Transcript
		o     render.GradeOptions
		pages int
		photo string
		says  string
	}{
		"a term":            {drawn(), render.GradeOptions{Term: spring, Page: 9}, 2, "b", "picture only"},
		"another term":      {drawn(), render.GradeOptions{Term: jwxt.Term{Year: 2020, Part: 1}}, 1, "", "no grades"},
		"one without image": {drawn(), render.GradeOptions{Term: jwxt.Term{Year: 2023, Part: 1}}, 1, "", "did not fit in"},
		"rows first":        {both, render.GradeOptions{Page: 1}, rows + 3, "", "course"},
		"then pictures":     {both, render.GradeOptions{Page: rows + 1}, rows + 3, "a", "picture only"},
		"and the last":      {both, render.GradeOptions{Page: 99}, rows + 3, "c", "did not fit in"},
	} {
		p := render.Grades(say.En, tt.tr, tt.o)
		if p.Pages != tt.pages || string(p.Photo) != tt.photo || !strings.Contains(p.HTML, tt.says) {
			t.Errorf("%s: page %d of %d with %q, want %d and %q and %q:\n%s", name, p.Page, p.Pages, p.Photo, tt.pages, tt.photo, tt.says, p.HTML)
		}
	}
}

// A caption is shorter than Telegram's limit whatever school and student are called.
func TestPictureCaption(t *testing.T) {
	endless := strings.Repeat("<名&>", 500)
	for _, l := range say.Langs() {
		p := render.Grades(l, drawn(), render.GradeOptions{School: endless, Student: endless, Page: 3, ReadAt: time.Now()})
		shape, err := saytest.Check(p.HTML)
		if err != nil || shape.Units > text.MaxCaption || p.Photo == nil {
			t.Errorf("%v, %d units:\n%s", err, shape.Units, p.HTML)
		}
	}
}
