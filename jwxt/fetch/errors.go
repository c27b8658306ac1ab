package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
)

// ErrTLS is the cause where a server's TLS is not acceptable.
var ErrTLS = errors.New("the school's certificate or TLS is not acceptable")

// Causes in our own words: the library's may quote what the server sent.
var (
	errNoHost  = errors.New("the host name was not found")
	errRefused = errors.New("connection refused")
	errReset   = errors.New("connection reset")
	errCut     = errors.New("the answer was cut off")

	errTimeout = errors.New("no answer in time")
	errBroken  = errors.New("the network or the answer is broken")
)

// cause is err without anything a server or a URL put into it. Cancelling and
// deadlines stay recognisable.
func cause(err error) error {
	var dns *net.DNSError
	var network net.Error
	var pin *PinError
	switch {
	case errors.As(err, &pin):
		return pin
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.As(err, &dns):
		return errNoHost
	case errors.Is(err, syscall.ECONNREFUSED):
		return errRefused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return errReset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errCut
	case errors.Is(err, ErrPrivate):
		return ErrPrivate
	case isTLS(err):
		return ErrTLS
	case errors.As(err, &network) && network.Timeout():
		return errTimeout
	}
	return errBroken
}

func isTLS(err error) bool {
	var (
		verify    *tls.CertificateVerificationError
		header    tls.RecordHeaderError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
	)
	return errors.As(err, &verify) || errors.As(err, &header) || errors.As(err, &authority) ||
		errors.As(err, &name) || strings.Contains(err.Error(), "tls: ")
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// SafeURL writes what of u may be shown: scheme, host and path. Session ids
// that some servers put into the path are left out.
func SafeURL(u *url.URL) string {
	if u == nil {
		return ""
	}
	segments := strings.Split(u.EscapedPath(), "/")
	for i, s := range segments {
		s, _, _ = strings.Cut(s, ";")
		if strings.HasPrefix(s, "(") || strings.HasPrefix(s, "%28") {
			s = "(…)"
		}
		segments[i] = s
	}
	return u.Scheme + "://" + u.Host + strings.Join(segments, "/")
}
