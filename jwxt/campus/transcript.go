package campus

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"

	"jwxtbot/jwxt"
)

// Transcript invents a student's grades: terms 学期 (1 to 8) from the autumn
// of year, the same for the same number each time. It has scores of every
// scale, and one each of the trouble cases whose term is reached: a failed
// course with its 补考 and, failed again, its 重修; a 缓考 without a score and
// the examination that followed; a 缺考; a 免修; a course counted for another
// one; and, if hidden is set, a course of the newest term whose score is
// withheld until 评教.
func Transcript(number string, year, terms int, hidden bool) []jwxt.Grade {
	seed := fnv.New64a()
	seed.Write([]byte(number))
	w := writer{rand: rand.New(rand.NewPCG(seed.Sum64(), 3)), year: year}
	for _, c := range curriculum() {
		if c.term < terms {
			w.course(c)
		}
	}
	w.rows = slices.DeleteFunc(w.rows, func(g jwxt.Grade) bool { return g.Term.Compare(w.term(terms-1)) > 0 })
	slices.SortStableFunc(w.rows, func(a, b jwxt.Grade) int { return a.Term.Compare(b.Term) })
	if hidden && len(w.rows) > 0 {
		withhold(&w.rows[len(w.rows)-1])
	}
	for i := range w.rows {
		w.rows[i].Detail = fmt.Sprintf("%032X", w.rand.Uint64())
	}
	return w.rows
}

// writer writes rows.
type writer struct {
	rand  *rand.Rand
	year  int
	words int
	rows  []jwxt.Grade
}

func (w *writer) term(n int) jwxt.Term { return jwxt.Term{Year: w.year + n/2, Part: n%2 + 1} }

// course writes the rows of one course: usually one.
func (w *writer) course(c course) {
	g := w.row(c)
	switch c.id {
	case "A0200102": // failed, failed the 补考, passed the 重修 a year later
		w.add(score(g, 47))
		w.add(again(score(g, 52), "补考", jwxt.Resit, w.term(c.term)))
		g.Term = w.term(c.term + 2)
		w.add(again(score(g, 76), "重修", jwxt.Retake, w.term(c.term)))
	case "C0510101": // failed, passed the 补考
		w.add(score(g, 55))
		w.add(again(score(g, 60), "补考", jwxt.Resit, w.term(c.term)))
	case "C0510105": // 缓考, sat later
		w.add(marked(g, "缓考"))
		w.add(again(score(g, 83), "缓考", jwxt.Deferred, w.term(c.term)))
	case "C0520106":
		w.add(failed(marked(g, "缺考")))
	case "A0300104":
		w.add(pointed(marked(g, "免修"), 4000))
	case "C0520109": // counted for a course of the older plan
		g.Extra = map[string]string{
			"原始课程编号": "C0420209", "原始课程名称": "人工智能基础", "原始课程学分": "2",
			"原始课程性质": branch, "原始课程属性": "选修",
		}
		w.add(w.mark(c, g))
	default:
		w.add(w.mark(c, g))
	}
}

func (w *writer) add(g jwxt.Grade) { w.rows = append(w.rows, g) }

func (w *writer) row(c course) jwxt.Grade {
	credits, err := jwxt.ParseDecimal(c.credits)
	if err != nil {
		panic(err)
	}
	g := jwxt.Grade{
		Term: w.term(c.term), CourseID: c.id, Course: c.name,
		Credits: credits, Hours: jwxt.Milli(int64(c.hours) * 1000),
		Assessment: "考查", Exam: "正常考试", Attribute: "必修", Nature: c.nature,
		Department: c.department,
	}
	if c.exam {
		g.Assessment = "考试"
	}
	if c.optional {
		g.Attribute = "选修"
	}
	switch {
	case c.nature == elective:
		g.Elective = "人文艺术类"
	case c.nature == politics && c.exam:
		g.Group = fmt.Sprintf("%d-%d%s", c.term+1, w.rand.IntN(9)+1, "思政")
	}
	return g
}

// mark gives a passing mark on the course's scale.
func (w *writer) mark(c course, g jwxt.Grade) jwxt.Grade {
	switch c.scale {
	case fiveWords:
		return w.word(g)
	case passFail:
		g.Score = "通过" // no point: such courses do not count
		return g
	}
	return score(g, 62+w.rand.IntN(37))
}

// word gives the words in turn, so that a long transcript has them all.
func (w *writer) word(g jwxt.Grade) jwxt.Grade {
	words := []struct {
		text  string
		point int64
	}{{"良", 3000}, {"优", 4000}, {"中", 2000}, {"优", 4000}, {"及格", 1000}}
	next := words[w.words%len(words)]
	w.words++
	g.Score = next.text
	return pointed(g, next.point)
}

// score gives a mark of a hundred with its point and its parts.
func score(g jwxt.Grade, n int) jwxt.Grade {
	g.Score = strconv.Itoa(n)
	g.Parts = map[string]string{"平时成绩": strconv.Itoa(min(n+6, 100)), "期末成绩": strconv.Itoa(n - 4)}
	if n < 60 {
		return failed(g)
	}
	return pointed(g, int64(min(n-50, 40))*100)
}

func pointed(g jwxt.Grade, milli int64) jwxt.Grade {
	g.Point = jwxt.Milli(milli)
	return g
}

func failed(g jwxt.Grade) jwxt.Grade {
	g.Failed = true
	return pointed(g, 0)
}

func marked(g jwxt.Grade, mark string) jwxt.Grade {
	g.Mark = mark
	return g
}

func again(g jwxt.Grade, exam string, a jwxt.Attempt, first jwxt.Term) jwxt.Grade {
	g.Exam, g.Attempt, g.RetakeTerm = exam, a, first.String()
	return g
}

func withhold(g *jwxt.Grade) {
	g.Hidden, g.Failed = true, false
	g.Score, g.Mark, g.Point, g.Parts = "", "", jwxt.Decimal{}, nil
}
