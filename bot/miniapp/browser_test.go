package miniapp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/miniapp"
)

const (
	light = `{"bg_color":"#ffffff","secondary_bg_color":"#f0f2f5","text_color":"#0f1419","hint_color":"#7d8b97","link_color":"#2f8bd0","button_color":"#2f8bd0","button_text_color":"#ffffff","destructive_text_color":"#d9534f"}`
	dark  = `{"bg_color":"#17212b","secondary_bg_color":"#0e1621","section_bg_color":"#17212b","text_color":"#f5f5f5","hint_color":"#708499","link_color":"#6ab3f3","button_color":"#5288c1","button_text_color":"#ffffff","destructive_text_color":"#ec3942"}`
)

// phone is a page opened on a phone.
type phone struct {
	t   *testing.T
	ctx context.Context
}

func openPhone(t *testing.T) phone {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("JWXTBOT_BROWSER") == "" {
		t.Skip("no Chromium on this machine")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()))...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return phone{t, ctx}
}

func (p phone) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.shot("failed")
		p.t.Fatal(err)
	}
}

func (p phone) shot(name string) {
	time.Sleep(300 * time.Millisecond)
	raw, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Error(err)
	}
	if dir := os.Getenv("JWXTBOT_SHOTS"); dir != "" {
		os.WriteFile(filepath.Join(dir, "form-"+name+".png"), raw, 0o644)
	}
}

func fragment(initData, theme string) string {
	return "#" + url.Values{"tgWebAppData": {initData}, "tgWebAppThemeParams": {theme}, "tgWebAppVersion": {"9.1"}}.Encode()
}

func TestBrowserLooks(t *testing.T) {
	p := openPhone(t)
	d := newDesk()
	var h http.Handler
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	defer s.Close()
	app, err := miniapp.New(miniapp.Config{Token: token, URL: s.URL + "/form/"})
	if err != nil {
		t.Fatal(err)
	}
	app.Enter(d)
	h = app
	p.do(chromedp.EmulateViewport(360, 740))
	for name, theme := range map[string]string{"light": light, "dark": dark} {
		open := func(v chat.FormView, shot string) {
			d.show(v)
			p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(app.URL()+"?a="+attempt+fragment(initData(token, 1001, time.Now(), nonce()), theme)))
			p.shot(shot + "-" + name)
		}
		open(chat.FormView{Lang: "zh", Stage: chat.FormChoose}, "1choose")
		p.do(chromedp.Click(chromedp.CSS("[data-testid=school]")))
		p.shot("2schools-" + name)
		open(chat.FormView{Lang: "zh", Stage: chat.FormOpening, School: "x", Name: "东湖示范大学", Account: "2020000001"}, "3opening")
		open(filling("a"), "4filling")
		v := filling("b")
		v.Account, v.Message = "2020000001", "验证码不对，已经换了新的一张，请再输一次。"
		open(v, "5wrong")
		open(puzzled("c"), "6slider")
		open(chat.FormView{Lang: "en", Stage: chat.FormChecking, School: "x", Name: "East Lake University of Science and Technology, Branch Campus", Account: "2020000001"}, "7checking")
		open(chat.FormView{Lang: "zh", Stage: chat.FormDone}, "8done")
		open(chat.FormView{Lang: "zh", Stage: chat.FormOver}, "9over")
	}
}
