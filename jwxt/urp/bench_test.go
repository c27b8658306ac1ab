package urp_test

import (
	"bytes"
	"testing"

	"golang.org/x/net/html"

	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/urp"
)

// BenchmarkGrades reads an old build's list of 200 rows, beside what the HTML
// parser alone takes for it.
func BenchmarkGrades(b *testing.B) {
	lines := []string{passedHead}
	for range 200 {
		lines = append(lines, "1001,01,高等数学,3,80.0")
	}
	p := jwxttest.Page(b, "http://jw.example.edu.cn/x", []byte("<html><body>"+oldList("<b>2024-2025学年秋(两学期)</b>", lines...)+"</body></html>"))
	b.Run("driver", func(b *testing.B) {
		for b.Loop() {
			if _, err := urp.New().ParsePage("grades", p); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("html.Parse", func(b *testing.B) {
		for b.Loop() {
			if _, err := html.Parse(bytes.NewReader(p.Body)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
