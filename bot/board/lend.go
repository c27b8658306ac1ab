package board

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// A group has a school's notices behind the login if one of its administrators
// lends his. He is asked for it in his private chat, into which the group's menu
// leads him, and finds there how to end it. The group sees that its settings were
// changed by an administrator, and not by whom.

// innerID is the source of a school's inner notices.
func (d *Desk) innerID(school string) (source string, ok bool) {
	for _, src := range d.Notify.Sources() {
		if of, inner := notify.Inner(src.ID); inner && of == school {
			return src.ID, true
		}
	}
	return "", false
}

// innerRow is the button of a school's inner notices in a group's menu; none
// where there are none. It costs a read.
func (d *Desk) innerRow(tx store.Tx, v chat.Visit, school string, page int) ([][]msg.Button, error) {
	source, ok := d.innerID(school)
	if !ok || v.ChatKind != msg.Group {
		return nil, nil
	}
	_, on, err := d.Notify.Sub(tx, v.Chat, v.Thread, source)
	label := tick(on, say.Plain(v.Lang, "btn.inner_lend", say.Data{}))
	return [][]msg.Button{{{Text: label, Data: tapData("in", school, strconv.Itoa(page), onOff(!on))}}}, err
}

// tapInner leads an administrator into the private chat, to be asked there; or
// ends the group's inner notices.
func (d *Desk) tapInner(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	source, ok := d.innerID(arg(args, 0))
	if !ok || v.ChatKind != msg.Group {
		return toast(v, "toast.board_gone"), nil
	}
	if arg(args, 2) == "1" {
		it := spun(v)
		it.URL = "https://t.me/" + d.Bot + "?start=" + lendWords + lendTo{notify.Spot{Chat: v.Chat, Thread: v.Thread}, arg(args, 0)}.String()
		turn := settles(it)
		turn.Sets = true // what the group is called is known then
		return turn, nil
	}
	s, ok := find(d.offered(v), arg(args, 0))
	if !ok {
		return toast(v, "toast.board_gone"), nil
	}
	return &chat.Turn{Sets: true, Do: func(tx store.Tx) ([]msg.Item, error) {
		told, err := d.Notify.StopInner(tx, v.Chat, v.Thread, source)
		if err != nil {
			return nil, err
		}
		b, err := d.boards(tx, v, s, pageOf(arg(args, 1)))
		return append(screen(v, b), told...), err
	}}, nil
}

// lendTo is what somebody is asked to lend: a login at a school, to a spot.
type lendTo struct {
	notify.Spot
	school string
}

// lendWords begin what follows /start in a link that asks for a login. Neither a
// token nor a school's id begins so. Anybody can make one up: who comes by it must
// administer the group.
const lendWords = "l_"

// String is the form of links; that of buttons has a colon for each "_".
func (to lendTo) String() string {
	return strings.Join([]string{strconv.FormatInt(to.Chat, 36), strconv.FormatInt(int64(to.Thread), 36), to.school}, "_")
}

func (to lendTo) data(op string) string { return tapData(op, strings.Split(to.String(), "_")...) }

var lendShape = regexp.MustCompile(`^(-[0-9a-z]{1,13})_([0-9a-z]{1,7})_([a-z0-9-]{1,32})$`)

func parseLend(s string) (to lendTo, ok bool) {
	m := lendShape.FindStringSubmatch(s)
	if m == nil {
		return to, false
	}
	chat, err1 := strconv.ParseInt(m[1], 36, 64)
	thread, err2 := strconv.ParseInt(m[2], 36, 32)
	to.Chat, to.Thread, to.school = chat, int(thread), m[3]
	return to, err1 == nil && err2 == nil && chat < 0
}

// lends makes a handler of a button about a lending in a private chat.
func (d *Desk) lends(h func(context.Context, chat.Visit, lendTo) (*chat.Turn, error)) handler {
	return func(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
		to, ok := parseLend(strings.Join(args, "_"))
		if !ok || v.ChatKind != msg.Private {
			return toast(v, "toast.stale"), nil
		}
		return h(ctx, v, to)
	}
}

