package jwglxt_test

import (
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwglxt"
	"jwxtbot/jwxt/jwxttest"
)

// TestGolden reads the pages of testdata.
func TestGolden(t *testing.T) {
	jwxttest.Golden(t, jwglxt.New(), "http://jw.example.edu.cn/jwglxt/x.html?xwbh=51AF", false)
}

// TestParsePageHeads reads what stands in an answer's head.
func TestParsePageHeads(t *testing.T) {
	head := func(status int, to string) jwxt.Page {
		p := jwxttest.Page(t, "http://jw.example.edu.cn/jwglxt/cjcx/cjcx_cxDgXscj.html", nil)
		p.Status, p.Header = status, map[string][]string{"Location": {to}}
		return p
	}
	for _, as := range []string{"login", "grades", "detail", "timetable", "exams", "notices", "notice"} {
		for name, p := range map[string]jwxt.Page{"901": head(901, ""), "302": head(302, loginPath)} {
			_, err := jwglxt.New().ParsePage(as, p)
			if jwxt.KindOf(err) != jwxt.Expired {
				t.Errorf("%s with %s: got %v, want Expired", as, name, err)
			}
		}
	}
	v, err := jwglxt.New().ParsePage("answer", head(302, loginPath+"?secret=1"))
	if got, ok := v.(jwglxt.AnswerPage); err != nil || !ok || got.Next != "http://jw.example.edu.cn"+loginPath {
		t.Errorf("a taken login: got %+v, %v", v, err)
	}
	_, err = jwglxt.New().ParsePage("grades", head(502, ""))
	wantKind(t, err, jwxt.Unreachable, "")
	_, err = jwglxt.New().ParsePage("calendar", head(200, ""))
	wantKind(t, err, jwxt.Unsupported, "")
}
