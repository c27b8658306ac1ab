package campus

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"jwxtbot/jwxt/wengine"
)

// vpnVisit is one request through a VPN.
type vpnVisit struct {
	vpn   *wengine.VPN
	s     *vpnSession
	inner *url.URL
}

// held is an answer that is not sent yet. It is no http.Hijacker: a school that
// cuts its connection cuts the one to the VPN as well.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *held) Header() http.Header { return h.header }

func (h *held) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

func (h *held) Write(b []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(b)
}

// serve asks the school and hands its answer on, rewritten.
func (v vpnVisit) serve(rw http.ResponseWriter, r *http.Request, school http.Handler) {
	answer := &held{header: http.Header{}}
	school.ServeHTTP(answer, v.request(r))
	answer.WriteHeader(http.StatusOK)
	res := http.Response{Header: answer.header}
	v.s.jar.SetCookies(v.inner, res.Cookies())
	answer.header.Del("Set-Cookie")
	if to := answer.header.Get("Location"); to != "" {
		answer.header.Set("Location", v.location(to))
	}
	body := answer.body.Bytes()
	if strings.HasPrefix(answer.header.Get("Content-Type"), "text/html") {
		body = v.rewrite(body)
	}
	for k, vs := range answer.header {
		rw.Header()[k] = vs
	}
	rw.Header().Set("Content-Length", strconv.Itoa(len(body)))
	rw.WriteHeader(answer.status)
	rw.Write(body)
}

// request is what the school gets: the inner address, and its own cookies only.
func (v vpnVisit) request(r *http.Request) *http.Request {
	in := r.Clone(r.Context())
	in.URL = &url.URL{Path: v.inner.Path, RawPath: v.inner.RawPath, RawQuery: v.inner.RawQuery}
	in.Host, in.RequestURI = v.inner.Host, in.URL.RequestURI()
	for _, name := range []string{"Cookie", "Referer", "Origin"} {
		in.Header.Del(name)
	}
	if from, err := url.Parse(r.Referer()); err == nil {
		if page, ok := v.vpn.Unwrap(from); ok {
			in.Header.Set("Referer", page.String())
		}
	}
	if r.Header.Get("Origin") != "" {
		in.Header.Set("Origin", v.inner.Scheme+"://"+v.inner.Host)
	}
	for _, c := range v.s.jar.Cookies(v.inner) {
		in.AddCookie(c)
	}
	return in
}

// location is where a redirect leads, through the VPN.
func (v vpnVisit) location(to string) string {
	u, err := v.inner.Parse(to)
	if err != nil {
		return to
	}
	return v.vpn.Wrap(u).String()
}

var (
	linkShape   = regexp.MustCompile(`(?i)(\s(?:href|src|action)\s*=\s*)(["'])([^"'<>]*)(["'])`)
	scriptShape = regexp.MustCompile(`(?is)(<script(?:\s+type="text/javascript")?\s*>)(.*?)(</script>)`)
	loadShape   = regexp.MustCompile(`(?i)\.(css|js|png|jpg|jpeg|gif)$`)
)

// rewrite does to a page what a WebVPN does.
func (v vpnVisit) rewrite(page []byte) []byte {
	page = scriptShape.ReplaceAllFunc(page, func(script []byte) []byte {
		m := scriptShape.FindSubmatch(script)
		return bytes.Join([][]byte{m[1], []byte("vpn_eval((function(){\n"), m[2], []byte("\n}\n).toString().slice(12, -2),\"\");"), m[3]}, nil)
	})
	page = linkShape.ReplaceAllFunc(page, func(link []byte) []byte {
		m := linkShape.FindSubmatch(link)
		loads := bytes.Contains(bytes.ToLower(m[1]), []byte("src"))
		return bytes.Join([][]byte{m[1], m[2], []byte(v.link(string(m[3]), loads)), m[4]}, nil)
	})
	head := "<head><script>\nvar __vpn_app_hostname_data = \"" + strings.Split(v.vpn.Wrap(v.inner).Path, "/")[2] +
		"\";\nvar __vpn_host_crypt = true;\n</script>\n<script src=\"/wengine-vpn/js/main.js?ver=20211207\" charset=\"utf-8\"></script>"
	return bytes.Replace(page, []byte("<head>"), []byte(head), 1)
}

// link is an address in a page as the VPN writes it. What a page loads is marked.
func (v vpnVisit) link(to string, loads bool) string {
	if to == "" || strings.HasPrefix(to, "#") {
		return to
	}
	u, err := v.inner.Parse(to)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return to
	}
	if strings.HasPrefix(to, "/") || strings.Contains(to, "://") {
		root := v.vpn.Wrap(&url.URL{Scheme: u.Scheme, Host: u.Host}).String()
		to = strings.TrimPrefix(strings.TrimPrefix(to, u.Scheme+":"), "//"+u.Host)
		to = strings.TrimSuffix(root, "/") + to
	}
	if loads || loadShape.MatchString(to) {
		if strings.Contains(to, "?") {
			return to + "&vpn-1"
		}
		return to + "?vpn-1"
	}
	return to
}
