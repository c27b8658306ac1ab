package dialogue

// Row is one line of the table: standing in one of From, when one of On
// happens and If holds, Do is done and the chat goes To.
type Row struct {
	From []Place     // nil: from anywhere
	On   []EventKind // never empty
	If   Guard       // nil: always
	Do   Action      // nil: nothing
	To   Place       // "": stay
}

// Guard decides whether a row applies. Its name is the diagram's condition.
type Guard struct {
	Name string
	Test func(*turn) bool
}

// Action is what a row does. Its name is the diagram's label.
type Action struct {
	Name string
	Do   func(*turn)
}

// turn is one step being made.
type turn struct {
	State
	e   Event
	env Env
	fx  []Effect
}

// Step makes one step. It first lets whatever has come of age end, then finds
// the first row of the table that applies. A result of a job that no longer
// counts changes nothing.
func Step(s State, e Event, env Env) (State, []Effect) {
	t := &turn{State: s.clone(), e: e, env: env}
	if t.Lang == "" {
		t.Lang = e.Lang
	}
	for t.due() {
		t.apply(Woke)
	}
	if e.Kind != Woke && (!e.isResult() || e.Gen == t.Gen) {
		t.apply(e.Kind)
	}
	return t.State, t.fx
}

// due reports whether something ends by itself now.
func (t *turn) due() bool {
	next := t.NextWake(t.env.Limits)
	return !next.IsZero() && !t.env.Now.Before(next)
}

func (t *turn) apply(k EventKind) {
	row := find(t, k)
	if row == nil {
		return
	}
	from := t.Place()
	if row.Do.Do != nil {
		row.Do.Do(t)
	}
	to := row.To
	if to == "" {
		to = from
	}
	t.At = to
	switch {
	case to == Idle:
		t.Until = zeroTime
	case row.To != "":
		t.Until = t.env.Now.Add(t.env.Limits.Attempt)
	}
}

// find is the first row that applies, or nil.
func find(t *turn, k EventKind) *Row {
	at := t.Place()
	for i := range table {
		row := &table[i]
		if row.matches(at, k) && (row.If.Test == nil || row.If.Test(t)) {
			return row
		}
	}
	return nil
}
