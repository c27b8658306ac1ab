package bulletin

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"jwxtbot/jwxt/fetch"
)

const (
	connectTimeout = 10 * time.Second
	idleTimeout    = 15 * time.Second
	maxHeaderBytes = 256 << 10
)

// way is how connections of a source are made; sources of one way share them.
type way struct {
	proxy, pin string
	legacy     bool
}

func (r *Reader) transport(s Source) (*http.Transport, error) {
	w := way{s.Proxy, s.PinSHA256, s.LegacyTLS}
	r.mu.Lock()
	defer r.mu.Unlock()
	if t, ok := r.transports[w]; ok {
		return t, nil
	}
	t := &http.Transport{
		DialContext:            r.dialer(w.proxy == ""),
		TLSClientConfig:        w.trust().Config(),
		TLSHandshakeTimeout:    connectTimeout,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConnsPerHost:    1,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
	if w.proxy != "" {
		u, err := url.Parse(w.proxy)
		if err != nil {
			return nil, errors.New("the proxy's URL is broken") // it may hold a password
		}
		t.Proxy = http.ProxyURL(u)
	}
	r.transports[w] = t
	return t, nil
}

// dialer makes connections. Without a proxy it looks at the address that a name
// led to, so that neither a redirect nor a name server leads inside.
func (r *Reader) dialer(direct bool) func(context.Context, string, string) (net.Conn, error) {
	if r.options.Dial != nil {
		return r.options.Dial
	}
	if direct && !r.options.AllowPrivate {
		return fetch.DialPublic
	}
	return (&net.Dialer{Timeout: connectTimeout}).DialContext
}

// public refuses addresses that are written as numbers and not public. Behind a
// proxy it is the proxy that looks names up.
func (r *Reader) public(u *url.URL) error {
	a, err := netip.ParseAddr(u.Hostname())
	if err == nil && !r.options.AllowPrivate && !fetch.IsPublic(a) {
		return fetch.ErrPrivate
	}
	return nil
}

// trust is the pinned certificate and no other, or the authorities.
func (w way) trust() fetch.Trust {
	t := fetch.Trust{Legacy: w.legacy}
	if w.pin != "" {
		t.Certificates = []string{w.pin}
	}
	return t
}

var errPin = errors.New("the certificate is not the pinned one")

// broken classifies a request that got no answer. The library's words may quote
// what a server sent, so ours stand for them. Of ctx only its own end counts.
func broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var (
		dns       *net.DNSError
		network   net.Error
		verify    *tls.CertificateVerificationError
		header    tls.RecordHeaderError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		pin       *fetch.PinError
	)
	switch {
	case errors.Is(err, fetch.ErrPrivate):
		return &Error{Class: Net, Err: fetch.ErrPrivate}
	case errors.As(err, &pin):
		return &Error{Class: TLS, Err: errPin}
	case errors.As(err, &verify), errors.As(err, &authority), errors.As(err, &name):
		return &Error{Class: TLS, Err: errors.New("the certificate is not trusted")}
	case errors.As(err, &header), strings.Contains(err.Error(), "tls: "):
		return &Error{Class: TLS, Err: errors.New("the server's TLS is not acceptable")}
	case errors.As(err, &dns):
		return &Error{Class: Net, Err: errors.New("the host name was not found")}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &Error{Class: Net, Err: errors.New("connection refused")}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return &Error{Class: Net, Err: errors.New("no answer in time")}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return &Error{Class: Net, Err: errors.New("the answer was cut off")}
	}
	return &Error{Class: Net, Err: errors.New("the network or the answer is broken")}
}
