package config

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/wengine"
)

// checkReach checks how a school's servers are reached.
func (d document) checkReach(i int, s *school) {
	if s.URL == "" {
		d.Add(d.Line(i, "school", "url"), "the school has no url")
	}
	d.checkURL(i, s.URL, "school", "url")
	d.checkMirrors(i, s)
	d.checkProxy(i, s.Proxy, "school", "proxy")
	for _, h := range s.Hosts {
		if !hostShape.MatchString(h) {
			d.Add(d.Line(i, "school", "hosts"), "%q is not a host name; write it without http:// and without a path", h)
		}
	}
	d.checkFront(i, s.Front, "school", "front")
	d.checkLink(i, s)
}

// checkMirrors refuses a second address of one host: cookies could not be told
// apart, and plain http would go where there is https.
func (d document) checkMirrors(i int, s *school) {
	seen := []string{hostOf(s.URL)}
	for _, m := range s.Mirrors {
		d.checkURL(i, m, "school", "mirrors")
		host := hostOf(m)
		switch {
		case m == "":
			d.Add(d.Line(i, "school", "mirrors"), "a mirror is empty")
		case slices.Contains(seen, host):
			d.Add(d.Line(i, "school", "mirrors"), "the mirror's host %s is named already", host)
		}
		seen = append(seen, host)
	}
}

// hostOf is the host's name of an address, "" where there is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// fronts are the kinds of fronts that can be spoken with.
var fronts = []string{"authserver", "apereo"}

func (d document) checkFront(i int, f front, key ...string) {
	at := func(leaf string) []string { return append(slices.Clone(key), leaf) }
	if f.Kind == "" && f.URL == "" && len(f.Options) == 0 {
		return
	}
	if !slices.Contains(fronts, f.Kind) {
		d.Add(d.Line(i, at("kind")...), "%s.kind is %q; it must be one of %s", strings.Join(key, "."), f.Kind, strings.Join(fronts, ", "))
	}
	if f.URL == "" {
		d.Add(d.Line(i, key...), "%s has no url", strings.Join(key, "."))
	}
	d.checkURL(i, f.URL, at("url")...)
}

// pinShape is SHA-256 in hex.
var pinShape = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (d document) checkLink(i int, s *school) {
	l := s.Link
	if l.TLS != "" && l.TLS != legacy {
		d.Add(d.Line(i, "school", "link", "tls"), "school.link.tls is %q; it must be %q or be left out", l.TLS, legacy)
	}
	for _, pin := range l.Pins {
		if !pinShape.MatchString(pin) {
			d.Add(d.Line(i, "school", "link", "pins"), "a pin must be 64 hexadecimal digits in small letters")
		}
	}
	addresses := append([]string{s.URL, l.WebVPN.URL}, s.Mirrors...)
	if https := slices.ContainsFunc(addresses, isHTTPS); !https && len(l.Pins) > 0 {
		d.Add(d.Line(i, "school", "link", "pins"), "pins need an https:// url")
	}
	w := l.WebVPN
	d.checkFront(i, w.Front, "school", "link", "webvpn", "front")
	if w.URL == "" && w.Key == "" && w.IV == "" && w.Front.Kind == "" {
		return
	}
	if _, err := wengine.New(jwxt.WebVPN{URL: w.URL, Key: w.Key, IV: w.IV}); err != nil {
		d.Add(d.Line(i, "school", "link", "webvpn"), "school.link.webvpn: %v", err)
	}
}

func isHTTPS(address string) bool { return strings.HasPrefix(address, "https://") }
