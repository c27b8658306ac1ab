package campus

import (
	"encoding/base64"
	"testing"
)

// Whatever a client sends as a track is judged, and what has too few points is
// no drag.
func FuzzDragged(f *testing.F) {
	f.Add(`[{"x":1,"y":2,"t":3}]`, 120)
	f.Add(`[{"x":1,"t":0},{"x":40,"t":50},{"x":80,"t":90},{"x":100,"t":120},{"x":121,"t":200}]`, 120)
	f.Add(`[{"x":-9223372036854775808},{"x":9223372036854775807}]`, 0)
	f.Fuzz(func(t *testing.T, track string, gap int) {
		mt := base64.StdEncoding.EncodeToString([]byte(track))
		if dragged(mt, gap) && len(track) < len(`[{},{},{},{},{}]`) {
			t.Errorf("%q is a drag", track)
		}
		fromBrowser(mt)
		parsePuzzle(track)
	})
}

func TestParsePuzzle(t *testing.T) {
	want := puzzle{left: 120, top: 33, seed: 1<<63 + 5}
	if got, ok := parsePuzzle(want.String()); !ok || got != want {
		t.Errorf("got %+v, %v; want %+v", got, ok, want)
	}
	for _, bad := range []string{"", "1 2", "a b c"} {
		if got, ok := parsePuzzle(bad); ok {
			t.Errorf("%q became %+v", bad, got)
		}
	}
}
