package wisedu_test

import (
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/wisedu"
)

const address = "https://ehall.example.edu.cn/jwapp/sys/cjcx/modules/cjcx/xscjcx.do"

// TestGolden reads the pages of testdata.
func TestGolden(t *testing.T) { jwxttest.Golden(t, wisedu.New(), address, false) }

// TestParsePageHeads reads what stands in an answer's head.
func TestParsePageHeads(t *testing.T) {
	for _, tt := range []struct {
		page   string
		status int
		kind   jwxt.Kind
	}{
		{"grades", 302, jwxt.Expired}, {"grades", 401, jwxt.Expired}, {"grades", 403, jwxt.Blocked}, {"grades", 404, jwxt.Changed},
		{"grades", 502, jwxt.Unreachable}, {"notices", 200, jwxt.Unsupported},
	} {
		p := jwxttest.Page(t, address, []byte(`{"code":"0"}`))
		p.Status, p.Header = tt.status, map[string][]string{"Location": {"/authserver/login?service=x"}}
		if _, err := wisedu.New().ParsePage(tt.page, p); err == nil || jwxt.KindOf(err) != tt.kind {
			t.Errorf("%s with status %d: got %v, want %v", tt.page, tt.status, err, tt.kind)
		}
	}
}
