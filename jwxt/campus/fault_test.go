package campus_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/jwxt/campus"
)

const listPath = "/jsxsd/kscj/cjcx_list"

// outcome is what a client sees of a fault.
type outcome struct {
	status int
	header http.Header
	body   []byte
	err    error // of the request, or of reading the body
}

func (b *browser) try(path string) outcome {
	res, err := b.do(http.MethodGet, path, nil)
	if err != nil {
		return outcome{err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return outcome{res.StatusCode, res.Header, body, err}
}

func TestFaults(t *testing.T) {
	tests := map[campus.FaultKind]func(o outcome) bool{
		campus.FaultReset:    func(o outcome) bool { return o.err != nil && o.status == 0 },
		campus.FaultHalf:     func(o outcome) bool { return o.status == 200 && o.err != nil && len(o.body) > 1000 },
		campus.FaultEmpty:    func(o outcome) bool { return o.status == 200 && o.err == nil && len(o.body) == 0 },
		campus.FaultGateway:  func(o outcome) bool { return o.status == 502 && o.has("<html>") },
		campus.FaultBusy:     func(o outcome) bool { return o.status == 503 && o.has("系统繁忙") },
		campus.FaultNotFound: func(o outcome) bool { return o.status == 404 && o.header.Get("Set-Cookie") != "" },
		campus.FaultWAF:      func(o outcome) bool { return o.status == 412 && o.has("<script") },
		campus.FaultWAF202:   func(o outcome) bool { return o.status == 202 && o.has("<script") },
		campus.FaultHuge:     func(o outcome) bool { return o.status == 200 && len(o.body) > 10<<20-1000 },
		campus.FaultLoop:     func(o outcome) bool { return o.status == 302 && o.header.Get("Location") == listPath+"?kksj=" },
		campus.FaultCharset: func(o outcome) bool {
			return strings.HasSuffix(o.header.Get("Content-Type"), "GBK") && o.has("高等数学A（上）")
		},
		campus.FaultLoginPage: func(o outcome) bool { return o.status == 200 && o.has("请输入密码") },
		campus.FaultErrorPage: func(o outcome) bool { return o.status == 200 && o.has("chucuole.gif") },
		campus.FaultRedesign:  func(o outcome) bool { return o.status == 200 && o.has("智慧教务 4.0") },
		campus.FaultStall:     func(o outcome) bool { return o.status == 200 && o.has("高等数学A（上）") },
		campus.FaultDrip:      func(o outcome) bool { return o.status == 200 && o.has("高等数学A（上）") },
	}
	for _, kind := range campus.FaultKinds() {
		t.Run(string(kind), func(t *testing.T) {
			b := openLoggedIn(t, campus.Qiangzhi{})
			b.stay()
			b.http.Transport = &http.Transport{DisableKeepAlives: true} // else a reset GET is sent again
			if err := b.school.AddFault(campus.Fault{Kind: kind, Path: "cjcx_list", Times: 1, Delay: time.Millisecond}); err != nil {
				t.Fatal(err)
			}
			if o := b.try("/jsxsd/framework/blankPage.jsp"); o.status != 200 || o.err != nil {
				t.Fatalf("another page suffers too: %d, %v", o.status, o.err)
			}
			if o := b.try(listPath + "?kksj="); !tests[kind](o) {
				t.Errorf("got status %d, error %v, header %v, %d bytes", o.status, o.err, o.header, len(o.body))
			}
			if kind == campus.FaultNotFound {
				return // the session's cookie was overwritten, as intended
			}
			if o := b.try(listPath); o.status != 200 || !o.has("高等数学A（上）") {
				t.Errorf("after the fault: got status %d, error %v", o.status, o.err)
			}
		})
	}
}

func (o outcome) has(text string) bool { return bytes.Contains(o.body, []byte(text)) }

func TestFaultsAreCounted(t *testing.T) {
	b := openLoggedIn(t, campus.Qiangzhi{})
	if err := b.school.AddFault(campus.Fault{Kind: "earthquake"}); err == nil {
		t.Error("an unknown fault was taken")
	}
	b.school.AddFault(campus.Fault{Kind: campus.FaultBusy, Times: 2})
	b.school.AddFault(campus.Fault{Kind: campus.FaultGateway, Path: "cjcx"})
	for i, want := range []int{503, 503, 502, 502, 502} {
		if got := b.get(listPath).Status; got != want {
			t.Errorf("request %d: got %d, want %d", i+1, got, want)
		}
	}
	b.school.ClearFaults()
	if got := b.get(listPath).Status; got != http.StatusOK {
		t.Errorf("after ClearFaults: got %d, want 200", got)
	}
}

// Time passes only in the fault, so the bubble's clock measures it exactly.
func TestSlowFaults(t *testing.T) {
	for kind, want := range map[campus.FaultKind]time.Duration{
		campus.FaultStall: 40 * time.Second,
		campus.FaultDrip:  40 * time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			b := openPipe(t, school(campus.Qiangzhi{}))
			b.school.AddFault(campus.Fault{Kind: kind, Times: 1, Delay: 40 * time.Second})
			start := time.Now()
			wantText(t, b.get("/jsxsd/"), "请输入密码")
			if got := time.Since(start); got != want {
				t.Errorf("%s took %v, want %v", kind, got, want)
			}
		})
	}
}

func TestStallEndsWithTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := openPipe(t, school(campus.Qiangzhi{}))
		b.school.AddFault(campus.Fault{Kind: campus.FaultStall, Times: 1, Delay: time.Hour})
		b.http.Timeout = time.Second
		if o := b.try("/jsxsd/"); o.err == nil {
			t.Errorf("got %d, want a time-out", o.status)
		}
		synctest.Wait()
		if got := b.school.Log(); len(got) != 1 || got[0].Status != 0 {
			t.Errorf("log is %+v, want one cut request", got)
		}
	})
}
