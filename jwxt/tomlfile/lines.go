package tomlfile

import "strings"

// keyLines finds the line of every key of src, in the order in which
// toml.MetaData.Keys lists them: one for each header and one for each "=",
// those in inline tables included. The library keeps one position per name
// only, which for [[school]] is always the last one. src must be valid TOML.
func keyLines(src string) []int {
	var lines []int
	line, depth, start := 1, 0, true
	for i := 0; i < len(src); i++ {
		switch c := src[i]; c {
		case ' ', '\t', '\r':
			continue
		case '\n':
			line++
			start = start || depth == 0
			continue
		case '#':
			i += strings.IndexByte(src[i:]+"\n", '\n') - 1
			continue
		case '"', '\'':
			end := stringEnd(src, i)
			line += strings.Count(src[i:end], "\n")
			i = end - 1
		case '=':
			lines = append(lines, line)
		case '[', '{':
			if start && depth == 0 {
				lines = append(lines, line)
			}
			depth++
		case ']', '}':
			depth--
		}
		start = false
	}
	return lines
}

// stringEnd is the index after the TOML string that begins at src[i].
func stringEnd(src string, i int) int {
	quote := src[i : i+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(src[i:], triple) {
		quote = triple
	}
	for j := i + len(quote); j < len(src); j++ {
		switch {
		case src[j] == '\\' && quote[0] == '"':
			j++
		case strings.HasPrefix(src[j:], quote):
			j += len(quote)
			// Up to two quotes may stand right before the closing three.
			for len(quote) == 3 && strings.HasPrefix(src[j:], quote[:1]) {
				j++
			}
			return j
		}
	}
	return len(src)
}
