package dialogue

import (
	"fmt"
	"slices"
	"strings"
)

// Mermaid draws the table as a Mermaid state diagram. Rows that stay where
// they are, and those that lead to Idle from anywhere, are left out. Of what
// counts from many places, the arrow from Idle stands for all.
func Mermaid() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n    [*] --> " + name(Idle) + "\n")
	type arrow struct{ from, to string }
	labels := map[arrow][]string{}
	var order []arrow
	for _, r := range table {
		if r.To == "" || r.From == nil && r.To == Idle {
			continue
		}
		for _, p := range drawn(r.From) {
			a := arrow{name(p), name(r.To)}
			if labels[a] == nil {
				order = append(order, a)
			}
			if l := label(r); !slices.Contains(labels[a], l) {
				labels[a] = append(labels[a], l)
			}
		}
	}
	for _, a := range order {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", a.from, a.to, strings.Join(labels[a], "<br>"))
	}
	return b.String()
}

func drawn(from []Place) []Place {
	switch {
	case from == nil || len(from) > 3 && slices.Contains(from, Idle):
		return []Place{Idle}
	case len(from) <= 3:
		return from
	}
	return nil
}

// name is a place as Mermaid takes it.
func name(p Place) string { return strings.ReplaceAll(string(p), "-", "_") }

func label(r Row) string {
	var on []string
	for _, k := range r.On {
		on = append(on, strings.TrimPrefix(string(k), "tap "))
	}
	s := strings.Join(on, ", ")
	if r.If.Name != "" {
		s += " [" + r.If.Name + "]"
	}
	return s
}
