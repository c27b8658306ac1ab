package fetch

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"slices"
	"strings"
)

// Trust is which servers are believed to be the ones they say they are. The
// zero Trust believes authorities, over TLS 1.2 or newer.
type Trust struct {
	// Legacy allows TLS 1.0 and the ciphers of its time, as far as Go has them
	// (RSA key exchange, 3DES, RC4), and one renegotiation.
	Legacy bool
	// Keys and Certificates are SHA-256 in hex of public keys (the certificate's
	// SubjectPublicKeyInfo) and of whole certificates. Where there is any, a
	// server must have one of them, and what authorities say does not count.
	Keys, Certificates []string
}

// PinError is a server whose certificate is none of the pinned ones.
type PinError struct {
	Key string // SHA-256 in hex of the public key that it has; "" where it showed none
}

func (e *PinError) Error() string {
	if e.Key == "" {
		return "the server shows no certificate, and one is pinned"
	}
	return "the server's key is not a pinned one; its pin is " + e.Key
}

// Config is what a connection is made with.
func (t Trust) Config() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.Legacy {
		c.MinVersion, c.Renegotiation = tls.VersionTLS10, tls.RenegotiateOnceAsClient
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			c.CipherSuites = append(c.CipherSuites, suite.ID)
		}
	}
	if len(t.Keys)+len(t.Certificates) > 0 {
		c.InsecureSkipVerify = true // VerifyConnection looks instead, and also when a session is resumed
		c.VerifyConnection = t.verify
	}
	return c
}

func (t Trust) verify(cs tls.ConnectionState) error {
	if len(cs.PeerCertificates) == 0 {
		return &PinError{}
	}
	shown := cs.PeerCertificates[0]
	key := KeyPin(shown)
	if has(t.Keys, key) || has(t.Certificates, hexSum(shown.Raw)) {
		return nil
	}
	return &PinError{key}
}

func has(pins []string, pin string) bool {
	return slices.ContainsFunc(pins, func(p string) bool { return strings.EqualFold(p, pin) })
}

// KeyPin is the pin of a certificate's public key.
func KeyPin(c *x509.Certificate) string { return hexSum(c.RawSubjectPublicKeyInfo) }

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
