package dialogue

import (
	"regexp"
	"slices"
	"strings"

	"jwxtbot/jwxt"
)

var always = Guard{}

// and is the guard that holds where both do.
func (g Guard) and(h Guard) Guard {
	switch {
	case g.Test == nil:
		return h
	case h.Test == nil:
		return g
	}
	return Guard{g.Name + ", " + h.Name, func(t *turn) bool { return g.Test(t) && h.Test(t) }}
}

// Time.
var (
	attemptOver = Guard{"left alone", func(t *turn) bool {
		return t.Place() != Idle && !t.Until.IsZero() && !t.env.Now.Before(t.Until)
	}}
	formOver = Guard{"picture aged out", func(t *turn) bool {
		return t.Form != nil && !t.env.Now.Before(t.Form.Until)
	}}
	pageOver = Guard{"page left alone", func(t *turn) bool {
		return t.Attempt != nil && !t.Attempt.Until.IsZero() && !t.env.Now.Before(t.Attempt.Until)
	}}
	idleOver = Guard{"session unused", func(t *turn) bool {
		return t.Login != nil && !t.env.Now.Before(t.Login.Used.Add(t.env.Limits.Idle))
	}}
	absoluteOver = Guard{"session too old", func(t *turn) bool {
		return t.Login != nil && !t.env.Now.Before(t.Login.Since.Add(t.env.Limits.Absolute))
	}}
)

// What is known.
var (
	loggedIn          = Guard{"logged in", func(t *turn) bool { return t.Login != nil }}
	notLoggedIn       = Guard{"not logged in", func(t *turn) bool { return t.Login == nil }}
	loggedInThere     = Guard{"logged in there", func(t *turn) bool { return t.Login != nil && t.Login.School == t.e.School }}
	accountKnown      = Guard{"account known", func(t *turn) bool { return t.School != "" && t.Account != "" && !t.env.SchoolGone }}
	onlyOne           = Guard{"one school served", func(t *turn) bool { return t.env.OnlySchool != "" }}
	wanted            = Guard{"something wanted", func(t *turn) bool { return t.Want != nil }}
	wantedAndLoggedIn = wanted.and(loggedIn)
	secretHeld        = Guard{"password held", func(t *turn) bool { return t.e.HasSecret && t.School != "" && t.Account != "" }}
	nonceHolds        = Guard{"nothing begun since", func(t *turn) bool { return t.e.Nonce != "" && t.e.Nonce == t.nonce() }}
)

// What was said.
var (
	schoolGone  = Guard{"no such school", func(t *turn) bool { return t.e.School == "" }}
	oneFound    = Guard{"one match", func(t *turn) bool { return len(t.e.Found) == 1 }}
	someFound   = Guard{"several match", func(t *turn) bool { return len(t.e.Found) > 1 }}
	accountFits = Guard{"2-32 letters, digits", func(t *turn) bool { return accountForm.MatchString(narrow(t.e.Text)) }}
	notCaptcha  = Guard{"no captcha text", func(t *turn) bool { return !captchaForm.MatchString(letters(t.e.Text)) }}
	samePicture = Guard{"button of this picture", func(t *turn) bool { return t.Form == nil || t.Form.AskID == t.e.AskID }}
	formGone    = Guard{"picture aged out", func(t *turn) bool { return t.Form == nil }}
	pictureUp   = Guard{"picture shown", func(t *turn) bool { return t.Form != nil }}
	answerKept  = Guard{"captcha kept", func(t *turn) bool { return t.Form != nil && t.Form.Answer != "" }}
	// A person who taps send twice sends the refused answer once more, which
	// would be tried against the next picture.
	alreadyRefused = Guard{"refused before", func(t *turn) bool { return t.Form != nil && letters(t.e.Text) == t.Form.Refused }}
	captchaAsked   = askedFor(jwxt.FieldCaptcha)
	codeAsked      = askedFor(jwxt.FieldCode)
	dragAsked      = askedFor(jwxt.FieldDrag)
	notCode        = Guard{"no code", func(t *turn) bool { return !codeForm.MatchString(letters(t.e.Text)) }}
)

// askedFor holds when the school now asks for such a field.
func askedFor(k jwxt.FieldKind) Guard {
	return Guard{string(k) + " asked", func(t *turn) bool {
		return t.e.Ask != nil && slices.Contains(t.e.Ask.Fields, k)
	}}
}

// The page.
var (
	pageOffered = Guard{"page offered", func(t *turn) bool { return t.env.Page && t.Attempt != nil }}
	pageLeads   = Guard{"page leads", func(t *turn) bool { return t.Attempt != nil && t.Attempt.Led }}
	// otherAttempt keeps a page left open away from whatever came after it.
	otherAttempt = Guard{"another login's page", func(t *turn) bool {
		return t.Attempt == nil || t.Attempt.Done || t.Attempt.ID != t.e.Attempt
	}}
	sameSchool   = Guard{"same school", func(t *turn) bool { return t.School == t.e.School }}
	olderPicture = Guard{"older picture", func(t *turn) bool { return t.Form.AskID != t.e.AskID }}
	badAccount   = Guard{"no account", func(t *turn) bool {
		return t.Form.needs(jwxt.FieldAccount) && !accountForm.MatchString(narrow(t.e.Account))
	}}
	// noPassword holds, too, where the password in memory came for another
	// account: it must not be posted for this one.
	noPassword = Guard{"no password", func(t *turn) bool {
		held := t.e.HasSecret && (t.e.Fresh || narrow(t.e.Account) == t.Account)
		return t.Form.needs(jwxt.FieldPassword) && !held
	}}
	badCaptcha = Guard{"no captcha text", func(t *turn) bool { return t.Form.needs(jwxt.FieldCaptcha) && notCaptcha.Test(t) }}
	badDrag    = Guard{"not dragged", func(t *turn) bool {
		_, err := jwxt.ParseTrack(t.e.Track.String())
		return t.Form.needs(jwxt.FieldDrag) && err != nil
	}}
	badCode = Guard{"no code", func(t *turn) bool {
		return t.Form.needs(jwxt.FieldCode) && !codeForm.MatchString(letters(t.e.Code))
	}}
)

// What the school said.
var (
	sessionOver = Guard{"session over", func(t *turn) bool {
		f := t.e.failure()
		over := f.Kind == jwxt.Expired || f.Kind == jwxt.KickedOut
		return over && t.Want != nil && !t.Want.Renewed && t.Login != nil
	}}
	lentOver = Guard{"session over", func(t *turn) bool {
		f := t.e.failure()
		return t.Login != nil && (f.Kind == jwxt.Expired || f.Kind == jwxt.KickedOut)
	}}
	schoolRefused = Guard{"school did not take it", func(t *turn) bool { return t.e.Failure != nil }}
)

var (
	accountForm = regexp.MustCompile(`^[0-9A-Za-z._@-]{2,32}$`)
	captchaForm = regexp.MustCompile(`^[0-9A-Za-z]{2,8}$`)
	codeForm    = regexp.MustCompile(`^[0-9A-Za-z]{3,10}$`)
)

// narrow trims and turns the full-width letters and digits of a Chinese input
// method into plain ones.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, strings.TrimSpace(s))
}

// letters is a captcha as typed, which may be spaced as it was drawn.
func letters(s string) string { return strings.Join(strings.Fields(narrow(s)), "") }
