package kingosoft

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The vectors by which public clients are known to hash.
func TestASPXHash(t *testing.T) {
	for _, tt := range []struct{ what, got, want string }{
		{"password alone", aspxUpper30("111111"), "96E79218965EB72C92A549DD5A3301"},
		{"password", aspxHash("201730269", "111111", "14045"), "0903C47F53452427DC69B281AFEC5A"},
		{"captcha alone", aspxUpper30("AB3D"), "F7162206D742C76BE4E1EA87FF9B7B"},
		{"captcha", aspxCaptchaHash("ab3d", "14045"), "E38A53279F1F13FCE1EDE4C330A5C8"},
		{"captcha in capitals", aspxCaptchaHash("AB3D", "14045"), "E38A53279F1F13FCE1EDE4C330A5C8"},
		{"no captcha", aspxCaptchaHash("", "14045"), ""},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.what, tt.got, tt.want)
		}
	}
}

func TestASPXStrength(t *testing.T) {
	for _, tt := range []struct {
		password                      string
		classes, length, within, runs string
	}{
		{"111111", "8", "6", "0", "1"},
		{"a1b2c3", "12", "6", "0", ""},
		{"xabcx", "4", "5", "0", "1"},
		{"cba", "4", "3", "0", ""},
		{"Aa1!", "15", "4", "0", ""},
		{"p2020000001", "12", "11", "1", "1"},
		{"密码", "1", "2", "0", ""},
		{"", "0", "0", "0", ""},
	} {
		want := map[string]string{"txt_mm_expression": tt.classes, "txt_mm_length": tt.length, "txt_mm_userzh": tt.within, "txt_mm_lxpd": tt.runs}
		if diff := cmp.Diff(want, aspxStrength("2020000001", tt.password)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.password, diff)
		}
	}
}
