package store

// Sub is the part of a table whose ids begin with sub, a name that ends in
// "/"; its own ids are what follows.
func (t Table[T]) Sub(sub string) Table[T] {
	t.prefix += sub
	return t
}
