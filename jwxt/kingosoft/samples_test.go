package kingosoft_test

import (
	"os"
	"path/filepath"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
)

// sample reads a real page, if the folder of real pages is there.
func sample(t *testing.T, name string) jwxt.Page {
	t.Helper()
	dir := os.Getenv("JWXTBOT_SAMPLES")
	if dir == "" {
		t.Skip("JWXTBOT_SAMPLES is not set: no real pages to read")
	}
	body, err := os.ReadFile(filepath.Join(dir, "kingo", name))
	if err != nil {
		t.Fatal(err)
	}
	return jwxttest.Page(t, address, body)
}