// mayLend says why somebody cannot lend what he is asked for; nil where he can.
func (d *Desk) mayLend(ctx context.Context, v chat.Visit, to lendTo) *chat.Turn {
	about := d.aboutLending(ctx, v, to)
	refusal := "toast.admins"
	if about.Group != "" { // Telegram is not asked about groups that somebody made up
		refusal = v.MayIn(ctx, to.Chat)
	}
	switch {
	case refusal == "toast.unchecked":
		return settles(screen(v, sentence(v, "group.unchecked", about))...)
	case refusal != "":
		return settles(screen(v, sentence(v, "inner.admins", about))...)
	case v.Login != to.school:
		b := sentence(v, "inner.login_first", about)
		b.Buttons = [][]msg.Button{{button(v.Lang, "btn.login", "login"), button(v.Lang, "btn.inner_go", to.data("lc"))}}
		return settles(screen(v, b)...)
	}
	return nil
}

// aboutLending is what sentences say of a lending. Group is "" if it is not known.
func (d *Desk) aboutLending(ctx context.Context, v chat.Visit, to lendTo) say.Data {
	s, _ := d.Schools.School(to.school)
	return say.Data{School: s.Name, Group: v.TitleOf(ctx, to.Chat)}
}

// askLending tells somebody exactly what he is asked to lend, and asks for it.
func (d *Desk) askLending(ctx context.Context, v chat.Visit, to lendTo) (*chat.Turn, error) {
	if _, ok := d.innerID(to.school); !ok {
		return settles(screen(v, sentence(v, "inner.none", say.Data{}))...), nil
	}
	if no := d.mayLend(ctx, v, to); no != nil {
		return no, nil
	}
	b := sentence(v, "inner.consent", d.aboutLending(ctx, v, to))
	b.Buttons = [][]msg.Button{{button(v.Lang, "btn.inner_yes", to.data("ly"))}, {button(v.Lang, "btn.inner_no", tapData("ln"))}}
	return settles(screen(v, b)...), nil
}

func (d *Desk) refuseLending(_ context.Context, v chat.Visit, _ []string) (*chat.Turn, error) {
	return settles(screen(v, sentence(v, "inner.refused", say.Data{}))...), nil
}

// lend takes a consent. The group is told that notices begin, if they do.
func (d *Desk) lend(ctx context.Context, v chat.Visit, to lendTo) (*chat.Turn, error) {
	source, ok := d.innerID(to.school)
	if !ok {
		return settles(screen(v, sentence(v, "inner.none", say.Data{}))...), nil
	}
	if no := d.mayLend(ctx, v, to); no != nil {
		return no, nil
	}
	latest, _, err := d.newest(ctx, []string{source}, mostLatest)
	if err != nil {
		return nil, err
	}
	done := sentence(v, "inner.lent", d.aboutLending(ctx, v, to))
	done.Buttons = [][]msg.Button{{button(v.Lang, "btn.take_back", takeBackData(to.Spot))}}
	do := func(tx store.Tx) ([]msg.Item, error) {
		_, had, err := d.Notify.Sub(tx, to.Chat, to.Thread, source)
		if err != nil {
			return nil, err
		}
		place, err := d.Notify.Place(tx, to.Chat)
		if err != nil {
			return nil, err
		}
		said, err := d.Notify.Lend(tx, v.Chat, to.school, to.Spot, v.Lang, time.Now())
		if refusal := refusedLending(err); refusal != "" {
			return []msg.Item{alert(v, refusal)}, nil
		}
		if err != nil || had {
			return append(screen(v, done), said...), err
		}
		lang := cmp.Or(place.Lang, v.Lang)
		err = d.Notify.SetPlace(tx, to.Chat, func(p *notify.Place) { p.Lang = lang })
		return append(append(screen(v, done), said...), d.innerBegins(lang, to, latest)...), err
	}
	return &chat.Turn{Do: do, After: func() { d.Notify.Wanted(source) }}, nil
}

