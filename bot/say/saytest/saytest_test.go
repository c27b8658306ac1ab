package saytest_test

import (
	"testing"

	"jwxtbot/bot/say/saytest"
)

func TestCheck(t *testing.T) {
	const good = `<b>a</b> &lt;&#43;&#x1F600; <a href="https://x.example/?a=1&amp;b=2">c</a><pre><code class="language-go">d</code></pre><blockquote expandable>e <code>f</code></blockquote>`
	got, err := saytest.Check(good)
	want := saytest.Shape{Visible: "a <+😀 cde f", Units: 12, Entities: 6, LinkBytes: 26}
	if err != nil || got != want {
		t.Errorf("Check = %+v, %v, want %+v", got, err, want)
	}
	for _, bad := range []string{
		"a < b", "a > b", "a & b", "&nbsp;", "&apos;", "<br>", "<p>x</p>", "<B>x</B>", "<b>x", "x</b>",
		"<b><i>x</b></i>", "<i><code>x</code></i>", "<code><b>x</b></code>", `<b class="x">y</b>`,
		`<a href="javascript:x">y</a>`, `<a href='https://x'>y</a>`, `<a href="#ZgotmplZ">y</a>`, "<a>y</a>",
		"<blockquote>a<blockquote>b</blockquote></blockquote>", "<span>x</span>",
		`<a href="https://x"><a href="https://y">z</a></a>`,
	} {
		if _, err := saytest.Check(bad); err == nil {
			t.Errorf("Check(%q) finds nothing wrong", bad)
		}
	}
}
