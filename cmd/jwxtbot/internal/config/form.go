package config

import "net/url"

// checkForm knows what Telegram refuses when a button names the page, which
// would be in the middle of somebody's login.
func (d document) checkForm(f *mainFile) {
	form := f.Form
	switch {
	case form.URL == "" && form.Listen != "":
		d.Add(d.Line(-1, "form", "listen"), "form.listen needs form.url, the public URL")
	case form.URL != "" && form.Listen == "":
		d.Add(d.Line(-1, "form", "url"), "form.url needs form.listen, where the reverse proxy finds the page")
	}
	if form.URL != "" && !isPage(form.URL) {
		d.Add(d.Line(-1, "form", "url"), "form.url must be an https:// URL without user, query and fragment")
	}
	switch {
	case form.Listen == "":
	case !isAddress(form.Listen):
		d.Add(d.Line(-1, "form", "listen"), "form.listen %q must be an address like 127.0.0.1:8444", form.Listen)
	case form.Listen == f.Telegram.Listen || form.Listen == f.Operator.Listen:
		d.Add(d.Line(-1, "form", "listen"), "form.listen %q is used already; the page needs an address of its own", form.Listen)
	}
}

func isPage(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil &&
		u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}
