package cas

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
)

const opCaptcha = "cas: captcha"

// now is the moment in milliseconds, which nearly all addresses carry.
func now() string { return strconv.FormatInt(time.Now().UnixMilli(), 10) }

// needsCaptcha asks authserver whether an account needs a captcha. A front that
// has no such page asks none of anybody.
func (v *visit) needsCaptcha(ctx context.Context, f form, account string) (bool, error) {
	name := "checkNeedCaptcha.htl"
	if f.Old {
		name = "needCaptcha.html"
	}
	q := url.Values{"username": {account}, "_": {now()}}
	p, err := v.Web.Send(ctx, fetch.Request{URL: v.at(name) + "?" + q.Encode(), AJAX: true, Referer: f.Page})
	if err != nil {
		return false, driver.Under(opCaptcha, err)
	}
	return readNeed(p)
}

// readNeed reads the answer of either generation, {"isNeed":true} or true.
func readNeed(p jwxt.Page) (bool, error) {
	text := strings.TrimSpace(string(fetch.Text(p)))
	var fresh struct {
		Need *bool `json:"isNeed"`
	}
	switch {
	case p.Status == http.StatusNotFound:
		return false, nil
	case p.Status != http.StatusOK:
	case text == "true" || text == "false":
		return text == "true", nil
	case json.Unmarshal([]byte(text), &fresh) == nil && fresh.Need != nil:
		return *fresh.Need, nil
	}
	return false, unread(opCaptcha, readPage(p), "the front does not tell whether a captcha is needed")
}

// drawPicture asks for another picture.
func (v *visit) drawPicture(ctx context.Context, f form) ([]byte, error) {
	p, err := v.Web.Get(ctx, v.pictureAddress(f), f.Page)
	if err != nil {
		return nil, driver.Under(opCaptcha, err)
	}
	if p.Status != http.StatusOK || !driver.IsPicture(p.Body) {
		return nil, unread(opCaptcha, readPage(p), "this is no picture")
	}
	return p.Body, nil
}

func (v *visit) pictureAddress(f form) string {
	switch {
	case f.Picture != "":
		sign := "?"
		if strings.Contains(f.Picture, "?") {
			sign = "&"
		}
		return f.Picture + sign + "r=" + now()
	case f.Old:
		return v.at("captcha.html") + "?ts=" + now()
	}
	return v.at("getCaptcha.htl") + "?" + now()
}
