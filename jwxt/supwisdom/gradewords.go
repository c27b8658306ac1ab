package supwisdom

import (
	"cmp"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
)

// finish fills in what follows from the other fields. red is the school's own
// mark of a failure.
func finish(g *jwxt.Grade, red bool) {
	if containsAny(g.Score, "评教", "未评") {
		g.Hidden, g.Score = true, ""
	}
	if g.Mark == "" && isMark(g.Score) {
		g.Mark = g.Score
	}
	if g.Mark == "" && g.Score == "" && !g.Hidden {
		g.Mark = unpublished
	}
	g.Attempt = attemptOf(cmp.Or(g.Exam, attemptWord(g.Mark)))
	g.Failed = !g.Hidden && failed(g.Score, g.Mark, red)
}

// unpublished is our word for a row without a score: it is listed, and the score
// is not out yet.
const unpublished = "未发布"

// isMark reports whether a score is no score but a reason for having none.
func isMark(s string) bool {
	return excused(s) || containsAny(s, "缺考", "旷考", "作弊", "违纪", "取消")
}

// excused reports whether a mark means that there is no score to fail with.
func excused(mark string) bool {
	return containsAny(mark, "缓考", "缓修", "免修", "免考", "免试", "弃修", "退课", "退选", "休学")
}

func failed(score, mark string, red bool) bool {
	switch {
	case excused(score), score == "" && excused(mark):
		return false
	case red, containsAny(mark+score, "缺考", "旷考", "作弊", "违纪", "取消"):
		return true
	case containsAny(score, "不及格", "不合格", "不通过", "未通过"):
		return true
	case score == "F" || score == "NP":
		return true
	}
	n, err := strconv.ParseFloat(score, 64)
	return err == nil && n < 60
}

// attemptOf reads what kind of examination this was.
func attemptOf(exam string) jwxt.Attempt {
	switch {
	case exam == "" || containsAny(exam, "正常", "初修", "首次", "首修", "期末"):
		return jwxt.FirstAttempt
	case containsAny(exam, "补考"):
		return jwxt.Resit
	case containsAny(exam, "重修", "重考", "重学", "再修"):
		return jwxt.Retake
	case containsAny(exam, "缓考"):
		return jwxt.Deferred
	}
	return jwxt.OtherAttempt
}

// attemptWord is mark where it tells the attempt of rows without a column for it.
func attemptWord(mark string) string {
	if containsAny(mark, "补考", "重修", "缓考") {
		return mark
	}
	return ""
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
