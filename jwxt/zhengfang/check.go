package zhengfang

import (
	"errors"
	"strings"

	"jwxtbot/jwxt"
)

// options are what a school may say, with the values each may have.
var options = map[string][]string{
	"root": nil, "entry": nil, "grades": nil, "timetable": nil, "exams": nil,
	"captcha": {"image", "none"}, "password": {"rsa", "plain"}, "account": {"alias"},
}

// CheckSchool implements [jwxt.SchoolChecker]. It refuses the way around a
// captcha as well.
func (Driver) CheckSchool(s jwxt.School) error {
	err := jwxt.CheckOptions(s.Options, options)
	if strings.Contains(strings.ToLower(s.Options["entry"]), "default_ysdx") && s.Options["captcha"] != "none" {
		err = errors.Join(err, &jwxt.OptionError{
			Key: "entry", Text: `default_ysdx.aspx has no captcha; say captcha = "none" if the school asks for none anywhere`,
		})
	}
	return err
}
