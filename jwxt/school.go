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
	Proxy   string // http, https or socks5 URL; empty: direct
	Pace    Pace
}

// Pace is how politely a school is asked.
type Pace struct {
	Concurrent int           // requests at once; 0 means 3
	Spacing    time.Duration // at least this between two starts; 0 means none
	Timeout    time.Duration // for one request with its body; 0 means 20 s
}
