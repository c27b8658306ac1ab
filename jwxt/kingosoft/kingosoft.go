// Package kingosoft speaks the web protocols of 青果's two systems: the older
// one of ASPX pages (高校数字校园, divLogNote) and its successor of JSP pages
// ("/cas/login.action"). They share a maker and nothing on the wire.
//
// School.Options must say which it is; an option that the variant does not
// know is refused:
//
//	variant  aspx or jsp; required
//
// What a system is not known to have is Unsupported there.
//
// # The ASPX system
//
// A visit is one call: a few requests, and parsers that turn each answer into
// data or into a Kind. Parsers take pages and know no network. Session.Memo
// holds the open login form and which page tells whose session it is.
//
// The names of a login form's fields differ from school to school and say
// nothing; the page's own chkpwd and chkyzm tell which take the hashes, and the
// school's code that goes into them. All other fields, decoys included, go back
// as the page's script leaves them. Whether a captcha is asked is told by
// validcodestate, or by the script's vcFlag, or by there being a picture. What
// no page tells is in School.Options:
//
//	root       path of the site, such as "/jwweb"; default the host's root
//	login      login page below root, default "/_data/home_login.aspx"; others
//	           have index_LOGIN.aspx, login_home.aspx, login_new.aspx, login.aspx
//	captcha    none or always, where the page misleads
//	password   "plain" for the oldest build, whose page hashes nothing
//	grades     effective, which is the default, or original
//	timetable  selection, which is the default, or personal
//	account    "alias" where people log in by something else than their 学号
//
// 有效成绩 (effective) have what counts of each course, with 绩点; 原始成绩
// (original) have every examination with its parts, and no 绩点. Some schools
// give marks as pictures: these come along as [jwxt.Transcript.Pictures], newest
// term first, a request each.
//
// 正选结果 (selection) are in every capture and know the current term only; as
// they belong to 选课, that term may be the next one. 个人课表 (personal) know all
// terms; some schools draw them, and are Unsupported then.
//
// Of this system no page of marks is public. The shapes of their tables, the
// words of the refusals that aspxSentences has a comment for, and 您无权访问此页
// are those that public clients look for; the words of 评教, of locked accounts
// and of later logins are guessed. Before any list one request makes sure whose
// session it is: the line PUB/foot.aspx, or 学籍信息 where that names nobody.
// Passwords beyond ASCII are hashed as UTF-8, which nobody has tried. There are
// no notices behind the login, and the single sign-on of cas_njjz.aspx is not
// spoken. 考试安排 (KSSW/stu_ksap.aspx) goes by rounds of which no page is public.
//
// # The JSP system
//
// Its options:
//
//	root       path of the site, "" unless given; "/dglgjw" and the like
//	captcha    none or always, where the login page misleads
//	login      "plain" where the login's fields go unencrypted, as in older builds
//	params     "encrypted" where the grade list takes its parameters only so
//	grades     "original" to read 原始成绩 in place of 有效成绩
//	menu       code of the menu of the grade list, default "S40303"
//	timetable  "grid" for wsxk.xskcb10319.jsp in place of the list of courses
//	exams      "date" for ksap.ksapb_date.jsp in place of table 2538
//	account    "alias" where people log in by something else than their 学号
//
// A login sends MD5 chains of the password in a message that an altered DES
// encrypts, with a key and a time that the school hands out for it. What its
// script does with characters beyond ASCII in a password is not known; here they
// are hashed in UTF-8. A school may want a captcha only after failures, which it
// tells in the answer to a login: then all is asked again. A code by SMS cannot
// be answered: which page sends it is not known.
//
// Whose session it is SetMainInfo.jsp tells, or in builds without it
// showYearTerm.action, which knows the system's own number only and no name. A
// grade list has the 学号 on it, which saves that request.
//
// That pages are as several clients read them, is all that is known: there is no
// captured one. What 有效成绩 leaves out, the page of an evaluation that must be
// done first and what is said of a session that a later login ended are not
// known. Neither is a logout, nor notices behind the login, and there are none
// here. Tokens that one school wants with its lists (SetTokenkey.jsp) are not
// sent.
package kingosoft

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"jwxtbot/jwxt"
)

// Driver is the 青果 driver. Its zero value is ready.
type Driver struct{}

// New makes a Driver.
func New() Driver { return Driver{} }

// Name is "kingosoft".
func (Driver) Name() string { return "kingosoft" }

// variant is one of the two systems. It implements the optional readers of
// package jwxt that its system is known to have; what it lacks is Unsupported.
type variant interface {
	jwxt.PageParser
	Login(context.Context, *jwxt.Conn, jwxt.Answers) (jwxt.Step, error)

	// options are what a school may say besides its variant, with the values
	// that each may have; nil is any.
	options() map[string][]string
}

