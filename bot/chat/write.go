package chat

import (
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/bot/work"
	"jwxtbot/store"
)

// writer carries a step's effects out into one transaction.
type writer struct {
	*Shell
	tx    store.Tx
	chat  int64
	rec   *record
	event dialogue.Event
	now   time.Time
	out   *outcome

	erased bool
	kept   *view // what this step keeps for paging
}

// step makes the dialogue's step and writes what follows from it.
func (w *writer) step(callback string) error {
	w.event.HasSecret = w.Vault.Holds(w.chat)
	if err := w.findNotice(); err != nil {
		return err
	}
	var effects []dialogue.Effect
	lang, login := w.rec.State.Lang, w.rec.State.Login
	w.rec.State, effects = dialogue.Step(w.rec.State, w.event, w.env())
	if now := w.rec.State.Lang; now != lang && lang != "" {
		if err := w.boardsSpeak(w.tx, w.chat, say.Lang(now)); err != nil {
			return err
		}
	}
	if err := w.carryOut(effects, callback); err != nil {
		return err
	}
	if err := w.tellSession(login); err != nil {
		return err
	}
	return w.save()
}

func (w *writer) env() dialogue.Env {
	e := dialogue.Env{Now: w.now, Limits: w.Limits, OnlySchool: w.Schools.Only(), Page: w.FormURL != ""}
	if id := w.rec.State.School; id != "" {
		_, served := w.Schools.School(id)
		e.SchoolGone = !served
	}
	return e
}

// carryOut writes the effects in order. A tap is answered first, once, even
// if the step has nothing to say to it, because the button spins until then.
func (w *writer) carryOut(effects []dialogue.Effect, callback string) error {
	if err := w.answerTap(effects, callback); err != nil {
		return err
	}
	for _, fx := range effects {
		if err := w.effect(fx); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) answerTap(effects []dialogue.Effect, callback string) error {
	if callback == "" {
		return nil
	}
	it := msg.Item{Op: msg.Answer, Callback: callback}
	for _, fx := range effects {
		if t, ok := fx.(dialogue.Toast); ok {
			it.Body.Text, it.Alert = w.plain(t.Key), t.Alert
			break
		}
	}
	return w.add(it)
}

func (w *writer) effect(fx dialogue.Effect) error {
	switch fx := fx.(type) {
	case dialogue.Show:
		return w.show(fx)
	case dialogue.ShowView:
		return w.showView(fx)
	case dialogue.KeepView:
		return w.keepView(fx)
	case dialogue.CloseSlot:
		return w.add(msg.Item{Op: msg.Close, Slot: string(fx.Slot)})
	case dialogue.Run:
		j := work.Job{Chat: w.chat, Gen: w.rec.State.Gen, Run: fx}
		w.out.jobs = append(w.out.jobs, j)
		return w.Work.Add(w.tx, j)
	case dialogue.ForgetSecret:
		w.out.forget = true
	case dialogue.DropViews:
		return w.views.drop(w.tx, w.chat)
	case dialogue.Erase:
		w.erased = true
	}
	return nil
}

// add queues an item.
func (w *writer) add(it msg.Item) error {
	it.Chat = w.chat
	serial := w.next(w.rec, w.now)
	w.out.items = true
	return w.Outbox.Add(w.tx, serial, it, w.now)
}

// save stores the chat's row and the time at which it must be looked at again.
func (w *writer) save() error {
	if w.erased {
		return w.eraseAll()
	}
	if err := w.planWake(); err != nil {
		return err
	}
	if *w.rec == (record{}) {
		return nil // a late result for a chat that was erased
	}
	return w.chats.Put(w.tx, chatID(w.chat), *w.rec)
}

// planWake keeps one wake row per chat. A row that is too early stays: when it
// comes due, the next one is planned. So a chat in use writes none.
func (w *writer) planWake() error {
	next := w.rec.State.NextWake(w.Limits)
	planned := w.rec.Wake
	if next.IsZero() || !planned.IsZero() && !next.Before(planned) && planned.After(w.now) {
		return nil
	}
	if !planned.IsZero() {
		if err := w.wakes.Delete(w.tx, wakeID(planned, w.chat)); err != nil {
			return err
		}
	}
	w.rec.Wake = next
	return w.wakes.Put(w.tx, wakeID(next, w.chat), struct{}{})
}

// eraseAll deletes every row of the chat but the items that still wait to be
// sent: they say that all is erased, and then forget the chat's messages.
func (w *writer) eraseAll() error {
	if err := w.views.drop(w.tx, w.chat); err != nil {
		return err
	}
	if !w.rec.Wake.IsZero() {
		if err := w.wakes.Delete(w.tx, wakeID(w.rec.Wake, w.chat)); err != nil {
			return err
		}
	}
	if w.Boards != nil {
		if err := w.Boards.Forget(w.tx, w.chat, w.now); err != nil {
			return err
		}
	}
	if err := w.add(msg.Item{Op: msg.Forget}); err != nil {
		return err
	}
	return w.chats.Delete(w.tx, chatID(w.chat))
}
