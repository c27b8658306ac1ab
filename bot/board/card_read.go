package board

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/render/text"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// member is somebody who has pressed 已阅 in a group, as the group calls them.
// Those are the people of whom an administrator may learn who has not.
type member struct {
	Name string `json:"name"`
}

const (
	memberFor   = 200 * 24 * time.Hour // since they last pressed it
	mostUnread  = 100                  // names in one list
	mostMembers = 10                   // groups in which a person is known at once
)

func memberID(chat, user int64) string { return fmt.Sprintf("%d/%d", chat, user) }

// tapRead counts somebody who has read a notice, once. Who presses again and
// administers the group is led to a list of those who have not.
func (d *Desk) tapRead(ctx context.Context, v chat.Visit, nt notify.Notice) (*chat.Turn, error) {
	again, err := d.hasRead(ctx, v, nt)
	if err != nil {
		return nil, err
	}
	if again && v.ChatKind == msg.Group && v.May(ctx) == "" {
		it := spun(v)
		it.URL = d.link(unreadLink, nt.Key, v.Chat)
		return settles(it), nil
	}
	return &chat.Turn{
		Do:    func(tx store.Tx) ([]msg.Item, error) { return d.countRead(tx, v, nt, time.Now()) },
		After: d.Notify.Recounted,
	}, nil
}

func (d *Desk) hasRead(ctx context.Context, v chat.Visit, nt notify.Notice) (has bool, err error) {
	err = d.DB.View(ctx, func(tx store.Tx) error {
		has, err = d.Notify.HasRead(tx, v.Chat, nt.Key, v.User)
		return err
	})
	return has, err
}

func (d *Desk) countRead(tx store.Tx, v chat.Visit, nt notify.Notice, now time.Time) ([]msg.Item, error) {
	if err := d.Notify.Recount(tx, v.Chat, v.Message, nt.Key); err != nil { // it scans
		return nil, err
	}
	count, first, err := d.Notify.Read(tx, v.Chat, nt.Key, v.User, now)
	if err != nil {
		return nil, err
	}
	key := "toast.read_again"
	if first {
		key = "toast.read"
	}
	if v.ChatKind == msg.Group {
		if err := d.members.PutUntil(tx, memberID(v.Chat, v.User), member{text.Line(v.Name, 32)}, now.Add(memberFor)); err != nil {
			return nil, err
		}
		if err := d.noteGroup(tx, v.User, v.Chat, now); err != nil {
			return nil, err
		}
	}
	it := spun(v)
	it.Body.Text = say.Plain(v.Lang, key, say.Data{Count: count})
	return []msg.Item{it}, nil
}

// unread lists, for an administrator of a group and in private, who of those
// that ever pressed 已阅 there has not read a notice.
func (d *Desk) unread(ctx context.Context, v chat.Visit, nt notify.Notice, group int64) (*chat.Turn, error) {
	known, missing, err := d.missing(ctx, nt.Key, group)
	if err != nil {
		return nil, err
	}
	refusal := "toast.admins"
	if known > 0 { // Telegram is not asked about groups that somebody made up
		refusal = v.MayIn(ctx, group)
	}
	switch refusal {
	case "":
	case "toast.unchecked":
		return settles(screen(v, sentence(v, "group.unchecked", say.Data{}))...), nil
	default:
		return settles(screen(v, sentence(v, "browse.unread.admins", say.Data{}))...), nil
	}
	about := say.Data{Title: nt.Title, Count: len(missing), Page: known}
	if len(missing) == 0 {
		return settles(screen(v, sentence(v, "browse.unread.none", about))...), nil
	}
	b := sentence(v, "browse.unread.list", about)
	shown := missing[:min(len(missing), mostUnread)]
	b.Text += "\n\n" + text.Escape(strings.Join(shown, "、"))
	if more := len(missing) - len(shown); more > 0 {
		b.Text += "\n" + say.Text(v.Lang, "browse.unread.more", say.Data{Count: more})
	}
	return settles(screen(v, b)...), nil
}

