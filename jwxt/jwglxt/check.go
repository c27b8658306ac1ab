package jwglxt

import "jwxtbot/jwxt"

// options are what a school may say, with the values each may have.
var options = map[string][]string{
	"root": nil, "grades": nil, "timetable": nil, "exams": nil, "captcha": {"none", "kaptcha", "slider"}, "account": {"alias"},
}

// CheckSchool implements [jwxt.SchoolChecker].
func (Driver) CheckSchool(s jwxt.School) error { return jwxt.CheckOptions(s.Options, options) }
