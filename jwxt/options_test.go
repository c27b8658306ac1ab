package jwxt_test

import (
	"errors"
	"testing"

	"jwxtbot/jwxt"
)

func TestCheckOptions(t *testing.T) {
	known := map[string][]string{"root": nil, "build": {"old", "new"}}
	if err := jwxt.CheckOptions(map[string]string{"root": "", "build": ""}, known); err != nil {
		t.Errorf("got %v", err)
	}
	if err := jwxt.CheckOptions(nil, nil); err != nil {
		t.Errorf("got %v", err)
	}
	err := jwxt.CheckOptions(map[string]string{"rot": "/x", "build": "x"}, known)
	const want = `the option build is "x"; it must be one of old, new` + "\n" + `there is no option "rot"; known: build, root`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if first, ok := errors.AsType[*jwxt.OptionError](err); !ok || first.Key != "build" {
		t.Errorf("the first to blame is %+v", first)
	}
	if err := jwxt.CheckOptions(map[string]string{"a": "b"}, nil); err == nil || err.Error() != `there is no option "a"; known: none` {
		t.Errorf("got %v", err)
	}
}
