package campus_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt/campus"
)

func TestHookOrders(t *testing.T) {
	tests := []struct {
		path string
		form url.Values
		want int
		text string // in what the list answers afterwards
	}{
		{"expire", url.Values{"account": {"2022000001"}}, http.StatusNoContent, "请先登录系统"},
		{"kick", nil, http.StatusNoContent, "您的账号在其它地方登录"},
		{"rotate", nil, http.StatusNoContent, "高等数学A（上）"},
		{"gate", url.Values{"account": {"2022000001"}, "gate": {"evaluate"}}, http.StatusNoContent, "评教未完成"},
		{"gate", url.Values{"account": {"1"}, "gate": {"evaluate"}}, http.StatusBadRequest, "高等数学A（上）"},
		{"gate", url.Values{"gate": {"moon"}}, http.StatusBadRequest, "高等数学A（上）"},
		{"password", url.Values{"account": {"2022000001"}, "password": {"x"}}, http.StatusNoContent, "高等数学A（上）"},
		{"password", url.Values{"account": {"1"}}, http.StatusBadRequest, "高等数学A（上）"},
		{"fault", url.Values{"kind": {"redesign"}, "path": {"cjcx"}, "times": {"1"}, "delay": {"2s"}}, http.StatusNoContent, "智慧教务"},
		{"fault", url.Values{"kind": {"redesign"}, "times": {"many"}}, http.StatusBadRequest, "高等数学A（上）"},
		{"fault", url.Values{"kind": {"redesign"}, "delay": {"soon"}}, http.StatusBadRequest, "高等数学A（上）"},
		{"fault", url.Values{"kind": {"moon"}}, http.StatusBadRequest, "高等数学A（上）"},
		{"clear-faults", nil, http.StatusNoContent, "高等数学A（上）"},
		{"clear-log", nil, http.StatusNoContent, "高等数学A（上）"},
		{"nothing", nil, http.StatusNotFound, "高等数学A（上）"},
	}
	for _, tt := range tests {
		t.Run(tt.path+" "+tt.form.Encode(), func(t *testing.T) {
			b := openLoggedIn(t, campus.Qiangzhi{Expiry: campus.ExpireText})
			if got := b.post("/_campus/"+tt.path, tt.form).Status; got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
			wantText(t, b.get(listPath), tt.text)
		})
	}
	b := openLoggedIn(t, campus.Qiangzhi{})
	if got := b.get("/_campus/expire").Status; got != http.StatusMethodNotAllowed {
		t.Errorf("an order by GET: got %d, want 405", got)
	}
}

func TestHookQuestions(t *testing.T) {
	b := open(t, school(campus.Qiangzhi{}))
	wantText(t, b.get("/_campus/"), "测试大学", "2022000001", "Demo@2022", "fault", "evaluate")
	var accounts []campus.Account
	if err := json.Unmarshal([]byte(b.get("/_campus/accounts").Body), &accounts); err != nil {
		t.Fatal(err)
	}
	if len(accounts) != len(campus.DemoAccounts()) || accounts[0].Password != "Demo@2022" {
		t.Errorf("accounts: got %+v", accounts)
	}
	if got := len(b.school.Log()); got != 0 {
		t.Errorf("the hook's own requests are logged: %d", got)
	}
	for _, query := range []string{"", "?sha256=00", "?session=00"} {
		if got := b.get("/_campus/captcha" + query).Status; got != http.StatusNotFound {
			t.Errorf("captcha%s: got %d, want 404", query, got)
		}
	}
	_, picture := b.loginForm()
	answer := b.read(picture)
	u, _ := url.Parse(b.base + "/jsxsd/")
	for _, c := range b.http.Jar.Cookies(u) {
		if got := b.get("/_campus/captcha?session=" + c.Value).Body; got != answer {
			t.Errorf("by session: got %q, want %q", got, answer)
		}
	}
}

func TestLog(t *testing.T) {
	b := open(t, school(campus.Qiangzhi{}))
	b.logInDemo()
	want := []campus.Entry{
		{Method: "GET", Path: "/jsxsd/", Status: 200, Referer: true},
		{Method: "GET", Path: "/jsxsd/verifycode.servlet", Status: 200, Cookies: []string{"JSESSIONID", "JSESSIONID"}, Referer: true},
		{
			Method: "POST", Path: "/jsxsd/xk/LoginToXk", Status: 302, Account: "2022000001", Referer: true,
			Cookies: []string{"JSESSIONID", "JSESSIONID"}, Fields: []string{"RANDOMCODE", "encoded"},
		},
		{
			Method: "GET", Path: "/jsxsd/framework/xsMain.jsp", Status: 200, Account: "2022000001", Referer: true,
			Cookies: []string{"JSESSIONID", "JSESSIONID"},
		},
	}
	got := b.school.Log()
	for i := range got {
		got[i].Time = time.Time{}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if body := b.get("/_campus/log").Body; !strings.Contains(body, "LoginToXk") || strings.Contains(body, "MjAyMjAwMDAwMQ==") {
		t.Errorf("log over HTTP lacks the login, or tells what was posted: %s", body)
	}
	b.school.ClearLog()
	if got := b.school.Politeness(); got != (campus.Politeness{}) || len(b.school.Log()) != 0 {
		t.Errorf("after ClearLog: %+v", got)
	}
}

func TestPoliteness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := openPipe(t, school(campus.Qiangzhi{}))
		b.school.AddFault(campus.Fault{Kind: campus.FaultStall, Times: 3, Delay: time.Second})
		for range 3 {
			go b.get("/jsxsd/")
			time.Sleep(200 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		b.get("/jsxsd/")
		want := campus.Politeness{Requests: 4, AtOnce: 3, MinSpacing: 200 * time.Millisecond}
		if diff := cmp.Diff(want, b.school.Politeness()); diff != "" {
			t.Errorf("politeness (-want +got):\n%s", diff)
		}
	})
}
