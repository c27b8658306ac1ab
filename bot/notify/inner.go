package notify

import (
	"context"
	"errors"
	"strings"
	"time"

	"jwxtbot/bot/work"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
)

// The notices of a school behind its login are one more source, which is read
// with the session of somebody who lends it, see lend.go. Its id is that of the
// school with a mark that no file of sources can say.
const innerMark = "@"

// InnerSource is the source of a school's notices behind its login.
func InnerSource(s jwxt.School, name string) bulletin.Source {
	return bulletin.Source{ID: innerMark + s.ID, School: s.ID, Name: name, URL: s.BaseURL}
}

// Inner is the school whose inner notices a source has, if it has such.
func Inner(source string) (school string, ok bool) { return strings.CutPrefix(source, innerMark) }

func isInner(src bulletin.Source) bool {
	_, inner := Inner(src.ID)
	return inner
}

// Lender reads behind the logins that people lend.
type Lender interface {
	// Lent calls read, perhaps twice, with the session that a person has at a
	// school. It is work.ErrInUse while that person needs it, and Expired where
	// there is none, or none any more, of which the person is told. Other errors
	// are read's.
	Lent(ctx context.Context, person int64, school string, read func(context.Context, jwxt.NoticeReader, *jwxt.Conn) error) error
	// Administers reports whether a person administers a group; an error means
	// that nobody can tell now.
	Administers(ctx context.Context, group, person int64) (bool, error)
}

// errPaused says that nobody who lends a login is logged in.
var errPaused = errors.New("notify: nobody who lends a login is logged in")

// notNow says that a source was not asked, and until when.
type notNow struct{ until time.Time }

func (notNow) Error() string { return "notify: not asked now" }

// Of inner notices a browser would ask for more: they are looked for every 32 to
// 48 minutes by day and not at all by night, and less often while little comes.
const (
	innerEvery  = 40 * time.Minute
	innerSeldom = 50 * time.Minute
	// innerDowntime is downtime for them: a night without a look is none.
	innerDowntime = 12 * time.Hour
	// inUseFor is after how long a session that was in use is asked for again.
	inUseFor = 5 * time.Minute
)

// innerDue is when inner notices that were asked for at now are again.
func (s *state) innerDue(src bulletin.Source, now time.Time) time.Time {
	wait := innerEvery
	if s.LastOK.Sub(s.Newest) >= lively {
		wait = innerSeldom
	}
	if s.Fails > 0 {
		wait = max(wait, s.backOff())
	}
	return byDaylight(src, later(now.Add(scale(wait, 0.8+0.4*roll(src.ID, now.Unix()))), s.NotBefore))
}

// byDaylight is at, or some time of the next morning if that is in the night.
func byDaylight(src bulletin.Source, at time.Time) time.Time {
	if !night(at) {
		return at
	}
	morning := nextMorning(at)
	return morning.Add(scale(innerEvery, roll(src.ID, morning.Unix())))
}

// list asks for a source's list.
func (n *Notifier) list(ctx context.Context, src bulletin.Source, last bulletin.Validators) (bulletin.List, error) {
	school, inner := Inner(src.ID)
	if !inner {
		return n.Reader.List(ctx, src, last)
	}
	now := time.Now()
	if night(now) {
		return bulletin.List{}, notNow{byDaylight(src, now)}
	}
	var page jwxt.NoticePage
	err := n.lent(ctx, src, func(ctx context.Context, r jwxt.NoticeReader, c *jwxt.Conn) (err error) {
		page, err = r.Notices(ctx, c, 1)
		return err
	})
	if err != nil {
		return bulletin.List{}, err
	}
	out := bulletin.List{Items: innerItems(school, page.Notices, now), Preset: "inner"}
	out.Validators.Hash = printOf(out.Items)
	if out.Validators == last {
		out.Items, out.Unchanged = nil, true
	}
	return out, nil
}

// printOf is the fingerprint of a list.
func printOf(items []bulletin.Item) string {
	parts := []string{}
	for _, it := range items {
		parts = append(parts, it.ID, it.Title, it.Date.String())
	}
	return fingerprint(parts...)
}

