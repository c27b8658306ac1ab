package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jwxtbot/store/memstore"
)

// mainLoop is login, grades, a dead session, grades again, notices and logout,
// told in a way that holds while commits fail: each step waits for what it
// expects, whatever else there is.
func mainLoop(p *Person) {
	p.TB.Helper()
	p.LogsIn(Number, Password)
	p.Says("/grades")
	p.Sees("张三的成绩")
	p.Taps("下一页 ›")
	p.Sees("第 2/4 页")
	p.School().Expire("")
	p.Says("/notices")
	p.Sees("请发密码")
	p.Says(Password)
	p.SolvesCaptcha()
	p.Sees("📢")
	p.Says("/logout")
	p.Sees("已退出")
	settles()
}

// TestStoreTrouble lets every commit of the main loop fail, and every commit
// be made and reported as unknown. The screen at the end is the same, and
// nothing was done twice.
func TestStoreTrouble(t *testing.T) {
	tell := func(t *testing.T, trouble func(*memstore.DB)) (screen []string, posted, commits int) {
		story(t, func(t *testing.T) {
			db := memstore.New()
			w := New(t, Options{DB: db})
			if trouble != nil {
				trouble(db)
			}
			p := w.Person(ZhangSan)
			mainLoop(p)
			time.Sleep(10 * time.Minute)
			screen, posted, commits = steady(p.screen()), posts(w), db.Commits()
			if left := append(keys(w, "out/"), keys(w, "job/")...); len(left) != 0 {
				t.Errorf("left undone: %q", left)
			}
			obeysTelegram(w)
		})
		return screen, posted, commits
	}
	want, wantPosted, commits := tell(t, nil)
	for _, tc := range []struct {
		name string
		arm  func(*memstore.DB, int)
	}{
		{"fails", (*memstore.DB).FailCommit},
		{"unknown", (*memstore.DB).CommitButError},
	} {
		for n := 1; n <= commits+1; n++ {
			t.Run(fmt.Sprintf("%s %d", tc.name, n), func(t *testing.T) {
				t.Parallel()
				got, posted, _ := tell(t, func(db *memstore.DB) { tc.arm(db, n) })
				if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
					t.Errorf("the screen is\n%s\nwant\n%s", a, b)
				}
				if posted != wantPosted {
					t.Errorf("%d passwords were sent, want %d", posted, wantPosted)
				}
			})
		}
	}
}

// steady are the lines of a screen without what chance and the clock put in:
// captchas, and the time of reading.
func steady(screen []string) (out []string) {
	for _, line := range screen {
		if strings.HasPrefix(line, "person: ") && !strings.HasPrefix(line, "person: /") {
			line = "person: …"
		}
		first, _, _ := strings.Cut(line, "\n")
		out = append(out, first)
	}
	return out
}
