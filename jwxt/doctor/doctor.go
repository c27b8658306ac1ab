// Package doctor finds out what stands behind the address of a school: which
// vendor's system, where on the host it is, what its login asks for, and what
// is in the way. It makes a handful of requests, apart from each other, and
// sends nothing but what the answers before gave: no account, no password.
//
// Drivers know their own systems: see [jwxt.Recogniser]. The doctor repairs what
// was pasted, knocks at the doors that the drivers name, and lets the driver that
// recognises a page open the login form as a student's login would.
package doctor

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
	"jwxtbot/jwxt/markup"
)

// Doctor examines addresses.
type Doctor struct {
	Drivers []jwxt.Driver
	Fronts  jwxt.FrontRecogniser                   // nil: none is known
	Driver  func(jwxt.School) (jwxt.Driver, error) // who speaks with a school, front and all
	Spacing time.Duration                          // between two requests
	Timeout time.Duration                          // of one request; 0 means 12 s
	Private bool                                   // allow addresses that are not of the public internet
	Keep    func(jwxt.Page)
}

// Report is what an examination found.
type Report struct {
	Address string   `json:"address"`          // where the system was recognised, or what was asked first
	Vendor  string   `json:"vendor,omitempty"` // "" where no system was recognised
	Charset string   `json:"charset,omitempty"`
	Because []string `json:"because,omitempty"`
	Captcha string   `json:"captcha,omitempty"` // as jwxt.CaptchaKind
	Front   string   `json:"front,omitempty"`   // the kind of the front that stands before it
	Opened  bool     `json:"opened,omitempty"`  // the driver opened the login form
	Trouble Trouble  `json:"trouble,omitempty"`
	Notes   []string `json:"notes,omitempty"`
	Visits  []Visit  `json:"visits"`

	School jwxt.School `json:"-"` // as a schools file would have it, without id and name
}

// Trouble is what keeps a system from being recognised or used.
type Trouble string

// The troubles.
const (
	Unknown     Trouble = "unknown"     // pages came, and no driver recognises any
	Firewall    Trouble = "firewall"    // 瑞数 or another wall answers in the school's place
	Inside      Trouble = "inside"      // only the campus gets an answer
	Certificate Trouble = "certificate" // its TLS is not acceptable
	Silent      Trouble = "silent"      // no answer: down, or closed to the outside
	Hidden      Trouble = "private"     // an address that is not of the public internet
	NotOpened   Trouble = "not opened"  // recognised, and the driver could not open its login
	Gateway     Trouble = "webvpn"      // a WebVPN stands there, and wants a login before anything is asked
)

// Examine examines what a person pasted. An error means that there is no
// address in it, or that ctx ended.
func (d *Doctor) Examine(ctx context.Context, pasted string) (*Report, error) {
	a, err := repair(pasted)
	if err != nil {
		return nil, err
	}
	if vpn, inner, ok := a.throughVPN(); ok {
		return d.inVPN(a, vpn, inner), nil
	}
	p := &patient{Doctor: d, hosts: map[string]*jwxt.Conn{}, links: map[string]jwxt.Link{}}
	defer p.close()
	r := &Report{Trouble: Unknown}
	base, err := p.reach(ctx, a, r)
	if err == nil && r.Trouble == Unknown && r.Vendor == "" {
		err = p.knock(ctx, base, a, r)
	}
	if err == nil && r.Vendor != "" && r.Front == "" {
		err = p.beside(ctx, r)
	}
	if err == nil && r.Vendor != "" {
		err = p.open(ctx, r)
	}
	r.Visits = p.visits
	return r, err
}

// reach asks the pasted address by each scheme it may have until one answers.
// TLS that is refused is looked into where nothing else answers.
func (p *patient) reach(ctx context.Context, a address, r *Report) (*url.URL, error) {
	var refused *url.URL
	for _, scheme := range a.schemes {
		base := &url.URL{Scheme: scheme, Host: a.host, Path: a.path}
		r.Address = fetch.SafeURL(base)
		page, err := p.get(ctx, base)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if p.judge(page, err, r); r.Trouble == Certificate && refused == nil {
			refused = base
		}
		if r.Trouble != Silent && r.Trouble != Certificate {
			return settled(base, page), nil
		}
	}
	if refused == nil || !p.trust(ctx, refused, r) {
		return nil, ctx.Err()
	}
	page, err := p.get(ctx, refused)
	p.judge(page, err, r)
	return settled(refused, page), ctx.Err()
}

// settled is base where its host has led to by itself, to another port or to https.
func settled(base *url.URL, page jwxt.Page) *url.URL {
	if page.URL != nil && page.URL.Hostname() == base.Hostname() {
		base.Scheme, base.Host = page.URL.Scheme, page.URL.Host
	}
	return base
}