// innerItems are notices as rows of a board. Their address leads nowhere: it is
// what the school calls them. A title that identifies people is left out: who
// reads it behind the login has not told it to a group.
func innerItems(school string, notices []jwxt.Notice, now time.Time) (out []bulletin.Item) {
	seen := map[string]bool{}
	for _, nt := range notices {
		it := bulletin.Item{URL: innerAddress(school, nt.ID), Title: nt.Title}
		it.Date, _ = bulletin.ParseDate(nt.Published, now)
		if it.ID = it.URL; nt.ID == "" { // a row that cannot be opened
			it.ID, it.URL = innerAddress(school, fingerprint(nt.Title, nt.Published)), ""
		}
		if nt.Title != "" && !personal(nt.Title) && !seen[it.ID] {
			seen[it.ID] = true
			out = append(out, it)
		}
	}
	return out
}

func innerAddress(school, id string) string { return "inner:" + school + ":" + id }

// detail asks for an article.
func (n *Notifier) detail(ctx context.Context, src bulletin.Source, it bulletin.Item) (bulletin.Detail, error) {
	school, inner := Inner(src.ID)
	id, opens := strings.CutPrefix(it.URL, innerAddress(school, ""))
	switch {
	case !inner:
		return n.Reader.Detail(ctx, src, it)
	case it.URL == "":
		return bulletin.Detail{}, nil
	case !opens:
		return bulletin.Detail{}, &bulletin.Error{Class: bulletin.HTTP}
	case night(time.Now()):
		return bulletin.Detail{}, notNow{}
	}
	var full jwxt.NoticeDetail
	err := n.lent(ctx, src, func(ctx context.Context, r jwxt.NoticeReader, c *jwxt.Conn) (err error) {
		full, err = r.Notice(ctx, c, id)
		return err
	})
	return innerDetail(full, time.Now()), err
}

// innerDetail leaves out who wrote it, titles and files that identify people, and
// of attachments all but the names: their addresses need a login, and may carry one.
func innerDetail(full jwxt.NoticeDetail, now time.Time) bulletin.Detail {
	d := bulletin.Detail{Text: full.Text}
	if !personal(full.Title) {
		d.Title = full.Title
	}
	d.Date, _ = bulletin.ParseDate(full.Published, now)
	for _, f := range full.Attachments {
		if !personal(f.Name) {
			d.Attachments = append(d.Attachments, jwxt.Attachment{Name: f.Name})
		}
	}
	return d
}

// lent reads with the session of one of those who lend theirs: of the one who
// has done so for longest and is logged in.
func (n *Notifier) lent(ctx context.Context, src bulletin.Source, read func(context.Context, jwxt.NoticeReader, *jwxt.Conn) error) error {
	school, _ := Inner(src.ID)
	lenders, err := n.lenders(ctx, src)
	if err != nil {
		return err
	}
	outcome := errPaused
	for _, person := range lenders {
		err := n.Lender.Lent(ctx, person, school, read)
		switch kind := jwxt.KindOf(err); {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, work.ErrInUse):
			outcome = notNow{byDaylight(src, time.Now().Add(inUseFor))}
		case kind == jwxt.Expired || kind == jwxt.KickedOut:
		case kind == jwxt.MustActFirst: // which another may have done
			outcome = innerError(kind, err)
		default:
			return innerError(kind, err)
		}
	}
	return outcome
}

// innerError is what is wrong with a school, as of a board.
func innerError(kind jwxt.Kind, err error) error {
	class := bulletin.HTTP
	switch kind {
	case jwxt.Blocked:
		class = bulletin.Blocked
	case jwxt.Changed:
		class = bulletin.Redesign
	case jwxt.Unreachable:
		class = bulletin.Net
	}
	return &bulletin.Error{Class: class, Err: err}
}

// paused notes that a source cannot be read until somebody logs in, and tells
// subscribers so once.
func (n *Notifier) paused(ctx context.Context, src bulletin.Source, s *state) error {
	s.Fails, s.Class = 0, ""
	if !s.Paused.IsZero() || !s.Told.IsZero() {
		return n.recordAlone(ctx, src, s, nil)
	}
	s.Paused = s.Last
	return n.recordAlone(ctx, src, s, &fan{Kind: fanPause, Source: src.ID, At: s.Last})
}

// resumed is what subscribers are told if they were told of a pause.
func (s *state) resumed(src bulletin.Source) *fan {
	if s.Paused.IsZero() {
		return nil
	}
	f := &fan{Kind: fanResume, Source: src.ID, At: s.Last, Told: s.Paused}
	s.Paused, s.dirty = time.Time{}, true
	return f
}
