package memstore_test

import (
	"testing"

	"jwxtbot/store"
	"jwxtbot/store/memstore"
	"jwxtbot/store/storetest"
)

func TestSuite(t *testing.T) {
	storetest.Run(t, func(testing.TB) store.DB { return memstore.New() })
}
