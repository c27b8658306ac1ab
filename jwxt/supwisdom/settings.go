package supwisdom

import (
	"context"
	"strings"
	"time"

	"jwxtbot/jwxt"
)

// settings are a school's options, read and checked.
type settings struct {
	eams5   bool
	root    string // "" at the host's root
	login   string // path of the login page below root
	captcha string // "", none or always
	plain   bool
	pause   time.Duration
	project string
	alias   bool
}

// usualPause is twice what EAMS is known to want between two requests.
const usualPause = time.Second

// options are what a school may say, with the values each may have.
var options = map[string][]string{
	"variant": {"eams", "eams5"}, "root": nil, "login": nil, "captcha": {"none", "always"}, "password": {"plain"},
	"pause": nil, "project": {"MAJOR", "MINOR"}, "account": {"alias"},
}

// CheckSchool implements [jwxt.SchoolChecker].
func (Driver) CheckSchool(s jwxt.School) error {
	_, err := settingsOf(s)
	return err
}

// settingsOf reads a school's options. An option that is not understood is an
// error, and so is a school that does not say its variant.
func settingsOf(school jwxt.School) (settings, error) {
	if err := jwxt.CheckOptions(school.Options, options); err != nil {
		return settings{}, err
	}
	o := school.Options
	if o["variant"] == "" {
		return settings{}, &jwxt.OptionError{Key: "variant", Text: "the option variant must be eams or eams5"}
	}
	s := settings{
		eams5: o["variant"] == "eams5", root: "/eams", login: "/login.action", captcha: o["captcha"],
		plain: o["password"] == "plain", pause: usualPause, project: "MAJOR", alias: o["account"] == "alias",
	}
	if s.eams5 {
		s.root, s.login = "/student", "/login"
	}
	if root, ok := o["root"]; ok {
		s.root = strings.TrimSuffix(root, "/")
	}
	if o["login"] != "" {
		s.login = o["login"]
	}
	if o["project"] != "" {
		s.project = o["project"]
	}
	if o["pause"] == "" {
		return s, nil
	}
	var err error
	if s.pause, err = time.ParseDuration(o["pause"]); err != nil || s.pause < 0 || s.pause > time.Minute {
		return s, &jwxt.OptionError{Key: "pause", Text: "the option pause must be a time up to a minute, such as 1s"}
	}
	return s, nil
}

// wait waits, or ends early with ctx.
func wait(ctx context.Context, op string, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return jwxt.Fail(jwxt.Unreachable, op, ctx.Err())
	}
}
