package board

import (
	"cmp"
	"context"
	"strconv"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/store"
)

// The ops of people who read boards, in private chats:
//
//	b:bh:<page>                    schools that have boards
//	b:bs:<page>:<school>           a school's boards
//	b:bl:<page>:<source>           what is stored of a board
//	b:bm:<0 or 1>:<page>:<source>  push it to this person, or not
//	b:bd:<key>:<tag>:<page>:<part> a notice, found on that page of that list
//	b:bq:<school>                  ask for a word
//	b:bf:<page>                    what was found
//
// browsing adds them, /notices, and the links that lead from groups.
func (d *Desk) browsing() {
	d.commands["notices"] = d.notices
	d.commands["start"] = d.enter
	for op, h := range map[string]handler{
		"bh": d.openSchools, "bs": d.openSchool, "bl": d.openList, "bm": d.toggleMine, "bd": d.openNotice,
		"bq": d.askWord, "bf": d.openFound, "rt": d.remindAt, "rc": d.unremind,
		"f": d.tapCard, "c": d.tapCard, "r": d.tapCard, "k": d.tapCard,
	} {
		d.taps[op] = h
	}
}

// notices answers /notices. Where there is nothing of boards to show, it is not
// the boards'.
func (d *Desk) notices(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	if v.ChatKind != msg.Private {
		return d.groupLatest(ctx, v)
	}
	home, ok := d.home(v)
	switch {
	case !ok:
		return nil, nil
	case arg(args, 0) != "":
		return d.find(ctx, v, home.ID, args[0])
	case home.ID == "":
		return d.shows(v, d.schoolMenu(v, 1)), nil
	}
	return d.shows(v, d.boardMenu(v, home, 1)), nil
}

// home is whose boards somebody is shown first: those of the own school, or of
// the only one that has any; the zero school where there is a choice. It is not
// ok where there are none.
func (d *Desk) home(v chat.Visit) (home school, ok bool) {
	if own := cmp.Or(v.School, d.Schools.Only()); own != "" {
		return d.school(v.Lang, own)
	}
	all := d.schools(v.Lang)
	if len(all) == 1 {
		return all[0], true
	}
	return school{}, len(all) > 0
}

func (d *Desk) openSchools(_ context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	return d.shows(v, d.schoolMenu(v, pageOf(arg(args, 0)))), nil
}

func (d *Desk) openSchool(_ context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	s, ok := d.school(v.Lang, arg(args, 1))
	if !ok {
		return toast(v, "toast.stale"), nil
	}
	return d.shows(v, d.boardMenu(v, s, pageOf(args[0]))), nil
}

// schoolMenu offers the schools that have boards.
func (d *Desk) schoolMenu(v chat.Visit, page int) msg.Body {
	some, page, pages := pageFrom(d.schools(v.Lang), page)
	body := sentence(v, "browse.schools", say.Data{})
	for _, s := range some {
		body.Buttons = append(body.Buttons, []msg.Button{named(s.Name, tapData("bs", "1", s.ID))})
	}
	return turning(v.Lang, body, page, pages, func(n int) string { return tapData("bh", strconv.Itoa(n)) })
}

// boardMenu offers a school's boards, and its notices behind the login.
func (d *Desk) boardMenu(v chat.Visit, s school, page int) msg.Body {
	some, page, pages := pageFrom(s.Boards, page)
	body := sentence(v, "browse.home", say.Data{School: s.Name})
	for _, src := range some {
		body.Buttons = append(body.Buttons, []msg.Button{named(s.boardName(src), tapData("bl", "1", src.ID))})
	}
	body = turning(v.Lang, body, page, pages, func(n int) string { return tapData("bs", strconv.Itoa(n), s.ID) })
	if d.hasInner(v, s.ID) {
		body.Buttons = append(body.Buttons, []msg.Button{button(v.Lang, "btn.inner", "notices")})
	}
	last := []msg.Button{button(v.Lang, "btn.search", tapData("bq", s.ID))}
	if len(d.schools(v.Lang)) > 1 {
		last = append(last, button(v.Lang, "btn.schools", tapData("bh", "1")))
	}
	body.Buttons = append(body.Buttons, last)
	return body
}

// named is a button with a name from outside.
func named(name, data string) msg.Button {
	return msg.Button{Text: cmp.Or(text.Line(name, 40), "—"), Data: data}
}

// hasInner reports whether a school has notices that a login shows to this
// person, whose login is at one school.
func (d *Desk) hasInner(v chat.Visit, school string) bool {
	if v.School != "" && v.School != school {
		return false
	}
	driver, ok := d.Schools.Driver(school)
	if !ok {
		return false
	}
	_, ok = jwxt.As[jwxt.NoticeReader](driver)
	return ok
}

// openList shows what is stored of a board, and asks it behind.
func (d *Desk) openList(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	src, ok := d.public(arg(args, 1))
	if !ok {
		return toast(v, "toast.stale"), nil
	}
	page := pageOf(args[0])
	shown, err := d.listing(ctx, v, src, page)
	if err != nil {
		return nil, err
	}
	d.Notify.Asked(src.ID)
	turn := d.shows(v, shown.body)
	if page == 1 {
		d.behind(turn, v, d.refresh(v, src, shown.print))
	}
	return turn, nil
}

// refresh asks a board, and shows its list anew if that brought something.
func (d *Desk) refresh(v chat.Visit, src bulletin.Source, print string) reading {
	return func(ctx context.Context) (*msg.Body, error) {
		if asked, err := d.Notify.Refresh(ctx, src.ID); err != nil || !asked {
			return nil, err
		}
		now, err := d.listing(ctx, v, src, 1)
		if err != nil || now.print == print {
			return nil, err
		}
		return &now.body, nil
	}
}

// toggleMine pushes a board's notices to a person, or ceases to. The list stays
// where it is, with the other button.
func (d *Desk) toggleMine(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	src, ok := d.public(arg(args, 2))
	if !ok || v.ChatKind != msg.Private {
		return toast(v, "toast.stale"), nil
	}
	shown, err := d.listing(ctx, v, src, pageOf(args[1]))
	if err != nil {
		return nil, err
	}
	on := args[0] == "1"
	turn := d.shows(v, shown.with(d, v, src, on))
	show := turn.Do
	turn.Do = func(tx store.Tx) ([]msg.Item, error) {
		refusal, err := d.pushToMe(tx, v, src.ID, on)
		if err != nil {
			return nil, err
		}
		if refusal != "" {
			return []msg.Item{alert(v, refusal)}, nil
		}
		items, err := show(tx)
		key := "toast.mine_off"
		if on {
			key = "toast.mine_on"
		}
		items[0].Body.Text = say.Plain(v.Lang, key, say.Data{})
		return items, err
	}
	after := turn.After
	turn.After = func() { after(); d.Notify.Wanted(src.ID) }
	return turn, nil
}

// numbers are the buttons of the notices on a page, four in a row.
func numbers(base int, data []string) (out [][]msg.Button) {
	for i, s := range data {
		if i%4 == 0 {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], msg.Button{Text: strconv.Itoa(base + i), Data: s})
	}
	return out
}
