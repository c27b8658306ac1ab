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

// scene is the whole picture, soft waves, as a function of the point.
func (p puzzle) scene() func(x, y int) color.NRGBA {
	phase := float64(p.seed%251) / 40
	var along [3][puzzleWidth]float64
	var down [3][puzzleHeight]float64
	for i, length := range [3][2]float64{{31, 47}, {53, 29}, {41, 37}} {
		turn := phase * float64(i+1)
		for x := range along[i] {
			along[i][x] = math.Sin(turn + float64(x)/length[0])
		}
		for y := range down[i] {
			down[i][y] = math.Cos(turn + float64(y)/length[1])
		}
	}
	return func(x, y int) color.NRGBA {
		at := func(i int) uint8 { return uint8(128 + 100*along[i][x]*down[i][y]) }
		return color.NRGBA{at(0), at(1), at(2), 255}
	}
}

// board is the picture with the gap washed out.
func (p puzzle) board() []byte {
	img, scene := image.NewNRGBA(image.Rect(0, 0, puzzleWidth, puzzleHeight)), p.scene()
	for y := range puzzleHeight {
		for x := range puzzleWidth {
			c := scene(x, y)
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
	img, scene := image.NewNRGBA(image.Rect(0, 0, pieceSize+pieceKnob+1, puzzleHeight)), p.scene()
	for y := range puzzleHeight {
		for x := range img.Rect.Dx() {
			if p.covers(x, y-p.top) {
				img.SetNRGBA(x, y, scene(x+p.left, y))
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
