package ops

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
)

// mostSchools is how many schools a status speaks of, the worst first.
const mostSchools = 15

// Status is the answer to /status: the last hour, and what waits now.
func (d *Desk) Status() string {
	q, now := d.house.Queues(), time.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	schools := d.tally(q, now)
	sent := d.sent.sums(now)
	up := now.Sub(d.began)
	about := say.Data{
		Version: d.Version, Schools: d.house.Schools.Len(),
		Days: int(up.Hours()) / 24, Hours: int(up.Hours()) % 24, Minutes: int(up.Minutes()) % 60,
		Running: q.Jobs, Waiting: q.Outbox,
		Delivered: sent[msg.Sent], Paused: sent[msg.Wait], Undelivered: sent[msg.Retry] + sent[msg.Reject] + sent[msg.Gone],
	}
	for _, s := range schools {
		about.Jobs, about.Failed = about.Jobs+s.jobs, about.Failed+s.failed
	}
	lines := []string{say.Text(d.Lang, "status.head", about), ""}
	for _, s := range schools[:min(len(schools), mostSchools)] {
		lines = append(lines, say.Text(d.Lang, "status.school", d.about(s.id, say.Data{
			Waiting: s.waiting, Jobs: s.jobs, Failed: s.failed, Kind: s.kinds, Pending: s.trouble,
		})))
	}
	if quiet := d.house.Schools.Len() - min(len(schools), mostSchools); quiet > 0 {
		lines = append(lines, say.Text(d.Lang, "status.others", say.Data{Count: quiet}))
	}
	return strings.Join(lines, "\n")
}

// tally is what a status says of one school.
type tally struct {
	id                    string
	jobs, failed, waiting int
	kinds                 string // of the failures, the commonest first
	trouble               bool
}

// tally sums up the schools of which there is something to say.
func (d *Desk) tally(q Queues, now time.Time) []tally {
	byID := map[string]*tally{}
	of := func(id string) *tally {
		if byID[id] == nil {
			t := d.schools[id]
			byID[id] = &tally{id: id, waiting: q.Schools[id], trouble: t != nil && !t.since.IsZero()}
		}
		return byID[id]
	}
	for id := range q.Schools {
		of(id)
	}
	kinds := map[string]map[string]int{}
	for o, n := range d.jobs.sums(now) {
		t := of(o.school)
		t.jobs += n
		if o.kind == "" {
			continue
		}
		t.failed += n
		if kinds[o.school] == nil {
			kinds[o.school] = map[string]int{}
		}
		kinds[o.school][o.kind] = n
	}
	var out []tally
	for id, t := range byID {
		t.kinds = commonest(kinds[id])
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b tally) int {
		return cmp.Or(cmp.Compare(b.failed, a.failed), cmp.Compare(b.waiting, a.waiting), cmp.Compare(b.jobs, a.jobs), cmp.Compare(a.id, b.id))
	})
	return out
}

func commonest(counts map[string]int) string {
	kinds := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for i, k := range kinds {
		kinds[i] = fmt.Sprintf("%s %d", k, counts[k])
	}
	return strings.Join(kinds, ", ")
}
