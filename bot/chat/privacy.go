package chat

import (
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/say"
)

// aboutStored adds to /privacy what is kept for paging, and until when.
func (w *writer) aboutStored(d *say.Data) error {
	for _, what := range []dialogue.What{dialogue.Grades, dialogue.Notices, dialogue.Notice} {
		v, err := w.views.get(w.tx, w.chat, what, w.now)
		if err != nil {
			return err
		}
		if v == nil {
			continue
		}
		d.LastGrades = d.LastGrades || what == dialogue.Grades
		if until := v.Read.Add(viewFor).In(beijing); until.After(d.ViewUntil) {
			d.ViewUntil = until
		}
	}
	return nil
}
