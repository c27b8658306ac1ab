package jwglxt

import (
	"context"
	"errors"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/driver"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

const opMessages = "jwglxt: messages"

// Messages implements [jwxt.MessageReader]: one request, for 待办 of the home
// page, read or not.
func (Driver) Messages(ctx context.Context, c *jwxt.Conn, n int) (jwxt.MessagePage, error) {
	v, n := open(c), max(n, 1)
	return driver.Read(v.Conn, func() (jwxt.MessagePage, error) {
		form := query(fetch.Form{{Name: "sfyy", Value: "0"}, {Name: "flag", Value: "1"}}, n, noticesPerPage, "cjsj ", "desc")
		l, err := v.list(ctx, opMessages, v.path("/xtgl/index_cxDbsy.html?doType=query"), form)
		if err != nil {
			return jwxt.MessagePage{}, err
		}
		if len(l.Items) > 0 {
			if err := v.Same(opMessages, string(l.Items[0]["yhm"])); err != nil {
				return jwxt.MessagePage{}, err
			}
		}
		return l.messages(n)
	})
}

// messages reads page n of the list. A text begins with its kind, 调课提醒:…,
// which the title says already.
func (l grid) messages(n int) (jwxt.MessagePage, error) {
	out := jwxt.MessagePage{Messages: []jwxt.Message{}, Page: n, Pages: l.pages(n)}
	for _, m := range l.Items {
		one := jwxt.Message{Title: m.first("xxbt"), Text: m.first("xxnr"), Published: m.first("cjsj")}
		kind, rest, ok := strings.Cut(one.Text, ":")
		if one.Title == "" && ok && len([]rune(kind)) <= 12 {
			one.Title = kind
		}
		if ok && kind == one.Title {
			one.Text = markup.Clean(rest)
		}
		if one.Title == "" && one.Text == "" {
			return out, jwxt.Fail(jwxt.Changed, opMessages, errors.New("a row is no message"))
		}
		one.Done = m["clzt"] != "" && m["clzt"] != "0"
		out.Messages = append(out.Messages, one)
	}
	return out, nil
}

// pages is how many pages of a list there are, n at least.
func (l grid) pages(n int) int { return max(n, (l.total+noticesPerPage-1)/noticesPerPage) }
