package campus

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// Size of a captcha picture, in pixels, and the number of its characters.
const (
	PictureWidth  = 120
	PictureHeight = 40
	captchaLength = 4
)

// captchaAlphabet leaves out what people cannot tell apart in a slanted
// picture: 0 O o, 1 l I i, and letters whose small form is the large one
// drawn smaller, since the school minds the case.
const captchaAlphabet = "2345678ABDEFGHJLMNQRTadefghjmnrt"

func captchaText(r *rand.Rand) string {
	var b [captchaLength]byte
	for i := range b {
		b[i] = captchaAlphabet[r.IntN(len(captchaAlphabet))]
	}
	return string(b[:])
}

// painter draws captchas. Many may use it at once.
type painter struct {
	glyphs  map[byte]glyph
	palette color.Palette
	jpeg    bool
	gif     bool
	png     png.Encoder
}

// buffers spare the PNG encoder its tables, half of a picture's time.
type buffers struct{ pool sync.Pool }

func (b *buffers) Get() *png.EncoderBuffer {
	e, _ := b.pool.Get().(*png.EncoderBuffer)
	return e
}

func (b *buffers) Put(e *png.EncoderBuffer) { b.pool.Put(e) }

// glyph is an outline in pixels, with its own middle at (0, 0).
type glyph []sfnt.Segment

const glyphSize = 30 // pixels of an em

// inks are the palette: paper, four shades towards each of four inks, noise.
func inks() color.Palette {
	paper := color.RGBA{246, 246, 250, 255}
	p := color.Palette{paper}
	for _, ink := range [][3]uint8{{20, 40, 140}, {130, 30, 30}, {15, 95, 50}, {70, 25, 110}} {
		for shade := 1; shade <= shadesPerInk; shade++ {
			p = append(p, color.RGBA{
				mix(paper.R, ink[0], shade), mix(paper.G, ink[1], shade), mix(paper.B, ink[2], shade), 255,
			})
		}
	}
	return append(p, color.RGBA{150, 160, 190, 255}, color.RGBA{190, 160, 150, 255})
}

const shadesPerInk = 8

func mix(paper, ink uint8, shade int) uint8 {
	return uint8((int(paper)*(shadesPerInk-shade) + int(ink)*shade) / shadesPerInk)
}

func newPainter(of Profile) *painter {
	f, err := sfnt.Parse(gobold.TTF)
	if err != nil {
		panic(err) // the font is compiled in
	}
	p := &painter{
		glyphs: map[byte]glyph{}, palette: inks(), jpeg: of.JPEG, gif: of.GIF,
		png: png.Encoder{CompressionLevel: png.BestSpeed, BufferPool: &buffers{}},
	}
	var buf sfnt.Buffer
	for i := range len(captchaAlphabet) {
		p.glyphs[captchaAlphabet[i]] = outline(f, &buf, rune(captchaAlphabet[i]))
	}
	return p
}

func outline(f *sfnt.Font, buf *sfnt.Buffer, r rune) glyph {
	index, err := f.GlyphIndex(buf, r)
	if err != nil {
		panic(err)
	}
	bounds, _, err := f.GlyphBounds(buf, index, fixed.I(glyphSize), font.HintingNone)
	if err != nil {
		panic(err)
	}
	segments, err := f.LoadGlyph(buf, index, fixed.I(glyphSize), nil)
	if err != nil {
		panic(err)
	}
	middle := bounds.Min.Add(bounds.Max)
	out := append(glyph(nil), segments...) // LoadGlyph lends its buffer
	for i := range out {
		for j := range out[i].Args {
			out[i].Args[j] = out[i].Args[j].Sub(fixed.Point26_6{X: middle.X / 2, Y: middle.Y / 2})
		}
	}
	return out
}

