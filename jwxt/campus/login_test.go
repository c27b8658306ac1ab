package campus_test

import (
	"net/http"
	"strings"
	"testing"

	"jwxtbot/jwxt/campus"
)

func qiangzhi(q campus.Qiangzhi) campus.Profile {
	return campus.Profile{ID: "test", Name: "测试大学", Captcha: true, System: q}
}

func TestLogin(t *testing.T) {
	tests := []struct {
		name string
		q    campus.Qiangzhi
		gbk  bool
		ends string
	}{
		{"base64", campus.Qiangzhi{}, false, "/jsxsd/framework/xsMain.jsp"},
		{"base64 ldap, new skin", campus.Qiangzhi{Encoding: campus.Base64, Ldap: true, Skin: campus.SkinNew}, false, "/jsxsd/framework/xsMain_new.jsp"},
		{"interleave", campus.Qiangzhi{Encoding: campus.Interleave}, true, "/jsxsd/framework/xsMain.jsp"},
		{"interleave ldap, app skin", campus.Qiangzhi{Encoding: campus.Interleave, Ldap: true, Skin: campus.SkinApp}, false, "/jsxsd/framework/xsMainV_new.htmlx"},
		{"plain", campus.Qiangzhi{Encoding: campus.Plain}, true, "/jsxsd/framework/xsMain.jsp"},
		{"plain, other root", campus.Qiangzhi{Encoding: campus.Plain, Root: "/xsd"}, false, "/xsd/framework/xsMain.jsp"},
		{"referer wanted", campus.Qiangzhi{Referer: true}, false, "/jsxsd/framework/xsMain.jsp"},
		{"fresh form", campus.Qiangzhi{FreshForm: true}, false, "/jsxsd/framework/xsMain.jsp"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := qiangzhi(tt.q)
			if tt.gbk {
				p.Charset = campus.GBK
			}
			b := open(t, p)
			got := b.logIn("2022000001", "Demo@2022")
			if got.Status != http.StatusOK || got.Path != tt.ends {
				t.Fatalf("got %d at %s, want 200 at %s", got.Status, got.Path, tt.ends)
			}
			wantText(t, got, "学生个人中心", "张三", "2022000001", "退出")
			if tt.gbk != strings.Contains(got.Body, "charset=GBK") {
				t.Errorf("charset of the page's head: GBK want %v", tt.gbk)
			}
		})
	}
}
