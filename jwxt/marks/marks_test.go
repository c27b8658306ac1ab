package marks_test

import (
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/marks"
)

func TestFailed(t *testing.T) {
	for _, c := range []struct {
		score, mark string
		want        bool
	}{
		{"59.9", "", true},
		{"60", "", false},
		{"不及格", "", true},
		{"合格", "", false},
		{"NP", "", true},
		{"A+", "", false},
		{"", "", false},
		{"缺考", "", true},
		{"0", "作弊", true},
		{"0", "缓考", false},
		{"免修", "", false},
		{"55", "补考", true},
		{"75", "取消资格", true},
	} {
		if got := marks.Failed(c.score, c.mark); got != c.want {
			t.Errorf("Failed(%q, %q) = %v", c.score, c.mark, got)
		}
	}
}

func TestWords(t *testing.T) {
	for word, want := range map[string]bool{"缓考": true, "缺考": true, "免修": true, "84": false, "优": false, "": false} {
		if got := marks.Is(word); got != want {
			t.Errorf("Is(%q) = %v", word, got)
		}
	}
	for exam, want := range map[string]jwxt.Attempt{
		"": jwxt.FirstAttempt, "正常考试": jwxt.FirstAttempt, "补考一": jwxt.Resit, "重修考试": jwxt.Retake,
		"缓考": jwxt.Deferred, "结业换证": jwxt.OtherAttempt,
	} {
		if got := marks.AttemptOf(exam); got != want {
			t.Errorf("AttemptOf(%q) = %q, want %q", exam, got, want)
		}
	}
	if !marks.SameScore("84", "84.0") || marks.SameScore("84", "优") || !marks.SameScore("优", "优") {
		t.Error("SameScore compares wrongly")
	}
}
