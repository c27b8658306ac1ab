package campus

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"math"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/wengine"
)

// WebVPNProfile is what one simulated WebVPN is like.
type WebVPNProfile struct {
	Key, IV string // of the host names; "" means the maker's
	// Accounts are those of its own login; only Number and Password count.
	Accounts []Account
	Captcha  bool   // its login has a picture
	Pages    bool   // answers a login with pages, as older builds do, not with objects
	Code     string // of a second step; "" where there is none
	Single   bool   // asks before it ends a person's older session
	// LockAfter wrong passwords in a row lock an account; 0 never does.
	LockAfter int
	// CAS is the login page that /login?cas_login=true leads to, and Ticket who
	// a ticket from there for a service belongs to. Without CAS there is only the
	// VPN's form.
	CAS    string
	Ticket func(ticket, service string) (account string, ok bool)
	// Inner are the hosts behind it, by host or host:port.
	Inner map[string]http.Handler
}

// WebVPN is a simulated 网瑞达 (wengine) WebVPN before any number of schools. It
// keeps the schools' cookies, and rewrites their pages as the real one does:
// links from the root and absolute ones, ?vpn-N at what a page loads, scripts
// within vpn_eval. It is safe for concurrent use.
type WebVPN struct {
	profile WebVPNProfile
	painter *painter

	mu       sync.Mutex // guards all below
	sessions map[string]*vpnSession
	wrong    map[string]int    // by account
	pictures map[string]string // text by captcha_id, until it is used
	answers  pictureBook
	posts    int
}

// vpnSession is what a ticket stands for.
type vpnSession struct {
	account string // "" before the login
	asked   string // token of the question whether to end older sessions, and whose
	who     string
	rotate  bool           // the next answer brings another ticket
	jar     *cookiejar.Jar // the schools' cookies
}

// NewWebVPN opens a WebVPN.
func NewWebVPN(p WebVPNProfile) *WebVPN {
	return &WebVPN{
		profile: p, painter: newPainter(Profile{}), sessions: map[string]*vpnSession{}, wrong: map[string]int{},
		pictures: map[string]string{}, answers: pictureBook{answers: map[string]string{}},
	}
}

// Link is how a client is told of the VPN at baseURL.
func (w *WebVPN) Link(baseURL string) jwxt.Link {
	return jwxt.Link{WebVPN: jwxt.WebVPN{URL: baseURL, Key: w.profile.Key, IV: w.profile.IV}}
}

// Expire ends all sessions of the VPN.
func (w *WebVPN) Expire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.sessions)
}

// Rotate makes the VPN change all its tickets with their next answers.
func (w *WebVPN) Rotate() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sessions {
		s.rotate = true
	}
}

// Sessions counts the logged-in sessions.
func (w *WebVPN) Sessions() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sessions {
		if s.account != "" {
			n++
		}
	}
	return n
}

// Posts counts the passwords that were posted to the VPN itself.
func (w *WebVPN) Posts() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.posts
}

// Captcha is the text of the picture whose bytes have this SHA-256 in hex.
func (w *WebVPN) Captcha(sha256Hex string) (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text, ok := w.answers.answers[sha256Hex]
	return text, ok
}

// ServeHTTP implements [http.Handler].
func (w *WebVPN) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	root := "http://" + r.Host
	if r.TLS != nil {
		root = "https://" + r.Host
	}
	vpn, err := wengine.New(w.Link(root).WebVPN)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	at := *r.URL
	at.Scheme, at.Host = vpn.Root().Scheme, vpn.Root().Host
	inner, wrapped := vpn.Unwrap(&at)
	s := w.session(rw, r)
	switch {
	case !wrapped:
		w.own(rw, r, s)
	case s.account == "":
		http.Redirect(rw, r, "/login", http.StatusFound)
	case w.profile.Inner[inner.Host] == nil:
		http.Redirect(rw, r, "/wengine-vpn/failed", http.StatusFound)
	default:
		vpnVisit{vpn, s, inner}.serve(rw, r, w.profile.Inner[inner.Host])
	}
}

// session finds the session of a request's ticket, or gives out a ticket.
func (w *WebVPN) session(rw http.ResponseWriter, r *http.Request) *vpnSession {
	name := "wengine_vpn_ticket" + strings.NewReplacer(".", "_", ":", "_").Replace(r.Host)
	w.mu.Lock()
	defer w.mu.Unlock()
	jar, _ := cookiejar.New(nil) // never fails
	s := &vpnSession{jar: jar}
	if c, err := r.Cookie(name); err == nil && w.sessions[c.Value] != nil {
		if s = w.sessions[c.Value]; !s.rotate {
			return s.copy()
		}
		delete(w.sessions, c.Value)
	}
	s.rotate = false
	ticket := newTicket()
	w.sessions[ticket] = s
	for _, c := range []http.Cookie{{Name: name, Value: ticket}, {Name: "show_vpn", Value: "1"}, {Name: "refresh", Value: "0"}} {
		c.Path = "/"
		http.SetCookie(rw, &c)
		r.AddCookie(&c)
	}
	return s.copy()
}

// copy is what a request works with; change reaches the session itself.
func (s *vpnSession) copy() *vpnSession {
	c := *s
	return &c
}

// change changes the session whose ticket r has.
func (w *WebVPN) change(r *http.Request, do func(*vpnSession)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range r.Cookies() {
		if s := w.sessions[c.Value]; s != nil && strings.HasPrefix(c.Name, "wengine_vpn_ticket") {
			do(s)
		}
	}
}

func newTicket() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(math.MaxInt64)) // never fails
	return hex.EncodeToString(n.FillBytes(make([]byte, 8)))
}

// own serves the VPN's own pages.
func (w *WebVPN) own(rw http.ResponseWriter, r *http.Request, s *vpnSession) {
	switch r.Method + " " + strings.TrimSuffix(r.URL.Path, "/") {
	case "GET /login":
		w.login(rw, r)
	case "POST /do-login":
		w.doLogin(rw, r)
	case "POST /do-confirm-login":
		w.doConfirm(rw, r, s)
	case "GET /logout":
		w.change(r, func(s *vpnSession) { s.account = "" })
		http.Redirect(rw, r, "/login", http.StatusFound)
	case "GET ":
		if s.account == "" {
			http.Redirect(rw, r, "/login", http.StatusFound)
			return
		}
		writePage(rw, `<html><head><title>资源访问控制系统</title></head><body><a id="aHref" href="/">首页</a></body></html>`)
	default:
		if id, ok := strings.CutPrefix(r.URL.Path, "/captcha/"); ok {
			w.draw(rw, r, id)
			return
		}
		http.NotFound(rw, r)
	}
}

func writePage(rw http.ResponseWriter, page string) {
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.Write([]byte(page))
}

func writeObject(rw http.ResponseWriter, fields map[string]any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	json.NewEncoder(rw).Encode(fields)
}