// knock tries the other paths at which a login page may be.
func (p *patient) knock(ctx context.Context, base *url.URL, a address, r *Report) error {
	for _, path := range a.tries(p.doors())[1:] {
		page, err := p.get(ctx, &url.URL{Scheme: base.Scheme, Host: base.Host, Path: path})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, errBudget) {
			return nil
		}
		if p.judge(page, err, r); r.Vendor != "" || r.Trouble == Firewall || r.Trouble == Gateway {
			return nil
		}
	}
	return nil
}

// doors are the drivers' doors, every driver's first one before any's second.
func (d *Doctor) doors() (doors []string) {
	for i := 0; ; i++ {
		n := len(doors)
		for _, driver := range d.Drivers {
			if r, ok := jwxt.As[jwxt.Recogniser](driver); ok && i < len(r.Doors()) {
				doors = append(doors, r.Doors()[i])
			}
		}
		if len(doors) == n {
			return doors
		}
	}
}

// judge notes what an answer tells.
func (p *patient) judge(page jwxt.Page, err error, r *Report) {
	r.Trouble = Unknown
	switch {
	case err == nil && onlyTLS(page):
		r.Trouble = Certificate
	case err == nil && p.isVPN(page):
		r.Trouble = Gateway
	case err == nil:
		p.recognise(page, r)
	case errors.Is(err, fetch.ErrPrivate):
		r.Trouble = Hidden
	case errors.Is(err, fetch.ErrTLS):
		r.Trouble = Certificate
	case inside(page):
		r.Trouble = Inside
	case jwxt.KindOf(err) == jwxt.Blocked && page.Status != 403:
		r.Trouble = Firewall
	case jwxt.KindOf(err) == jwxt.Unreachable && page.Status == 0:
		r.Trouble = Silent
	}
	if err == nil && r.Vendor == "" && r.Front == "" && inside(page) {
		r.Trouble = Inside
	}
}

// inside reports whether a short page tells that only the campus may read.
func inside(page jwxt.Page) bool {
	return len(page.Body) < 16<<10 && markup.ContainsAny(string(fetch.Text(page)),
		"仅允许校内", "只允许校内", "仅限校内", "限校内", "校内访问", "校园网访问", "校园网内", "内网访问", "非校内")
}

// recognise asks the drivers whose page this is.
func (p *patient) recognise(page jwxt.Page, r *Report) {
	for _, d := range p.Drivers {
		recogniser, ok := jwxt.As[jwxt.Recogniser](d)
		if !ok {
			continue
		}
		if sign, ok := recogniser.Recognise(page); ok {
			r.take(d.Name(), page, sign)
			return
		}
	}
	p.recogniseFront(page, r)
}

// take fills in what a recognised page tells.
func (r *Report) take(vendor string, page jwxt.Page, sign jwxt.Sign) {
	r.Vendor, r.Front, r.Trouble, r.Because = vendor, "", "", sign.Because
	r.Address, r.Captcha, r.Charset = fetch.SafeURL(page.URL), string(sign.Captcha), charset(page)
	r.School = jwxt.School{
		Vendor: vendor, BaseURL: page.URL.Scheme + "://" + page.URL.Host, Options: sign.Options,
	}
	if page.URL.Scheme == "http" {
		r.Notes = append(r.Notes, "plain http: whoever is on the way can read passwords; see whether https answers, too")
	}
}

func charset(page jwxt.Page) string {
	if fetch.IsGBK(page) {
		return "GBK"
	}
	return "UTF-8"
}

// open has the driver open the login form, which shows that the options are
// right and what is asked. What the driver finds counts more than the page.
func (p *patient) open(ctx context.Context, r *Report) error {
	if u, err := url.Parse(r.School.BaseURL); err == nil && u.Scheme == "https" {
		r.School.Link = p.links[u.Hostname()]
	}
	if err := p.pause(ctx); err != nil {
		return err
	}
	step, err := p.begin(ctx, r.School)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	ask, ok := step.(*jwxt.Ask)
	if err != nil || !ok {
		r.Trouble = NotOpened
		r.Notes = append(r.Notes, "the driver could not open the login form: "+cmp.Or(jwxt.SaidOf(err), errorText(err)))
		return nil
	}
	r.Opened = true
	switch {
	case slices.Contains(ask.Fields, jwxt.FieldDrag):
		r.Captcha = string(jwxt.CaptchaSlider)
	case slices.Contains(ask.Fields, jwxt.FieldCaptcha):
		r.Captcha = string(jwxt.CaptchaPicture)
	}
	return nil
}

// begin has a school's driver open the login form.
func (p *patient) begin(ctx context.Context, school jwxt.School) (jwxt.Step, error) {
	school.ID, school.Pace.Spacing = "doctor", p.Spacing
	c, err := p.dial(school)
	if err != nil {
		return nil, err
	}
	p.hosts["login"] = c
	d, err := p.Driver(school)
	if err != nil {
		return nil, err
	}
	most := len(p.visits) + maxOpening
	return d.Login(ctx, &jwxt.Conn{School: school, HTTP: counted{p, c.HTTP, most}}, nil)
}

func errorText(err error) string {
	if err == nil {
		return "it asks for nothing"
	}
	return strings.TrimPrefix(err.Error(), "doctor: ")
}
