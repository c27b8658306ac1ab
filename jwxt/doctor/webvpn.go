package doctor

import (
	"net/url"
	"regexp"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
	"jwxtbot/jwxt/wengine"
)

// wrapped is the path of an address through a 网瑞达 WebVPN: scheme, the IV, and
// the host in cipher.
var wrapped = regexp.MustCompile(`^/https?(?:-\d{1,5})?/[0-9a-f]{34,}(?:/|$)`)

// throughVPN reads a pasted address as one through a WebVPN that has the maker's
// own key. ok tells that it is one; inner is nil where its key is another.
func (a address) throughVPN() (vpn jwxt.WebVPN, inner *url.URL, ok bool) {
	if !wrapped.MatchString(a.path) {
		return vpn, nil, false
	}
	vpn.URL = a.schemes[0] + "://" + a.host
	w, err := wengine.New(vpn)
	if err != nil {
		return vpn, nil, true
	}
	inner, found := w.Unwrap(&url.URL{Scheme: a.schemes[0], Host: a.host, Path: a.path})
	if !found || inner.Hostname() == "" || strings.ContainsFunc(inner.Hostname(), notInHosts) {
		return vpn, nil, true
	}
	return vpn, inner, true
}

// notInHosts tells a host in cipher that was read with a wrong key.
func notInHosts(r rune) bool {
	return r != '.' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
}

// inVPN reports on a school that is reached through a WebVPN. What is behind
// it can be asked only by who is logged in there, so the system is told by its
// address.
func (d *Doctor) inVPN(a address, vpn jwxt.WebVPN, inner *url.URL) *Report {
	r := &Report{Address: a.schemes[0] + "://" + a.host, Trouble: Gateway}
	if inner == nil {
		r.Notes = append(r.Notes, "the WebVPN encrypts host names with a key of its own: look for __vpn_host_crypt_key in its pages")
		return r
	}
	r.Notes = append(r.Notes, "inside, this is "+fetch.SafeURL(inner))
	for _, driver := range d.Drivers {
		recogniser, ok := jwxt.As[jwxt.Recogniser](driver)
		if ok && resembles(inner.Path, recogniser.Doors()) {
			r.Vendor, r.Because = driver.Name(), []string{"the path " + inner.Path}
			r.School = jwxt.School{
				Vendor: r.Vendor, BaseURL: inner.Scheme + "://" + inner.Host, Link: jwxt.Link{WebVPN: vpn},
			}
			r.Notes = append(r.Notes, "that was told by the path alone; log in to the WebVPN with jwxtbot driver try to be sure, and see which options the vendor needs")
			return r
		}
	}
	return r
}

// resembles reports whether a path is at or below the folder of one of the doors.
func resembles(path string, doors []string) bool {
	for _, door := range doors {
		folder := door[:strings.LastIndexByte(door, '/')+1]
		if path == door || folder != "/" && strings.HasPrefix(path, folder) {
			return true
		}
	}
	return false
}

// isVPN reports whether a page is a WebVPN's own, by the ticket that its host
// has given or by its scripts.
func (p *patient) isVPN(page jwxt.Page) bool {
	if c := p.hosts[page.URL.Scheme+"://"+page.URL.Host]; c != nil {
		for _, cookie := range c.Session.Cookies {
			if strings.HasPrefix(cookie.Name, "wengine_vpn_ticket") {
				return true
			}
		}
	}
	return markup.Has(page.Body, "__vpn_hostname_data", "__vpn_app_hostname_data", "/wengine-vpn/")
}
