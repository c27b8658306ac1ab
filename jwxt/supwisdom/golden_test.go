package supwisdom_test

import (
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/supwisdom"
)

// TestGolden reads the pages of testdata.
func TestGolden(t *testing.T) {
	jwxttest.Golden(t, supwisdom.New(), "http://jw.example.edu.cn/eams/x.action", false)
}

// TestParsePageHeads reads what stands in an answer's head.
func TestParsePageHeads(t *testing.T) {
	head := func(status int, to string) jwxt.Page {
		p := jwxttest.Page(t, "http://jw.example.edu.cn/eams/home.action", nil)
		p.Status, p.Header = status, map[string][]string{"Location": {to}}
		return p
	}
	for _, as := range []string{"login", "student", "terms", "grades", "timetable", "exams"} {
		_, err := supwisdom.New().ParsePage(as, head(302, "/eams/login.action"))
		wantKind(t, err, jwxt.Expired, "")
	}
	_, err := supwisdom.New().ParsePage("grades", head(401, ""))
	wantKind(t, err, jwxt.Expired, "")
	v, err := supwisdom.New().ParsePage("answer", head(302, "/eams/home.action?secret=1"))
	if got, ok := v.(supwisdom.AnswerPage); err != nil || !ok || got.Next != "http://jw.example.edu.cn/eams/home.action" {
		t.Errorf("a taken login: got %+v, %v", v, err)
	}
	_, err = supwisdom.New().ParsePage("grades", head(502, ""))
	wantKind(t, err, jwxt.Unreachable, "")
	_, err = supwisdom.New().ParsePage("notices", head(200, ""))
	wantKind(t, err, jwxt.Unsupported, "")
}
