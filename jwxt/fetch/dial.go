package fetch

import (
	"context"
	"net"
	"time"
)

// dialFunc makes a connection.
type dialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

// ipv4Patience is how long IPv4 may take before IPv6 is tried.
const ipv4Patience = 3 * time.Second

// ipv4First tries a name's IPv4 addresses and, where none answers soon, its IPv6
// ones. The error is then that of IPv4.
func ipv4First(ctx context.Context, _, addr string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: ipv4Patience}).DialContext(ctx, "tcp4", addr)
	if err == nil {
		return conn, nil
	}
	conn, err6 := (&net.Dialer{Timeout: connectTimeout}).DialContext(ctx, "tcp6", addr)
	if err6 != nil {
		return nil, err
	}
	return conn, nil
}

// dial is how a school's connections are made.
func dial(ipv4 bool) dialFunc {
	if ipv4 {
		return ipv4First
	}
	return (&net.Dialer{Timeout: connectTimeout}).DialContext
}
