package doctor

import (
	"strings"
	"testing"
)

func TestRepair(t *testing.T) {
	for in, want := range map[string]string{
		"jwxt.example.edu.cn":                                         "https|http jwxt.example.edu.cn /",
		"HTTP://JWXT.Example.edu.cn:8080":                             "http jwxt.example.edu.cn:8080 /",
		"http:/jwxt.example.edu.cn/jsxsd":                             "http jwxt.example.edu.cn /jsxsd",
		"https：／／jwxt．example．edu．cn／jsxsd／":                          "https jwxt.example.edu.cn /jsxsd/",
		"教务网 http://10.1.2.3/(abc)/default2.aspx，连不上":                 "http 10.1.2.3 /(abc)/default2.aspx",
		"(http://jwxt.example.edu.cn/a/../b//c.html).":                "http jwxt.example.edu.cn /b/c.html",
		"http://jwxt.example.edu.cn/xtgl/login_slogin.html?a=b#c":     "http jwxt.example.edu.cn /xtgl/login_slogin.html",
		"http://jwxt.example.edu.cn/login;jsessionid=0123456789ABC":   "http jwxt.example.edu.cn /login",
		"http://jwxt.example.edu.cn/%E6%95%99%E5%8A%A1/default2.aspx": "http jwxt.example.edu.cn /教务/default2.aspx",
	} {
		a, err := repair(in)
		if got := strings.Join(a.schemes, "|") + " " + a.host + " " + a.path; err != nil || got != want {
			t.Errorf("repair(%q) = %s, %v, want %s", in, got, err, want)
		}
	}
}

func TestTriesBeginWithWhatIsLikely(t *testing.T) {
	a, err := repair("http://jwxt.example.edu.cn/xtgl/login_slogin.html")
	if err != nil {
		t.Fatal(err)
	}
	got := a.tries([]string{"/jsxsd/", "/", "/jwglxt/xtgl/login_slogin.html"})
	if want := "/xtgl/login_slogin.html / /jwglxt/xtgl/login_slogin.html /jsxsd/"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzRepair(f *testing.F) {
	f.Add("教务系统：http：//jwxt.example.edu.cn/jwglxt/xtgl/login_slogin.html?x=1")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := repair(text)
		if err == nil && (a.host == "" || !strings.HasPrefix(a.path, "/") || len(a.schemes) == 0) {
			t.Errorf("%q became %+v", text, a)
		}
	})
}

func FuzzRedact(f *testing.F) {
	f.Add([]byte(`<input value="x"> 张三同学 12345678`))
	f.Fuzz(func(t *testing.T, page []byte) { Redact(page) })
}
