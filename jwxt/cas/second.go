package cas

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const opSecond = "cas: second factor"

// second is a second factor that is being asked: a code sent to the phone.
type second struct {
	Service string `json:"service,omitempty"`
}

// isSecond reports whether an address is that of the second factor: exactly, for
// its words may stand in the address of a service as well.
func (v *visit) isSecond(u *url.URL) bool {
	at, err := url.Parse(v.at("reAuthCheck/reAuthLoginView.do"))
	return err == nil && sameHost(u, at) && u.Path == at.Path
}

// beginSecond has a code sent to the phone, where the front offers that, and
// asks for it.
func (v *visit) beginSecond(ctx context.Context, g *page, account string) (jwxt.Step, error) {
	if g.Status != http.StatusOK || !g.has("ynamicCode") {
		e := jwxt.Fail(jwxt.MustActFirst, opSecond, errors.New("the front wants a second factor that cannot be given here"))
		e.Said = g.said()
		return nil, e
	}
	f := form{Page: g.address(""), Second: &second{Service: g.URL.Query().Get("service")}}
	err := v.reAuth(ctx, f, "reAuthCheck/changeReAuthType.do", fetch.Form{
		{Name: "isMultifactor", Value: "true"}, {Name: "reAuthType", Value: bySMS}, {Name: "service", Value: f.Second.Service},
	})
	if err == nil {
		err = v.reAuth(ctx, f, "dynamicCode/getDynamicCodeByReauth.do", fetch.Form{
			{Name: "userName", Value: account}, {Name: "authCodeTypeName", Value: "reAuthDynamicCodeType"},
		})
	}
	if err != nil {
		return nil, err
	}
	return v.askCode(f), nil
}

// bySMS is the reAuthType of a code sent to the phone.
const bySMS = "3"

// askCode asks for the code; the account is wanted once more at the end.
func (v *visit) askCode(f form) *jwxt.Ask {
	v.Note(memoForm, f.encode())
	return &jwxt.Ask{ID: rand.Text(), Fields: []jwxt.FieldKind{jwxt.FieldAccount, jwxt.FieldCode}}
}

// reAuth makes one of the calls that the page's script makes.
func (v *visit) reAuth(ctx context.Context, f form, name string, sent fetch.Form) error {
	p, err := v.Web.Send(ctx, fetch.Request{URL: v.at(name), Post: true, AJAX: true, Referer: f.Page, Form: sent})
	if err != nil {
		return driver.Under(opSecond, err)
	}
	return readReAuth(p)
}

// taken are the words by which a call is told to have worked; code_time_fail is
// that a code has been sent a moment ago, which is as good.
var taken = []string{"1", "success", "other_success", "wechat_success", "cpdaily_success", "code_time_fail", "reAuth_success"}

// readReAuth reads the answer to such a call.
func readReAuth(p jwxt.Page) error {
	var in struct {
		Code    any    `json:"code"` // a number or a string
		Result  string `json:"res"`
		Message string `json:"message"`
		Text    string `json:"msg"`
		Return  string `json:"returnMessage"`
	}
	if p.Status != http.StatusOK || json.Unmarshal(fetch.Text(p), &in) != nil || in.Code == nil && in.Result == "" {
		return spokenOr(opSecond, readPage(p), "the second factor was not understood")
	}
	code, _ := json.Marshal(in.Code)
	verdict := strings.Trim(string(code), `"`)
	said := markup.Bounded(markup.Clean(in.Text + in.Message + in.Return))
	switch {
	case slices.Contains(taken, verdict) || slices.Contains(taken, in.Result):
		return nil
	case verdict == "reAuth_failed":
		return jwxt.Refuse(jwxt.WrongCaptcha, opSecond, said)
	case verdict == "reAuth_unauthorized":
		return jwxt.Refuse(jwxt.Expired, opSecond, said)
	}
	if err := spoken(opSecond, said); jwxt.KindOf(err) == jwxt.Blocked || jwxt.KindOf(err) == jwxt.Locked {
		return err
	}
	return &jwxt.Error{Kind: jwxt.MustActFirst, Op: opSecond, Said: said, TriesLeft: -1, Err: errors.New("the front gives no code by phone")}
}

// answerCode hands a code in and, if it is right, goes the way back. A wrong one
// leaves the question open; no other code is sent for it.
func (v *visit) answerCode(ctx context.Context, f form, a jwxt.Answers) (jwxt.Step, error) {
	err := v.reAuth(ctx, f, "reAuthCheck/reAuthSubmit.do", fetch.Form{
		{Name: "service", Value: f.Second.Service}, {Name: "reAuthType", Value: bySMS}, {Name: "isMultifactor", Value: "true"},
		{Name: "password"}, {Name: "dynamicCode", Value: strings.TrimSpace(a[jwxt.FieldCode])},
		{Name: "uuid"}, {Name: "answer1"}, {Name: "answer2"}, {Name: "otpCode"}, {Name: "skipTmpReAuth", Value: "false"},
	})
	if k := jwxt.KindOf(err); err != nil && (k == jwxt.WrongCaptcha || k == jwxt.Unreachable) {
		return nil, err
	}
	v.Note(memoForm, "")
	if err != nil {
		return nil, err
	}
	landed, err := v.lead(ctx, opLogin)
	if err != nil {
		return nil, err
	}
	if g := readPage(landed); v.atFront(g.URL) {
		return nil, unread(opSecond, g, "the code was taken, and the front did not let through")
	}
	return v.arrive(ctx, landed, strings.TrimSpace(a[jwxt.FieldAccount]))
}
