package board

import (
	"context"
	"strconv"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// settings adds what is for administrators, and in a private chat for its owner.
func (d *Desk) settings() {
	for name, h := range map[string]handler{
		"subscribe": d.subscribe, "subscriptions": d.subscriptions, "unsubscribe": d.unsubscribe,
		"filter": d.filter, "quiet": d.quiet, "digest": d.digest,
	} {
		d.commands[name] = d.governs(h)
	}
	for op, h := range map[string]handler{
		"sch": d.offerSchools, "sc": d.offerBoards, "sub": d.tapBoard, "fin": d.tapDone, "ask": d.tapAsk,
		"ls": d.tapSubs, "one": d.tapOne, "rm": d.tapRemove, "rl": d.tapRemoveList,
		"dg": d.tapDigest, "si": d.tapSilent, "da": d.tapDigestAll,
		"fl": d.tapFilter, "fc": d.tapNoFilter, "fp": d.tapPick, "fs": d.tapSave, "fx": d.tapDiscard,
		"qt": d.tapQuiet, "qw": d.tapUrgent, "qd": d.tapUsualUrgent, "in": d.tapInner,
	} {
		d.taps[op] = d.governs(h)
	}
	for op, h := range map[string]handler{
		"lc": d.lends(d.askLending), "ly": d.lends(d.lend), "ln": d.refuseLending,
		notify.TapLent: d.lendings, "lx": d.takeBack,
	} {
		d.taps[op] = h
	}
}

// who is what somebody who set something is called: nothing where nobody else
// reads it, and no name where it is hidden behind the group.
func who(v chat.Visit) string {
	switch {
	case v.ChatKind == msg.Private:
		return ""
	case v.Person() == 0:
		return say.Plain(v.Lang, "btn.board_admin", say.Data{})
	}
	return v.Name
}

// setBy notes who changed a subscription.
func setBy(v chat.Visit, sub *notify.Sub) { sub.By, sub.ByName = v.Person(), who(v) }

// subs is what a chat subscribes to.
func (d *Desk) subs(ctx context.Context, chat int64) (out []notify.Sub, err error) {
	err = d.DB.View(ctx, func(tx store.Tx) error {
		out, err = d.Notify.List(tx, chat)
		return err
	})
	return out, err
}

// here is what is subscribed where a visit takes place: of a forum, in its topic.
func (d *Desk) here(ctx context.Context, v chat.Visit) (out []notify.Sub, err error) {
	all, err := d.subs(ctx, v.Chat)
	for _, sub := range all {
		if sub.Thread == v.Thread {
			out = append(out, sub)
		}
	}
	return out, err
}

// subOf is the subscription that a tap names: its source and topic.
func (d *Desk) subOf(ctx context.Context, v chat.Visit, source, thread string) (sub notify.Sub, ok bool, err error) {
	n, err := strconv.Atoi(thread)
	if err != nil || len(source) > 33 {
		return sub, false, nil
	}
	err = d.DB.View(ctx, func(tx store.Tx) error {
		sub, ok, err = d.Notify.Sub(tx, v.Chat, n, source)
		return err
	})
	return sub, ok, err
}

// subTap is a tap that is about one subscription; of one that is gone it says so.
func (d *Desk) subTap(ctx context.Context, v chat.Visit, args []string, fn func(notify.Sub) (*chat.Turn, error)) (*chat.Turn, error) {
	sub, ok, err := d.subOf(ctx, v, arg(args, 0), arg(args, 1))
	if err != nil {
		return nil, err
	}
	if !ok {
		return toast(v, "toast.board_gone"), nil
	}
	return fn(sub)
}

func subData(op string, sub notify.Sub, more ...string) string {
	return tapData(op, append([]string{sub.Source, strconv.Itoa(sub.Thread)}, more...)...)
}

// tick marks a button that is chosen.
func tick(on bool, label string) string {
	if on {
		return "✅ " + label
	}
	return label
}
