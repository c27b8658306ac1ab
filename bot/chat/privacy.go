package chat

import (
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/say"
)

// aboutStored fills in what /privacy tells: all that is kept, and until when.
func (w *writer) aboutStored(d *say.Data) error {
	st := w.rec.State
	again := st.Attempt != nil && !st.Attempt.Done // a login that failed can be tried again
	d.Pending, d.Minutes = st.Place() != dialogue.Idle || again, int(w.Limits.Attempt.Minutes())
	if st.Login != nil {
		d.School = st.Login.School
		if school, ok := w.Schools.School(d.School); ok {
			d.School = school.Name
		}
	}
	if w.Boards != nil {
		kept, err := w.Boards.Kept(w.tx, w.chat, w.now)
		if err != nil {
			return err
		}
		d.Lent = kept.Lent
		d.Pushed, d.Reminders, d.Groups = kept.Settings, kept.Reminders, kept.Groups
	}
	for _, what := range []dialogue.What{dialogue.Grades, dialogue.Notices, dialogue.Notice} {
		v, err := w.views.get(w.tx, w.chat, what, w.now)
		if err != nil {
			return err
		}
		if v == nil {
			continue
		}
		d.Answers = true
		if until := v.Read.Add(viewFor).In(beijing); until.After(d.ViewUntil) {
			d.ViewUntil = until
		}
	}
	return nil
}
