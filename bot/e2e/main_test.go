package e2e

import (
	"fmt"
	"os"
	"runtime/debug"
	"testing"
)

// scratch is a folder for what the tests build; it goes away with them.
var scratch string

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // stages are small and many: collecting them was a fourth of the time
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "jwxtbot-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	scratch = dir
	return m.Run()
}
