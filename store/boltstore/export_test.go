package boltstore

// LastCommit numbers the newest state: the difference of two numbers is how
// many commits, of two disk syncs each, lie between them.
func (db *DB) LastCommit() int { return db.lastCommit() }

// SetMaxSize lets every commit fail that makes the file longer than n bytes.
func (db *DB) SetMaxSize(n int) { db.bolt.MaxSize = n }

// MaxCalls is how many Updates share a commit at most.
const MaxCalls = maxCalls

// SetUnsure pretends that the last commit could not be synced.
func (db *DB) SetUnsure() { db.unsure = true }
