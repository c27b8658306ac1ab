package webvpn_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/webvpn"
)

const vpnRoot = "https://webvpn.example.edu.cn"

func TestGolden(t *testing.T) {
	jwxttest.Golden(t, webvpn.Gate{}, vpnRoot+"/do-login", true)
}

func TestParsePageHeads(t *testing.T) {
	for to, kind := range map[string]jwxt.Kind{"/login": jwxt.Changed, "/": jwxt.Internal, "/http/7772/x": jwxt.Internal} {
		p := jwxttest.Page(t, vpnRoot+"/do-login", nil)
		p.Status, p.Header = http.StatusFound, http.Header{"Location": {to}}
		if v, err := (webvpn.Gate{}).ParsePage("answer", p); jwxt.KindOf(err) != kind || (err == nil) != (v == webvpn.AnswerPage{In: true}) {
			t.Errorf("to %s: got %+v, %v", to, v, err)
		}
	}
	if _, err := (webvpn.Gate{}).ParsePage("grades", jwxttest.Page(t, vpnRoot, nil)); jwxt.KindOf(err) != jwxt.Unsupported {
		t.Errorf("got %v, want Unsupported", err)
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*-*.*[ln]")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		if !strings.HasSuffix(file, ".golden") {
			f.Add(body)
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, as := range (webvpn.Gate{}).Pages() {
			v, err := (webvpn.Gate{}).ParsePage(as, jwxttest.Page(t, vpnRoot+"/login", body))
			if e, ok := err.(*jwxt.Error); err != nil && (!ok || e.Kind == jwxt.Internal || v != nil) {
				t.Errorf("not classified, or half read: %v, %v", err, v)
			}
			if len([]rune(jwxt.SaidOf(err))) > 201 {
				t.Errorf("said too much: %q", jwxt.SaidOf(err))
			}
		}
	})
}
