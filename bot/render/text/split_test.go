package text_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/render/text"
)

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		limit    int
		want     []string
	}{
		{"fits", "<b>一</b>二", 2, []string{"<b>一</b>二"}},
		{"after a line", "一二\n三四\n五六", 7, []string{"一二\n三四", "五六"}},
		{"at a blank", "one two three", 9, []string{"one two", "three"}},
		{"a line too early is no place", "a\n" + strings.Repeat("b", 20), 10, []string{"a\nbbbbbbbb", strings.Repeat("b", 12)}},
		{"where it must", "一二三四五", 3, []string{"一二三", "四五"}},
		{"a pair counts two and stays whole", "😀😀😀", 3, []string{"😀", "😀😀"}},
		{"entities stay whole", "a&amp;&#128512;b", 3, []string{"a&amp;", "&#128512;b"}},
		{"what is open is closed and opened again", `<a href="https://x/?a b"><b>一二三</b></a>四`, 2,
			[]string{`<a href="https://x/?a b"><b>一二</b></a>`, `<a href="https://x/?a b"><b>三</b></a>四`}},
		{"no text of blanks", "一二\n\n\n三", 3, []string{"一二", "三"}},
		{"a lone < is text", "1 < 2", 3, []string{"1", "< 2"}},
		{"empty", "", 10, []string{""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := text.Split(tt.in, tt.limit)
			if tt.name != "fits" && tt.name != "empty" {
				// Only the first limit is the caller's.
				got = append(got[:1:1], strings.Join(got[1:], ""))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSplitEntities: Telegram ignores the formatting of the 101st.
func TestSplitEntities(t *testing.T) {
	in := strings.Repeat("<b>课</b>\n", 250)
	got := text.Split(in, text.MaxMessage)
	if len(got) != 3 {
		t.Fatalf("%d texts, want 3", len(got))
	}
	for i, s := range got {
		if n := strings.Count(s, "<b>"); n > 100 {
			t.Errorf("text %d has %d entities", i, n)
		}
	}
}

// TestSplitLinks: Telegram refuses long links beyond some 9,500 bytes.
func TestSplitLinks(t *testing.T) {
	in := strings.Repeat(`<a href="https://example.com/`+strings.Repeat("x", 400)+`">通知</a>`+"\n", 40)
	for i, s := range text.Split(in, text.MaxMessage) {
		if len(s) > 9000 {
			t.Errorf("text %d has %d bytes, mostly links", i, len(s))
		}
	}
}

// markShape is a tag, or a character by name or number.
var markShape = regexp.MustCompile(`</?[a-zA-Z][^<>]*>|&(?:lt|gt|amp|quot|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});`)

// read is what a reader sees.
func read(s string) string {
	return markShape.ReplaceAllStringFunc(s, func(mark string) string {
		if mark[0] == '<' {
			return ""
		}
		return html.UnescapeString(mark)
	})
}

func FuzzSplit(f *testing.F) {
	f.Add("<b>一二三</b> &amp; <i>four\nfive</i>", 3)
	f.Add("&up; &ampx; &#x4e00;", 3)
	f.Add(strings.Repeat("<b>课 </b>", 300), 1024)
	f.Fuzz(func(t *testing.T, in string, limit int) {
		if limit < 2 || limit > text.MaxMessage {
			t.Skip()
		}
		bare := func(s string) string { return strings.Join(strings.Fields(read(s)), "") }
		parts, got := text.Split(in, limit), ""
		for i, s := range parts {
			got += bare(s)
			if n := text.Units(read(s)); n > limit && len(parts) > 1 {
				t.Errorf("text %d of %d has %d units, limit %d: %q", i, len(parts), n, limit, s)
			}
			limit = text.MaxMessage
		}
		if want := bare(in); got != want {
			t.Errorf("parts say %q, want %q", got, want)
		}
	})
}