// missing are the names of a group's known people who have not read a notice,
// and how many people are known.
func (d *Desk) missing(ctx context.Context, key string, group int64) (known int, names []string, err error) {
	err = d.DB.View(ctx, func(tx store.Tx) error {
		known, names = 0, nil
		place, err := d.Notify.Place(tx, group)
		if err != nil {
			return err
		}
		ids := []int64{group}
		if place.Was != 0 { // before it became a supergroup
			ids = append(ids, place.Was)
		}
		people, err := d.known(tx, ids)
		known = len(people)
		for user, name := range people {
			has, err := d.readIn(tx, ids, key, user)
			if err != nil {
				return err
			}
			if !has {
				names = append(names, name)
			}
		}
		return err
	})
	slices.Sort(names)
	return known, names, err
}

// known are those who ever pressed 已阅 in chats, and what they were called last.
func (d *Desk) known(tx store.Tx, chats []int64) (map[int64]string, error) {
	people := map[int64]string{}
	for _, chat := range chats {
		members := d.members.Sub(fmt.Sprintf("%d/", chat))
		for after := ""; ; {
			rows, err := members.Scan(tx, after, store.MaxRows)
			if err != nil {
				return nil, err
			}
			if len(rows) == 0 {
				break
			}
			for _, r := range rows {
				after = r.ID
				var user int64
				if _, err := fmt.Sscan(r.ID, &user); err == nil && r.Err == nil && people[user] == "" {
					people[user] = r.Value.Name
				}
			}
		}
	}
	return people, nil
}

// readIn reports whether somebody has read a notice in one of several chats.
func (d *Desk) readIn(tx store.Tx, chats []int64, key string, user int64) (has bool, err error) {
	for _, chat := range chats {
		if has, err = d.Notify.HasRead(tx, chat, key, user); err != nil || has {
			break
		}
	}
	return has, err
}

// noteGroup notes that a person is known in a group.
func (d *Desk) noteGroup(tx store.Tx, user, chat int64, now time.Time) error {
	groups, err := d.groupsOf.Get(tx, personID(user))
	if err != nil && !store.Missing(err) {
		return err
	}
	if !slices.Contains(groups, chat) {
		groups = append(groups, chat)
	}
	if len(groups) > mostMembers {
		if err := drop(tx, d.members, memberID(groups[0], user)); err != nil {
			return err
		}
		groups = groups[1:]
	}
	return d.groupsOf.PutUntil(tx, personID(user), groups, now.Add(memberFor))
}

// forgetPerson forgets what a person looked for and wanted to be reminded of, in
// which groups they pressed 已阅, and their names there. Of what was read the
// count stays. It does not scan, and makes at most 60 writes.
func (d *Desk) forgetPerson(tx store.Tx, user int64) error {
	groups, err := d.groupsOf.Get(tx, personID(user))
	if err != nil && !store.Missing(err) {
		return err
	}
	for _, chat := range groups {
		if err := drop(tx, d.members, memberID(chat, user)); err != nil {
			return err
		}
	}
	if err := d.forgetWishes(tx, user); err != nil {
		return err
	}
	if err := drop(tx, d.groupsOf, personID(user)); err != nil {
		return err
	}
	return drop(tx, d.hunts, personID(user))
}

// drop deletes a row, and its deadline, which names it.
func drop[T any](tx store.Tx, t store.Table[T], id string) error {
	var none T
	if err := t.PutUntil(tx, id, none, time.Time{}); err != nil {
		return err
	}
	return t.Delete(tx, id)
}

// Kept is what is stored about a person, see chat.Boards.
func (d *Desk) Kept(tx store.Tx, user int64, now time.Time) (out chat.Kept, err error) {
	place, err := d.Notify.Place(tx, user)
	if err != nil {
		return out, err
	}
	wishes, err := d.wished(tx, user, now)
	if err != nil {
		return out, err
	}
	lent, _, err := d.Notify.Lent(tx, user)
	if err != nil {
		return out, err
	}
	groups, err := d.groupsOf.Get(tx, personID(user))
	if store.Missing(err) {
		err = nil
	}
	return chat.Kept{Lent: len(lent.Spots), Settings: place.Lang != "" && place.Gone.IsZero(), Reminders: len(wishes), Groups: len(groups)}, err
}
