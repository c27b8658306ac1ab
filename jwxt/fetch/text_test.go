package fetch_test

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

func gb(t testing.TB, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestText(t *testing.T) {
	const words = "<html><body>学生个人考试成绩 𠮷 é</body></html>"
	long := strings.Repeat("学生个人考试成绩", 20)
	tests := []struct {
		name, label, body, want string
	}{
		{"UTF-8", "text/html;charset=UTF-8", words, words},
		{"UTF-8 labelled GBK", "text/html;charset=GBK", words, words},
		{"UTF-8 labelled ISO-8859-1", "text/html;charset=ISO-8859-1", words, words},
		{"UTF-8 without a label", "", words, words},
		{"GBK", "text/html;charset=GBK", gb(t, words), words},
		{"GBK labelled UTF-8", "text/html;charset=UTF-8", gb(t, words), words},
		{"GBK labelled ISO-8859-1", "text/html;charset=ISO-8859-1", gb(t, words), words},
		{"GBK without a label", "", gb(t, words), words},
		{"BOM", "text/html;charset=GBK", "\xef\xbb\xbf" + words, words},
		{"UTF-8 cut in a character", "text/html;charset=UTF-8", long + "\xe5\xad", long + "\uFFFD"},
		{"a word that is both, labelled GBK", "text/html;charset=GBK", gb(t, "联通"), "联通"},
		{"the same, labelled in the page", "", "<meta charset=\"gbk\">" + gb(t, "联通"), "<meta charset=\"gbk\">联通"},
		{"ASCII", "text/html;charset=GBK", "<html></html>", "<html></html>"},
		{"empty", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := jwxt.Page{Header: http.Header{"Content-Type": {tt.label}}, Body: []byte(tt.body)}
			if got := string(fetch.Text(p)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzText(f *testing.F) {
	f.Add("text/html;charset=gbk", []byte("\xc1\xaa\xcd\xa8"))
	f.Add("text/html;charset=utf-8", []byte("成绩\xe6\x88"))
	f.Add("", []byte("\xef\xbb\xbf\xff\x80\x30"))
	f.Fuzz(func(t *testing.T, label string, body []byte) {
		p := jwxt.Page{Header: http.Header{"Content-Type": {label}}, Body: body}
		got := fetch.Text(p)
		if !utf8.Valid(got) {
			t.Errorf("Text(%q) is no UTF-8: %q", body, got)
		}
		if utf8.Valid(body) && strings.Contains(string(body), "成绩") && !strings.Contains(string(got), "成绩") {
			t.Errorf("Text(%q) lost what was right: %q", body, got)
		}
	})
}
