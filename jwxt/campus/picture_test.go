package campus_test

import (
	"bytes"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"testing"

	"jwxtbot/jwxt/campus"
)

func TestPictures(t *testing.T) {
	for format, asJPEG := range map[string]bool{"png": false, "jpeg": true} {
		t.Run(format, func(t *testing.T) {
			p := school(campus.Qiangzhi{})
			p.JPEG = asJPEG
			b := open(t, p)
			_, picture := b.loginForm()
			seen := map[string]bool{}
			for range 50 {
				body := b.get(picture).Body
				img, got, err := image.Decode(bytes.NewReader([]byte(body)))
				if err != nil || got != format {
					t.Fatalf("decoded as %q: %v", got, err)
				}
				if size := img.Bounds().Size(); size != image.Pt(campus.PictureWidth, campus.PictureHeight) {
					t.Fatalf("got size %v", size)
				}
				if ink := inked(img); ink < 150 {
					t.Errorf("only %d dark pixels: no letters", ink)
				}
				seen[body] = true
			}
			if len(seen) != 50 {
				t.Errorf("got %d different pictures of 50", len(seen))
			}
		})
	}
}

// inked counts the dark pixels.
func inked(img image.Image) int {
	n := 0
	for y := range campus.PictureHeight {
		for x := range campus.PictureWidth {
			if r, g, b, _ := img.At(x, y).RGBA(); r+g+b < 3*0x8000 {
				n++
			}
		}
	}
	return n
}

func TestCaptchaText(t *testing.T) {
	b := open(t, school(campus.Qiangzhi{}))
	_, picture := b.loginForm()
	for range 50 {
		text := b.read(picture)
		if len(text) != 4 || bytes.ContainsAny([]byte(text), "0Oo1lIi") {
			t.Errorf("answer %q is not four characters that people can tell apart", text)
		}
	}
}

// The same school draws the same texts in the same order after a restart.
func TestCaptchasRepeat(t *testing.T) {
	var runs [2][5]string
	for i := range runs {
		b := open(t, school(campus.Qiangzhi{}))
		_, picture := b.loginForm()
		for j := range runs[i] {
			runs[i][j] = b.read(picture)
		}
	}
	if runs[0] != runs[1] {
		t.Errorf("got %v, then %v", runs[0], runs[1])
	}
}
