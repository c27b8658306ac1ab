package campus

import (
	"cmp"
	"net"
	"net/http"
	"net/url"
	"strings"
	"text/template"
	"time"

	"jwxtbot/jwxt"
)

// Front is a CAS that stands before the vendor's system, which sends strangers
// to it from its entrance and lets in whom it brings back with a ticket. The
// zero Front is none.
type Front struct {
	Kind FrontKind
	// Host is the name of the front's own host, whose port is the school's.
	// "" has it on the school's own host.
	Host string
	Root string // "" means /authserver or /cas
	// Entrance is the system's path that knows the front; "" means the usual
	// one of the vendor.
	Entrance string

	Old   bool // authserver of the older generation
	Plain bool // authserver: the page encrypts nothing

	Captcha FrontCaptcha
	// CaptchaAfter wrong passwords of an account have its logins need a
	// captcha; 0 has every login need one. A picture of apereo is always needed.
	CaptchaAfter int

	Refuse401 bool // a refused login is answered 401 instead of 200
	SMS       bool // authserver: every login needs a code that was sent to the phone
	NoSMS     bool // of SMS: there is another second factor, and no phone
	OneLogin  bool // authserver: asks before it ends an older login of the account

	Life time.Duration // of a login that the front remembers; 0 means 8 h
}

// FrontKind is the software of a front, as jwxt.Front.Kind writes it.
type FrontKind string

// The kinds of fronts.
const (
	NoFront    FrontKind = ""
	Authserver FrontKind = "authserver" // 金智
	Apereo     FrontKind = "apereo"     // plain Apereo CAS
)

// FrontCaptcha is what a front has people solve.
type FrontCaptcha string

// The captchas. The slider of newer builds sends a drag signed, track and all;
// that of older ones sends how far it went.
const (
	FrontNone       FrontCaptcha = ""
	FrontPicture    FrontCaptcha = "picture"
	FrontSlider     FrontCaptcha = "slider"
	FrontSignedDrag FrontCaptcha = "signed"
)

func (f Front) withDefaults() Front {
	if f.Kind == NoFront {
		return Front{}
	}
	f.Life = cmp.Or(f.Life, 8*time.Hour)
	if f.Root == "" {
		f.Root = map[FrontKind]string{Authserver: "/authserver", Apereo: "/cas"}[f.Kind]
	}
	return f
}

// describe is what a client is told of the front of a school at baseURL.
func (f Front) describe(baseURL string) jwxt.Front {
	f = f.withDefaults()
	base, err := url.Parse(baseURL)
	if f.Kind == NoFront || err != nil {
		return jwxt.Front{}
	}
	out := jwxt.Front{Kind: string(f.Kind), URL: base.Scheme + "://" + f.hostOf(base.Host) + f.Root + "/login"}
	if f.Entrance != "" {
		out.Options = map[string]string{"entrance": f.Entrance}
	}
	return out
}

// hostOf is the front's host, with its port, for a school at another.
func (f Front) hostOf(school string) string {
	if f.Host == "" {
		return school
	}
	if _, port, err := net.SplitHostPort(school); err == nil {
		return net.JoinHostPort(f.Host, port)
	}
	return f.Host
}

// fronted is a vendor that can stand behind a Front.
type fronted interface {
	// ssoPath is the path that sends strangers to the front.
	ssoPath() string
	// admit gives a visitor without a session one in which he can be logged in,
	// and tells where his home page is. mu is not held.
	admit(v *visit, number string) (home string)
}

// front is a running Front. School.mu guards its maps.
type front struct {
	Front
	school  *School
	inner   fronted
	door    string // the path of the entrance
	site    *register
	pages   *template.Template
	logins  map[string]*login // by CASTGC
	tickets map[string]ticket
	codes   map[string]string // by account: what was sent to the phone
}

// login is one that the front remembers.
type login struct {
	number string
	until  time.Time
}

// ticket is good once, for the service it was made for.
type ticket struct{ number, service string }

func (f Front) open(s *School) *front {
	inner, ok := s.vendor.(fronted)
	if f.Kind == NoFront {
		return nil
	}
	if !ok {
		panic("campus: " + s.profile.System.Vendor() + " knows no front") // a profile of ours
	}
	return &front{
		Front: f, school: s, inner: inner, door: cmp.Or(f.Entrance, inner.ssoPath()), site: newRegister(s), pages: loadPages("front"),
		logins: map[string]*login{}, tickets: map[string]ticket{}, codes: map[string]string{},
	}
}