// paint draws text, each letter turned and sheared a little, over noise.
func (p *painter) paint(text string, r *rand.Rand) []byte {
	img := image.NewPaletted(image.Rect(0, 0, PictureWidth, PictureHeight), p.palette)
	noise := uint8(len(p.palette) - 2)
	for range 3 {
		scratch(img, r, noise+uint8(r.IntN(2)))
	}
	for range 60 {
		img.SetColorIndex(r.IntN(PictureWidth), r.IntN(PictureHeight), noise+uint8(r.IntN(2)))
	}
	step := PictureWidth / len(text)
	for i := range len(text) {
		p.letter(img, step*i+(step-letterBox)/2, p.glyphs[text[i]], turned(r), r.IntN(4))
	}
	var b bytes.Buffer
	var err error
	switch {
	case p.jpeg:
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 85})
	case p.gif:
		err = gif.Encode(&b, img, nil)
	default:
		err = p.png.Encode(&b, img)
	}
	if err != nil {
		panic(err) // a buffer takes all
	}
	return b.Bytes()
}

// letterBox is as wide as a turned letter can be.
const letterBox = 44

// place is an affine map: x' = a·x + b·y + dx, y' = c·x + d·y + dy.
type place struct{ a, b, c, d, dx, dy float32 }

// turned puts a glyph a little aslant and off the middle of its box.
func turned(r *rand.Rand) place {
	turn := (r.Float64() - 0.5) * 0.5 // about ±14°
	shear := (r.Float64() - 0.5) * 0.3
	sin, cos := math.Sincos(turn)
	return place{
		a: float32(cos), b: float32(shear*cos - sin),
		c: float32(sin), d: float32(shear*sin + cos),
		dx: float32(letterBox/2 + (r.Float64()-0.5)*4), dy: float32(PictureHeight/2 + (r.Float64()-0.5)*6),
	}
}

func (m place) at(pt fixed.Point26_6) (x, y float32) {
	px, py := float32(pt.X)/64, float32(pt.Y)/64
	return m.a*px + m.b*py + m.dx, m.c*px + m.d*py + m.dy
}

// letter draws one glyph in the box that begins at left.
func (p *painter) letter(img *image.Paletted, left int, g glyph, m place, ink int) {
	z := vector.NewRasterizer(letterBox, PictureHeight)
	for _, s := range g {
		x0, y0 := m.at(s.Args[0])
		x1, y1 := m.at(s.Args[1])
		x2, y2 := m.at(s.Args[2])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			z.ClosePath()
			z.MoveTo(x0, y0)
		case sfnt.SegmentOpLineTo:
			z.LineTo(x0, y0)
		case sfnt.SegmentOpQuadTo:
			z.QuadTo(x0, y0, x1, y1)
		case sfnt.SegmentOpCubeTo:
			z.CubeTo(x0, y0, x1, y1, x2, y2)
		}
	}
	z.ClosePath()
	mask := image.NewAlpha(image.Rect(0, 0, letterBox, PictureHeight))
	z.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	for i, a := range mask.Pix {
		if shade := int(a) * shadesPerInk / 255; shade > 0 { // what is outside the picture is ignored
			img.SetColorIndex(left+i%mask.Stride, i/mask.Stride, uint8(ink*shadesPerInk+shade))
		}
	}
}

// scratch is a thin wave across the picture.
func scratch(img *image.Paletted, r *rand.Rand, ink uint8) {
	y, slope := r.Float64()*PictureHeight, (r.Float64()-0.5)*0.5
	phase, height := r.Float64()*2*math.Pi, 2+r.Float64()*4
	for x := range PictureWidth {
		at := y + slope*float64(x) + height*math.Sin(phase+float64(x)/12)
		img.SetColorIndex(x, int(at), ink) // outside is ignored
	}
}

// pictureBook remembers the last pictures' answers by the hash of their bytes.
type pictureBook struct {
	answers map[string]string
	order   []string
}

const pictureBookSize = 4096

func (b *pictureBook) add(hash, text string) {
	if _, ok := b.answers[hash]; !ok {
		b.order = append(b.order, hash)
	}
	b.answers[hash] = text
	if len(b.order) > pictureBookSize {
		delete(b.answers, b.order[0])
		b.order = b.order[1:]
	}
}
