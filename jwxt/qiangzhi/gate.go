package qiangzhi

import (
	"errors"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/markup"
)

// errTrouble is the 出错啦 page, which some schools show to an ended session
// and to who asks for the grade list without opening its entry page first.
var errTrouble = errors.New("the school's 出错 page")

// refused is the error by which a page denies data, or nil where it does not.
// It is asked only of pages without data: notices and course names may hold
// any of these sentences.
func refused(op string, g *page) error {
	switch {
	case g.isLogin(), g.has("sys/login.jsp", "SYSTEM_LOGIN", "欢迎登录教务系统", `id="loginDiv"`):
		return loggedOut(op, g)
	case g.has("请输入账号") && g.has("请输入密码"):
		return loggedOut(op, g)
	case g.has("chucuole.gif"):
		return jwxt.Fail(jwxt.Expired, op, errTrouble)
	case g.changesPassword():
		return jwxt.Refuse(jwxt.MustActFirst, op, g.title)
	}
	if err := spoken(op, g.said()); err != nil {
		return err
	}
	switch {
	case g.has("请先登录系统", "请重新登录"):
		return jwxt.Fail(jwxt.Expired, op, nil)
	case g.has("非法访问"):
		return jwxt.Fail(jwxt.Expired, op, errors.New("非法访问"))
	case g.has("系统功能暂未开放"):
		return jwxt.Refuse(jwxt.Closed, op, "系统功能暂未开放")
	}
	return nil
}

// loggedOut is a login page in a data page's place. A sentence on it may tell
// that another login ended the session.
func loggedOut(op string, g *page) error {
	said := g.shown()
	if k, _, ok := kindOf(said); ok && k == jwxt.KickedOut {
		return jwxt.Refuse(k, op, said)
	}
	return jwxt.Fail(jwxt.Expired, op, nil)
}

// changesPassword reports whether the page wants the old password and a new one.
func (g *page) changesPassword() bool {
	for _, in := range g.inputs {
		if strings.HasPrefix(strings.ToLower(markup.Attr(in, "name")), "oldpass") {
			return true
		}
	}
	return false
}
