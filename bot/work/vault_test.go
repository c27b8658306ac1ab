package work

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func containsAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}

func TestVault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := NewVault(5 * time.Minute)
		defer v.Close()
		v.Put(1, "first")
		v.Put(2, "other")
		time.Sleep(4 * time.Minute)
		v.Put(1, "second")
		if got, held, aged := v.Get(1); got != "second" || !held || aged {
			t.Errorf("Get = %q, %v, %v", got, held, aged)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if got, held, aged := v.Get(2); got != "" || held || !aged {
			t.Errorf("after 6 minutes Get = %q, %v, %v", got, held, aged)
		}
		if !v.Holds(1) {
			t.Error("the second password ended with the first one's time")
		}
		if !v.Matches(1, "second") || v.Matches(1, "first") || v.Matches(2, "other") || v.Matches(3, "") {
			t.Error("Matches knows other passwords than the one held")
		}
		v.Wipe(1)
		if got, held, aged := v.Get(1); got != "" || held || aged {
			t.Errorf("after Wipe Get = %q, %v, %v", got, held, aged)
		}
	})
}

// TestVaultWipes looks at the memory that held the password.
func TestVaultWipes(t *testing.T) {
	for name, end := range map[string]func(*Vault){
		"wiped":    func(v *Vault) { v.Wipe(1) },
		"replaced": func(v *Vault) { v.Put(1, "another") },
		"closed":   func(v *Vault) { v.Close() },
	} {
		v := NewVault(time.Hour)
		v.Put(1, "password")
		memory := v.held[1].bytes
		end(v)
		if strings.Trim(string(memory), "\x00") != "" {
			t.Errorf("%s: memory still holds %q", name, memory)
		}
		v.Close()
	}
}
