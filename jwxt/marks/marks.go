// Package marks knows the words that all vendors' grade lists share: what a
// 成绩标识 means, which scores are failed, and which examination a row is of.
package marks

import (
	"strconv"
	"strings"

	"jwxtbot/jwxt"
)

var (
	excuses  = []string{"缓考", "缓修", "免修", "免考", "免试", "弃修", "退课", "退选", "休学"}
	offences = []string{"缺考", "旷考", "作弊", "违纪", "取消"}
	failures = []string{"不及格", "不合格", "不通过", "未通过"}
)

// Excused reports whether a word frees from the examination: 缓考, 免修.
func Excused(word string) bool { return !numeric(word) && containsAny(word, excuses...) }

// Is reports whether a word is a mark and no score: 缓考, 缺考, 作弊.
func Is(word string) bool {
	return !numeric(word) && (containsAny(word, excuses...) || containsAny(word, offences...))
}

// numeric spares the many scores that are numbers the search for words.
func numeric(s string) bool { return s == "" || s[0] >= '0' && s[0] <= '9' }

// Failed reports whether score and mark mean a failed course: below 60 on the
// 100 scale, 不及格, 不合格, 不通过, F, NP, 缺考, 作弊. A mark that excuses wins: the
// score beside it is a placeholder.
func Failed(score, mark string) bool {
	n, err := strconv.ParseFloat(score, 64)
	switch {
	case err == nil && mark == "":
		return n < 60
	case Excused(mark) || Excused(score):
		return false
	case containsAny(mark, offences...) || containsAny(score, offences...):
		return true
	case containsAny(score, failures...), score == "F", score == "NP":
		return true
	}
	return err == nil && n < 60
}

// AttemptOf reads 考试性质.
func AttemptOf(exam string) jwxt.Attempt {
	switch {
	case exam == "" || containsAny(exam, "正常", "初修", "首次", "首修", "期末"):
		return jwxt.FirstAttempt
	case strings.Contains(exam, "补考"):
		return jwxt.Resit
	case containsAny(exam, "重修", "重考", "重学", "再修"):
		return jwxt.Retake
	case strings.Contains(exam, "缓考"):
		return jwxt.Deferred
	}
	return jwxt.OtherAttempt
}

// AttemptWord is mark where it names an attempt, else "".
func AttemptWord(mark string) string {
	if containsAny(mark, "补考", "重修", "缓考") {
		return mark
	}
	return ""
}

// SameScore reports whether two scores are one: equal as text or as numbers.
func SameScore(a, b string) bool {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return a == b || err1 == nil && err2 == nil && x == y
}

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