// variants are the systems by what the option calls them.
func variants() map[string]variant {
	return map[string]variant{"aspx": aspx{}, "jsp": jsp{}}
}

// CheckSchool implements [jwxt.SchoolChecker].
func (Driver) CheckSchool(s jwxt.School) error {
	v, ok := variants()[s.Options["variant"]]
	if !ok {
		return &jwxt.OptionError{Key: "variant", Text: "the option variant must be " + strings.Join(slices.Sorted(maps.Keys(variants())), " or ")}
	}
	known := map[string][]string{"variant": nil}
	maps.Copy(known, v.options())
	return jwxt.CheckOptions(s.Options, known)
}

// of is the variant of a school as an R.
func of[R any](op string, school jwxt.School) (R, error) {
	var none R
	if err := (Driver{}).CheckSchool(school); err != nil {
		return none, jwxt.Fail(jwxt.Internal, op, err)
	}
	v := variants()[school.Options["variant"]]
	r, ok := v.(R)
	if !ok {
		return none, jwxt.Fail(jwxt.Unsupported, op, errors.New("this system of the maker's is not known to have it"))
	}
	return r, nil
}

// Login implements [jwxt.Driver].
func (Driver) Login(ctx context.Context, c *jwxt.Conn, a jwxt.Answers) (jwxt.Step, error) {
	v, err := of[variant]("kingosoft: login", c.School)
	if err != nil {
		return nil, err
	}
	return v.Login(ctx, c, a)
}

// Grades implements [jwxt.GradeReader].
func (Driver) Grades(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Transcript, error) {
	r, err := of[jwxt.GradeReader]("kingosoft: grades", c.School)
	if err != nil {
		return jwxt.Transcript{}, err
	}
	return r.Grades(ctx, c, t)
}

// Timetable implements [jwxt.TimetableReader].
func (Driver) Timetable(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.Timetable, error) {
	r, err := of[jwxt.TimetableReader]("kingosoft: timetable", c.School)
	if err != nil {
		return jwxt.Timetable{}, err
	}
	return r.Timetable(ctx, c, t)
}

// Exams implements [jwxt.ExamReader].
func (Driver) Exams(ctx context.Context, c *jwxt.Conn, t jwxt.Term) (jwxt.ExamList, error) {
	r, err := of[jwxt.ExamReader]("kingosoft: exams", c.School)
	if err != nil {
		return jwxt.ExamList{}, err
	}
	return r.Exams(ctx, c, t)
}

// Logout implements [jwxt.LogoutCaller].
func (Driver) Logout(ctx context.Context, c *jwxt.Conn) error {
	r, err := of[jwxt.LogoutCaller]("kingosoft: logout", c.School)
	if err != nil {
		return err
	}
	return r.Logout(ctx, c)
}

// KeepAlive implements [jwxt.Keeper].
func (Driver) KeepAlive(ctx context.Context, c *jwxt.Conn) error {
	r, err := of[jwxt.Keeper]("kingosoft: keep alive", c.School)
	if err != nil {
		return err
	}
	return r.KeepAlive(ctx, c)
}

// Doors implements [jwxt.Recogniser].
func (Driver) Doors() []string {
	var doors []string
	for _, r := range recognisers() {
		doors = append(doors, r.Doors()...)
	}
	return doors
}

// Recognise implements [jwxt.Recogniser].
func (Driver) Recognise(p jwxt.Page) (jwxt.Sign, bool) {
	for _, r := range recognisers() {
		if s, ok := r.Recognise(p); ok {
			return s, true
		}
	}
	return jwxt.Sign{}, false
}

// recognisers are the variants that know their pages, in a fixed order.
func recognisers() (out []jwxt.Recogniser) {
	all := variants()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if r, ok := all[name].(jwxt.Recogniser); ok {
			out = append(out, r)
		}
	}
	return out
}

// Pages implements [jwxt.PageParser]: the variant, a dot and the page.
func (Driver) Pages() []string {
	var names []string
	for name, v := range variants() {
		for _, page := range v.Pages() {
			names = append(names, name+"."+page)
		}
	}
	slices.Sort(names)
	return names
}

// ParsePage implements [jwxt.PageParser] as the variants do.
func (Driver) ParsePage(page string, p jwxt.Page) (any, error) {
	name, page, _ := strings.Cut(page, ".")
	v, ok := variants()[name]
	if !ok || !slices.Contains(v.Pages(), page) {
		return nil, jwxt.Fail(jwxt.Unsupported, "kingosoft", errors.New("there is no such kind of page"))
	}
	return v.ParsePage(page, p)
}
