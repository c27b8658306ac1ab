package fetch_test

import (
	"net/netip"
	"testing"

	"jwxtbot/jwxt/fetch"
)

func TestIsPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"202.114.0.1": true, "2001:da8::1": true, "240e::1": true, "::ffff:202.114.0.1": true,
		"0.0.0.0": false, "10.0.0.1": false, "100.64.0.1": false, "127.0.0.1": false, "169.254.169.254": false, "172.16.0.1": false,
		"192.168.0.1": false, "198.18.0.1": false, "224.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::127.0.0.1": false, "::ffff:127.0.0.1": false, "::ffff:0:127.0.0.1": false, "64:ff9b::7f00:1": false,
		"64:ff9b:1::a00:1": false, "2001::1": false, "2002:7f00:1::1": false, "fc00::1": false, "fec0::1": false, "fe80::1%eth0": false,
		"ff02::1": false, "100::1": false, "5f00::1": false, "4000::1": false,
	} {
		if got := fetch.IsPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %v, want %v", address, got, want)
		}
	}
}
