package zhengfang_test

import (
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/zhengfang"
)

func page(t testing.TB, body string) jwxt.Page {
	t.Helper()
	return jwxttest.Page(t, "http://jw.example.edu.cn/(abc)/x.aspx?xh=2020000001", []byte(body))
}

// TestGolden reads the pages of testdata.
func TestGolden(t *testing.T) {
	jwxttest.Golden(t, zhengfang.New(), "http://jw.example.edu.cn/(abc)/x.aspx?xh=2020000001", true)
}

// TestParsePageHeads reads what stands in an answer's head.
func TestParsePageHeads(t *testing.T) {
	head := func(status int, to string) jwxt.Page {
		p := page(t, "")
		p.Status, p.Header = status, map[string][]string{"Location": {to}}
		return p
	}
	d := zhengfang.New()
	for _, as := range []string{"login", "gradeform", "grades", "notices", "notice"} {
		_, err := d.ParsePage(as, head(302, "/default2.aspx"))
		wantKind(t, err, jwxt.Expired, "")
		_, err = d.ParsePage(as, head(502, ""))
		wantKind(t, err, jwxt.Unreachable, "")
	}
	v, err := d.ParsePage("answer", head(302, "xs_main.aspx?xh=2020000001"))
	if got, ok := v.(zhengfang.AnswerPage); err != nil || !ok || got.Next != "http://jw.example.edu.cn/(…)/xs_main.aspx" {
		t.Errorf("a taken login: got %+v, %v", v, err)
	}
	_, err = d.ParsePage("answer", head(302, "js_main.aspx"))
	wantKind(t, err, jwxt.Unsupported, "")
	_, err = d.ParsePage("calendar", head(200, ""))
	wantKind(t, err, jwxt.Unsupported, "")
}
