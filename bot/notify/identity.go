package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"jwxtbot/bot/render/text"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
)

// keyOf is the key of an article's id: 128 bits of its SHA-256.
func keyOf(id string) string { return fingerprint(id) }

func fingerprint(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

var marks = regexp.MustCompile(`[\[【(（]\s*(置顶|热|新|new|NEW|top|Top|TOP)\s*[\]】)）]`)

// tidy is a title without marks that come and go.
func tidy(title string) string {
	return text.Line(marks.ReplaceAllString(title, " "), mostTitle)
}

// titleKey is what two printings of one title have in common. Titles too short
// to tell one notice from another have none.
func titleKey(title string) string {
	var b strings.Builder
	n := 0
	for _, r := range norm.NFKC.String(tidy(title)) {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			b.WriteRune(unicode.ToLower(r))
			n++
		}
	}
	if n < 8 {
		return ""
	}
	return fingerprint(b.String())
}

// cutShort reports whether a list shows only the beginning of a title.
func cutShort(title string) bool {
	return strings.HasSuffix(title, "…") || strings.HasSuffix(title, "...")
}

// fullTitle is the title to show: that of the list, unless the list cuts it.
func fullTitle(listed, detail string) string {
	listed, detail = tidy(listed), tidy(detail)
	head := strings.TrimSpace(strings.TrimRight(listed, "….")) // both endings are of dots
	if cutShort(listed) && strings.HasPrefix(detail, head) {
		return detail
	}
	return listed
}

var (
	spaces   = regexp.MustCompile(`\s+`)
	counters = regexp.MustCompile(`(浏览|点击|阅读|访问|下载)(次数|量|数)?\s*[:：]?\s*\d+\s*次?`)
)

// bodyPrint is the fingerprint of a text, without what changes by itself.
func bodyPrint(d bulletin.Detail) string {
	text := spaces.ReplaceAllString(counters.ReplaceAllString(d.Text, ""), "")
	return fingerprint(text, d.Publisher)
}

func fileNames(files []jwxt.Attachment) (names []string) {
	for _, f := range files {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
}

var digitRuns = regexp.MustCompile(`\d+`)

// shapeOf is an address without its numbers: articles of one board have few.
func shapeOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return digitRuns.ReplaceAllString(strings.ToLower(u.Host)+u.Path, "#")
}

var (
	numbers = regexp.MustCompile(`\d+[xX]?`)
	phone   = regexp.MustCompile(`^1[3-9]\d{9}$`)
	account = regexp.MustCompile(`^(19|20)\d{8,11}$`)
	citizen = regexp.MustCompile(`^\d{17}[\dxX]$`)
)

// personal reports whether a text has what identifies people: 学号, 身份证号 or
// a mobile phone's number. Some other number of that length counts as one: it
// costs a text, which is one tap away.
func personal(text string) bool {
	return slices.ContainsFunc(numbers.FindAllString(norm.NFKC.String(text), -1), func(n string) bool {
		return phone.MatchString(n) || account.MatchString(n) || citizen.MatchString(n)
	})
}

// beijing is the one time zone of all schools served.
var beijing = time.FixedZone("CST", 8*60*60)

// dayOf is the begin of a date, the zero time if the date is not said.
func dayOf(d bulletin.Date) time.Time {
	if d == (bulletin.Date{}) {
		return time.Time{}
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, d.Hour, d.Minute, 0, 0, beijing)
}
