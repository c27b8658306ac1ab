package doctor

import (
	"regexp"
)

var (
	inputTag   = regexp.MustCompile(`(?i)<input\b(?:[^>"']|"[^"]*"|'[^']*')*>`)
	valueAttr  = regexp.MustCompile(`(?i)(\bvalue\s*=\s*)("[^"]*"|'[^']*'|[^\s>"']+)`)
	inAddress  = regexp.MustCompile(`(?i)\b((?:jsessionid|ticket)=)[^"'&;\s<>]+`)
	longToken  = regexp.MustCompile(`[0-9A-Za-z+/_=-]{24,}`)
	longNumber = regexp.MustCompile(`\d{8,}`)
	personName = regexp.MustCompile(`([\p{Han}·]{2,8})(\s*同学|\s*[（(]\s*x{1,20}\s*[)）])`)
)

// Redact takes out of a page what may belong to a person or a session: values
// of inputs, long tokens, numbers of eight digits and more, and a name beside
// 同学 or such a number. The markup that tells the system stays.
func Redact(page []byte) []byte {
	page = inputTag.ReplaceAllFunc(page, func(tag []byte) []byte {
		return valueAttr.ReplaceAll(tag, []byte(`${1}"x"`))
	})
	page = inAddress.ReplaceAll(page, []byte("${1}x"))
	page = longToken.ReplaceAllFunc(page, func(t []byte) []byte {
		if isWord(t) {
			return t
		}
		return []byte("xxxxxxxx")
	})
	page = longNumber.ReplaceAll(page, []byte("xxxxxxxx"))
	return personName.ReplaceAll(page, []byte("某某$2"))
}

// isWord reports whether a long run of letters is a name in a script or a path
// and no token: such names have no digits and few capitals.
func isWord(t []byte) bool {
	digits, capitals := 0, 0
	for i, c := range t {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'A' && c <= 'Z' && i > 0:
			capitals++
		}
	}
	return digits == 0 && capitals < len(t)/4
}
