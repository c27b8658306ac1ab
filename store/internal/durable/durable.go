// Package durable makes new files survive a power cut.
package durable

import (
	"os"
	"path/filepath"
)

// SyncDir makes the directory entry of the file at path durable: syncing a
// file alone does not promise that its name is found again. Systems that
// cannot sync a directory do not need it, so their error is dropped.
func SyncDir(path string) {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return
	}
	_ = d.Sync()
	_ = d.Close()
}
