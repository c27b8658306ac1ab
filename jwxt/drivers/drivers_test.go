package drivers_test

import (
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/drivers"
)

// A school whose system has no login of its own must say what stands before it;
// others need not.
func TestFront(t *testing.T) {
	ids := jwxt.Front{Kind: "authserver", URL: "https://ids.example.edu.cn/authserver/login"}
	for _, tt := range []struct {
		vendor string
		front  jwxt.Front
		ok     bool
	}{
		{"wisedu", jwxt.Front{}, false},
		{"wisedu", ids, true},
		{"wisedu", jwxt.Front{Kind: "authserver"}, false},
		{"qiangzhi", jwxt.Front{}, true},
		{"qiangzhi", ids, true},
		{"nobody", jwxt.Front{}, false},
	} {
		d, err := drivers.For(jwxt.School{Vendor: tt.vendor, BaseURL: "https://ehall.example.edu.cn", Front: tt.front})
		if (err == nil) != tt.ok || (d != nil) != tt.ok {
			t.Errorf("%s behind %q: got %v, %v", tt.vendor, tt.front.Kind, d, err)
		}
	}
}
