package fetch

import (
	"bytes"

	"jwxtbot/jwxt"
)

// wall reports whether a firewall answered in the school's place. Firewalls
// show themselves by a script of theirs (瑞数, 云锁, 安全狗, 加速乐, 雷池) or,
// on a short page, by a sentence. A page with a table or a form is the
// school's own, whatever words are in it.
func wall(p jwxt.Page) bool {
	const scriptBytes, wordBytes = 16 << 10, 4 << 10
	head := p.Body[:min(len(p.Body), scriptBytes)]
	found := containsAny(head, "$_ts=", "$_ts =", "['$_ts']", `["$_ts"]`, "yunsuo_session", "safedog", "SafeLine", "jsluid")
	if !found && len(p.Body) <= wordBytes {
		found = containsAny(Text(p), "网站防火墙", "Web应用防火墙", "您的请求可能存在威胁",
			"访问被拦截", "请求被拦截", "对网站造成安全威胁")
	}
	return found && !containsAny(p.Body, "<table", "<form")
}

func containsAny(b []byte, marks ...string) bool {
	for _, m := range marks {
		if bytes.Contains(b, []byte(m)) {
			return true
		}
	}
	return false
}
