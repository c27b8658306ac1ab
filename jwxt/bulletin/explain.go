package bulletin

import (
	"fmt"
	"net/url"
	"strings"
)

// Explain says, for an operator, how a list was recognised.
func Explain(s Source, l List) string {
	switch l.Preset {
	case KindSelectors:
		return fmt.Sprintf("the description's rows %q: %d articles", s.Rules.Item, len(l.Items))
	case KindJSON:
		return fmt.Sprintf("the answer is JSON: %d articles", len(l.Items))
	case KindFeed:
		return fmt.Sprintf("the answer is a feed: %d articles", len(l.Items))
	}
	system := map[string]string{KindVSB: "博达 VSB", KindSudy: "苏迪 WebPlus"}[l.Preset]
	n, example := 0, ""
	for _, it := range l.Items {
		if strings.HasPrefix(it.ID, l.Preset+":") {
			n++
			example = it.URL
		}
	}
	if u, err := url.Parse(example); err == nil {
		example = u.RequestURI()
	}
	return fmt.Sprintf("%d links have the shape of articles of %s, such as %s", n, system, example)
}
