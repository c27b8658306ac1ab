package board

import (
	"regexp"
	"strconv"
)

// A link leads from a group into the private chat: t.me/bot?start=n<op>-<key>.
// It may be passed on, and works for everybody: nothing in it is a secret, and
// what it opens is for those only who may see it. The ops are those of taps,
// and unreadLink, which is followed by the group.

// unreadLink asks who has not read a notice.
const unreadLink = "u"

type link struct {
	op, key string
	group   int64 // 0 for none
}

// link is the address of one.
func (d *Desk) link(op, key string, group int64) string {
	payload := "n" + op + "-" + key
	if group != 0 {
		payload += "-" + strconv.FormatInt(-group, 36)
	}
	return "https://t.me/" + d.Bot + "?start=" + payload
}

var linkShape = regexp.MustCompile(`^n([fcru])-([0-9a-f]{32})(?:-([0-9a-z]{1,13}))?$`)

// parseLink reads what follows /start, which may be anything.
func parseLink(payload string) (l link, ok bool) {
	m := linkShape.FindStringSubmatch(payload)
	if m == nil {
		return l, false
	}
	l = link{op: m[1], key: m[2]}
	if m[3] != "" {
		n, err := strconv.ParseInt(m[3], 36, 64)
		if err != nil {
			return link{}, false
		}
		l.group = -n
	}
	return l, (l.op == unreadLink) == (l.group != 0)
}
