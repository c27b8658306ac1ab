package e2e

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// binary builds the program once per run of the tests.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "jwxtbot")
	out, err := exec.Command("go", "build", "-o", path, "jwxtbot/cmd/jwxtbot").CombinedOutput()
	if err != nil {
		return string(out), err
	}
	return path, nil
})

// program is the path of the built program.
func program(t testing.TB) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatalf("building the program: %v\n%s", err, path)
	}
	return path
}

// startDemo runs the demo until the test ends and returns the lines it prints.
func startDemo(t testing.TB, args ...string) *bufio.Scanner {
	t.Helper()
	cmd := exec.Command(program(t), append([]string{"demo", "--listen", "127.0.0.1:0"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return bufio.NewScanner(out)
}
