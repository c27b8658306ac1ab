package wisedu

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"jwxtbot/jwxt"
)

// settings are a school's options, read and checked.
type settings struct {
	graduate  bool
	entrance  string
	root      string // without a slash at its end
	who       string // ehall, homeapp or none
	alias     bool
	all       bool
	timetable string
	hosts     []string // the school's own, with their ports
}

// app is one app of the platform: its folder, and its number at the portal.
type app struct{ name, id string }

var (
	appGrades         = app{"cjcx", "4768574631264620"}
	appGraduateGrades = app{"wdcjapp", "5094115980385668"} // the number is one school's
	appTimetable      = app{"wdkb", "4770397878132218"}
	appExams          = app{"studentWdksapApp", "4768687067472349"}
)

// options are what a school may say, with the values that each may have; nil is
// any.
func options() map[string][]string {
	return map[string][]string{
		"system": {"", "jwapp", "gsapp"}, "who": {"", "ehall", "homeapp", "none"}, "account": {"", "alias"},
		"attempts": {"", "all"}, "timetable": {"", "xskcb", "cxxszhxqkb"}, "entrance": nil, "root": nil,
	}
}

// settingsOf reads a school's options. An option that is not understood is an
// error.
func settingsOf(school jwxt.School) (settings, error) {
	o, may := school.Options, options()
	for name, value := range o {
		values, known := may[name]
		switch {
		case !known:
			return settings{}, fmt.Errorf("the school's option %s means nothing", name)
		case values != nil && !slices.Contains(values, value):
			return settings{}, fmt.Errorf("the school's option %s must be one of %q", name, values)
		}
	}
	s := settings{
		graduate: o["system"] == "gsapp", who: cmp.Or(o["who"], "ehall"), alias: o["account"] == "alias",
		all: o["attempts"] == "all", timetable: cmp.Or(o["timetable"], "xskcb"), root: "/jwapp", hosts: hostsOf(school),
	}
	if s.graduate {
		s.root = "/gsapp"
	}
	if root, ok := o["root"]; ok {
		s.root = strings.TrimSuffix(root, "/")
	}
	s.entrance = cmp.Or(o["entrance"], portal+s.grades().id)
	return s, nil
}

const portal = "/appShow?appId="

func hostsOf(school jwxt.School) []string {
	hosts := slices.Clone(school.Hosts)
	if u, err := url.Parse(school.BaseURL); err == nil {
		hosts = append(hosts, u.Host)
	}
	return hosts
}

// own reports whether an address is at one of the school's hosts.
func (s settings) own(to *url.URL) bool {
	usual := to.Port() == "" || to.Port() == "80" || to.Port() == "443"
	return slices.ContainsFunc(s.hosts, func(h string) bool {
		name := (&url.URL{Host: h}).Hostname()
		return strings.EqualFold(h, to.Host) || usual && strings.EqualFold(name, to.Hostname())
	})
}

// grades is the app of the grade list.
func (s settings) grades() app {
	if s.graduate {
		return appGraduateGrades
	}
	return appGrades
}

// module is where the queries of an app's page lie.
func (s settings) module(a app, path string) string {
	return s.root + "/sys/" + a.name + "/modules/" + path + ".do"
}

func (s settings) index(a app) string { return s.root + "/sys/" + a.name + "/*default/index.do" }

// way is the address by which an app is entered: through the portal where the
// entrance is the portal's, else by its index.
func (s settings) way(a app) string {
	switch {
	case a == s.grades():
		return s.entrance
	case strings.Contains(s.entrance, s.grades().id):
		return strings.Replace(s.entrance, s.grades().id, a.id, 1)
	}
	return s.index(a) + "?EMAP_LANG=zh"
}
