package fetch

import (
	"cmp"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"jwxtbot/jwxt"
)

const (
	maxCookies     = 64
	maxCookieBytes = 4096
)

// SetCookies is have after the answer h of u: cookies set, replaced and
// deleted. A cookie is its name, domain and path; one for a foreign domain is
// dropped, and so are those whose time is over.
func SetCookies(have []jwxt.Cookie, u *url.URL, h http.Header, now time.Time) []jwxt.Cookie {
	have = slices.DeleteFunc(slices.Clone(have), func(c jwxt.Cookie) bool { return expired(c, now) })
	for _, line := range h["Set-Cookie"] {
		c, ok := readCookie(line, u, now)
		if !ok {
			continue
		}
		at := slices.IndexFunc(have, func(o jwxt.Cookie) bool {
			return o.Name == c.Name && o.Domain == c.Domain && o.Path == c.Path
		})
		switch {
		case expired(c, now) && at >= 0:
			have = slices.Delete(have, at, at+1)
		case expired(c, now):
		case at >= 0:
			have[at] = c
		default:
			have = append(have, c)
		}
	}
	if extra := len(have) - maxCookies; extra > 0 {
		have = slices.Delete(have, 0, extra)
	}
	return have
}

func expired(c jwxt.Cookie, now time.Time) bool {
	return !c.Expires.IsZero() && !c.Expires.After(now)
}

func readCookie(line string, u *url.URL, now time.Time) (jwxt.Cookie, bool) {
	in, err := http.ParseSetCookie(line)
	if err != nil || len(in.Name)+len(in.Value) > maxCookieBytes {
		return jwxt.Cookie{}, false
	}
	c := jwxt.Cookie{Name: in.Name, Value: in.Value, Secure: in.Secure, Path: in.Path, Expires: in.Expires}
	switch {
	case in.MaxAge < 0:
		c.Expires = time.Unix(1, 0)
	case in.MaxAge > 0:
		c.Expires = now.Add(time.Duration(min(in.MaxAge, 400*24*3600)) * time.Second)
	}
	if !strings.HasPrefix(c.Path, "/") {
		c.Path = defaultPath(u.Path)
	}
	host := hostname(u.Host)
	c.Domain = strings.ToLower(strings.TrimPrefix(in.Domain, "."))
	switch {
	case c.Domain == "" || c.Domain == host:
		c.HostOnly = c.Domain == "" || !dotted(host)
		c.Domain = host
	case !dotted(host) || !strings.HasSuffix(host, "."+c.Domain) || isSuffix(c.Domain):
		return jwxt.Cookie{}, false
	}
	return c, host != ""
}

// dotted reports whether host is a name that can have sub-domains.
func dotted(host string) bool {
	return strings.Contains(host, ".") && net.ParseIP(host) == nil
}

// isSuffix tells edu.cn, which belongs to nobody, from tsinghua.edu.cn.
func isSuffix(domain string) bool {
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return suffix == domain
}

// defaultPath is the path of a cookie that names none: up to the last slash.
func defaultPath(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 && path[0] == '/' {
		return path[:i]
	}
	return "/"
}

// CookieHeader is the Cookie header for a request to u, "" for none: the
// longest path first, so that a server which reads only the first of two
// JSESSIONIDs reads its own.
func CookieHeader(have []jwxt.Cookie, u *url.URL, now time.Time) string {
	var send []jwxt.Cookie
	for _, c := range have {
		if !expired(c, now) && matches(c, u) {
			send = append(send, c)
		}
	}
	slices.SortStableFunc(send, func(a, b jwxt.Cookie) int { return cmp.Compare(len(b.Path), len(a.Path)) })
	var s strings.Builder
	for i, c := range send {
		if i > 0 {
			s.WriteString("; ")
		}
		s.WriteString(c.Name + "=" + c.Value)
	}
	return s.String()
}

func matches(c jwxt.Cookie, u *url.URL) bool {
	host, path := hostname(u.Host), u.Path
	if path == "" {
		path = "/"
	}
	if c.Secure && u.Scheme != "https" {
		return false
	}
	if host != c.Domain && (c.HostOnly || !strings.HasSuffix(host, "."+c.Domain)) {
		return false
	}
	rest, ok := strings.CutPrefix(path, c.Path)
	return ok && (rest == "" || strings.HasSuffix(c.Path, "/") || rest[0] == '/')
}
