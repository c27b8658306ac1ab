package work

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"jwxtbot/bot/catalog"
	"jwxtbot/bot/dialogue"
	"jwxtbot/jwxt"
)

// A session that a person lends is read with beside the jobs of its chat. Such a
// reading is not stored: what a crash cuts short is asked for again in its time.

// Lend gives the context of one reading with a chat's session, until release. It
// ends as soon as the chat begins something of its own, which comes first. Look
// for the session after Lend: what was begun before it shows there. It is not ok
// while another reading has the session, or while nothing runs.
func (p *Pool) Lend(ctx context.Context, chat int64) (lent context.Context, release func(), ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx == nil || p.lent[chat] != nil {
		return nil, nil, false
	}
	lent, cancel := context.WithTimeout(ctx, p.Timeout)
	p.lent[chat] = cancel
	return lent, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		cancel()
		delete(p.lent, chat)
	}, true
}

// endLent cuts a reading with a chat's session short. mu is held.
func (p *Pool) endLent(chat int64) {
	if cancel := p.lent[chat]; cancel != nil {
		cancel()
	}
}

// ReadLent reads notices with the session of j, and nothing else: read is given
// no way to. A session that has ended may be renewed, and read is called again
// then. The event is for the chat, the error for who wanted to read.
func (p *Pool) ReadLent(ctx context.Context, j Job, read func(context.Context, jwxt.NoticeReader, *jwxt.Conn) error) (e dialogue.Event, err error) {
	began := time.Now()
	at, err := p.Schools.Open(j.Run.School)
	c := &jwxt.Conn{School: at.School, Session: j.Run.Session.Clone(), HTTP: at.HTTP}
	renewed := false
	if err == nil {
		renewed, err = p.tryLent(ctx, at, c, read)
	}
	if ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled) {
		return dialogue.Event{}, ctx.Err()
	}
	e = dialogue.Event{Kind: dialogue.LentRead}
	if err != nil {
		e = p.Failed(j, err)
	}
	if err == nil || renewed {
		e.Session = c.Session
	}
	e.Gen, e.School = j.Gen, j.Run.School
	p.account(ctx, j, e, time.Since(began))
	return e, err
}

func (p *Pool) tryLent(ctx context.Context, at catalog.Entry, c *jwxt.Conn, read func(context.Context, jwxt.NoticeReader, *jwxt.Conn) error) (renewed bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			p.Log.Error("work: driver panicked", "panic", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
			err = jwxt.Fail(jwxt.Internal, string(dialogue.DoLend), nil)
		}
	}()
	r, ok := jwxt.As[jwxt.NoticeReader](at.Driver)
	if !ok {
		return false, jwxt.Fail(jwxt.Unsupported, string(dialogue.DoLend), nil)
	}
	return renewing(ctx, at.Driver, c, func() error { return read(ctx, r, c) })
}
