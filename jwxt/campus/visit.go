package campus

import (
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"
)

// visit is one request to a school.
type visit struct {
	school  *School
	site    *register
	r       *http.Request
	form    url.Values // query and body, decoded from the school's charset
	sess    *session   // nil: none that lives
	cookies []string   // Set-Cookie headers of the answer
}

// serve is the vendor's answer with the cookies that go with it.
func (v *visit) serve() answer {
	if v.sess != nil && v.rotates() {
		v.reissue()
	}
	return v.finish(v.school.route(v))
}

func (v *visit) finish(a answer) answer {
	for _, c := range v.cookies {
		a.header.Add("Set-Cookie", c)
	}
	return a
}

func (v *visit) rotates() bool {
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	return v.sess.rotate
}

// account is the number of the logged-in visitor, for the log.
func (v *visit) account() string {
	if v.sess == nil {
		return ""
	}
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	if v.sess.who == nil {
		return ""
	}
	return v.sess.who.Number
}

// standing is where a visitor stands with the school.
type standing int

const (
	stranger standing = iota // no session, or none that is logged in
	ousted                   // kicked out by a later login
	insider
)

// who tells the visitor's standing and, of an insider, the account as it is now.
func (v *visit) who() (Account, standing) {
	if v.sess == nil {
		return Account{}, stranger
	}
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	switch {
	case v.sess.kicked:
		return Account{}, ousted
	case v.sess.who == nil:
		return Account{}, stranger
	}
	return v.sess.who.Account, insider
}

// draw makes a new picture for the session and returns its bytes.
func (v *visit) draw() []byte {
	s := v.school
	s.mu.Lock()
	text, seed := captchaText(s.random), s.random.Uint64()
	v.sess.answer, v.sess.drawn = text, time.Now()
	s.mu.Unlock()

	picture := s.painter.paint(text, rand.New(rand.NewPCG(seed, 2)))
	v.publish(picture, text)
	return picture
}

// publish lets the hook tell the answer of a picture.
func (v *visit) publish(picture []byte, answer string) {
	sum := sha256.Sum256(picture)
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	v.school.pictures.add(hex.EncodeToString(sum[:]), answer)
}

// captchaRight uses up the session's picture and tells whether the answer is
// right in every letter's case and in time.
func (v *visit) captchaRight(given string) bool {
	return v.captchaFits(func(want string) bool { return given == want })
}

// captchaFits is captchaRight for a school that compares in its own way.
func (v *visit) captchaFits(fits func(want string) bool) bool {
	if v.sess == nil {
		return false
	}
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	want := v.sess.answer
	v.sess.answer = ""
	return want != "" && fits(want) && time.Since(v.sess.drawn) <= v.school.profile.CaptchaLife
}

// verdict is what a school says to an account and a password.
type verdict int

const (
	wrong verdict = iota
	locked
	right
)

// logIn checks the password and, if it is right, gives the session to the
// person and ends his other sessions where the school allows one.
func (v *visit) logIn(number, password string) verdict {
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	said := v.school.judge(number, password)
	if said == right {
		v.enter(number)
	}
	return said
}

// judge checks a password, and counts a wrong one. mu is held.
func (s *School) judge(number, password string) verdict {
	p := s.people[number]
	switch {
	case p == nil:
		return wrong
	case p.Gate == GateLocked:
		return locked
	case p.Password != password:
		p.wrong++
		p.failed = time.Now()
		if p.wrong == s.profile.LockAfter {
			p.Gate = GateLocked
			return locked
		}
		return wrong
	}
	p.wrong = 0
	return right
}

// enter gives the session to a person and ends his other sessions where the
// school allows one. mu is held.
func (v *visit) enter(number string) {
	if v.school.profile.SingleSession {
		v.school.kick(number)
	}
	v.sess.who, v.sess.kicked = v.school.people[number], false
}

// leave ends the visitor's session.
func (v *visit) leave() {
	if v.sess == nil {
		return
	}
	v.school.mu.Lock()
	defer v.school.mu.Unlock()
	v.school.drop(v.sess)
	v.sess = nil
}
