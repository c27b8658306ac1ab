package supwisdom

import (
	"cmp"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/marks"
	"jwxtbot/jwxt/markup"
)

// finish fills in what follows from the other fields. red is the school's own
// mark of a failure.
func finish(g *jwxt.Grade, red bool) {
	if markup.ContainsAny(g.Score, "评教", "未评") {
		g.Hidden, g.Score = true, ""
	}
	if g.Mark == "" && marks.Is(g.Score) {
		g.Mark = g.Score
	}
	if g.Mark == "" && g.Score == "" && !g.Hidden {
		g.Mark = unpublished
	}
	g.Attempt = marks.AttemptOf(cmp.Or(g.Exam, marks.AttemptWord(g.Mark)))
	g.Failed = !g.Hidden && failed(g.Score, g.Mark, red)
}

// unpublished is our word for a row without a score: it is listed, and the score
// is not out yet.
const unpublished = "未发布"

// failed counts a score beside a mark that excuses: it is the later
// examination's. red is the school's own mark of a failure.
func failed(score, mark string, red bool) bool {
	if score != "" && marks.Excused(mark) {
		mark = ""
	}
	return marks.Failed(score, mark) || red && !marks.Excused(score) && !marks.Excused(mark)
}

// setDecimal reads a number; what is no number is kept as it is.
func setDecimal(g *jwxt.Grade, d *jwxt.Decimal, name, text string) {
	n, err := jwxt.ParseDecimal(text)
	if err != nil {
		if strings.Trim(text, "-—") != "" { // -- stands for none
			setExtra(g, name, text)
		}
		return
	}
	*d = n
}

func setExtra(g *jwxt.Grade, name, text string) {
	if g.Extra == nil {
		g.Extra = map[string]string{}
	}
	g.Extra[name] = text
}

func setPart(g *jwxt.Grade, name, text string) {
	if g.Parts == nil {
		g.Parts = map[string]string{}
	}
	g.Parts[name] = text
}
