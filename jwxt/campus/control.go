package campus

// Expire ends the sessions of one account, or of all when number is "".
func (s *School) Expire(number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.each(number, s.drop)
}

// Kick ends the sessions of one account, or of all when number is "", as a
// login from elsewhere does: the school says so when they are used again.
func (s *School) Kick(number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kick(number)
}

// RotateCookies makes the school change the session ids of an account (of all
// when number is "") with its next answer.
func (s *School) RotateCookies(number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.each(number, func(sess *session) { sess.rotate = true })
}

// SetGate puts a gate before an account, or before all when number is "".
// Open takes it away. It reports whether there is such an account.
func (s *School) SetGate(number string, g Gate) bool {
	return s.change(number, func(p *person) { p.Gate, p.wrong = g, 0 })
}

// Lock locks an account. SetGate with Open unlocks it.
func (s *School) Lock(number string) bool { return s.SetGate(number, GateLocked) }

// ChangePassword changes a password as a student would in another browser:
// open sessions stay. It reports whether there is such an account.
func (s *School) ChangePassword(number, password string) bool {
	return s.change(number, func(p *person) { p.Password = password })
}

// Accounts lists the accounts as they are now, in the order of the profile.
func (s *School) Accounts() []Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Account
	for _, a := range s.profile.Accounts {
		out = append(out, s.people[a.Number].Account)
	}
	return out
}

// Captcha is the answer of the picture whose bytes have this SHA-256 in hex,
// if it is among the last drawn. A slider's is how far its piece must be
// dragged, in pixels.
func (s *School) Captcha(sha256Hex string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text, ok := s.pictures.answers[sha256Hex]
	return text, ok
}

// CaptchaOf is the answer that the session with this cookie value now waits for.
func (s *School) CaptchaOf(cookie string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sess := s.site.open[cookie]
	if sess == nil && s.front != nil {
		sess = s.front.site.open[cookie]
	}
	if sess == nil || sess.answer == "" {
		return "", false
	}
	return sess.answer, true
}

// Sessions counts the logged-in sessions of an account, or of all.
func (s *School) Sessions(number string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[*session]bool{}
	s.each(number, func(sess *session) { found[sess] = true })
	return len(found)
}

// kick marks the sessions of an account. mu is held.
func (s *School) kick(number string) {
	s.each(number, func(sess *session) { sess.kicked = true })
}

// each visits the logged-in sessions of an account, or of all when number is
// "". A session may be visited once for each of its ids. mu is held.
func (s *School) each(number string, do func(*session)) {
	for _, sess := range s.site.open {
		if sess.who != nil && !sess.kicked && (number == "" || sess.who.Number == number) {
			do(sess)
		}
	}
}

func (s *School) change(number string, do func(*person)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := false
	for _, p := range s.people {
		if number == "" || p.Number == number {
			do(p)
			found = true
		}
	}
	return found
}
