package drivers_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/drivers"
	"jwxtbot/jwxt/fetch"
)

const (
	vpnNumber   = "2020000001"
	vpnPassword = "Abc+/=&@12345"
	vpnHost     = "jw.example.test"
	vpnFront    = "ids.example.test"
)

// eams is a school without captchas, behind a front or not.
func eams(front campus.Front) campus.Profile {
	return campus.Profile{
		ID: "test", Name: "示范大学", System: campus.EAMS{Pause: 2 * time.Millisecond}, Front: front,
		Accounts: []campus.Account{{Number: vpnNumber, Name: "张三", Password: vpnPassword, Grades: campus.Transcript(vpnNumber, 2020, 6, false)}},
	}
}

// TestBehindWebVPN: a school behind a WebVPN, each with and without a front. The
// one account and password are asked for once, and posted once to each login.
func TestBehindWebVPN(t *testing.T) {
	for name, tt := range map[string]struct{ outer, inner bool }{
		"forms of their own": {}, "front of the school": {inner: true}, "front of the VPN": {outer: true}, "a front of each": {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := eams(campus.Front{})
			if tt.inner {
				p = eams(campus.Front{Kind: campus.Authserver, Host: vpnFront})
			}
			school, cas := campus.New(p), campus.New(eams(campus.Front{Kind: campus.Apereo}))
			profile := campus.WebVPNProfile{Accounts: p.Accounts, Inner: map[string]http.Handler{vpnHost: school, vpnFront: school}}
			out := httptest.NewServer(cas)
			t.Cleanup(out.Close)
			at := p.School("http://" + vpnHost)
			if tt.outer {
				profile.CAS, profile.Ticket = out.URL+"/cas/login", cas.Redeem
				at.Link.WebVPN.Front = jwxt.Front{Kind: "apereo", URL: profile.CAS}
			}
			vpn := campus.NewWebVPN(profile)
			server := httptest.NewServer(vpn)
			t.Cleanup(server.Close)
			at.Link.WebVPN.URL = server.URL
			playWebVPN(t, at, vpn, school)
		})
	}
}

// playWebVPN logs in, reads, has the sessions end one by one, and logs out.
func playWebVPN(t *testing.T, at jwxt.School, vpn *campus.WebVPN, school *campus.School) {
	d, err := drivers.For(at)
	if err != nil {
		t.Fatal(err)
	}
	client, err := fetch.New(at)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	c := &jwxt.Conn{School: at, HTTP: client}
	enter := func() {
		t.Helper()
		step, err := d.Login(t.Context(), c, nil)
		if _, ok := step.(*jwxt.Ask); err != nil || !ok {
			t.Fatalf("got %T, %v, want an Ask", step, err)
		}
		step, err = d.Login(t.Context(), c, jwxt.Answers{jwxt.FieldAccount: vpnNumber, jwxt.FieldPassword: vpnPassword})
		if done, ok := step.(*jwxt.Done); err != nil || !ok || done.Student.Number != vpnNumber || done.Student.Name != "张三" {
			t.Fatalf("got %+v, %v (said %q), want Done", step, err, jwxt.SaidOf(err))
		}
	}
	reader, _ := jwxt.As[jwxt.GradeReader](d)
	read := func() error {
		got, err := reader.Grades(t.Context(), c, jwxt.Term{})
		if err == nil && len(got.Grades) == 0 {
			t.Error("no grades were read")
		}
		return err
	}
	enter()
	if err := read(); err != nil {
		t.Fatal(err)
	}
	school.Expire("")
	if err := read(); jwxt.KindOf(err) != jwxt.Expired {
		t.Errorf("got %v, want Expired", err)
	}
	if renewer, ok := jwxt.As[jwxt.Renewer](d); ok {
		if err := renewer.Renew(t.Context(), c); err != nil || read() != nil {
			t.Errorf("the school's front does not renew through the VPN: %v", err)
		}
	}
	vpn.Expire()
	if err := read(); jwxt.KindOf(err) != jwxt.Expired {
		t.Errorf("got %v, want Expired", err)
	}
	school.Expire("") // which the VPN's end has not told
	enter()
	leaver, _ := jwxt.As[jwxt.LogoutCaller](d)
	if err := leaver.Logout(t.Context(), c); err != nil || vpn.Sessions() != 0 || school.Sessions("") != 0 || !c.Session.Empty() {
		t.Errorf("left: %v, %d at the VPN, %d at the school", err, vpn.Sessions(), school.Sessions(""))
	}
}

func TestWebVPNMisdescribed(t *testing.T) {
	at := eams(campus.Front{}).School("http://" + vpnHost)
	at.Link.WebVPN = jwxt.WebVPN{URL: "https://webvpn.example.edu.cn", Front: jwxt.Front{Kind: "authserver"}}
	if d, err := drivers.For(at); err == nil {
		t.Errorf("got %v", d)
	}
}
