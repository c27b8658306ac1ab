package chat

import (
	"context"
	"strconv"
	"strings"

	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
	"jwxtbot/store"
)

// maxPassword is in bytes; no school takes longer ones.
const maxPassword = 128

// maxText is how much of a message is looked at, in bytes.
const maxText = 256

// hear turns an update into an event. If it holds a password, that message is
// deleted before anything else is done with it.
func (s *Shell) hear(ctx context.Context, u msg.Update) (dialogue.Event, error) {
	e := dialogue.Event{Lang: string(say.Guess(u.Language)), Message: u.Message}
	if u.Callback != "" {
		s.tap(u.Data, &e)
		return e, nil
	}
	e.Message = 0
	if k, ok := commands[u.Command]; ok {
		s.command(k, u.Args, &e)
		return e, nil
	}
	secret, err := s.expectsSecret(ctx, u)
	switch {
	case err != nil:
		return e, err
	case u.Media:
		e.Kind = dialogue.Media
		return e, nil
	case secret:
		s.secret(ctx, u, &e)
		return e, nil
	case s.Vault.Matches(u.Chat, u.Text):
		s.unsay(ctx, u, &e)
		e.Kind = dialogue.Text // of no words: it answers no other question
		return e, nil
	case u.Command != "":
		e.Kind, e.Text = dialogue.CmdUnknown, clip(u.Command)
		return e, nil
	}
	e.Kind, e.Text = dialogue.Text, clip(u.Text)
	for _, found := range s.Schools.Search(e.Text) {
		e.Found = append(e.Found, found.ID)
	}
	return e, nil
}

// commands are the words after the slash.
var commands = map[string]dialogue.EventKind{
	"start": dialogue.CmdStart, "help": dialogue.CmdHelp, "login": dialogue.CmdLogin,
	"logout": dialogue.CmdLogout, "grades": dialogue.CmdGrades, "notices": dialogue.CmdNotices,
	"cancel": dialogue.CmdCancel, "privacy": dialogue.CmdPrivacy, "language": dialogue.CmdLanguage,
}

func (s *Shell) command(k dialogue.EventKind, args string, e *dialogue.Event) {
	e.Kind = k
	switch k {
	case dialogue.CmdStart:
		s.deepLink(args, e)
	case dialogue.CmdGrades:
		parseTerm(args, e)
	}
}

// deepLink reads what follows t.me/bot?start=: a command's name or a school.
// Anybody can make such a link, so none ends anything.
func (s *Shell) deepLink(payload string, e *dialogue.Event) {
	if payload == "" {
		return
	}
	if k, ok := commands[payload]; ok && k != dialogue.CmdLogout && k != dialogue.CmdCancel {
		e.Kind = k
		return
	}
	e.Kind, e.Text = dialogue.CmdStartSchool, clip(payload)
	if school, ok := s.Schools.School(payload); ok {
		e.School = school.ID
	}
}

func parseTerm(args string, e *dialogue.Event) {
	if args == "" || strings.EqualFold(args, "all") || args == "全部" || args == "所有" {
		return
	}
	t, err := jwxt.ParseTerm(args)
	if err != nil {
		e.Kind, e.Text = dialogue.CmdBadTerm, clip(args)
		return
	}
	e.Term = t
}

// expectsSecret reports whether the dialogue stands at the question for the
// password. An update that comes again was the answer to an earlier one.
func (s *Shell) expectsSecret(ctx context.Context, u msg.Update) (yes bool, err error) {
	err = s.DB.View(ctx, func(tx store.Tx) error {
		rec, err := s.record(tx, u.Chat)
		if err != nil || rec.State.Place() != dialogue.AskingPassword {
			return err
		}
		seen, err := s.seen.Has(tx, strconv.Itoa(u.ID))
		yes = !seen
		return err
	})
	return yes, err
}

// secret takes a password out of the chat and into memory.
func (s *Shell) secret(ctx context.Context, u msg.Update, e *dialogue.Event) {
	s.unsay(ctx, u, e)
	if password := strings.TrimSpace(u.Text); password == "" || len(password) > maxPassword {
		e.Kind = dialogue.TooBig
		return
	}
	s.Vault.Put(u.Chat, u.Text)
	e.Kind = dialogue.Secret
}

// tap reads a button's data. It is hostile input: whatever is not one of ours,
// or of an older version, is a stale button.
func (s *Shell) tap(data string, e *dialogue.Event) {
	e.Kind = dialogue.TapStale
	op, arg, _ := strings.Cut(data, ":")
	if k, ok := plainTaps[op]; ok {
		e.Kind = k
		return
	}
	switch op {
	case "school":
		e.Kind = dialogue.TapSchool
		if school, ok := s.Schools.School(arg); ok {
			e.School = school.ID
		}
	case "schools":
		if n, ok := number(arg); ok {
			e.Kind, e.Page = dialogue.TapSchoolPage, n
		}
	case "draw":
		e.Kind, e.AskID = dialogue.TapRefresh, arg
	case "retry":
		e.Kind, e.Nonce = dialogue.TapRetry, arg
	case "erase":
		e.Kind, e.Nonce = dialogue.TapEraseYes, arg
		if arg == "" {
			e.Kind = dialogue.TapErase
		}
	case "lang":
		if arg == string(say.Zh) || arg == string(say.En) {
			e.Kind, e.Text = dialogue.TapLanguage, arg
		}
	case "more":
		if n, ok := number(arg); ok {
			e.Kind, e.Page = dialogue.TapNoticeMore, n
		}
	case "g", "n", "d":
		tapView(op, arg, e)
	case "note":
		view, index, _ := strings.Cut(arg, ":")
		if n, ok := number(index); ok {
			e.Kind, e.View, e.Page = dialogue.TapNotice, view, n
		}
	}
}

var plainTaps = map[string]dialogue.EventKind{
	"login": dialogue.TapLogin, "cancel": dialogue.TapCancel,
	"other": dialogue.TapOther, "keep": dialogue.TapKeep,
	"grades": dialogue.CmdGrades, "notices": dialogue.CmdNotices, "logout": dialogue.CmdLogout,
}

// tapView reads "view:page" of a page button.
func tapView(op, arg string, e *dialogue.Event) {
	view, page, _ := strings.Cut(arg, ":")
	n, ok := number(page)
	if !ok {
		return
	}
	e.View, e.Page = view, n
	e.Kind = map[string]dialogue.EventKind{
		"g": dialogue.TapGradePage, "n": dialogue.TapNoticePage, "d": dialogue.TapDetailPage,
	}[op]
}

// number reads a small positive number.
func number(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0 && n < 10000
}

// clip bounds what people type before it is matched, stored or shown.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "")
}
