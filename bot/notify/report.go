package notify

import "jwxtbot/bot/ops"

// ReportTo is what Parts.Report is where an operator is to know. Name is what a
// board is called, by its id.
func ReportTo(sink ops.Sink, name func(id string) string) func(Report) {
	events := map[ReportKind]ops.BoardEvent{
		Polled: ops.Asked, FannedOut: ops.HandedOut, Failing: ops.Failing, Recovered: ops.Recovered, Held: ops.Held,
	}
	return func(r Report) {
		sink.Board(ops.Board{
			Event: events[r.Kind], Source: r.Source, Name: name(r.Source), Class: string(r.Class), Count: r.Count, Why: r.Why,
		})
	}
}
