package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
)

// TestBehindWebVPN: the person of a school behind a WebVPN types account and
// password once; what the VPN and the school want besides is asked one after the
// other. A VPN that has ended its session is told of as the school's end.
func TestBehindWebVPN(t *testing.T) {
	for name, picture := range map[string]bool{"a picture of the school": false, "a picture of each": true} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T) {
				var vpn *campus.WebVPN
				o := Options{Link: jwxt.Link{WebVPN: jwxt.WebVPN{URL: "http://webvpn.test"}}}
				o.Front = func(school http.Handler) http.Handler {
					vpn = campus.NewWebVPN(campus.WebVPNProfile{
						Accounts: PlainSchool().Accounts, Captcha: picture, Inner: map[string]http.Handler{"donghu.school.test": school},
					})
					return vpn
				}
				p := New(t, o).Person(ZhangSan)
				solves := func() {
					t.Helper()
					var last []byte
					if picture {
						m := p.SeesPicture(nil)
						last = m.Photo
						p.Says(readsVPN(t, vpn, last))
					}
					p.Says(p.Reads(p.SeesPicture(last)))
				}
				p.reachesPassword(Number)
				p.Says(Password)
				solves()
				p.Sees("✅", "张三")
				p.Says("/grades")
				p.Sees("张三的成绩")
				vpn.Expire()
				p.Says("/grades")
				p.Sees("已经结束了上次的登录", "请发密码")
				p.Says(Password)
				solves()
				p.Sees("张三的成绩")
				if vpn.Posts() != 2 {
					t.Errorf("the VPN was told the password %d times", vpn.Posts())
				}
				wantPosts(p, 2)
				obeysTelegram(p.World)
			})
		})
	}
}

// readsVPN is what the VPN drew on a picture.
func readsVPN(t *testing.T, vpn *campus.WebVPN, picture []byte) string {
	t.Helper()
	sum := sha256.Sum256(picture)
	text, ok := vpn.Captcha(hex.EncodeToString(sum[:]))
	if !ok {
		t.Fatal("the VPN did not draw this picture")
	}
	return text
}
