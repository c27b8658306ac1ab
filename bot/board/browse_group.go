package board

import (
	"context"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/render"
	"jwxtbot/bot/say"
	"jwxtbot/store"
)

// groupShows is how many notices a group is shown at once.
const groupShows = 10

// groupLatest shows a group, or a topic of it, the latest of the boards that it
// subscribes to. A group that subscribes to none is led into the private chat,
// like with any command.
func (d *Desk) groupLatest(ctx context.Context, v chat.Visit) (*chat.Turn, error) {
	var latest []notify.Notice
	err := d.DB.View(ctx, func(tx store.Tx) error {
		subs, err := d.Notify.List(tx, v.Chat)
		if err != nil {
			return err
		}
		for _, sub := range subs {
			if sub.Thread != v.Thread {
				continue
			}
			some, err := d.Notify.Latest(tx, sub.Source, groupShows)
			if err != nil {
				return err
			}
			latest = append(latest, some...)
		}
		return nil
	})
	if err != nil || len(latest) == 0 {
		return nil, err
	}
	latest = newestFirst(latest)
	latest = latest[:min(len(latest), groupShows)]
	var cards []render.BoardCard
	for _, nt := range latest {
		cards = append(cards, d.Notify.Face(nt))
		if !nt.Inner {
			d.Notify.Asked(nt.Sources[0])
		}
	}
	head := say.Text(v.Lang, "browse.latest", say.Data{})
	return settles(screen(v, msg.Body{Text: render.BoardDigest(v.Lang, head, cards, 0)})...), nil
}
