// Package wengine writes and reads the addresses of a 网瑞达 (wengine) WebVPN.
//
// The inner address http://jw.example.edu.cn:8080/jsxsd/?a=1 is reached at
//
//	https://<vpn>/http-8080/<hex of iv><hex of the host's cipher text>/jsxsd/?a=1
//
// where the host's cipher is AES-128 in CFB mode of 128 bits and the port is
// left out where it is the scheme's own. Key and IV are the maker's unless a
// school has others; its pages state both (__vpn_host_crypt_key and …_iv).
// Nothing here is a secret: the cipher only makes host names hard to type.
package wengine

import (
	"bytes"
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"jwxtbot/jwxt"
)

// DefaultKey is the maker's own key, which is its IV as well.
const DefaultKey = "wrdvpnisthebest!"

// VPN is one WebVPN. It may be used by many at once.
type VPN struct {
	root  *url.URL
	block cipher.Block
	iv    []byte
	link  *regexp.Regexp // of a wrapped address in a page
}

// New makes a VPN. It fails where URL, Key or IV cannot be used.
func New(v jwxt.WebVPN) (*VPN, error) {
	root, err := url.Parse(v.URL)
	if err != nil || root.Host == "" || root.Scheme != "https" && root.Scheme != "http" || strings.Trim(root.Path, "/") != "" {
		return nil, errors.New("the WebVPN's address must look like https://webvpn.example.edu.cn")
	}
	key := cmp.Or(v.Key, DefaultKey)
	iv := cmp.Or(v.IV, key)
	if len(key) != aes.BlockSize || len(iv) != aes.BlockSize {
		return nil, fmt.Errorf("the WebVPN's key and iv must have %d bytes", aes.BlockSize)
	}
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		return nil, err
	}
	host := regexp.QuoteMeta(root.Host)
	link := regexp.MustCompile(`(?:(?:https?:)?//` + host + `)?/https?(?:-[0-9]{1,5})?/` + hex.EncodeToString([]byte(iv)) + `(?:[0-9a-f]{2})+`)
	return &VPN{&url.URL{Scheme: root.Scheme, Host: root.Host}, block, []byte(iv), link}, nil
}

// Root is the VPN's own address, without a path.
func (v *VPN) Root() *url.URL {
	u := *v.root
	return &u
}

// Own reports whether an address is at the VPN's host, be it a page of its own
// or a wrapped one. http:// and https:// are not told apart here.
func (v *VPN) Own(u *url.URL) bool {
	return strings.EqualFold(u.Hostname(), v.root.Hostname()) && port(u) == port(v.root)
}

// Wrap is where the inner address u is reached.
func (v *VPN) Wrap(u *url.URL) *url.URL {
	scheme := u.Scheme
	if p := u.Port(); p != "" && p != standard[u.Scheme] {
		scheme += "-" + p
	}
	head := "/" + scheme + "/" + v.encrypt(strings.ToLower(u.Hostname()))
	out := v.Root()
	path, escaped := cmp.Or(u.Path, "/"), cmp.Or(u.EscapedPath(), "/")
	out.Path, out.RawPath = head+path, head+escaped
	out.RawQuery, out.ForceQuery, out.Fragment = u.RawQuery, u.ForceQuery, u.Fragment
	return out
}

// Unwrap is the inner address that u, an absolute address at the VPN, stands
// for. It is false for pages of the VPN's own and for what no VPN would write.
func (v *VPN) Unwrap(u *url.URL) (*url.URL, bool) {
	if !v.Own(u) {
		return nil, false
	}
	way, rest, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	_, rawRest, _ := strings.Cut(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	code, path, _ := strings.Cut(rest, "/")
	_, rawPath, _ := strings.Cut(rawRest, "/")
	scheme, port, _ := strings.Cut(way, "-")
	host, ok := v.decrypt(code)
	if !ok || standard[scheme] == "" || strings.Trim(port, "0123456789") != "" {
		return nil, false
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" && port != standard[scheme] {
		host += ":" + port
	}
	return &url.URL{
		Scheme: scheme, Host: host, Path: "/" + path, RawPath: "/" + rawPath,
		RawQuery: u.RawQuery, ForceQuery: u.ForceQuery, Fragment: u.Fragment,
	}, true
}

// Leads reports whether an address at the VPN has the form of one that leads to
// some inner host, be it one that Unwrap can read or not.
func (v *VPN) Leads(u *url.URL) bool {
	way, _, _ := strings.Cut(strings.TrimLeft(u.Path, "/"), "/")
	scheme, _, _ := strings.Cut(way, "-")
	return v.Own(u) && standard[strings.ToLower(scheme)] != ""
}

// marks are what a VPN adds to addresses of scripts, styles and pictures.
var marks = regexp.MustCompile(`[?&]vpn-[0-9]+(["'])`)

// Restore gives a page back the addresses that it has inside: wrapped ones,
// absolute or from the VPN's root, and those with a ?vpn-1 at the end. What
// scripts are wrapped in (vpn_eval) is left as it is. The result may share
// page's memory.
func (v *VPN) Restore(page []byte) []byte {
	if bytes.Contains(page, []byte(hex.EncodeToString(v.iv))) {
		page = v.link.ReplaceAllFunc(page, v.restore)
	}
	if bytes.Contains(page, []byte("vpn-")) {
		page = marks.ReplaceAll(page, []byte("$1"))
	}
	return page
}

// restore is the inner scheme and host of a wrapped address without its path.
func (v *VPN) restore(link []byte) []byte {
	u, err := v.root.Parse(string(link))
	if err != nil {
		return link
	}
	inner, ok := v.Unwrap(u)
	if !ok {
		return link
	}
	return []byte(inner.Scheme + "://" + inner.Host)
}

var standard = map[string]string{"http": "80", "https": "443"}

// port is an address's port where it is not a standard one.
func port(u *url.URL) string {
	if p := u.Port(); p != "80" && p != "443" {
		return p
	}
	return ""
}

// encrypt is a host as addresses have it, IV first.
func (v *VPN) encrypt(host string) string {
	return hex.EncodeToString(v.iv) + hex.EncodeToString(cfb(v.block, v.iv, []byte(host), false))
}

// hostShape is what a host's name or number may be; a text that was not
// encrypted with this key fails it.
var hostShape = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?$|^[0-9a-f:.]{2,45}$`)

// decrypt is the host of a part of an address. The IV is taken from there.
func (v *VPN) decrypt(code string) (string, bool) {
	raw, err := hex.DecodeString(code)
	if err != nil || len(raw) <= aes.BlockSize {
		return "", false
	}
	host := string(cfb(v.block, raw[:aes.BlockSize], raw[aes.BlockSize:], true))
	return host, hostShape.MatchString(host)
}

// cfb is AES in CFB mode with segments of a whole block. The library's own is
// deprecated, rightly, for anything that shall be kept from somebody.
func cfb(block cipher.Block, iv, in []byte, decrypt bool) []byte {
	out := make([]byte, len(in))
	register, stream := bytes.Clone(iv), make([]byte, aes.BlockSize)
	for at := 0; at < len(in); at += aes.BlockSize {
		block.Encrypt(stream, register)
		end := min(at+aes.BlockSize, len(in))
		for i := at; i < end; i++ {
			out[i] = in[i] ^ stream[i-at]
		}
		if decrypt {
			copy(register, in[at:end])
		} else {
			copy(register, out[at:end])
		}
	}
	return out
}
