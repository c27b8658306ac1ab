package metrics_test

import (
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/ops"
	"jwxtbot/bot/ops/metrics"
	"jwxtbot/jwxt"
)

// page is what Prometheus reads.
func page(t *testing.T, m *metrics.Meter) string {
	t.Helper()
	rec := httptest.NewRecorder()
	m.Handler(func() error { return nil }).ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
	if rec.Code != 200 {
		t.Fatalf("/metrics is %d: %s", rec.Code, rec.Body)
	}
	return rec.Body.String()
}

func TestPage(t *testing.T) {
	m := metrics.New([]string{"donghu", "xihu"}, "v1")
	m.Update(ops.Text)
	m.Update(ops.Text)
	m.Step(dialogue.CmdGrades)
	m.Job(ops.Job{School: "donghu", Do: dialogue.DoRead, Took: 3 * time.Second})
	m.Job(ops.Job{School: "donghu", Do: dialogue.DoRead, Failed: true, Kind: jwxt.Changed, Took: time.Minute})
	m.Sent(msg.Wait)
	m.Refused(429)
	m.Commit(time.Millisecond, true)
	m.Commit(time.Millisecond, false)
	m.Queues(ops.Queues{Schools: map[string]int{"xihu": 4}, Jobs: 2, Outbox: 7})
	got := page(t, m)
	for _, want := range []string{
		`jwxtbot_build{version="v1"} 1`,
		`jwxtbot_updates_total{kind="text"} 2`,
		`jwxtbot_steps_total{event="/grades"} 1`,
		`jwxtbot_jobs_total{error="none",job="read",school="donghu"} 1`,
		`jwxtbot_jobs_total{error="Changed",job="read",school="donghu"} 1`,
		`jwxtbot_job_seconds_bucket{job="read",school="donghu",le="5"} 1`,
		`jwxtbot_job_seconds_count{job="read",school="donghu"} 2`,
		`jwxtbot_sends_total{outcome="wait"} 1`,
		`jwxtbot_telegram_refusals_total{code="429"} 1`,
		`jwxtbot_store_commits_total{ok="true"} 1`,
		`jwxtbot_store_commits_total{ok="false"} 1`,
		`jwxtbot_store_commit_seconds_count 2`,
		`jwxtbot_school_waiting{school="xihu"} 4`,
		`jwxtbot_jobs_running 2`,
		`jwxtbot_outbox_waiting 7`,
		"go_goroutines ",
	} {
		if !strings.Contains(got, "\n"+want) {
			t.Errorf("the page has no %s", want)
		}
	}
	m.Queues(ops.Queues{})
	if got := page(t, m); strings.Contains(got, "school_waiting{") || !strings.Contains(got, "jwxtbot_outbox_waiting 0") {
		t.Error("a queue that is empty is still shown as long")
	}
}

var label = regexp.MustCompile(`([a-z_]+)="([^"]*)"`)

// TestLabels reports everything there is to report, and things there are not:
// every label is one of a fixed set, or the id of a school.
func TestLabels(t *testing.T) {
	m := metrics.New([]string{"donghu"}, "v1")
	for _, k := range append(ops.UpdateKinds(), "张三") {
		m.Update(k)
	}
	for _, e := range append(dialogue.EventKinds(), "张三") {
		m.Step(e)
	}
	for _, kind := range jwxt.Kinds() {
		for _, do := range append(dialogue.JobKinds(), "2020000001") {
			for _, school := range []string{"donghu", "2020000001"} {
				m.Job(ops.Job{School: school, Do: do, Chat: 2020000001, Failed: true, Kind: kind})
			}
		}
	}
	for _, o := range append(msg.Outcomes(), 77) {
		m.Sent(o)
	}
	for code := range 1000 {
		m.Refused(code)
	}
	m.Commit(0, true)
	m.Queues(ops.Queues{Schools: map[string]int{"donghu": 1, "张三": 2}})
	m.Unknown(ops.Page{School: "donghu", Op: "张三", ID: "张三", Why: "张三"})

	for _, class := range []string{"", "NET", "张三"} {
		m.Board(ops.Board{Event: ops.Asked, Source: "张三", Name: "张三", Class: class, Why: "张三"})
	}

	got := page(t, m)
	if strings.Contains(got, "张三") || strings.Contains(got, "2020000001") {
		t.Errorf("a canary is on the page:\n%s", got)
	}
	words := map[string][]string{
		"school": {"donghu", "other"}, "kind": {"other"}, "event": {"other"}, "job": {"other"}, "error": {"none"},
		"outcome": {"other"}, "ok": {"true", "false"}, "class": {"none", "NET", "other"}, "version": {"v1"},
		"code": {"400", "401", "403", "404", "409", "413", "429", "500", "502", "503", "504", "other"},
	}
	add(words, "kind", ops.UpdateKinds())
	add(words, "event", dialogue.EventKinds())
	add(words, "job", dialogue.JobKinds())
	for _, k := range jwxt.Kinds() {
		words["error"] = append(words["error"], k.String())
	}
	for _, o := range msg.Outcomes() {
		words["outcome"] = append(words["outcome"], o.String())
	}
	seen := map[string]bool{}
	for line := range strings.Lines(got) {
		if !strings.HasPrefix(line, "jwxtbot_") {
			continue // comments, and what the collectors tell of the process
		}
		for _, l := range label.FindAllStringSubmatch(line, -1) {
			if seen[l[1]] = true; l[1] != "le" && !slices.Contains(words[l[1]], l[2]) {
				t.Errorf("label %s is %q", l[1], l[2])
			}
		}
	}
	if want := len(words) + 1; len(seen) != want { // and le, of histograms
		t.Errorf("%d labels are used, want %d: %v", len(seen), want, seen)
	}
}

func add[S ~string](words map[string][]string, label string, list []S) {
	for _, s := range list {
		words[label] = append(words[label], string(s))
	}
}
