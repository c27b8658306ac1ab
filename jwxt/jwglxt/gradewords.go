package jwglxt

import (
	"cmp"
	"strconv"
	"strings"

	"jwxtbot/jwxt"
)

// score fills in the score and what follows from it. It is shown as cj has it:
// bfzcj turns words into numbers and a missing score into 0. A word in cj that
// is no score is a mark; some schools have it in bfzcj or in cjbz.
func (m item) score(g *jwxt.Grade) {
	g.Score = m.first("cj")
	percent := m.first("bfzcj")
	if g.Score == "" && isMark(percent) {
		g.Score = percent
	}
	if containsAny(g.Score, "评教", "未评", "未开放") {
		g.Hidden, g.Score = true, ""
	}
	if g.Mark == "" && isMark(g.Score) {
		g.Mark = g.Score
	}
	if g.Mark == "" && m["cjsfzf"] == "是" {
		g.Mark = "作废"
	}
	if percent != "" && percent != "0" && !g.Hidden && !sameNumber(percent, g.Score) {
		setExtra(g, "百分成绩", percent)
	}
	g.Attempt = attemptOf(cmp.Or(g.Exam, attemptWord(g.Mark)))
	g.Failed = failed(g.Score, g.Mark)
}

func sameNumber(a, b string) bool {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return a == b || err1 == nil && err2 == nil && x == y
}

// isMark reports whether a score is no score but a reason for having none.
func isMark(s string) bool {
	return excused(s) || containsAny(s, "缺考", "旷考", "作弊", "违纪", "取消")
}

// excused reports whether a mark means that there is no score to fail with.
func excused(mark string) bool {
	return containsAny(mark, "缓考", "缓修", "免修", "免考", "免试", "弃修", "退课", "退选", "休学")
}

func failed(score, mark string) bool {
	switch {
	case excused(mark) || excused(score):
		return false
	case containsAny(mark+score, "缺考", "旷考", "作弊", "违纪", "取消"):
		return true
	case containsAny(score, "不及格", "不合格", "不通过", "未通过"):
		return true
	case score == "F" || score == "NP":
		return true
	}
	n, err := strconv.ParseFloat(score, 64)
	return err == nil && n < 60
}

// attemptOf reads 考试性质.
func attemptOf(exam string) jwxt.Attempt {
	switch {
	case exam == "" || containsAny(exam, "正常", "初修", "首次", "期末考试"):
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

// attemptWord is mark where it tells the attempt of rows without 考试性质.
func attemptWord(mark string) string {
	if containsAny(mark, "补考", "重修", "缓考") {
		return mark
	}
	return ""
}

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
