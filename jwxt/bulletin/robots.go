package bulletin

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Bounds of a robots.txt.
const (
	robotsAge     = 24 * time.Hour
	maxRobotRules = 1000
	maxCrawlDelay = 5 * time.Minute
)

// robots is what a host's robots.txt says to us, and when it was read.
type robots struct {
	at    time.Time
	rules []robotRule
	delay time.Duration
}

type robotRule struct {
	path  string
	match *regexp.Regexp
	allow bool
}

// allowed asks a host's robots.txt, once a day, and then what it says of u. A
// host that has none (4xx) allows everything; one that cannot be asked is an
// error, as the list itself would be. The caller holds the site's turn.
func (r *Reader) allowed(ctx context.Context, s Source, st *site, u *url.URL) error {
	origin := u.Scheme + "://" + u.Host
	rules, ok := st.robots[origin]
	if !ok || time.Since(rules.at) >= robotsAge {
		var err error
		if rules, err = r.askRobots(ctx, s, st, origin); err != nil {
			return err
		}
		st.robots[origin] = rules
	}
	if !rules.permits(u) {
		return &Error{Class: Robots, Err: errors.New("robots.txt asks not to read this")}
	}
	return nil
}

// askRobots follows redirects within the site; one that leads away counts as no
// robots.txt.
func (r *Reader) askRobots(ctx context.Context, s Source, st *site, origin string) (robots, error) {
	at, err := url.Parse(origin + "/robots.txt")
	if err != nil {
		return robots{}, &Error{Class: HTTP, Err: errors.New("the address is broken")}
	}
	jar, _ := cookiejar.New(nil)
	for range maxRedirects {
		p, err := r.send(ctx, s, st, request{method: http.MethodGet, url: at}, jar)
		if err != nil {
			return robots{}, err
		}
		to, ok := redirect(p)
		if ok && siteOf(to) == siteOf(at) {
			at = to
			continue
		}
		if p.Status >= 500 || p.Status == http.StatusTooManyRequests {
			return robots{}, &Error{Class: HTTP, Status: p.Status, RetryAfter: retryAfter(p.Header, time.Now()), Err: errors.New("robots.txt cannot be read")}
		}
		rules := robots{}
		if p.Status == http.StatusOK {
			rules = parseRobots(p.Body, product(r.options.UserAgent))
		}
		rules.at = time.Now()
		return rules, nil
	}
	return robots{at: time.Now()}, nil
}

// product is the name by which robots.txt may speak of us.
func product(agent string) string {
	name, _, _ := strings.Cut(agent, "/")
	name, _, _ = strings.Cut(name, " ")
	return strings.ToLower(name)
}

// parseRobots keeps the group that names us, or else the one for all.
func parseRobots(b []byte, name string) robots {
	var ours, all robots
	named := false
	var current []*robots // groups that the lines belong to
	header := false       // the last line was a User-agent
	sc := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))))
	for sc.Scan() {
		line, _, _ := strings.Cut(sc.Text(), "#")
		key, value, ok := strings.Cut(line, ":")
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		if !ok {
			continue
		}
		if key == "user-agent" {
			if !header {
				current = nil
			}
			header = true
			switch agent := strings.ToLower(value); {
			case agent == "*":
				current = append(current, &all)
			case name != "" && product(agent) == name:
				named = true
				current = append(current, &ours)
			}
			continue
		}
		header = false
		for _, g := range current {
			g.add(key, value)
		}
	}
	if named {
		return ours
	}
	return all
}

func (g *robots) add(key, value string) {
	switch key {
	case "crawl-delay":
		if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 {
			g.delay = time.Duration(min(seconds, maxCrawlDelay.Seconds()) * float64(time.Second))
		}
	case "allow", "disallow":
		if value == "" || len(value) > 1000 || len(g.rules) >= maxRobotRules {
			return
		}
		body, end := strings.CutSuffix(value, "$")
		re := "^" + strings.ReplaceAll(regexp.QuoteMeta(body), `\*`, ".*")
		if end {
			re += "$"
		}
		if match, err := regexp.Compile(re); err == nil {
			g.rules = append(g.rules, robotRule{path: value, match: match, allow: key == "allow"})
		}
	}
}

// permits follows the longest rule that matches; Allow wins a tie.
func (g robots) permits(u *url.URL) bool {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	longest, allow := -1, true
	for _, rule := range g.rules {
		n := len(rule.path)
		if (n > longest || n == longest && rule.allow) && rule.match.MatchString(path) {
			longest, allow = n, rule.allow
		}
	}
	return allow
}
