package e2e

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jwxtbot/store"
	"jwxtbot/store/memstore"
)

// damage makes every row under a prefix unreadable; it reports how many.
func damage(w *World, prefix string) (n int) {
	w.TB.Helper()
	for _, row := range rows(w) {
		if !strings.HasPrefix(row.Key, prefix) {
			continue
		}
		n++
		err := w.DB.Update(context.Background(), func(tx store.Tx) error { return tx.Put(row.Key, []byte("damaged")) })
		if err != nil {
			w.TB.Fatal(err)
		}
	}
	return n
}

// TestDamagedRows: what cannot be read any more is lost, and costs nobody else
// anything. The person begins anew at worst.
func TestDamagedRows(t *testing.T) {
	for _, prefix := range []string{"chat/", "slot/", "view/", "salt/", "try/", "seen/", "wake/", ""} {
		t.Run(prefix, func(t *testing.T) {
			story(t, func(t *testing.T) {
				w := New(t, Options{})
				p, other := w.Person(ZhangSan), w.Person(LiSi)
				p.attempts("2020000002", "wrong") // leaves a try behind
				p.Taps("再试一次")
				p.Sees("请发密码")
				p.Taps("换学校或账号")
				p.Sees("请发学号")
				p.Says(Number)
				p.Sees("请发密码")
				p.Says(Password)
				p.SolvesCaptcha()
				p.Sees("✅", "张三")
				other.Says("/login")
				other.Sees("student number")
				p.Says("/grades")
				p.Sees("张三的成绩")
				if damage(w, prefix) == 0 {
					t.Fatal("there was nothing to damage")
				}
				p.Taps("下一页 ›")
				settles()
				other.Says("/help")
				other.Sees("/grades")
				time.Sleep(2 * w.Limits.Attempt) // the sweep comes by
				other.Says("/help")
				other.Sees("/grades")
				p.Says("/logout")
				settles()
				p.LogsIn(Number, Password)
				p.Says("/grades")
				p.Sees("张三的成绩")
			})
		})
	}
}

// TestDamagedJob: a job that cannot be read any more leaves its chat free, and
// no row behind.
func TestDamagedJob(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		p.LogsIn(Number, Password)
		stopsWhileReading(p)
		damage(p.World, "job/")
		p.Start()
		time.Sleep(2 * p.Limits.Attempt)
		p.Sees("连不上", "再发 /grades")
		p.Says("/grades")
		p.Sees("请发密码") // the school has ended its session meanwhile
		if got := keys(p.World, "job/"); len(got) != 0 {
			t.Errorf("jobs are left: %v", got)
		}
	})
}

// TestPasswordTwice: a password that comes again, at the captcha, say, is taken
// off the screen and not for an answer.
func TestPasswordTwice(t *testing.T) {
	story(t, func(t *testing.T) {
		p := New(t, Options{}).Person(ZhangSan)
		const password = "Canary77" // could be a captcha
		p.School().ChangePassword(Number, password)
		p.reachesPassword(Number)
		p.Says(password)
		p.Says(password)
		p.SeesPicture(nil)
		p.Says(password)
		p.Sees("验证码是 2 到 8 位字母或数字")
		settles()
		p.seesNot(password)
		wantPosts(p, 0)
		p.SolvesCaptcha()
		p.Sees("✅", "张三")
	})
}

// unsure is a store that commits, and cannot tell for a while.
type unsure struct {
	store.DB
	times atomic.Int32
}

func (db *unsure) Update(ctx context.Context, fn func(store.Tx) error) error {
	err := db.DB.Update(ctx, fn)
	if err == nil && db.times.Add(-1) >= 0 {
		return store.ErrUnknown
	}
	return err
}

// TestUnsureStore: what was committed is done, however late the store tells.
func TestUnsureStore(t *testing.T) {
	for _, times := range []int32{1, 2, 3, 4, 7, 12} {
		story(t, func(t *testing.T) {
			db := &unsure{DB: memstore.New()}
			p := New(t, Options{DB: db}).Person(ZhangSan)
			p.LogsIn(Number, Password)
			settles()
			db.times.Store(times)
			p.Says("/grades")
			p.Sees("张三的成绩")
			db.times.Store(times)
			p.Says("/privacy")
			p.Sees("我存了你的什么")
			settles()
			if got := keys(p.World, "job/"); len(got) != 0 {
				t.Errorf("%d: jobs are left: %v", times, got)
			}
		})
	}
}
