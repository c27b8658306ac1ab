package render

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
)

// outcome is what a row says about its course.
type outcome uint8

const (
	open   outcome = iota // no result, or words we do not know
	passed                // its credits are earned
	failed
)

// passWords are the scores without a number that earn credits. Words that are
// neither here nor marked as failed by the school are taken for no result.
var passWords = regexp.MustCompile(`^(优秀?|良好?|中等?|及格|合格|通过|免修|免考|免试|[A-D][+-]?|P|Pass|pass|PASS)$`)

// outcomeOf reads a row. A mark that stands for the score speaks alone: a 0
// beside 缓考 or 免修 is no failure, whatever colour the page gives it.
func outcomeOf(g jwxt.Grade) outcome {
	score, isMark := shownScore(g)
	if i := strings.IndexAny(score, "(（"); i > 0 {
		score = score[:i]
	}
	_, err := jwxt.ParseDecimal(score)
	known := passWords.MatchString(score)
	switch {
	case g.Hidden, score == "", strings.Contains(score, "缓"):
		return open
	case g.Failed && !(isMark && known):
		return failed
	case known, err == nil:
		return passed
	}
	return open
}

// point is the row's point if it means something: not that of a withheld
// score, and no 0 that stands for a result still to come.
func point(g jwxt.Grade) jwxt.Decimal {
	n := g.Point.Milli()
	if g.Hidden || n < 0 || n == 0 && outcomeOf(g) == open {
		return jwxt.Decimal{}
	}
	return g.Point
}

// course is one course with all of its attempts.
type course struct {
	term    jwxt.Term
	credits jwxt.Decimal
	passed  bool
	failed  bool
}

// courses merges attempts. A resit or retake belongs to the latest course of
// its name; a first attempt in another term is another course, because 形势与政策
// keeps its number through eight terms.
func courses(grades []jwxt.Grade) []*course {
	rows := slices.Clone(grades)
	slices.SortStableFunc(rows, func(a, b jwxt.Grade) int {
		return cmp.Or(a.Term.Compare(b.Term), cmp.Compare(later(a), later(b)))
	})
	latest := map[string]*course{}
	var all []*course
	for _, g := range rows {
		key := cmp.Or(g.CourseID, g.Course)
		c := latest[key]
		if c == nil || later(g) == 0 && c.term != g.Term {
			c = &course{term: g.Term}
			latest[key] = c
			all = append(all, c)
		}
		if !c.credits.Valid() {
			c.credits = g.Credits
		}
		result := outcomeOf(g)
		c.passed = c.passed || result == passed
		c.failed = c.failed || result == failed
	}
	return all
}

func later(g jwxt.Grade) int {
	if g.Attempt == jwxt.FirstAttempt {
		return 0
	}
	return 1
}

// total fills the totals of d.
func total(d say.Data, grades []jwxt.Grade) say.Data {
	var credits, earned int64
	known := false
	for _, c := range courses(grades) {
		d.Courses++
		known = known || c.credits.Valid()
		credits += c.credits.Milli()
		switch {
		case c.passed:
			earned += c.credits.Milli()
		case c.failed:
			d.Failing++
		}
	}
	if known {
		d.Credits, d.Earned = jwxt.Milli(credits), jwxt.Milli(earned)
	}
	d.Average, d.Counted = average(grades)
	d.Uncounted = len(grades) - d.Counted
	return d
}

// average is Σ(point·credits)/Σcredits over the rows that have both, rounded
// half up to two decimals, and the number of these rows.
func average(grades []jwxt.Grade) (jwxt.Decimal, int) {
	sum, weight, n := new(big.Int), new(big.Int), 0
	for _, g := range grades {
		p := point(g)
		if !p.Valid() || g.Credits.Milli() <= 0 {
			continue
		}
		credits := big.NewInt(g.Credits.Milli())
		weight.Add(weight, credits)
		sum.Add(sum, credits.Mul(credits, big.NewInt(p.Milli())))
		n++
	}
	if n == 0 {
		return jwxt.Decimal{}, 0
	}
	ten := new(big.Int).Mul(weight, big.NewInt(10))
	sum.Add(sum, new(big.Int).Mul(weight, big.NewInt(5)))
	return jwxt.Milli(sum.Div(sum, ten).Int64() * 10), n
}
