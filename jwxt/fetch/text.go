package fetch

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"jwxtbot/jwxt"
)

// Text is p's body as UTF-8, whatever its labels say: schools label GBK pages
// UTF-8 and the other way round, and Tomcat labels everything ISO-8859-1.
// GBK, GB2312 and GB18030 are all read as GB18030. The result may share p's
// memory.
func Text(p jwxt.Page) []byte {
	body, marked := bytes.CutPrefix(p.Body, bom)
	valid := utf8.Valid(body)
	if !marked && isGBK(p, valid) {
		if out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(body); err == nil {
			return out
		}
	}
	if valid {
		return body
	}
	return bytes.ToValidUTF8(body, []byte("\uFFFD"))
}

var bom = []byte("\xef\xbb\xbf")

// IsGBK reports whether p is written in one of the GB charsets rather than in
// UTF-8. Labels decide only where the bytes allow both readings.
func IsGBK(p jwxt.Page) bool { return isGBK(p, utf8.Valid(p.Body)) }

func isGBK(p jwxt.Page, valid bool) bool {
	if valid {
		return eitherWay(p.Body) && labelledGBK(p)
	}
	return !bytes.HasPrefix(p.Body, bom) && !mostlyUTF8(p.Body)
}

// eitherWay reports whether valid UTF-8 might as well be GBK: it has no
// character of three bytes, as all Chinese ones in UTF-8 have.
func eitherWay(b []byte) bool {
	for i := 0; i < len(b); {
		n := 1
		if b[i] >= utf8.RuneSelf {
			_, n = utf8.DecodeRune(b[i:])
		}
		if n > 2 {
			return false
		}
		i += n
	}
	return true
}

// mostlyUTF8 reports whether b is UTF-8 with few broken characters, as when a
// server cuts a long title in the middle of one.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 2:
			good++
		}
		i += n
	}
	return good > 10*bad
}

func labelledGBK(p jwxt.Page) bool {
	label := strings.ToLower(p.Header.Get("Content-Type") + " " + string(p.Body[:min(len(p.Body), 1024)]))
	return strings.Contains(label, "charset=gb") || strings.Contains(label, `charset="gb`) ||
		strings.Contains(label, "charset='gb")
}

// gbk encodes s for a form whose page is GBK.
func gbk(s string) string {
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		return s
	}
	return out
}
