package campus

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// session is one browser's conversation with a site. School.mu guards it.
type session struct {
	in     *register
	ids    map[string]string // cookie path → id: a school of two web applications has two
	who    *person           // nil until logged in
	seen   time.Time
	kicked bool // another login of the same account ended it
	rotate bool // the next answer carries new ids
	answer string
	drawn  time.Time
	notes  map[string]string // the vendor's
}

// newID looks like Tomcat's session ids.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return fmt.Sprintf("%X", b)
}

// idStyle is how a vendor's servers name sessions.
type idStyle struct {
	cookie string // "" where the vendor reads the id from somewhere else
	make   func() string
}

// register is where a site keeps its sessions: the vendor's system has one, and
// a front before it another. School.mu guards what is open.
type register struct {
	school *School
	ids    idStyle
	open   map[string]*session // by id
}

func newRegister(s *School) *register {
	return &register{s, idStyle{sessionCookie, newID}, map[string]*session{}}
}

// find returns the live session of a request: all of its cookies whose path
// covers the request must be there. A client that keeps one cookie per name,
// or forgets paths, has no session here.
func (g *register) find(r *http.Request) *session {
	var sent []string
	for _, c := range r.CookiesNamed(g.ids.cookie) {
		sent = append(sent, c.Value)
	}
	return g.live(sent, r.URL.Path)
}

// live returns the first session that lives and is shown by the ids sent.
func (g *register) live(sent []string, urlPath string) *session {
	g.school.mu.Lock()
	defer g.school.mu.Unlock()
	for _, id := range sent {
		sess := g.open[id]
		if sess == nil || !sess.shown(sent, urlPath) {
			continue
		}
		if time.Since(sess.seen) > g.school.profile.Idle {
			g.school.drop(sess)
			continue
		}
		sess.seen = time.Now()
		return sess
	}
	return nil
}

func (sess *session) shown(sent []string, urlPath string) bool {
	for path, id := range sess.ids {
		if covers(path, urlPath) && !slices.Contains(sent, id) {
			return false
		}
	}
	return true
}

// covers is the path match of RFC 6265, section 5.1.4.
func covers(cookiePath, urlPath string) bool {
	rest, ok := strings.CutPrefix(urlPath, cookiePath)
	return ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(cookiePath, "/"))
}

// begin opens a session for the visitor, with one cookie per path.
func (v *visit) begin(paths ...string) {
	s := v.school
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.begun++; s.begun%256 == 0 {
		v.site.sweep()
	}
	v.sess = &session{in: v.site, ids: map[string]string{}, notes: map[string]string{}, seen: time.Now()}
	for _, p := range paths {
		v.issue(p)
	}
}

// join gives the visitor's session one more cookie.
func (v *visit) join(path string) {
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	v.issue(path)
}

// issue sets a new id for one path; the older one is void. mu is held.
func (v *visit) issue(path string) {
	delete(v.site.open, v.sess.ids[path])
	id := v.site.ids.make()
	v.sess.ids[path] = id
	v.site.open[id] = v.sess
	if name := v.site.ids.cookie; name != "" {
		c := http.Cookie{Name: name, Value: id, Path: path, HttpOnly: true}
		v.cookies = append(v.cookies, c.String())
	}
}

// has reports whether the session has an id for a path.
func (v *visit) has(path string) bool {
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	return v.sess.ids[path] != ""
}

// reissue changes every id of the session, as servers do at login.
func (v *visit) reissue() {
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	for path := range v.sess.ids {
		v.issue(path)
	}
	v.sess.rotate = false
}

// drop forgets a session. mu is held.
func (s *School) drop(sess *session) {
	for _, id := range sess.ids {
		delete(sess.in.open, id)
	}
}

// sweep drops the sessions nobody will come back to. mu is held.
func (g *register) sweep() {
	for _, sess := range g.open {
		if time.Since(sess.seen) > g.school.profile.Idle {
			g.school.drop(sess)
		}
	}
}

// note and noted are the vendor's memory in a session.
func (v *visit) note(key, value string) {
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	v.sess.notes[key] = value
}

func (v *visit) noted(key string) string {
	if v.sess == nil {
		return ""
	}
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	return v.sess.notes[key]
}
