package cas

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image"
	_ "image/jpeg" // boards are JPEG
	_ "image/png"  // or PNG
	"net/http"
	"strconv"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

// slide is what must be remembered of a drawn slider.
type slide struct {
	Width int    `json:"width,omitempty"` // of the board, in its own pixels
	Key   string `json:"key,omitempty"`   // to sign the drag with; "" where it goes as it is
}

// canvas is how wide the page shows a board. Lengths are sent in its pixels.
const canvas = 280

// drawSlider asks for another puzzle. The piece is as high as its board.
func (v *visit) drawSlider(ctx context.Context, f *form) (board []byte, _ *jwxt.Puzzle, err error) {
	address := v.at("common/openSliderCaptcha.htl") + "?_=" + now()
	p, err := v.Web.Send(ctx, fetch.Request{URL: address, AJAX: true, Referer: f.Page})
	if err != nil {
		return nil, nil, driver.Under(opCaptcha, err)
	}
	board, piece, s, err := readSlider(p)
	f.Slide = s
	return board, &jwxt.Puzzle{Piece: piece}, err
}

// readSlider reads a puzzle. Newer builds have a drag signed with the last 16
// bytes of the piece, which are letters that no picture ends with.
func readSlider(p jwxt.Page) (board, piece []byte, s slide, err error) {
	var in struct {
		Board []byte `json:"bigImage"`
		Piece []byte `json:"smallImage"`
	}
	bad := json.Unmarshal(fetch.Text(p), &in) != nil || p.Status != http.StatusOK
	if bad || !driver.IsPicture(in.Board) || !driver.IsPicture(in.Piece) {
		return nil, nil, s, unread(opCaptcha, readPage(p), "the slider has no pictures")
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(in.Board))
	if err != nil || size.Width <= 0 || size.Width > 4096 {
		return nil, nil, s, jwxt.Fail(jwxt.Changed, opCaptcha, errors.New("the slider's board is no picture"))
	}
	s.Width = size.Width
	const keyLength = 16
	if tail := in.Piece[max(0, len(in.Piece)-keyLength):]; len(tail) == keyLength && isText(tail) {
		s.Key = string(tail)
	}
	return in.Board, in.Piece, s, nil
}

func isText(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// drag sends a person's drag to be judged. Only after one that the front accepts
// is the password posted; one that it refuses costs no try.
func (v *visit) drag(ctx context.Context, f form, answer string) error {
	t, err := jwxt.ParseTrack(answer)
	if err != nil || f.Slide.Width == 0 {
		return jwxt.Fail(jwxt.WrongCaptcha, opCaptcha, errors.New("the answer holds no drag"))
	}
	sent, err := f.Slide.fill(t)
	if err != nil {
		return jwxt.Fail(jwxt.Changed, opCaptcha, err)
	}
	p, err := v.Web.Send(ctx, fetch.Request{URL: v.at("common/verifySliderCaptcha.htl"), Post: true, AJAX: true, Referer: f.Page, Form: sent})
	if err != nil {
		return driver.Under(opCaptcha, err)
	}
	return judgeDrag(p)
}

// fill is a drag as the page's script sends it.
func (s slide) fill(t jwxt.Track) (fetch.Form, error) {
	shown := func(px int) int { return (px*canvas + s.Width/2) / s.Width }
	if s.Key == "" {
		return fetch.Form{{Name: "canvasLength", Value: strconv.Itoa(canvas)}, {Name: "moveLength", Value: strconv.Itoa(shown(t.End()))}}, nil
	}
	type point struct {
		X int `json:"a"`
		Y int `json:"b"`
		T int `json:"c"`
	}
	track := make([]point, len(t))
	for i, p := range t {
		track[i] = point{shown(p.X), shown(p.Y), p.T}
	}
	text, _ := json.Marshal(struct { // numbers only
		Canvas int     `json:"canvasLength"`
		Moved  int     `json:"moveLength"`
		Tracks []point `json:"tracks"`
	}{canvas, shown(t.End()), track})
	sign, err := encrypt(s.Key, string(text), random)
	return fetch.Form{{Name: "sign", Value: sign}}, err
}

// judgeDrag reads the answer to a drag.
func judgeDrag(p jwxt.Page) error {
	var said struct {
		Code *int   `json:"errorCode"`
		Text string `json:"errorMsg"`
	}
	if p.Status != http.StatusOK || json.Unmarshal(fetch.Text(p), &said) != nil || said.Code == nil {
		return unread(opCaptcha, readPage(p), "the drag was not judged")
	}
	if *said.Code != 1 {
		return jwxt.Fail(jwxt.WrongCaptcha, opCaptcha, errors.New("the piece was let go beside its gap"))
	}
	return nil
}