// owns reports whether a request is for the front rather than for the system.
func (f *front) owns(r *http.Request) bool {
	if f == nil || !strings.HasPrefix(r.URL.Path, f.Root+"/") {
		return false
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	return f.Host == "" || host == f.Host
}

// route serves a request at the front, at the entrance or in the system.
func (s *School) route(v *visit) answer {
	switch f := s.front; {
	case f == nil:
	case v.site == f.site:
		return f.serve(v)
	case v.r.URL.Path == f.door:
		return f.enter(v)
	case strings.HasPrefix(v.r.URL.Path, f.Root+"/"):
		return s.html(http.StatusNotFound, notFoundPage)
	}
	return s.vendor.serve(v)
}

// enter is the system's entrance: it sends a stranger to the front, and lets
// in who comes with a ticket.
func (f *front) enter(v *visit) answer {
	service := "http://" + v.r.Host + f.door
	sent := v.form.Get("ticket")
	if sent == "" {
		return redirect("http://" + f.hostOf(v.r.Host) + f.Root + "/login?service=" + url.QueryEscape(service))
	}
	number, ok := f.redeem(sent, service)
	if !ok {
		return f.school.vendor.errorPage(v)
	}
	home := f.inner.admit(v, number)
	f.school.mu.Lock()
	v.enter(number)
	f.school.mu.Unlock()
	return redirect(home)
}

// redeem uses up a ticket and tells whose it was.
func (f *front) redeem(id, service string) (number string, ok bool) {
	f.school.mu.Lock()
	defer f.school.mu.Unlock()
	t, ok := f.tickets[id]
	delete(f.tickets, id)
	return t.number, ok && t.service == service
}

// Redeem uses up a ticket that the school's front made for a service, and tells
// whose it was, as the front does to whoever stands behind it.
func (s *School) Redeem(ticket, service string) (number string, ok bool) {
	if s.front == nil {
		return "", false
	}
	return s.front.redeem(ticket, service)
}

// known is the account of the login that the visitor's browser has kept.
func (f *front) known(v *visit) (number string, ok bool) {
	c, err := v.r.Cookie("CASTGC")
	if err != nil {
		return "", false
	}
	f.school.mu.Lock()
	defer f.school.mu.Unlock()
	l := f.logins[c.Value]
	if l == nil || time.Now().After(l.until) {
		return "", false
	}
	return l.number, true
}

// grant remembers the visitor's login and sends him back with a ticket.
func (f *front) grant(v *visit, number string) answer {
	id := "TGT-" + newID()
	f.school.mu.Lock()
	f.logins[id] = &login{number, time.Now().Add(f.Life)}
	f.school.mu.Unlock()
	v.cookies = append(v.cookies, (&http.Cookie{Name: "CASTGC", Value: id, Path: f.Root, HttpOnly: true}).String())
	return f.back(v, number)
}

// back sends the visitor to the service that asked, with a ticket for it.
func (f *front) back(v *visit, number string) answer {
	service := v.form.Get("service")
	if service == "" {
		service = v.noted("service")
	}
	if service == "" {
		return f.page(http.StatusOK, "index", nil)
	}
	id := "ST-" + newID() + "-cas"
	f.school.mu.Lock()
	f.tickets[id] = ticket{number, service}
	f.school.mu.Unlock()
	to, _ := url.Parse(service)
	if to == nil {
		return f.page(http.StatusOK, "index", nil)
	}
	q := to.Query()
	q.Set("ticket", id)
	to.RawQuery = q.Encode()
	return redirect(to.String())
}

// ExpireFront has the front forget the logins of an account, or all when number
// is "". Sessions of the system go on.
func (s *School) ExpireFront(number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.front == nil {
		return
	}
	for id, l := range s.front.logins {
		if number == "" || l.number == number {
			delete(s.front.logins, id)
		}
	}
}

// PhoneCode is the code that the front sent last to the phone of an account.
func (s *School) PhoneCode(number string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.front == nil {
		return "", false
	}
	code, ok := s.front.codes[number]
	return code, ok
}

func (f *front) page(status int, name string, data any) answer {
	return bytesAnswer(status, "text/html;charset=UTF-8", []byte(render(f.pages, name+".html", data)))
}
