package jwxt

// Recogniser is implemented by drivers that know their own system when they
// see it.
type Recogniser interface {
	// Doors are the paths below a host's root where the login page usually is,
	// the likeliest first.
	Doors() []string
	// Recognise reads from a login page how a School must be described. It
	// reports false for a page that is not this system's login page.
	Recognise(p Page) (Sign, bool)
}

// FrontRecogniser is implemented by who knows the login pages of fronts.
type FrontRecogniser interface {
	// RecogniseFront reads from a login page how the Front must be described.
	// Options is empty; what stands behind it, the page does not tell.
	RecogniseFront(p Page) (Front, Sign, bool)
}

// Sign is what a login page tells of its system.
type Sign struct {
	// Options are those of School that the page shows to be needed.
	Options map[string]string
	Captcha CaptchaKind
	// Because are the marks on the page by which it was recognised.
	Because []string
}

// CaptchaKind is what a login page asks for besides account and password.
type CaptchaKind string

// The kinds of captchas.
const (
	CaptchaNone    CaptchaKind = "none"
	CaptchaPicture CaptchaKind = "picture" // letters to read
	CaptchaSlider  CaptchaKind = "slider"  // a piece to drag
	CaptchaLater   CaptchaKind = "later"   // only after failures, or once the account is known
)
