package chat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
	"jwxtbot/store"
)

// This file is what the login page sees of a chat. Each call names the login
// attempt that the page was opened for; of one that is over nothing is shown
// and nothing done to what came after it.

// FormStage says what the page is to show.
type FormStage string

// The stages. In FormChoose no form is open at the school: FormOpen opens one,
// also after a failure, which Message then tells.
const (
	FormChoose   FormStage = "choose"
	FormOpening  FormStage = "opening"
	FormFilling  FormStage = "filling"
	FormChecking FormStage = "checking"
	FormDone     FormStage = "done" // the login worked
	FormOver     FormStage = "over" // cancelled, timed out, or another was begun
)

// FormView is what the page shows of a login attempt now. Sentences are in the
// chat's language.
type FormView struct {
	Lang    string // zh or en
	Stage   FormStage
	School  string // id, "" while none is chosen
	Name    string // of the school
	Account string
	AskID   string // of FormFilling; goes back with the answers
	Fields  []jwxt.FieldKind
	Image   []byte // nil where there is none, or it was too big: FormRefresh
	Puzzle  *jwxt.Puzzle
	Message string // plain text: what became of the last try, or who is before us in the queue; "" for nothing
	Held    bool   // memory still holds the password of the last try
}

// LogValue keeps what people fill in out of logs.
func (FormView) LogValue() jwxt.LogValue { return jwxt.HiddenLogValue }

// FormEntry is what the person filled in. A password left empty is the one
// that memory still holds.
type FormEntry struct {
	AskID, Account string
	Password       jwxt.Secret
	Captcha        string
	Code           string
	Track          jwxt.Track
}

// LogValue keeps what people fill in out of logs.
func (FormEntry) LogValue() jwxt.LogValue { return jwxt.HiddenLogValue }

// FormAdmit uses up what opened a page; first is false when it was used
// before. It is remembered until then.
func (s *Shell) FormAdmit(ctx context.Context, opening string, until time.Time) (first bool, err error) {
	sum := sha256.Sum256([]byte(opening))
	id := "form/" + hex.EncodeToString(sum[:])
	err = s.update(ctx, func(tx store.Tx) error {
		used, err := s.seen.Has(tx, id)
		if first = !used; err != nil || used {
			return err
		}
		return s.seen.PutUntil(tx, id, struct{}{}, until)
	})
	return first && err == nil, err
}

// FormView is what the page shows now.
func (s *Shell) FormView(ctx context.Context, chat int64, attempt string) (v FormView, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		rec, err := s.record(tx, chat)
		if err != nil {
			return err
		}
		w := writer{Shell: s, tx: tx, chat: chat, rec: &rec, now: time.Now()}
		w.event.Kind = dialogue.LoginFailed // what sentences about failures are then about
		// What ended since the chat was last looked at has ended here, too.
		rec.State, _ = dialogue.Step(rec.State, dialogue.Event{Kind: dialogue.Woke}, w.env())
		v = w.formView(attempt)
		return nil
	})
	return v, err
}

func (w *writer) formView(attempt string) FormView {
	st := w.rec.State
	v := FormView{Lang: st.Lang, Stage: stageOf(st, attempt)}
	if v.Lang == "" {
		v.Lang = string(say.Zh)
	}
	if v.Stage == FormOver || v.Stage == FormDone {
		return v
	}
	v.School, v.Account, v.Held = st.School, st.Account, w.Vault.Holds(w.chat)
	if school, ok := w.Schools.School(st.School); ok {
		v.Name = school.Name
	}
	if v.Stage == FormFilling {
		f := st.Form
		v.AskID, v.Fields, v.Image, v.Puzzle = f.AskID, f.Fields, f.Image, f.Puzzle
	}
	if a := st.Attempt; a.Say != "" {
		w.event.Ahead = a.Ahead
		d := w.data(dialogue.Show{Failure: a.Failure})
		v.Message = text.Plain(quoted.Replace(say.Text(w.lang(), a.Say, d)))
	}
	return v
}

// quoted keeps a school's words apart from ours where there is no HTML.
var quoted = strings.NewReplacer("<blockquote>", "“", "</blockquote>", "”")

func stageOf(st dialogue.State, attempt string) FormStage {
	a := st.Attempt
	switch {
	case a == nil || a.ID != attempt:
		return FormOver
	case a.Done:
		return FormDone
	}
	switch p := st.Place(); {
	case p == dialogue.Opening:
		return FormOpening
	case p == dialogue.Submitting:
		return FormChecking
	case p == dialogue.FillingForm && st.Form != nil:
		return FormFilling
	}
	return FormChoose
}

// FormOpen opens the form of a school. What comes of it is seen in FormView.
func (s *Shell) FormOpen(ctx context.Context, chat int64, attempt, school, account string) error {
	e := dialogue.Event{Kind: dialogue.FormOpen, Account: clip(account)}
	if found, ok := s.Schools.School(school); ok {
		e.School = found.ID
	}
	return s.formStep(ctx, chat, attempt, e, always)
}

// FormRefresh draws the next picture of the form that is open. It does nothing
// if askID is not the latest picture's.
func (s *Shell) FormRefresh(ctx context.Context, chat int64, attempt, askID string) error {
	return s.formStep(ctx, chat, attempt, dialogue.Event{Kind: dialogue.FormRefresh, AskID: clip(askID)}, always)
}

// FormSubmit posts the form that is open, once, if it is complete and the
// answers are to its latest picture. Otherwise FormView tells what is wrong.
func (s *Shell) FormSubmit(ctx context.Context, chat int64, attempt string, f FormEntry) error {
	e := dialogue.Event{
		Kind: dialogue.FormSubmit, AskID: clip(f.AskID), Account: clip(f.Account),
		Text: clip(f.Captcha), Code: clip(f.Code), Track: f.Track,
	}
	password := string(f.Password)
	e.Fresh = strings.TrimSpace(password) != "" && len(password) <= maxPassword
	put := false
	// The password goes to memory within the transaction: of an attempt that
	// is over, it must not take the place of a later one's.
	err := s.formStep(ctx, chat, attempt, e, func(_ store.Tx, rec *record) (bool, error) {
		if e.Fresh && expects(rec.State, attempt, e.AskID) {
			s.Vault.Put(chat, password)
			put = true
		}
		return true, nil
	})
	if err != nil && put {
		s.Vault.Wipe(chat)
	}
	return err
}

// expects reports whether the form of that picture is open on the page.
func expects(st dialogue.State, attempt, askID string) bool {
	return stageOf(st, attempt) == FormFilling && st.Form.AskID == askID
}

func always(store.Tx, *record) (bool, error) { return true, nil }

func (s *Shell) formStep(ctx context.Context, chat int64, attempt string, e dialogue.Event, first func(store.Tx, *record) (bool, error)) error {
	e.Attempt = clip(attempt)
	return safely(func() error { return s.step(ctx, chat, step{event: e, first: first}) })
}

// FormSchools are the schools that a person may mean, or the first of all
// where nothing was typed. Only ID and Name count.
func (s *Shell) FormSchools(query string, limit int) (out []jwxt.School) {
	if strings.TrimSpace(query) != "" {
		out = s.Schools.Search(clip(query))
		return out[:min(len(out), limit)]
	}
	_, _, pages := s.Schools.Page(1)
	for n := 1; n <= pages && len(out) < limit; n++ {
		page, _, _ := s.Schools.Page(n)
		out = append(out, page...)
	}
	return out[:min(len(out), limit)]
}
