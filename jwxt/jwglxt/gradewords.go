package jwglxt

import (
	"cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/marks"
	"jwxtbot/jwxt/markup"
)

// score fills in the score and what follows from it. It is shown as cj has it:
// bfzcj turns words into numbers and a missing score into 0. A word in cj that
// is no score is a mark; some schools have it in bfzcj or in cjbz.
func (m item) score(g *jwxt.Grade) {
	g.Score = m.first("cj")
	percent := m.first("bfzcj")
	if g.Score == "" && marks.Is(percent) {
		g.Score = percent
	}
	if markup.ContainsAny(g.Score, "评教", "未评", "未开放") {
		g.Hidden, g.Score = true, ""
	}
	if g.Mark == "" && marks.Is(g.Score) {
		g.Mark = g.Score
	}
	if g.Mark == "" && m["cjsfzf"] == "是" {
		g.Mark = "作废"
	}
	if percent != "" && percent != "0" && !g.Hidden && !marks.SameScore(percent, g.Score) {
		setExtra(g, "百分成绩", percent)
	}
	g.Attempt = marks.AttemptOf(cmp.Or(g.Exam, marks.AttemptWord(g.Mark)))
	g.Failed = marks.Failed(g.Score, g.Mark)
}
