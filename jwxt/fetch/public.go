package fetch

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
)

// ErrPrivate is the cause where an address is not of the public internet.
var ErrPrivate = errors.New("the address is not of the public internet")

// DialPublic makes connections to the public internet only. It looks at the
// address that a name led to, so that neither a redirect nor a name server
// leads inside.
func DialPublic(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: connectTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil || !IsPublic(a.Addr()) {
			return ErrPrivate
		}
		return nil
	}}
	return d.DialContext(ctx, network, addr)
}

// unicast6 is all that is given to anybody in IPv6.
var unicast6 = netip.MustParsePrefix("2000::/3")

// reserved are nets that lead inside although no method of netip says so. Those
// of IPv6 are tunnels, which carry addresses of IPv4.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("2002::/16"),
}

// IsPublic reports whether an address is of the public internet.
func IsPublic(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	for _, p := range reserved {
		if p.Contains(a) {
			return false
		}
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && (a.Is4() || unicast6.Contains(a))
}
