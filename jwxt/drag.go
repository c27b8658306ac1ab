package jwxt

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Puzzle is a slider captcha: a piece that a person drags from the left edge
// of Ask.Image to the gap it fits. All lengths are pixels of Ask.Image.
type Puzzle struct {
	Piece []byte `json:"piece"` // the picture of the piece; its type is in its bytes
	Top   int    `json:"top"`   // from the upper edge of Ask.Image down to the piece's
}

// Point is where the pointer was at a time.
type Point struct {
	X int `json:"x"` // how far right of where the drag began
	Y int `json:"y"` // how far below
	T int `json:"t"` // milliseconds since the drag began
}

// Track is a drag as a person made it, from its first point to the last: a
// school looks at how the pointer moved as well as where it ended.
type Track []Point

// maxTrack is as many points as a mouse gives in half a minute.
const maxTrack = 2000

// String is the text form, which is what Answers hold for FieldDrag.
func (t Track) String() string {
	b, _ := json.Marshal(t) // structs of numbers always marshal
	return string(b)
}

// End is how far the piece was dragged to the right.
func (t Track) End() int {
	if len(t) == 0 {
		return 0
	}
	return t[len(t)-1].X
}

// ParseTrack reads the text form. It refuses what no hand can have made: no
// points or more than 2,000, a pointer 10,000 pixels away, time that runs back.
func ParseTrack(s string) (Track, error) {
	var t Track
	if err := json.Unmarshal([]byte(s), &t); err != nil {
		return nil, fmt.Errorf("jwxt: track: %w", err)
	}
	if len(t) == 0 || len(t) > maxTrack {
		return nil, fmt.Errorf("jwxt: a track of %d points", len(t))
	}
	last := 0
	for _, p := range t {
		if p.T < last || max(p.X, -p.X, p.Y, -p.Y) > 10_000 {
			return nil, errors.New("jwxt: a track that no hand made")
		}
		last = p.T
	}
	return t, nil
}
