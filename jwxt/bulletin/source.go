package bulletin

import "time"

// Source is one column of one board. Only ID, Name and URL are required.
type Source struct {
	ID     string // stable, 1 to 32 of [a-z0-9-]; stored with subscriptions
	School string // id of the school it belongs to; empty: of none
	Name   string // what people choose it by: 教务处通知
	URL    string // the list, or the feed

	Rules Rules // empty: found by the shape of links

	Proxy string // http, https or socks5 URL; empty: direct
	// PinSHA256 is the hex SHA-256 of the server certificate's DER form, to be
	// trusted in place of what authorities say. LegacyTLS allows TLS 1.0.
	PinSHA256 string
	LegacyTLS bool

	// Every is how often it is asked by day; 0 means 20 minutes.
	Every time.Duration
	// Origin says where the description comes from and when it held.
	Origin string
}

// Rules say where things are on a board whose pages do not show it by
// themselves.
type Rules struct {
	Item, Title, Link, Date string // selectors; Title, Link and Date within Item
}
