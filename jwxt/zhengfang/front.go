package zhengfang

import (
	"context"
	"net/url"
	"path"
	"strings"

	"jwxtbot/jwxt"
)

// Entrance implements [jwxt.Fronted]: login_cas.aspx, which clients of six
// schools ask.
func (Driver) Entrance(s jwxt.School) (string, error) { return root(s) + "login_cas.aspx", nil }

// Serves implements [jwxt.Fronted].
func (Driver) Serves(back *url.URL) (map[string]string, bool) {
	folder, page := path.Split(sessionSegment.ReplaceAllString(back.Path, ""))
	if !strings.EqualFold(page, "login_cas.aspx") {
		return nil, false
	}
	if root := strings.TrimSuffix(folder, "/"); root != "" {
		return map[string]string{"root": root}, true
	}
	return nil, true
}

// Arrive implements [jwxt.Fronted]: as after a login of the system's own. The
// session may be in the address of the page.
func (Driver) Arrive(_ context.Context, c *jwxt.Conn, landed jwxt.Page, account string) (jwxt.Student, error) {
	if err := (Driver{}).CheckSchool(c.School); err != nil {
		return jwxt.Student{}, jwxt.Fail(jwxt.Internal, opLogin, err)
	}
	number, err := arrivedAs(landed.URL)
	if err != nil {
		return jwxt.Student{}, err
	}
	v, path := open(c), landed.URL.EscapedPath()
	v.Note(memoFolder, path[:strings.LastIndexByte(path, '/')+1])
	if _, err := v.arrive(readPage(landed), number, account); err != nil {
		return jwxt.Student{}, err
	}
	return c.Session.Student, nil
}
