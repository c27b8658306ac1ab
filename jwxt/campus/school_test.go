package campus_test

import (
	"cmp"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"testing"

	"jwxtbot/jwxt/campus"
)

// Each school of the demo lets its first account in and shows its grades.
func TestDemo(t *testing.T) {
	for _, p := range campus.Demo() {
		t.Run(p.ID, func(t *testing.T) {
			b := open(t, p)
			s := p.School(b.base)
			if !regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(s.ID) || s.Name == "" || s.Vendor != p.System.Vendor() || s.BaseURL != b.base {
				t.Errorf("described as %+v", s)
			}
			if check := map[string]func(*testing.T, *browser){"jwglxt": checkJwglxtDemo, "zhengfang": checkZhengfangDemo, "urp": checkURPDemo, "supwisdom": checkSupwisdomDemo, "kingosoft": checkKingoDemo}[s.Vendor]; check != nil {
				check(t, b)
				return
			}
			switch p.System.(type) {
			case campus.Jwapp, campus.QiangzhiApp:
				return // no pages to log in on; the tests of package drivers log in at every school of the demo
			}
			b.logInDemo()
			b.get("/jsxsd/kscj/cjcx_frm")
			b.script = true
			wantText(t, b.get("/jsxsd/kscj/cjcx_list?pageSize=100"), "高等数学A（上）", "重修", "缓考")
			if main := cmp.Or(s.Options["main"], "/jsxsd/framework/xsMain.jsp"); b.get(main).Status != http.StatusOK {
				t.Errorf("no main page at %s", main)
			}
		})
	}
}

func TestDemoIDsDiffer(t *testing.T) {
	var ids []string
	for _, p := range campus.Demo() {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	if len(ids) < 3 || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("got schools %v", ids)
	}
}

// Many at once, with orders from the hook in between: for the race detector,
// and nobody sees another's page.
func TestManyAtOnce(t *testing.T) {
	p := school(campus.Qiangzhi{})
	first := open(t, p)
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			b := visit(t, first.school, first.base)
			if i%2 == 0 {
				wantText(t, b.logIn("2022000001", "Demo@2022"), "张三")
			} else {
				wantText(t, b.logIn("2024000002", "Demo@2024"), "李四")
			}
			b.get(listPath)
			first.school.RotateCookies("")
			first.school.Accounts()
			b.get("/jsxsd/framework/xsMain.jsp")
		})
	}
	wg.Wait()
	if got := first.school.Sessions(""); got != 24 {
		t.Errorf("got %d sessions, want 24", got)
	}
}

func BenchmarkCaptcha(b *testing.B) {
	at := open(b, school(campus.Qiangzhi{}))
	_, picture := at.loginForm()
	for b.Loop() {
		at.get(picture)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

func BenchmarkGrades(b *testing.B) {
	at := open(b, school(campus.Qiangzhi{Columns: 21, Skin: campus.SkinNew}))
	at.logInDemo()
	for b.Loop() {
		at.get(listPath)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}
