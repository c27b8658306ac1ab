// Package kingosoft speaks the web protocols of 青果's two systems: the older
// one of ASPX pages (高校数字校园, divLogNote) and its successor of JSP pages
// ("/cas/login.action"). They share a maker and nothing on the wire.
//
// School.Options must say which it is; an option that the variant does not
// know is refused:
//
//	variant  aspx or jsp; required
package kingosoft

import (
	"context"
	"errors"
	"fmt"
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
	return map[string]variant{"aspx": aspx{}}
}

// of is the variant of a school as an R.
func of[R any](op string, school jwxt.School) (R, error) {
	var none R
	v, ok := variants()[school.Options["variant"]]
	if !ok {
		return none, jwxt.Fail(jwxt.Internal, op, errors.New("the school's option variant must be aspx or jsp"))
	}
	may := v.options()
	for name, value := range school.Options {
		values, known := may[name]
		if name != "variant" && (!known || values != nil && !slices.Contains(values, value)) {
			return none, jwxt.Fail(jwxt.Internal, op, fmt.Errorf("the school's option %s = %q means nothing", name, value))
		}
	}
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
