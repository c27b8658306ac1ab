package board

import (
	"cmp"
	"context"
	"strings"
	"time"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/render"
	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt/bulletin"
)

// tapCard takes a tap on a button under a notice. What is for one person only
// is shown in private: from a group the tap leads there.
func (d *Desk) tapCard(ctx context.Context, v chat.Visit, _ []string) (*chat.Turn, error) {
	tap, ok := notify.ParseTap(v.Data)
	if !ok {
		return toast(v, "toast.stale"), nil
	}
	nt, ok, err := d.stored(ctx, tap.Key)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return toast(v, "toast.notice_gone"), nil
	case nt.Inner && tap.Op == notify.TapFiles: // no card has such a button
		return toast(v, "toast.notice_gone"), nil
	case tap.Op == notify.TapRead:
		return d.tapRead(ctx, v, nt)
	case v.ChatKind != msg.Private:
		it := spun(v)
		it.URL = d.link(string(tap.Op), nt.Key, 0)
		return settles(it), nil
	}
	return d.cardAnswer(v, tap.Op, nt), nil
}

// cardAnswer is what a button under a notice gives in private.
func (d *Desk) cardAnswer(v chat.Visit, op notify.TapOp, nt notify.Notice) *chat.Turn {
	var b msg.Body
	switch op {
	case notify.TapFiles:
		b = d.filesBody(v, nt)
	case notify.TapCalendar:
		b = d.calendarBody(v, nt, time.Now())
	default:
		b = remindBody(v, nt, time.Now())
	}
	it := msg.Item{Chat: v.Chat, Op: msg.Send, Body: b}
	if v.Callback == "" {
		return settles(it)
	}
	it.ReplyTo = v.Message
	return settles(spun(v), it)
}

func (d *Desk) filesBody(v chat.Visit, nt notify.Notice) msg.Body {
	files := linked(nt)
	if len(files) == 0 {
		return sentence(v, "browse.no_files", say.Data{Title: nt.Title})
	}
	b := msg.Body{Text: render.BoardFiles(v.Lang, nt.Title, files)}
	if nt.Intranet {
		b.Text += "\n" + say.Text(v.Lang, "board.intranet", say.Data{})
	}
	return b
}

// calendarBody is a file with the day until which a notice asks for something.
func (d *Desk) calendarBody(v chat.Visit, nt notify.Notice, now time.Time) msg.Body {
	at, ok := nt.Deadline()
	if !ok || nt.Personal {
		return sentence(v, "browse.no_deadline", say.Data{Title: nt.Title})
	}
	face := d.Notify.Face(nt)
	file := render.Calendar(render.Event{
		ID: nt.Key, Title: say.Plain(v.Lang, "toast.due", say.Data{Title: nt.Title}), Start: moment(at), AllDay: !at.Timed,
		Place: face.Place, Note: strings.TrimSpace(face.Board + " " + face.URL), URL: face.URL, Made: now,
	})
	return msg.Body{
		Text:     say.Text(v.Lang, "browse.calendar", say.Data{Title: nt.Title, Said: face.Deadline}),
		Document: file, FileName: calendarName(nt.Title),
	}
}

// calendarName is what a calendar's file is called: its notice, without what
// names of files may not have.
func calendarName(title string) string {
	name := strings.Map(func(r rune) rune {
		if r == 0 || strings.ContainsRune(`/\:*?"<>|`, r) {
			return -1
		}
		return r
	}, text.Line(title, 80))
	return cmp.Or(strings.Trim(name, " ."), "notice") + ".ics"
}

// moment is a date as a time; a day is its beginning.
func moment(d bulletin.Date) time.Time {
	return time.Date(d.Year, time.Month(d.Month), d.Day, d.Hour, d.Minute, 0, 0, beijing)
}

// enter answers a link that leads here from a group. Other words after /start
// are not the boards'.
func (d *Desk) enter(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	words, lends := strings.CutPrefix(arg(args, 0), lendWords)
	if lend, ok := parseLend(words); lends && ok && v.ChatKind == msg.Private {
		return d.askLending(ctx, v, lend)
	}
	to, ok := parseLink(arg(args, 0))
	if !ok || v.ChatKind != msg.Private {
		return nil, nil
	}
	nt, ok, err := d.stored(ctx, to.key)
	switch {
	case err != nil:
		return nil, err
	case !ok, nt.Inner && to.op == string(notify.TapFiles):
		return settles(screen(v, sentence(v, "browse.gone", say.Data{}))...), nil
	case to.op == unreadLink:
		return d.unread(ctx, v, nt, to.group)
	}
	return d.cardAnswer(v, cmp.Or(notify.TapOp(to.op), notify.TapRemind), nt), nil
}
