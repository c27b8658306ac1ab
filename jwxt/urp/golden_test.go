package urp_test

import (
	"net/http"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/urp"
)

// TestGolden reads the pages of testdata.
func TestGolden(t *testing.T) {
	jwxttest.Golden(t, urp.New(), "http://jw.example.edu.cn/x.do", false)
}

// TestParsePageHeads reads what stands in an answer's head.
func TestParsePageHeads(t *testing.T) {
	head := func(status int, to string) jwxt.Page {
		p := jwxttest.Page(t, "http://jw.example.edu.cn/j_spring_security_check", nil)
		p.Status, p.Header = status, http.Header{"Location": {to}}
		return p
	}
	tests := []struct {
		as   string
		page jwxt.Page
		kind jwxt.Kind
		said string
	}{
		{"grades", head(302, "/login"), jwxt.Expired, ""},
		{"grades", head(302, "/gotoLogin"), jwxt.Expired, ""},
		{"record", head(302, "/login?errorCode=concurrentSessionExpired"), jwxt.KickedOut, ""},
		{"detail", head(401, ""), jwxt.Expired, ""},
		{"grades", head(403, ""), jwxt.Blocked, ""},
		{"login", head(502, ""), jwxt.Unreachable, ""},
		{"answer", head(302, "/login?errorCode=badCaptcha"), jwxt.WrongCaptcha, ""},
		{"answer", head(302, "/login?errorCode=badCredentials"), jwxt.WrongPassword, ""},
		{"answer", head(302, "/login?errorCode=concurrentSessionExpired"), jwxt.KickedOut, ""},
		{"answer", head(302, "/login?errorCode=new"), jwxt.Changed, ""},
		{"timetable", head(302, "/login?errorCode=concurrentSessionExpired"), jwxt.KickedOut, ""},
		{"exams", head(200, ""), jwxt.Changed, ""},
		{"notices", head(200, ""), jwxt.Unsupported, ""},
	}
	for _, tt := range tests {
		_, err := urp.New().ParsePage(tt.as, tt.page)
		wantKind(t, err, tt.kind, tt.said)
	}
	v, err := urp.New().ParsePage("answer", head(302, "/index.jsp?secret=1"))
	if got, ok := v.(urp.AnswerPage); err != nil || !ok || got.Next != "http://jw.example.edu.cn/index.jsp" {
		t.Errorf("a taken login: got %+v, %v", v, err)
	}
}

func wantKind(t *testing.T, err error, kind jwxt.Kind, said string) {
	t.Helper()
	if err == nil || jwxt.KindOf(err) != kind || !strings.Contains(jwxt.SaidOf(err), said) {
		t.Errorf("got %v (said %q), want %v %q", err, jwxt.SaidOf(err), kind, said)
	}
}