func refusedLending(err error) string {
	switch {
	case errors.Is(err, notify.ErrTooMany):
		return "toast.board_many"
	case errors.Is(err, notify.ErrLentEnough):
		return "toast.lent_enough"
	case errors.Is(err, notify.ErrForgetting):
		return "toast.board_wait"
	case errors.Is(err, notify.ErrUnknown):
		return "toast.board_gone"
	}
	return ""
}

// innerBegins is what a group is told: that inner notices come, and the latest of
// them if any are known.
func (d *Desk) innerBegins(l say.Lang, to lendTo, latest []notify.Notice) []msg.Item {
	s, _ := d.Schools.School(to.school)
	admin := say.Plain(l, "btn.board_admin", say.Data{})
	b := msg.Body{Text: say.Text(l, "inner.begun", say.Data{School: s.Name, Who: admin})}
	if len(latest) > 0 {
		b.Text += "\n\n" + digestOf(chat.Visit{Lang: l}, latest).Text
	}
	return []msg.Item{{Chat: to.Chat, Thread: to.Thread, Op: msg.Send, Body: b}}
}

// lendings shows a person what is lent, each with a button that ends it.
func (d *Desk) lendings(ctx context.Context, v chat.Visit, _ []string) (*chat.Turn, error) {
	if v.ChatKind != msg.Private {
		return toast(v, "toast.stale"), nil
	}
	b, err := d.lendingsBody(ctx, v, nil)
	return settles(screen(v, b)...), err
}

// lendingsBody lists what is lent, but for one spot.
func (d *Desk) lendingsBody(ctx context.Context, v chat.Visit, but *notify.Spot) (msg.Body, error) {
	var l notify.Lending
	err := d.DB.View(ctx, func(tx store.Tx) (err error) {
		l, _, err = d.Notify.Lent(tx, v.Chat)
		return err
	})
	if but != nil {
		l.Spots = slices.DeleteFunc(l.Spots, func(at notify.Spot) bool { return at == *but })
	}
	if err != nil || len(l.Spots) == 0 {
		return sentence(v, "inner.nothing_lent", say.Data{}), err
	}
	about := d.aboutLending(ctx, v, lendTo{school: l.School})
	about.Count, about.Pending = len(l.Spots), !l.Asked.IsZero()
	b := sentence(v, "inner.list", about)
	for _, at := range l.Spots {
		group := v.TitleOf(ctx, at.Chat)
		if group == "" {
			group = say.Plain(v.Lang, "btn.some_group", say.Data{})
		}
		label := say.Plain(v.Lang, "btn.take_back", say.Data{}) + " · " + text.Line(group, 28)
		b.Buttons = append(b.Buttons, []msg.Button{{Text: label, Data: takeBackData(at)}})
	}
	return b, nil
}

func takeBackData(at notify.Spot) string {
	return tapData("lx", strconv.FormatInt(at.Chat, 36), strconv.FormatInt(int64(at.Thread), 36))
}

// takeBack ends what is lent to one spot.
func (d *Desk) takeBack(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	to, ok := parseLend(arg(args, 0) + "_" + arg(args, 1) + "_x")
	if !ok || v.ChatKind != msg.Private {
		return toast(v, "toast.stale"), nil
	}
	left, err := d.lendingsBody(ctx, v, &to.Spot)
	if err != nil {
		return nil, err
	}
	left.Text = joined(say.Text(v.Lang, "inner.taken_back", say.Data{}), left.Text)
	return &chat.Turn{Do: func(tx store.Tx) ([]msg.Item, error) {
		said, err := d.Notify.TakeBack(tx, v.Chat, to.Spot)
		return append(screen(v, left), said...), err
	}}, nil
}

// lentRow leads a person from a list to what is lent, if anything is.
func (d *Desk) lentRow(ctx context.Context, v chat.Visit) (row [][]msg.Button, err error) {
	if v.ChatKind != msg.Private {
		return nil, nil
	}
	err = d.DB.View(ctx, func(tx store.Tx) error {
		_, lends, err := d.Notify.Lent(tx, v.Chat)
		if lends {
			row = [][]msg.Button{{button(v.Lang, "btn.lent", tapData(notify.TapLent))}}
		}
		return err
	})
	return row, err
}
