package config

import (
	"net"
	"net/url"
	"slices"
	"strconv"
)

// checkWebhook knows what Telegram refuses only later, one update at a time.
func (d document) checkWebhook(f *mainFile) {
	t := f.Telegram
	switch {
	case t.Webhook == "" && t.Listen != "":
		d.Add(d.Line(-1, "telegram", "listen"), "telegram.listen needs telegram.webhook, the public URL")
	case t.Webhook != "" && t.Listen == "":
		d.Add(d.Line(-1, "telegram", "webhook"), "telegram.webhook needs telegram.listen, where the reverse proxy finds the bot")
	}
	if t.Webhook != "" && !isWebhook(t.Webhook) {
		d.Add(d.Line(-1, "telegram", "webhook"),
			"telegram.webhook must be an https:// URL without user, query and fragment, at port 443, 80, 88 or 8443")
	}
	if t.Listen != "" && !isAddress(t.Listen) {
		d.Add(d.Line(-1, "telegram", "listen"), "telegram.listen %q must be an address like 127.0.0.1:8443", t.Listen)
	}
}

func isWebhook(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil &&
		u.RawQuery == "" && u.Fragment == "" &&
		slices.Contains([]string{"", "443", "80", "88", "8443"}, u.Port())
}

func isAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	n, numErr := strconv.ParseUint(port, 10, 16)
	return err == nil && numErr == nil && n > 0
}
