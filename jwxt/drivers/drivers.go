// Package drivers is the list of vendors the program can speak with.
package drivers

import (
	"fmt"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/cas"
	"jwxtbot/jwxt/jwglxt"
	"jwxtbot/jwxt/kingosoft"
	"jwxtbot/jwxt/qiangzhi"
	"jwxtbot/jwxt/supwisdom"
	"jwxtbot/jwxt/urp"
	"jwxtbot/jwxt/webvpn"
	"jwxtbot/jwxt/wisedu"
	"jwxtbot/jwxt/zhengfang"
)

// Whoever may stand behind a front.
var _ = []cas.Vendor{
	qiangzhi.Driver{}, jwglxt.Driver{}, supwisdom.Driver{}, urp.Driver{}, wisedu.Driver{}, zhengfang.Driver{}, webvpn.Gate{},
}

// All is every driver by its name, which is what a school's Vendor says.
func All() map[string]jwxt.Driver {
	all := map[string]jwxt.Driver{}
	for _, d := range []jwxt.Driver{
		qiangzhi.New(),
		jwglxt.New(),
		kingosoft.New(),
		supwisdom.New(),
		urp.New(),
		wisedu.New(),
		zhengfang.New(),
	} {
		all[d.Name()] = d
	}
	return all
}

// For is the driver that speaks with a school: its vendor's, behind the school's
// front where there is one, behind its WebVPN where there is one. It fails for a
// school that none can speak with.
func For(s jwxt.School) (jwxt.Driver, error) {
	vendor, ok := All()[s.Vendor]
	if !ok {
		return nil, fmt.Errorf("no driver for vendor %q", s.Vendor)
	}
	d, err := behindFront(vendor, s)
	if err != nil || s.Link.WebVPN.URL == "" {
		return d, err
	}
	gate, err := behindFront(webvpn.Gate{}, webvpn.Outside(s))
	if err != nil {
		return nil, fmt.Errorf("WebVPN: %w", err)
	}
	return webvpn.Behind(d, gate), nil
}

// behindFront is a driver behind the front that a school names, if it names one.
func behindFront(d jwxt.Driver, s jwxt.School) (jwxt.Driver, error) {
	if s.Front.Kind == "" && s.Front.URL == "" {
		if needy, ok := d.(interface{ NeedsFront() bool }); ok && needy.NeedsFront() {
			return nil, fmt.Errorf("vendor %q has no login of its own: the school needs a front", d.Name())
		}
		return d, nil
	}
	v, ok := d.(cas.Vendor)
	if !ok {
		return nil, fmt.Errorf("vendor %q is not known behind a front", d.Name())
	}
	if err := cas.Check(v, s); err != nil {
		return nil, err
	}
	return cas.Behind(v), nil
}

// Parsers are who reads saved pages, by name: the vendors that can, and cas and
// webvpn for what stands before them.
func Parsers() map[string]jwxt.PageParser {
	out := map[string]jwxt.PageParser{"cas": cas.Pages{}, "webvpn": webvpn.Gate{}}
	for name, d := range All() {
		if p, ok := d.(jwxt.PageParser); ok {
			out[name] = p
		}
	}
	return out
}
