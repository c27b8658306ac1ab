package board

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/render"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt"
	"jwxtbot/store"
)

// fromSearch is the tag of what was found, in place of a board's.
const fromSearch = "-"

// tagOf stands for a board where its id does not fit.
func tagOf(source string) string {
	sum := sha256.Sum256([]byte(source))
	return hex.EncodeToString(sum[:4])
}

func noticeData(key, tag string, page, part int) string {
	return tapData("bd", key, tag, strconv.Itoa(page), strconv.Itoa(part))
}

var keyShape = regexp.MustCompile(`^[0-9a-f]{32}$`)

// stored is a notice by its key, which may be anything.
func (d *Desk) stored(ctx context.Context, key string) (nt notify.Notice, ok bool, err error) {
	if !keyShape.MatchString(key) {
		return nt, false, nil
	}
	err = d.DB.View(ctx, func(tx store.Tx) error {
		nt, ok, err = d.Notify.Notice(tx, key)
		return err
	})
	return nt, ok, err
}

// openNotice shows a notice in place of the list. A text that nobody has read
// yet is read behind.
func (d *Desk) openNotice(ctx context.Context, v chat.Visit, args []string) (*chat.Turn, error) {
	nt, ok, err := d.stored(ctx, arg(args, 0))
	if err != nil {
		return nil, err
	}
	if !ok || nt.Inner { // a group's cards have no such button
		return toast(v, "toast.notice_gone"), nil
	}
	at := place{tag: arg(args, 1), page: pageOf(arg(args, 2)), part: pageOf(arg(args, 3))}
	if nt.Detailed {
		return d.shows(v, d.noticeBody(v, nt, at, "")), nil
	}
	turn := d.shows(v, d.noticeBody(v, nt, at, "browse.reading"))
	d.behind(turn, v, func(ctx context.Context) (*msg.Body, error) {
		read, err := d.Notify.Open(ctx, nt.Key)
		why := ""
		if err != nil {
			read, why = nt, "browse.unreadable"
		}
		body := d.noticeBody(v, read, at, why)
		return &body, nil
	})
	return turn, nil
}

// place is where a notice stands: on a page of a list, and which part of it.
type place struct {
	tag        string
	page, part int
}

// noticeBody is a part of a notice. Why is the key of what is said in place of
// its text.
func (d *Desk) noticeBody(v chat.Visit, nt notify.Notice, at place, why string) msg.Body {
	if why != "" {
		why = say.Text(v.Lang, why, say.Data{})
	}
	parts := render.BoardText(v.Lang, d.Notify.Face(nt), nt.Text, linked(nt), why)
	n := min(at.part, len(parts))
	body := turning(v.Lang, msg.Body{Text: parts[n-1]}, n, len(parts), func(n int) string {
		return noticeData(nt.Key, at.tag, at.page, n)
	})
	row := []msg.Button{button(v.Lang, "btn.remind", notify.Tap{Op: notify.TapRemind, Key: nt.Key}.Data())}
	if _, ok := nt.Deadline(); ok && !nt.Personal {
		row = append(row, button(v.Lang, "btn.calendar", notify.Tap{Op: notify.TapCalendar, Key: nt.Key}.Data()))
	}
	if link := render.Link(nt.URL); link != "" {
		row = append([]msg.Button{{Text: say.Plain(v.Lang, "btn.original", say.Data{}), URL: link}}, row...)
	}
	body.Buttons = append(body.Buttons, row, []msg.Button{button(v.Lang, "btn.back", d.backData(at))})
	return body
}

// backData leads to where a notice was found.
func (d *Desk) backData(at place) string {
	page := strconv.Itoa(at.page)
	if at.tag == fromSearch {
		return tapData("bf", page)
	}
	for _, src := range d.Notify.Sources() {
		if tagOf(src.ID) == at.tag {
			return tapData("bl", page, src.ID)
		}
	}
	return tapData("bh", "1")
}

// linked are the attachments that can be shown.
func linked(nt notify.Notice) []jwxt.Attachment {
	if nt.Personal || nt.Inner {
		return nil
	}
	return nt.Attachments
}
