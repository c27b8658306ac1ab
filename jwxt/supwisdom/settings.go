package supwisdom

import (
	"context"
	"fmt"
	"slices"
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

// settingsOf reads a school's options. An option that is not understood is an
// error, and so is a school that does not say its variant.
func settingsOf(school jwxt.School) (settings, error) {
	o := school.Options
	for _, c := range []struct {
		name string
		may  []string
	}{
		{"variant", []string{"eams", "eams5"}},
		{"captcha", []string{"", "none", "always"}},
		{"password", []string{"", "plain"}},
		{"project", []string{"", "MAJOR", "MINOR"}},
		{"account", []string{"", "alias"}},
	} {
		if !slices.Contains(c.may, o[c.name]) {
			return settings{}, fmt.Errorf("the school's option %s must be one of %q", c.name, c.may)
		}
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
		return s, fmt.Errorf("the school's option pause must be a time up to a minute, such as 1s")
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
