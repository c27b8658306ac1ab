package boards_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/jwxt/bulletin"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/campus/boards"
)

// inBubble serves a board of each kind to the program's own Reader.
func inBubble(t *testing.T, test func(t *testing.T, b *boards.Board, list func() ([]bulletin.Item, error), open func(bulletin.Item) bulletin.Detail)) {
	for _, kind := range boards.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := boards.New(kind, "甲大学教务处")
				pipe := campus.NewPipe()
				server := &http.Server{Handler: boards.Hosts(map[string]*boards.Board{"jwc.example.edu.cn": b})}
				go func() { _ = server.Serve(pipe) }()
				r := bulletin.NewReader(bulletin.Options{UserAgent: "jwxtbot", Dial: pipe.DialContext})
				s := b.Source("a", "jia", "http://jwc.example.edu.cn")
				if err := s.Validate(); err != nil {
					t.Fatal(err)
				}
				list := func() ([]bulletin.Item, error) {
					l, err := r.List(t.Context(), s, bulletin.Validators{})
					return l.Items, err
				}
				open := func(it bulletin.Item) bulletin.Detail {
					d, err := r.Detail(t.Context(), s, it)
					if err != nil {
						t.Fatal(err)
					}
					return d
				}
				test(t, b, list, open)
				r.Close()
				server.Close()
			})
		})
	}
}

func article(title string) boards.Article {
	return boards.Article{
		Title: title, Publisher: "教务科", Text: "各学院：\n\n请办理<选课>。", Date: time.Now(), Files: []string{"附件1.docx"},
	}
}

func TestLife(t *testing.T) {
	inBubble(t, func(t *testing.T, b *boards.Board, list func() ([]bulletin.Item, error), open func(bulletin.Item) bulletin.Detail) {
		titles := func() string {
			items, err := list()
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, it := range items {
				out = append(out, it.Title)
				if got, want := it.Date.String(), time.Now().Format(time.DateOnly); !strings.HasPrefix(got, want) {
					t.Errorf("%s has the date %q, want %s", it.Title, got, want)
				}
			}
			return strings.Join(out, " ")
		}
		first := b.Publish(article("一"))
		b.Publish(article("二 & 三"))
		if got, want := titles(), "二 & 三 一"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		before, _ := list()
		b.Edit(first, func(a *boards.Article) { a.Title, a.Column = "一（更正）", 1600 })
		b.Pin(first, true)
		after, err := list()
		if err != nil || after[0].Title != "一（更正）" || after[0].ID != before[1].ID {
			t.Errorf("moved, edited and pinned: got %+v, %v; was %+v", after, err, before)
		}
		d := open(after[0])
		if d.Title != "一（更正）" || d.Publisher != "教务科" || !strings.Contains(d.Text, "请办理<选课>。") {
			t.Errorf("got %+v", d)
		}
		if len(d.Attachments) != 1 || d.Attachments[0].Name != "附件1.docx" {
			t.Fatalf("got files %+v", d.Attachments)
		}
		if w := visit(b, http.MethodGet, d.Attachments[0].URL, nil); w.Code != http.StatusOK {
			t.Errorf("the file %s: got %d", d.Attachments[0].URL, w.Code)
		}
		b.Remove(first)
		for range boards.Rows {
			b.Publish(article("新"))
		}
		if got := titles(); strings.Contains(got, "一") || strings.Contains(got, "二") {
			t.Errorf("got %q, want the newest only", got)
		}
	})
}

func TestStates(t *testing.T) {
	classes := map[boards.State]bulletin.Class{
		boards.Redesigned: bulletin.Redesign, boards.Blocked: bulletin.Blocked, boards.Intranet: bulletin.Intranet,
		boards.Outage: bulletin.Net,
	}
	inBubble(t, func(t *testing.T, b *boards.Board, list func() ([]bulletin.Item, error), _ func(bulletin.Item) bulletin.Detail) {
		b.Publish(article("一"))
		for state, want := range classes {
			b.Become(state)
			_, err := list()
			if e, ok := errors.AsType[*bulletin.Error](err); !ok || e.Class != want {
				t.Errorf("%s: got %v, want %s", state, err, want)
			}
			b.Become(boards.Open)
			if items, err := list(); err != nil || len(items) != 1 {
				t.Errorf("after %s: got %+v, %v", state, items, err)
			}
		}
		b.SetRobots("User-agent: *\nDisallow: /\n")
		time.Sleep(25 * time.Hour)
		_, err := list()
		if e, ok := errors.AsType[*bulletin.Error](err); !ok || e.Class != bulletin.Robots {
			t.Errorf("robots.txt: got %v", err)
		}
		if n := len(b.Requests()); n < 10 {
			t.Errorf("%d requests are remembered", n)
		}
	})
}

func TestEmptied(t *testing.T) {
	inBubble(t, func(t *testing.T, b *boards.Board, list func() ([]bulletin.Item, error), _ func(bulletin.Item) bulletin.Detail) {
		b.Publish(article("一"))
		b.Become(boards.Emptied)
		if items, err := list(); err == nil {
			t.Errorf("an emptied board is a list of %d", len(items))
		}
	})
}
