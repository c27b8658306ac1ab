package campus

import (
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
)

// sessionCookie is the name all Java servers use.
const sessionCookie = "JSESSIONID"

// School is one running school. It is safe for concurrent use.
type School struct {
	profile Profile
	vendor  vendor
	painter *painter
	log     requestLog
	site    *register // of the vendor's system
	front   *front    // nil: people log in at the system itself

	mu       sync.Mutex // guards all below
	people   map[string]*person
	begun    int
	random   *rand.Rand
	pictures pictureBook
	faults   []*Fault
}

// New opens a school.
func New(p Profile) *School {
	p = p.withDefaults()
	seed := fnv.New64a()
	seed.Write([]byte(p.ID))
	s := &School{
		profile:  p,
		painter:  newPainter(p),
		people:   map[string]*person{},
		random:   rand.New(rand.NewPCG(seed.Sum64(), 1)),
		pictures: pictureBook{answers: map[string]string{}},
	}
	for _, a := range p.Accounts {
		s.people[a.Number] = &person{Account: a}
	}
	s.vendor, s.site = p.System.open(s), newRegister(s)
	if v, ok := s.vendor.(interface{ sessionIDs() idStyle }); ok {
		s.site.ids = v.sessionIDs()
	}
	s.front = p.Front.open(s)
	return s
}

// Profile is what the school was opened with, defaults filled in.
func (s *School) Profile() Profile { return s.profile }

// ServeHTTP serves the school's pages and, under /_campus/, the hook.
func (s *School) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, hookPrefix) {
		s.hook(w, r)
		return
	}
	v := &visit{school: s, site: s.site, r: r}
	charset := s.profile.Charset
	if s.front.owns(r) {
		v.site, charset = s.front.site, UTF8
	}
	v.form = readForm(r, charset)
	done := s.log.begin(v)
	status := 0
	defer func() { done(status, v.account()) }() // also when a fault aborts
	v.sess = v.site.find(r)
	status = s.respond(w, v)
}

// respond answers through the scripted fault, if one waits for this request.
func (s *School) respond(w http.ResponseWriter, v *visit) int {
	if f := s.nextFault(v.r.URL.Path); f != nil {
		return f.respond(w, v)
	}
	return v.serve().write(w)
}
