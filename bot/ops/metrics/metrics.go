// Package metrics shows an operator's numbers to Prometheus, and tells whoever
// watches the process whether it lives and whether it can serve.
//
// Labels hold words of the program and ids of schools, never anything of a
// person's: a label cannot be taken back, and it is kept by others.
package metrics

import (
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/ops"
)

// Meter is the sink that counts for Prometheus. Make it with New.
type Meter struct {
	ops.Discard
	registry *prometheus.Registry
	schools  []string

	updates, steps, jobs, sent, refused, commits *prometheus.CounterVec
	boards                                       *prometheus.CounterVec
	notices, handedOut                           prometheus.Counter
	jobTime                                      *prometheus.HistogramVec
	commitTime                                   prometheus.Histogram
	queues                                       *prometheus.GaugeVec
	running, outbox                              prometheus.Gauge
}

var _ ops.Sink = (*Meter)(nil)

// other is the label of what is not on the list, such as a school that is no
// longer served.
const other = "other"

// New makes a meter for the schools of these ids. Version labels the build.
func New(schools []string, version string) *Meter {
	m := &Meter{registry: prometheus.NewRegistry(), schools: slices.Clone(schools)}
	m.registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	m.updates = m.counter("updates_total", "Updates from Telegram.", "kind")
	m.steps = m.counter("steps_total", "Steps of dialogues that were stored, by what happened.", "event")
	m.jobs = m.counter("jobs_total", `Jobs at schools that ended; error is "none" where all went well.`, "school", "job", "error")
	m.sent = m.counter("sends_total", `Attempts to send something; "wait" is Telegram's 429.`, "outcome")
	m.refused = m.counter("telegram_refusals_total", "Calls that Telegram refused, polls included, by its error code.", "code")
	m.commits = m.counter("store_commits_total", "Updates of the database.", "ok")
	m.boards = m.counter("board_requests_total", `Notice boards that were asked, by what was wrong; "none" where nothing was.`, "class")
	m.notices = register(m, prometheus.NewCounter(prometheus.CounterOpts{Name: prefix + "board_notices_total", Help: "New notices found on boards."}))
	m.handedOut = register(m, prometheus.NewCounter(prometheus.CounterOpts{
		Name: prefix + "board_handed_out_total", Help: "Chats that something about a board was handed to.",
	}))
	m.queues = register(m, prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: prefix + "school_waiting", Help: "Requests that wait for their turn at a school.",
	}, []string{"school"}))
	m.jobTime = register(m, prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: prefix + "job_seconds", Help: "How long jobs took, waiting included.",
		Buckets: []float64{.1, .25, .5, 1, 2.5, 5, 10, 20, 40, 90},
	}, []string{"school", "job"}))
	m.commitTime = register(m, prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: prefix + "store_commit_seconds", Help: "How long updates of the database took.",
		Buckets: prometheus.ExponentialBuckets(.0005, 3, 9),
	}))
	m.running = m.gauge("jobs_running", "Jobs under way.")
	m.outbox = m.gauge("outbox_waiting", "Chats that have something waiting to be sent.")
	build := register(m, prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: prefix + "build", Help: "Always 1."}, []string{"version"}))
	build.WithLabelValues(version).Set(1)
	return m
}

const prefix = "jwxtbot_"

func (m *Meter) counter(name, help string, labels ...string) *prometheus.CounterVec {
	return register(m, prometheus.NewCounterVec(prometheus.CounterOpts{Name: prefix + name, Help: help}, labels))
}

func (m *Meter) gauge(name, help string) prometheus.Gauge {
	return register(m, prometheus.NewGauge(prometheus.GaugeOpts{Name: prefix + name, Help: help}))
}

func register[C prometheus.Collector](m *Meter, c C) C {
	m.registry.MustRegister(c)
	return c
}

// Update counts an update.
func (m *Meter) Update(kind ops.UpdateKind) {
	m.updates.WithLabelValues(known(kind, ops.UpdateKinds())).Inc()
}

// Step counts a step.
func (m *Meter) Step(event dialogue.EventKind) {
	m.steps.WithLabelValues(known(event, dialogue.EventKinds())).Inc()
}

// Job counts a job.
func (m *Meter) Job(j ops.Job) {
	school, do, kind := known(j.School, m.schools), known(j.Do, dialogue.JobKinds()), "none"
	if j.Failed {
		kind = j.Kind.String()
	}
	m.jobs.WithLabelValues(school, do, kind).Inc()
	m.jobTime.WithLabelValues(school, do).Observe(j.Took.Seconds())
}

// Sent counts an attempt to send.
func (m *Meter) Sent(o msg.Outcome) { m.sent.WithLabelValues(o.String()).Inc() }

// Refused counts a refusal.
func (m *Meter) Refused(code int) {
	m.refused.WithLabelValues(known(strconv.Itoa(code), codes())).Inc()
}

// codes are the error codes that Telegram is known to use.
func codes() []string {
	return []string{"400", "401", "403", "404", "409", "413", "429", "500", "502", "503", "504"}
}

var classShape = regexp.MustCompile(`^[A-Z]{2,10}$`)

// class is a board's class of errors, which is a word of the program.
func class(s string) string {
	switch {
	case s == "":
		return "none"
	case classShape.MatchString(s):
		return s
	}
	return other
}

// Board counts requests, notices and chats.
func (m *Meter) Board(b ops.Board) {
	switch b.Event {
	case ops.Asked:
		m.boards.WithLabelValues(class(b.Class)).Inc()
		m.notices.Add(float64(b.Count))
	case ops.HandedOut:
		m.handedOut.Add(float64(b.Count))
	}
}

// Commit counts a commit.
func (m *Meter) Commit(took time.Duration, ok bool) {
	m.commits.WithLabelValues(strconv.FormatBool(ok)).Inc()
	m.commitTime.Observe(took.Seconds())
}

// Queues sets the lengths of queues.
func (m *Meter) Queues(q ops.Queues) {
	m.running.Set(float64(q.Jobs))
	m.outbox.Set(float64(q.Outbox))
	for _, id := range m.schools {
		if _, ok := q.Schools[id]; !ok {
			m.queues.DeleteLabelValues(id)
		}
	}
	for id := range maps.Keys(q.Schools) {
		m.queues.WithLabelValues(known(id, m.schools)).Set(float64(q.Schools[id]))
	}
}

// known is v as a label, if it is one of those that may be one.
func known[S ~string](v S, list []S) string {
	if slices.Contains(list, v) {
		return string(v)
	}
	return other
}

// Handler serves /metrics, /healthz (the process lives) and /readyz (it can
// serve, by ready). It asks nobody for a password: listen on a private address.
func (m *Meter) Handler(ready func() error) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := ready(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		io.WriteString(w, "ok\n")
	})
	return mux
}
