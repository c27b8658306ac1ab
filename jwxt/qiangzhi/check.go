package qiangzhi

import "jwxtbot/jwxt"

// options are what a school may say, with the values each may have.
var options = map[string][]string{
	"root": nil, "entry": nil, "main": nil, "encoding": {"base64", "interleave", "plain"}, "account": {"alias"},
	"api": {"app"}, "app": nil, "plain_http": {"yes"}, "by_term": {"yes"}, "weeks": nil,
}

// CheckSchool implements [jwxt.SchoolChecker].
func (Driver) CheckSchool(s jwxt.School) error { return jwxt.CheckOptions(s.Options, options) }
