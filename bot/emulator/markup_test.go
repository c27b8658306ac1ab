package emulator_test

import (
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/emulator"
)

func TestParseHTML(t *testing.T) {
	type E = emulator.Entity
	tests := []struct {
		name, in, want string
		entities       []E
	}{
		{"plain", "成绩 😀", "成绩 😀", nil},
		{"references", "&lt;&gt;&amp;&quot;&#25104;&#x7ee9; &lt &nbsp; a&b", "<>&\"成绩 < &nbsp; a&b", nil},
		{"every simple tag", "<b>b</b><strong>b</strong><i>i</i><em>i</em><u>u</u><ins>u</ins><s>s</s><strike>s</strike><del>s</del>", "bbiiuusss",
			[]E{{Type: "bold", Length: 1}, {Type: "bold", Offset: 1, Length: 1}, {Type: "italic", Offset: 2, Length: 1}, {Type: "italic", Offset: 3, Length: 1},
				{Type: "underline", Offset: 4, Length: 1}, {Type: "underline", Offset: 5, Length: 1}, {Type: "strikethrough", Offset: 6, Length: 1},
				{Type: "strikethrough", Offset: 7, Length: 1}, {Type: "strikethrough", Offset: 8, Length: 1}}},
		{"UTF-16 units", "😀张<b>三😀</b>!", "😀张三😀!", []E{{Type: "bold", Offset: 3, Length: 3}}},
		{"spoilers", `<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>`, "ab", []E{{Type: "spoiler", Length: 1}, {Type: "spoiler", Offset: 1, Length: 1}}},
		{"link", `<a href="https://a.cn/?x=1&amp;y=2">x</a>`, "x", []E{{Type: "text_link", Length: 1, URL: "https://a.cn/?x=1&y=2"}}},
		{"link without scheme", `<a href='a.cn'>x</a>`, "x", []E{{Type: "text_link", Length: 1, URL: "http://a.cn/"}}},
		{"link to nothing", `<a href="javascript:alert(1)">x</a>`, "x", nil},
		{"code with language", `<pre><code class="language-go">x</code></pre>`, "x", []E{{Type: "pre", Length: 1, Language: "go"}}},
		{"nothing nests in code", `<code><b>x</b></code>`, "x", []E{{Type: "code", Length: 1}}},
		{"nested", `<b>a<i>b</i></b>`, "ab", []E{{Type: "bold", Length: 2}, {Type: "italic", Offset: 1, Length: 1}}},
		{"doubled", `<b>a<b>b</b></b>`, "ab", []E{{Type: "bold", Length: 2}}},
		{"quotes do not nest", `<blockquote>a<blockquote>b</blockquote></blockquote>`, "ab", []E{{Type: "blockquote", Length: 2}}},
		{"expandable", `<blockquote expandable>a</blockquote>`, "a", []E{{Type: "expandable_blockquote", Length: 1}}},
		{"custom emoji", `<tg-emoji emoji-id="5">👍</tg-emoji>`, "👍", []E{{Type: "custom_emoji", Length: 2, CustomEmojiID: "5"}}},
		{"empty tag", `a<b></b>`, "a", nil},
		{"case and spaces", "<B >a</b >", "a", []E{{Type: "bold", Length: 1}}},
		{"short end tag", "<i>a</>", "a", []E{{Type: "italic", Length: 1}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, entities, err := emulator.ParseHTML(tt.in)
			if err != nil || got != tt.want {
				t.Fatalf("got %q, %v; want %q", got, err, tt.want)
			}
			if diff := cmp.Diff(tt.entities, entities); diff != "" {
				t.Errorf("entities (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseHTMLRefuses(t *testing.T) {
	tests := []struct{ in, want string }{
		{"好<br>", `Unsupported start tag "br" at byte offset 3`},
		{"<p>x</p>", `Unsupported start tag "p" at byte offset 0`},
		{"1 <b", `Unclosed start tag at byte offset 2`},
		{"1 < 2", `Unsupported start tag "" at byte offset 2`},
		{"<b>x", `Can't find end tag corresponding to start tag "b"`},
		{"<b>x</i>", `Unmatched end tag at byte offset 4, expected "</b>", found "</i>"`},
		{"x</b>", `Unexpected end tag at byte offset 1`},
		{"<i>a</i   ", `Unclosed end tag at byte offset 4`},
		{"<i a>x</i>", `Expected equal sign in declaration of an attribute of the tag "i" at byte offset 0`},
		{"<i =a>x</i>", `Empty attribute name in the tag "i" at byte offset 0`},
		{"<i a=", `Unclosed start tag "i" at byte offset 0`},
		{`<i a="x`, `Unclosed start tag at byte offset 0`},
		{"<i a=b,>x</i>", `Unexpected end of name token at byte offset 5`},
		{"<span>x</span>", `Tag "span" must have class "tg-spoiler" at byte offset 0`},
	}
	for _, tt := range tests {
		if _, _, err := emulator.ParseHTML(tt.in); err == nil || err.Error() != tt.want {
			t.Errorf("%q: got %v, want %s", tt.in, err, tt.want)
		}
	}
}

// What is on the screen must parse back to what is on the screen.
func FuzzParseHTML(f *testing.F) {
	for _, s := range []string{"<b>张<i>三</i></b> &lt;😀", `<pre><code class="language-go">x</code></pre>`, `<a href="https://a.cn?x=&quot;">x</a>`,
		"<blockquote expandable>a\n<u>b</u></blockquote>", "<i a=b>x</>", "<span class='tg-spoiler'>x</span>", "</", "&#x1F600;", "<b>/grades https://a.cn</b>", "0<B><i>三</></>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, entities, err := emulator.ParseHTML(s)
		if err != nil || !utf8.ValidString(s) {
			return
		}
		size, last := len(utf16.Encode([]rune(text))), 0
		for _, e := range entities {
			if e.Offset < last || e.Length <= 0 || e.Offset+e.Length > size {
				t.Fatalf("%q: entity %+v outside 0..%d or out of order", s, e, size)
			}
			last = e.Offset
		}
		html := emulator.RenderHTML(text, entities)
		text2, entities2, err := emulator.ParseHTML(html)
		if err != nil || text2 != text {
			t.Fatalf("%q became %q, which gave %q, %v", s, html, text2, err)
		}
		if diff := cmp.Diff(entities, entities2); diff != "" {
			t.Fatalf("%q became %q (-first +second):\n%s", s, html, diff)
		}
	})
}
