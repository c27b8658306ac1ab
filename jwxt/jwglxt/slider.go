package jwglxt

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const opCaptcha = "jwglxt: captcha"

// slide is what must be remembered of a slider: the address of zfcaptcha and
// the key of its script.
type slide struct {
	Address string `json:"address,omitempty"`
	Key     string `json:"key,omitempty"` // rtk
}

const instance = "zfcaptchaLogin"

var sliderKey = regexp.MustCompile(`\brtk\s*:\s*['"]([0-9A-Za-z-]{1,64})['"]`)

// openSlider loads the slider's script for its key.
func (v *visit) openSlider(ctx context.Context, f form) (slide, error) {
	s := slide{Address: v.path("/zfcaptchaLogin")}
	q := url.Values{"type": {"resource"}, "instanceId": {instance}, "name": {"zfdun_captcha.js"}}
	p, err := v.captchaPage(ctx, f, s.Address+"?"+q.Encode())
	if err != nil {
		return s, err
	}
	m := sliderKey.FindSubmatch(fetch.Text(p))
	if m == nil {
		return s, jwxt.Fail(jwxt.Changed, opCaptcha, errors.New("the slider's script has no key"))
	}
	s.Key = string(m[1])
	return s, nil
}

// captchaPage fetches something that belongs to the open form.
func (v *visit) captchaPage(ctx context.Context, f form, address string) (jwxt.Page, error) {
	p, err := v.Web.Send(ctx, fetch.Request{URL: address, Referer: f.Page})
	if err != nil {
		return p, driver.Under(opCaptcha, err)
	}
	if p.Status != http.StatusOK {
		return p, driver.Unread(opCaptcha, readPage(p).said(), "the captcha does not come")
	}
	return p, nil
}

// drawSlider asks for another puzzle and loads its two pictures. The board is
// si, the piece mi; a piece is as high as its board, so it has no top.
func (v *visit) drawSlider(ctx context.Context, f form) (board []byte, _ *jwxt.Puzzle, err error) {
	q := url.Values{"type": {"refresh"}, "rtk": {f.Slide.Key}, "time": {now()}, "instanceId": {instance}}
	p, err := v.captchaPage(ctx, f, f.Slide.Address+"?"+q.Encode())
	if err != nil {
		return nil, nil, err
	}
	var ids struct {
		Board string       `json:"si"`
		Piece string       `json:"mi"`
		Token string       `json:"imtk"`
		Time  markup.Loose `json:"t"`
	}
	if json.Unmarshal(fetch.Text(p), &ids) != nil || ids.Board == "" || ids.Piece == "" {
		return nil, nil, driver.Unread(opCaptcha, readPage(p).said(), "the slider names no pictures")
	}
	load := func(id string) ([]byte, error) {
		q := url.Values{"type": {"image"}, "id": {id}, "imtk": {ids.Token}, "t": {string(ids.Time)}, "instanceId": {instance}}
		return v.picture(ctx, f, f.Slide.Address+"?"+q.Encode())
	}
	if board, err = load(ids.Board); err != nil {
		return nil, nil, err
	}
	piece, err := load(ids.Piece)
	return board, &jwxt.Puzzle{Piece: piece}, err
}

// handleAt is where on the vendor's page a hand takes hold of the slider: a
// track is sent in the window's coordinates, of which only differences count.
var handleAt = struct{ x, y int }{960, 480}

// drag sends a person's drag to be judged. Only a drag that the school accepts
// lets the login be posted; one that it refuses costs no try.
func (v *visit) drag(ctx context.Context, f form, t jwxt.Track) error {
	began := time.Now().UnixMilli() - int64(t[len(t)-1].T)
	type point struct {
		X int   `json:"x"`
		Y int   `json:"y"`
		T int64 `json:"t"`
	}
	track := make([]point, len(t))
	for i, p := range t {
		track[i] = point{handleAt.x + p.X, handleAt.y + p.Y, began + int64(p.T)}
	}
	about := map[string]string{
		"appName": "Netscape", "userAgent": fetch.UserAgent, "appVersion": fetch.UserAgent[len("Mozilla/"):],
	}
	p, err := v.Web.Send(ctx, fetch.Request{URL: f.Slide.Address, Post: true, AJAX: true, Referer: f.Page, Form: fetch.Form{
		{Name: "type", Value: "verify"}, {Name: "rtk", Value: f.Slide.Key}, {Name: "time", Value: now()},
		{Name: "mt", Value: b64JSON(track)}, {Name: "instanceId", Value: instance}, {Name: "extend", Value: b64JSON(about)},
	}})
	if err != nil {
		return driver.Under(opCaptcha, err)
	}
	return judgeDrag(p)
}

func b64JSON(v any) string {
	b, _ := json.Marshal(v) // numbers and strings only
	return base64.StdEncoding.EncodeToString(b)
}

// judgeDrag reads the answer to a drag.
func judgeDrag(p jwxt.Page) error {
	var said struct {
		Status string `json:"status"`
		Text   string `json:"msg"`
	}
	if p.Status != http.StatusOK || json.Unmarshal(fetch.Text(p), &said) != nil || said.Status == "" {
		return driver.Unread(opCaptcha, readPage(p).said(), "the drag was not judged")
	}
	if said.Status != "success" {
		return jwxt.Refuse(jwxt.WrongCaptcha, opCaptcha, markup.Bounded(markup.Clean(said.Text)))
	}
	return nil
}
