package campus

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// sliderTolerance is how far from the gap a piece may be let go, in pixels.
// The real tolerance is not known.
const sliderTolerance = 5

// slider is zfcaptcha: its script with a key, a puzzle, the two pictures of
// that puzzle, and the judgement of a drag.
func (j *jwglxt) slider(v *visit) answer {
	if !j.school.profile.Captcha || !j.Slider || v.form.Get("instanceId") != "zfcaptchaLogin" {
		return j.notFound()
	}
	j.ensure(v)
	switch v.form.Get("type") {
	case "resource":
		return j.sliderScript(v)
	case "refresh":
		return j.newPuzzle(v)
	case "image":
		return j.puzzlePicture(v)
	case "verify":
		if v.r.Method == http.MethodPost {
			return j.verify(v)
		}
	}
	return j.notFound()
}

// sliderScript is the settings part of zfdun_captcha.js; the code behind it is
// left out.
func (j *jwglxt) sliderScript(v *visit) answer {
	if v.form.Get("name") != "zfdun_captcha.js" {
		return j.notFound()
	}
	rtk, _, _ := strings.Cut(newToken(), ",")
	v.note("rtk", rtk)
	script := ";(function(){\n\twindow.zfdun_captcha_config = {\n" +
		"\t\trequestUrl:'" + j.Root + "/zfcaptchaLogin',\n\t\trtk:'" + rtk + "',\n" +
		"\t\timageWidth:" + strconv.Itoa(puzzleWidth) + ",\n\t\timageHeight:" + strconv.Itoa(puzzleHeight) + ",\n" +
		"\t\tstate:'not_verify',\n\t\tinstanceId:'zfcaptchaLogin',\n\t};\n})();\n"
	return bytesAnswer(http.StatusOK, "text/javascript;charset=UTF-8", []byte(script))
}

// newPuzzle draws another puzzle; the one before is void.
func (j *jwglxt) newPuzzle(v *visit) answer {
	j.school.mu.Lock()
	p := newPuzzle(j.school.random)
	j.school.mu.Unlock()
	ids := map[string]any{"si": newID() + ".png", "mi": newID() + ".png", "imtk": newID(), "t": time.Now().UnixMilli()}
	v.note("puzzle", p.String())
	v.note("si", ids["si"].(string))
	v.note("mi", ids["mi"].(string))
	v.note("imtk", ids["imtk"].(string))
	v.note("slider", "open")
	ids["vs"], ids["status"], ids["msg"] = "not_verify", "success", ""
	return j.json(ids)
}

func (j *jwglxt) puzzlePicture(v *visit) answer {
	p, ok := parsePuzzle(v.noted("puzzle"))
	if !ok || v.form.Get("imtk") != v.noted("imtk") {
		return j.notFound()
	}
	switch v.form.Get("id") {
	case v.noted("si"):
		picture := p.board()
		v.publish(picture, strconv.Itoa(p.left))
		return bytesAnswer(http.StatusOK, "image/png", picture)
	case v.noted("mi"):
		return bytesAnswer(http.StatusOK, "image/png", p.piece())
	}
	return j.notFound()
}

// verify judges a drag. Each puzzle is judged once.
func (j *jwglxt) verify(v *visit) answer {
	p, ok := parsePuzzle(v.noted("puzzle"))
	v.note("puzzle", "")
	ok = ok && v.form.Get("rtk") == v.noted("rtk") && v.noted("rtk") != "" && fromBrowser(v.form.Get("extend"))
	if !ok || !dragged(v.form.Get("mt"), p.left) {
		return j.json(map[string]string{"vs": "not_verify", "status": "fail", "msg": "验证失败"})
	}
	v.note("slider", "verified")
	return j.json(map[string]string{"vs": "verified", "status": "success", "msg": ""})
}

// fromBrowser reports whether extend tells of a browser, as the script does.
func fromBrowser(extend string) bool {
	var about struct{ AppName, UserAgent, AppVersion string }
	return decodeJSON(extend, &about) && about.UserAgent != "" && about.AppName != ""
}

// dragged reports whether a track ends at the gap and looks like a hand's: a
// few points over a tenth of a second at least, forward in time, with no leap
// over half the way. What the real server looks at is not known.
func dragged(mt string, gap int) bool {
	var track []struct {
		X, Y int
		T    int64
	}
	if !decodeJSON(mt, &track) || len(track) < 5 {
		return false
	}
	first, last := track[0], track[len(track)-1]
	for i := 1; i < len(track); i++ {
		if track[i].T < track[i-1].T || max(track[i].X-track[i-1].X, track[i-1].X-track[i].X) > gap/2 {
			return false
		}
	}
	off := last.X - first.X - gap
	return last.T-first.T >= 100 && max(off, -off) <= sliderTolerance
}

func decodeJSON(b64 string, into any) bool {
	text, err := base64.StdEncoding.DecodeString(b64)
	return err == nil && json.Unmarshal(text, into) == nil
}
