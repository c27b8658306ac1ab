package boltstore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jwxtbot/store"
	"jwxtbot/store/boltstore"
	"jwxtbot/store/storetest"
)

// The crash tests start this test binary again as a child that writes for as
// long as it lives and prints what was acknowledged. Killing a process shows
// that commits are atomic and acknowledged in the right order; that synced data
// survives the loss of power is not shown by it.
const (
	childFile  = "JWXTBOT_STORE_CHILD" // path of the child's database
	childSteps = "JWXTBOT_STORE_STEPS" // Updates per worker; unset: for ever
	killsEnv   = "JWXTBOT_STORE_KILLS" // how many kills, 20 if unset
)

const childWorkers = 6

func TestMain(m *testing.M) {
	if path := os.Getenv(childFile); path != "" {
		os.Exit(child(path))
	}
	os.Exit(m.Run())
}

// child runs workers that each count up in several rows at once.
func child(path string) int {
	db, err := boltstore.Open(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	steps, err := strconv.Atoi(os.Getenv(childSteps))
	if err != nil {
		steps = 1 << 30
	}
	var wg sync.WaitGroup
	for w := range childWorkers {
		wg.Go(func() {
			for range steps {
				switch n, err := childStep(db, w); {
				case err == nil:
					fmt.Printf("%d %d\n", w, n)
				case errors.Is(err, store.ErrUnknown):
					fmt.Println("unknown")
				}
			}
		})
	}
	wg.Wait()
	if db.Close() != nil {
		return 1
	}
	return 0
}

// childStep writes worker w's next number into a, b and c, the last one as the
// length of a long value.
func childStep(db store.DB, w int) (n int, err error) {
	err = db.Update(context.Background(), func(tx store.Tx) error {
		old, err := tx.Get(childKey(w, "a"))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		n, _ = strconv.Atoi(string(old))
		n++
		text := strconv.AppendInt(nil, int64(n), 10)
		return errors.Join(tx.Put(childKey(w, "a"), text), tx.Put(childKey(w, "b"), text),
			tx.Put(childKey(w, "c"), make([]byte, 3000+n%5000)))
	})
	return n, err
}

func childKey(w int, name string) string { return fmt.Sprintf("%d/%s", w, name) }

// run starts the child by command, lets stop end it, and returns the last number
// that each worker had acknowledged, and how many Updates ended in ErrUnknown.
func run(t *testing.T, path string, stop func(*exec.Cmd), env []string, command ...string) (acked [childWorkers]int, unknown int) {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	// Under the race detector a process sleeps for a second before it ends.
	cmd.Env = append(append(os.Environ(), childFile+"="+path, "GORACE=atexit_sleep_ms=0"), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop(cmd)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == "unknown" {
			unknown++
		}
		var w, n int
		if _, err := fmt.Sscanf(lines.Text(), "%d %d", &w, &n); err == nil && strings.HasSuffix(lines.Text(), strconv.Itoa(n)) {
			acked[w] = n
		}
	}
	_ = cmd.Wait()
	return acked, unknown
}

// verify opens the file after a crash: whole transactions only, and at least
// the acknowledged ones. It returns the numbers found.
func verify(t *testing.T, path string, acked [childWorkers]int) (found [childWorkers]int) {
	t.Helper()
	db, err := boltstore.Open(path)
	if err != nil {
		t.Fatalf("Open after the crash: %v", err)
	}
	defer db.Close()
	storetest.Check(t, db)
	for w := range childWorkers {
		a, errA := get(db, childKey(w, "a"))
		b, errB := get(db, childKey(w, "b"))
		c, errC := get(db, childKey(w, "c"))
		if errors.Is(errA, store.ErrNotFound) && errors.Is(errB, store.ErrNotFound) && errors.Is(errC, store.ErrNotFound) {
			a, b, c = "0", "0", string(make([]byte, 3000))
		} else if err := errors.Join(errA, errB, errC); err != nil {
			t.Fatalf("worker %d: %v", w, err)
		}
		n, _ := strconv.Atoi(a)
		if a != b || len(c) != 3000+n%5000 {
			t.Fatalf("worker %d: torn transaction: a=%s b=%s c of %d bytes", w, a, b, len(c))
		}
		if n < acked[w] {
			t.Fatalf("worker %d: acknowledged write lost: found %d of %d", w, n, acked[w])
		}
		found[w] = n
	}
	return found
}

func TestKill(t *testing.T) {
	kills := 20
	if n, err := strconv.Atoi(os.Getenv(killsEnv)); err == nil {
		kills = n
	}
	path := filepath.Join(t.TempDir(), "db")
	total := 0
	var found [childWorkers]int
	for range kills {
		before := found
		acked, _ := run(t, path, func(cmd *exec.Cmd) {
			time.Sleep(time.Duration(10+rand.IntN(80)) * time.Millisecond)
			_ = cmd.Process.Kill()
		}, nil, os.Args[0])
		for w := range acked {
			total += max(acked[w]-before[w], 0)
			acked[w] = max(acked[w], before[w])
		}
		found = verify(t, path, acked)
	}
	if total == 0 {
		t.Error("no child acknowledged anything: nothing was tested")
	}
	t.Logf("%d kills, %d acknowledged Updates", kills, total)
}

// TestFailingSyscalls lets the n-th sync or write of a child fail, or kill it:
// every place where the disk can let a commit down, and some later ones. Where
// all workers' first Updates share a commit, nothing is acknowledged before the
// fifteenth write or so.
func TestFailingSyscalls(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	if exec.Command(strace, "-o", os.DevNull, "true").Run() != nil {
		t.Skip("strace may not trace here")
	}
	for _, fault := range []string{
		"fdatasync:error=EIO", "fdatasync:signal=KILL",
		"pwrite64:error=ENOSPC", "pwrite64:signal=KILL",
		"ftruncate:error=ENOSPC", "fsync:error=EIO",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			const steps = 4
			places := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 25, 50}
			total, unknown := 0, 0
			for _, n := range places {
				path := filepath.Join(t.TempDir(), "db")
				call, _, _ := strings.Cut(fault, ":")
				acked, u := run(t, path, func(*exec.Cmd) {}, []string{childSteps + "=" + strconv.Itoa(steps)},
					strace, "-f", "-q", "-o", os.DevNull, "-e", "trace="+call,
					"-e", fmt.Sprintf("inject=%s:when=%d", fault, n), os.Args[0])
				verify(t, path, acked)
				for _, n := range acked {
					total += n
				}
				unknown += u
			}
			if all := len(places) * steps * childWorkers; total == 0 || total == all {
				t.Errorf("%d of %d Updates were acknowledged: nothing was disturbed, or everything", total, all)
			}
			if strings.HasPrefix(fault, "fdatasync:error") == (unknown == 0) {
				t.Errorf("%d outcomes were unknown; want some where a sync fails, none elsewhere", unknown)
			}
			t.Logf("%d Updates acknowledged, %d unknown", total, unknown)
		})
	}
}
