package markup

import (
	"regexp"
	"strings"
)

var alert = regexp.MustCompile(`^alert\s*\(\s*(?:'([^'\n]+)'|"([^"\n]+)")\s*\)`)

// Alert is the sentence that a script alerts first outside of any function, ""
// without one. Alerts inside functions are for what a person might do wrong and
// say nothing about an answer.
func Alert(script string) string {
	if !strings.Contains(script, "alert") {
		return ""
	}
	depth := 0
	for i := 0; i < len(script); i++ {
		switch c := script[i]; {
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == '\'' || c == '"':
			i = endOfString(script, i)
		case c == '/' && strings.HasPrefix(script[i:], "//"):
			i = endOf(script, i, "\n")
		case c == '/' && strings.HasPrefix(script[i:], "/*"):
			i = endOf(script, i, "*/")
		case c == 'a' && depth <= 0:
			if m := alert.FindStringSubmatch(script[i:]); m != nil {
				return strings.ReplaceAll(m[1]+m[2], `\n`, " ")
			}
		}
	}
	return ""
}

func endOfString(s string, i int) int {
	quote := s[i]
	for i++; i < len(s) && s[i] != quote && s[i] != '\n'; i++ {
		if s[i] == '\\' {
			i++
		}
	}
	return i
}

func endOf(s string, i int, mark string) int {
	if n := strings.Index(s[i:], mark); n >= 0 {
		return i + n + len(mark) - 1
	}
	return len(s)
}
