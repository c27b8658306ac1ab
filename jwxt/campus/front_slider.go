package campus

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// canvasWidth is how wide the login page shows the board, whose own pixels a
// drag is not measured in.
const canvasWidth = 280

// openSlider draws another puzzle; the one before is void. Of a build with
// signed drags the last 16 bytes of the piece are the key to sign with.
func (f *front) openSlider(v *visit) answer {
	if f.Captcha != FrontSlider && f.Captcha != FrontSignedDrag {
		return f.notFound()
	}
	if v.sess == nil {
		v.begin(f.Root)
	}
	f.school.mu.Lock()
	p := newPuzzle(f.school.random)
	f.school.mu.Unlock()
	v.note("puzzle", p.String())
	v.note("slider", "open")
	board, piece := p.board(), p.piece()
	if f.Captcha == FrontSignedDrag {
		key := strings.ToLower(newID())[:16]
		v.note("secret", key)
		piece = append(piece, key...)
	}
	v.publish(board, strconv.Itoa(p.left))
	b64 := base64.StdEncoding.EncodeToString
	return f.json(map[string]any{"bigImage": b64(board), "smallImage": b64(piece), "tagWidth": pieceSize + pieceKnob + 1, "yHeight": 0})
}

// drag is where a drag ended, in pixels of the board.
type drag struct {
	Canvas int `json:"canvasLength"`
	Moved  int `json:"moveLength"`
	Tracks []struct {
		A, B int
		C    int
	} `json:"tracks"`
}

// verifySlider judges a drag. Each puzzle is judged once.
func (f *front) verifySlider(v *visit) answer {
	p, ok := parsePuzzle(v.noted("puzzle"))
	v.note("puzzle", "")
	d, read := f.readDrag(v)
	if !ok || !read || d.Canvas <= 0 {
		return f.json(map[string]any{"errorCode": 0, "errorMsg": "error"})
	}
	off := d.Moved*puzzleWidth/d.Canvas - p.left
	if max(off, -off) > sliderTolerance {
		return f.json(map[string]any{"errorCode": 0, "errorMsg": "error"})
	}
	v.note("slider", "verified")
	return f.json(map[string]any{"errorCode": 1, "errorMsg": "success"})
}

func (f *front) readDrag(v *visit) (d drag, ok bool) {
	if v.sess == nil || v.r.Method != http.MethodPost {
		return d, false
	}
	if f.Captcha == FrontSlider {
		canvas, err1 := strconv.Atoi(v.form.Get("canvasLength"))
		moved, err2 := strconv.Atoi(v.form.Get("moveLength"))
		return drag{Canvas: canvas, Moved: moved}, err1 == nil && err2 == nil
	}
	plain, ok := decryptCBC(v.form.Get("sign"), v.noted("secret"))
	if !ok || len(plain) < 64 || json.Unmarshal([]byte(plain[64:]), &d) != nil {
		return d, false
	}
	last := len(d.Tracks) - 1
	return d, last >= 4 && d.Tracks[last].A == d.Moved && d.Tracks[last].C >= 100
}
