package bulletin

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// article is what the shape of a link tells of where it leads.
type article struct {
	kind string // KindVSB or KindSudy
	id   string // as Item.ID
}

var (
	// /2026/0313/c13475a290241/page.htm, /59/71/c12939a481649/page.psp
	sudyPath = regexp.MustCompile(`/[0-9a-f]{2,4}/[0-9a-f]{2,4}/c\d+a(\d+)/page\d*\.(?:htm|psp|html)$`)
	// /info/1116/5946.htm
	vsbPath = regexp.MustCompile(`^(.*)/info/\d+/(\d+)\.html?$`)
)

// articleOf recognises links to articles of 博达 and 苏迪. The column is in the
// link and not in the id: one article may be listed in many.
func articleOf(u *url.URL) (article, bool) {
	host := hostOf(u)
	if host == "" {
		return article{}, false
	}
	if m := sudyPath.FindStringSubmatch(u.Path); m != nil {
		return article{KindSudy, "sudy:" + host + ":" + m[1]}, true
	}
	if m := vsbPath.FindStringSubmatch(u.Path); m != nil {
		return article{KindVSB, "vsb:" + host + m[1] + ":" + m[2]}, true
	}
	// content.jsp?urltype=news.NewsContentUrl&wbtreeid=1082&wbnewsid=5946
	if dir, ok := strings.CutSuffix(u.Path, "/content.jsp"); ok {
		if id := u.Query().Get("wbnewsid"); isNumber(id) {
			return article{KindVSB, "vsb:" + host + dir + ":" + id}, true
		}
	}
	return article{}, false
}

func isNumber(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// identify is an article's Item.ID.
func identify(u *url.URL) string {
	if a, ok := articleOf(u); ok {
		return a.id
	}
	return "url:" + canonical(u)
}

// canonical is the address without what changes while the article stays:
// scheme, session, fragment, order and tracking.
func canonical(u *url.URL) string {
	path, _, _ := strings.Cut(u.EscapedPath(), ";") // ;jsessionid=…
	if path == "" {
		path = "/"
	}
	q := u.Query()
	for key := range q {
		if isTracking(strings.ToLower(key)) {
			q.Del(key)
		}
	}
	s := hostOf(u) + path
	if len(q) > 0 {
		s += "?" + q.Encode()
	}
	return s
}

func isTracking(key string) bool {
	return strings.HasPrefix(key, "utm_") || slices.Contains([]string{"spm", "jsessionid", "timestamp", "_t", "isappinstalled"}, key)
}

// hostOf is the host in small letters, without the scheme's own port.
func hostOf(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if port := u.Port(); port == "80" && u.Scheme == "http" || port == "443" && u.Scheme == "https" {
		host = strings.TrimSuffix(host, ":"+port)
	}
	return host
}

// maxURL is how long an address of an article or a file may be, in bytes.
const maxURL = 1000

// resolve makes an absolute web address of a link as written, without fragment.
func resolve(base *url.URL, href string) (*url.URL, bool) {
	href = strings.TrimSpace(href)
	if href == "" || href[0] == '#' || strings.ContainsAny(href, "<>") {
		return nil, false
	}
	u, err := base.Parse(href)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, false
	}
	u.Fragment, u.RawFragment = "", ""
	return u, len(u.String()) <= maxURL
}
