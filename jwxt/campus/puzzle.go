package campus

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
)

// Size of a slider's picture, in pixels.
const (
	puzzleWidth  = 304
	puzzleHeight = 200
	pieceSize    = 46 // of its square body
	pieceKnob    = 9  // radius of what sticks out at its right
)

// puzzle is a slider: a picture with a gap, and the piece that was there.
type puzzle struct {
	left, top int // of the gap
	seed      uint64
}

func newPuzzle(r *rand.Rand) puzzle {
	return puzzle{
		left: 80 + r.IntN(puzzleWidth-pieceSize-pieceKnob-85),
		top:  5 + r.IntN(puzzleHeight-pieceSize-10),
		seed: r.Uint64(),
	}
}

// String is what parsePuzzle reads.
func (p puzzle) String() string { return fmt.Sprintf("%d %d %d", p.left, p.top, p.seed) }

func parsePuzzle(s string) (p puzzle, ok bool) {
	_, err := fmt.Sscanf(s, "%d %d %d", &p.left, &p.top, &p.seed)
	return p, err == nil
}

// covers reports whether a point, seen from the piece's corner, is the piece's.
func (puzzle) covers(x, y int) bool {
	if x >= 0 && x < pieceSize && y >= 0 && y < pieceSize {
		return true
	}
	dx, dy := x-pieceSize, y-pieceSize/2
	return x >= 0 && dx*dx+dy*dy <= pieceKnob*pieceKnob
}

// scene is the colour of a point of the whole picture: soft waves.
func (p puzzle) scene(x, y int) color.NRGBA {
	r := float64(p.seed%251) / 40
	fx, fy := float64(x), float64(y)
	wave := func(a, b, c float64) uint8 {
		return uint8(128 + 100*math.Sin(r*c+fx/a+r)*math.Cos(fy/b+c*r))
	}
	return color.NRGBA{wave(31, 47, 1), wave(53, 29, 2), wave(41, 37, 3), 255}
}

// board is the picture with the gap washed out.
func (p puzzle) board() []byte {
	img := image.NewNRGBA(image.Rect(0, 0, puzzleWidth, puzzleHeight))
	for y := range puzzleHeight {
		for x := range puzzleWidth {
			c := p.scene(x, y)
			if p.covers(x-p.left, y-p.top) {
				c = color.NRGBA{c.R/3 + 160, c.G/3 + 160, c.B/3 + 160, 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return encodePNG(img)
}

// piece is as high as the board and clear but for the piece, so that it lies
// at the gap's height when both are put edge to edge.
func (p puzzle) piece() []byte {
	img := image.NewNRGBA(image.Rect(0, 0, pieceSize+pieceKnob+1, puzzleHeight))
	for y := range puzzleHeight {
		for x := range img.Rect.Dx() {
			if p.covers(x, y-p.top) {
				img.SetNRGBA(x, y, p.scene(x+p.left, y))
			}
		}
	}
	return encodePNG(img)
}

func encodePNG(img image.Image) []byte {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		panic(err) // a buffer takes all
	}
	return b.Bytes()
}
