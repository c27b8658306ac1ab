package campus

import (
	"cmp"
	"net/http"
	"strings"
	"text/template"
)

// KingoASPX is 青果's older system (高校数字校园). Its pages are GBK, which
// Profile.Charset should say. The zero value is a plain one at the root of its
// host.
type KingoASPX struct {
	Root  string     // "" means the host's root; "/jwweb" is another
	Names KingoNames // "" means KingoPewe
	// Pictures has the marks drawn: the list is images of each term.
	Pictures bool
	// Original has the driver read 原始成绩 in place of 有效成绩.
	Original bool
	// Personal has the driver read the 个人课表, which tells terms apart, in
	// place of the 正选结果.
	Personal bool
	// NoFoot leaves the student out of the foot line; 学籍信息 has him always.
	NoFoot bool
	// Expiry is ExpireText (您无权访问此页), or ExpireRedirect (to the page
	// Sorry_note.aspx), or ExpireScript (a script that goes to the login page),
	// or ExpireForm.
	Expiry Expiry
}

// KingoNames is how the fields of a school's login form are called.
type KingoNames string

// The names. Which field is which only the page's script tells.
const (
	KingoPewe  KingoNames = "pewe"  // txt_asmcdefsddsd, with notes on the password's strength
	KingoLIT   KingoNames = "lit"   // txt_sdsdfdsfryuiighgdf, the school's code in a variable
	KingoCQU   KingoNames = "cqu"   // txt_dsdsdsdjkjkjc
	KingoPlain KingoNames = "plain" // UserID and PassWord; nothing is hashed
)

// Vendor is "kingosoft".
func (KingoASPX) Vendor() string { return "kingosoft" }

// Options are the driver's.
func (k KingoASPX) Options() map[string]string {
	out := map[string]string{"variant": "aspx"}
	if k.Names != "" && k.Names != KingoPewe {
		out["login"] = kingoForms[k.Names].page
	}
	if k.Root != "" {
		out["root"] = k.Root
	}
	if k.Names == KingoPlain {
		out["password"] = "plain"
	}
	if k.Original {
		out["grades"] = "original"
	}
	if k.Personal {
		out["timetable"] = "personal"
	}
	return out
}

func (k KingoASPX) open(s *School) vendor {
	k.Names, k.Expiry = cmp.Or(k.Names, KingoPewe), cmp.Or(k.Expiry, ExpireText)
	k.Root = strings.TrimSuffix(k.Root, "/")
	return &kingoASPX{KingoASPX: k, kingo: kingo{s, loadPages("kingo")}, form: kingoForms[k.Names]}
}

// kingo is what the maker's two systems have in common.
type kingo struct {
	school *School
	pages  *template.Template
}

func (k kingo) page(name string, data any) answer {
	return k.school.html(http.StatusOK, render(k.pages, name+".html", data))
}

func (k kingo) notFound() answer { return k.school.html(http.StatusNotFound, notFoundPage) }
