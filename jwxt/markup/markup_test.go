package markup_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"jwxtbot/jwxt/markup"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"  高等 \n\t数学 A ":   "高等 数学 A",
		"\u3000大学英语\u00a0": "大学英语",
		"一\u2003二":         "一 二",
		"":                 "",
	} {
		if got := markup.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
		if got, want := markup.Squeeze(in), strings.ReplaceAll(want, " ", ""); got != want {
			t.Errorf("Squeeze(%q) = %q, want %q", in, got, want)
		}
	}
	long := strings.Repeat("课", markup.MaxSaid)
	if markup.Bounded(long) != long || markup.Bounded(long+"课") != long+"…" {
		t.Error("Bounded cuts at the wrong place")
	}
}

func TestTable(t *testing.T) {
	table := first(t, `<table><thead><tr><th>课程 名称<th colspan=2>成绩</thead>
		<tr><td>操作<br>系统<script>var x</script><td><table><tr><td>inner</table><td>84</table>`, atom.Table)
	rows := markup.Rows(table)
	if len(rows) != 2 {
		t.Fatalf("got %d rows, want 2", len(rows))
	}
	if diff := cmp.Diff([]string{"课程名称", "成绩", "成绩"}, markup.Headers(rows[0])); diff != "" {
		t.Error(diff)
	}
	if got := markup.Headers(rows[1]); got != nil {
		t.Errorf("a row that holds a table is a header: %q", got)
	}
	var texts []string
	for _, c := range markup.Cells(rows[1], nil) {
		texts = append(texts, markup.Text(c))
	}
	if diff := cmp.Diff([]string{"操作 系统", "inner", "84"}, texts); diff != "" {
		t.Error(diff)
	}
}

func first(t *testing.T, page string, a atom.Atom) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.DataAtom == a {
			return n
		}
	}
	t.Fatal("no such element")
	return nil
}

// A row of more columns than any table has is no header, whatever few cells say.
func TestHeadersOfTooMany(t *testing.T) {
	for cells, want := range map[int]int{2: 128, 3: 0, 100_000: 0} {
		row := first(t, "<table><tr>"+strings.Repeat("<td colspan=64>a", cells)+"</table>", atom.Tr)
		if got := markup.Headers(row); len(got) != want {
			t.Errorf("%d cells are %d columns, want %d", cells, len(got), want)
		}
	}
}

func TestAlert(t *testing.T) {
	for script, want := range map[string]string{
		`alert('密码错误！！');`: "密码错误！！", `function f(){ alert("x"); } alert("y")`: "y", `// alert('a')
			/* alert('b') */ var s = "alert('c')"; alert('');alert ( 'd\n e' )`: "d  e", `alert(x)`: "", `alert('`: "", ``: "",
	} {
		if got := markup.Alert(script); got != want {
			t.Errorf("%s: %q, want %q", script, got, want)
		}
	}
}

func TestLoose(t *testing.T) {
	var got []markup.Loose
	if err := json.Unmarshal([]byte(`["  a  b ", 3.50, true, null, {"x": 1}, [2]]`), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]markup.Loose{"a b", "3.50", "true", "", "", ""}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAddress(t *testing.T) {
	page, _ := url.Parse("http://jwxt.example.edu.cn/a/b?x=1")
	for ref, want := range map[string]string{" c ": "http://jwxt.example.edu.cn/a/c", "/d": "http://jwxt.example.edu.cn/d", ":": ":"} {
		if got := markup.Address(page, ref); got != want {
			t.Errorf("Address(%q) = %q, want %q", ref, got, want)
		}
	}
	if got := markup.Address(nil, "c"); got != "c" {
		t.Errorf("without a page: %q", got)
	}
}

func FuzzLoose(f *testing.F) {
	f.Add([]byte(`{"a": "1", "b": 2}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var m map[string]markup.Loose
		_ = json.Unmarshal(b, &m) // must not panic
	})
}
