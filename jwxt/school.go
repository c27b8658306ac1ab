package jwxt

import "time"

// School is one school as the operator's file describes it.
type School struct {
	ID      string   // short, stable, [a-z0-9-]; used in deep links and stored rows
	Name    string   // 华东示范大学
	Aliases []string // what students call it; searched as well
	Vendor  string   // Driver.Name
	BaseURL string   // root of the student site, "https://jwxt.example.edu.cn/jsxsd"
	Hosts   []string // further hosts this school's cookies and redirects may touch
	Options map[string]string
	Front   Front
	Proxy   string // http, https or socks5 URL; empty: direct
	Link    Link
	Pace    Pace
	Boards  []string // ids of the notice boards that serve /notices here, first first
	Zone    string   // IANA name; "" means Asia/Shanghai
	Mirrors []string // further roots like BaseURL, tried in order where it cannot be reached
}

// Front is a login that stands before the vendor's system, which then has no
// login of its own to show: a CAS. The zero Front is none.
type Front struct {
	Kind    string // "authserver" (金智), "apereo"
	URL     string // its login page, "https://ids.example.edu.cn/authserver/login"
	Options map[string]string
}

// Link is how a school's servers are reached. The zero Link is the plain
// internet with ordinary TLS.
type Link struct {
	LegacyTLS bool     // TLS 1.0 and old ciphers, for servers that know nothing newer
	Pins      []string // SHA-256 of certificates' SubjectPublicKeyInfo in hex, one of which must match, in place of a chain
	IPv4      bool     // ask IPv4 addresses first
	WebVPN    WebVPN
}

// WebVPN is a 网瑞达 (wengine) WebVPN through which a school's inner hosts are
// reached. The zero WebVPN is none.
type WebVPN struct {
	URL   string // its root, "https://webvpn.example.edu.cn"
	Key   string // of the host names; "" means the maker's own
	IV    string // "" means Key
	Front Front  // before its own login, which then has no form to show; reached without the VPN
}

// Pace is how politely a school is asked.
type Pace struct {
	Concurrent int           // requests at once; 0 means 3
	Spacing    time.Duration // at least this between two starts; 0 means none
	Timeout    time.Duration // for one request with its body; 0 means 12 s
}
