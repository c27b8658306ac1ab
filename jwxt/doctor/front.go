package doctor

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

// recogniseFront reads a page as a front's login, and the system behind it from
// the address to which the front would send people back.
func (p *patient) recogniseFront(page jwxt.Page, r *Report) {
	if p.Fronts == nil {
		return
	}
	front, sign, ok := p.Fronts.RecogniseFront(page)
	if !ok {
		return
	}
	if r.Front != "" && r.Address != fetch.SafeURL(page.URL) {
		return // one front is enough, until a system behind one is known
	}
	r.Front, r.Because, r.Captcha, r.Charset = front.Kind, sign.Because, string(sign.Captcha), charset(page)
	r.Address = fetch.SafeURL(page.URL)
	for _, back := range p.ways(page.URL) {
		for _, d := range p.Drivers {
			fronted, ok := jwxt.As[jwxt.Fronted](d)
			if !ok {
				continue
			}
			if options, ok := fronted.Serves(back); ok {
				r.behind(d.Name(), front, back, options, fronted)
				return
			}
		}
	}
}

// ways are the addresses that tell what stands behind a front: where its login
// page sends people back, and what led to it, the last first. A portal between
// the two keeps the first to itself.
func (p *patient) ways(login *url.URL) (ways []*url.URL) {
	back, err := url.Parse(login.Query().Get("service"))
	if err == nil && back.Hostname() != "" && (back.Scheme == "https" || back.Scheme == "http") {
		ways = append(ways, back)
	}
	for _, u := range slices.Backward(p.trail) {
		if u.Host != login.Host || u.Path != login.Path {
			ways = append(ways, u)
		}
	}
	return ways
}

// behind describes a vendor's system behind a front.
func (r *Report) behind(vendor string, front jwxt.Front, back *url.URL, options map[string]string, d jwxt.Fronted) {
	r.Vendor, r.Front, r.Trouble = vendor, front.Kind, ""
	r.School = jwxt.School{Vendor: vendor, BaseURL: back.Scheme + "://" + back.Host, Options: options, Front: front}
	way := url.URL{Path: sessions.ReplaceAllString(back.Path, ""), RawQuery: back.RawQuery}
	entrance := escaped(way.RequestURI())
	if usual, err := d.Entrance(r.School); err != nil || usual != entrance {
		r.School.Front.Options = map[string]string{"entrance": entrance}
	}
}

// escaped writes an address in ASCII, which a query need not be.
func escaped(address string) string {
	var b strings.Builder
	for _, c := range []byte(address) {
		if c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// sessions are ids that servers write into paths: /(token)/ and ;jsessionid=.
var sessions = regexp.MustCompile(`/\([^/]*\)|(?i:;jsessionid=[^/]*)`)

// beside looks whether a system that shows a login of its own has a front, too.
func (p *patient) beside(ctx context.Context, r *Report) error {
	for _, d := range p.Drivers {
		fronted, ok := jwxt.As[jwxt.Fronted](d)
		if d.Name() != r.Vendor || !ok || p.Fronts == nil {
			continue
		}
		entrance, err := fronted.Entrance(r.School)
		if err != nil {
			return nil
		}
		base, err := url.Parse(r.School.BaseURL)
		if err != nil {
			return err
		}
		door, err := base.Parse(entrance)
		if err != nil {
			return err
		}
		page, err := p.get(ctx, door)
		if err != nil {
			return ctx.Err()
		}
		if front, _, ok := p.Fronts.RecogniseFront(page); ok {
			r.Notes = append(r.Notes, "a front of the kind "+front.Kind+" stands beside this login, at "+front.URL+
				"; where students use that one, describe it as [school.front]")
		}
	}
	return nil
}
