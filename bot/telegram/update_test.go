package telegram_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/bot/msg"
)

// receive polls the updates of one batch.
func receive(t *testing.T, batch ...string) (got []msg.Update) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		_, bot := serve(t, polls(strings.Join(batch, ",")))
		var c collector
		stop := startPoll(t, bot, c.take)
		synctest.Wait()
		if err := stop(); err != nil {
			t.Error(err)
		}
		got = c.sorted()
	})
	return got
}

func TestUpdates(t *testing.T) {
	const (
		private = `"from":{"id":7,"first_name":"张三","language_code":"zh-hans"},"date":1700000000,"chat":{"id":7,"type":"private"}`
		group   = `"from":{"id":7},"date":1700000000,"chat":{"id":-100,"type":"supergroup","title":"班级群"}`
	)
	then := time.Unix(1700000000, 0)
	inPrivate := msg.Update{ID: 1, Chat: 7, ChatKind: msg.Private, User: 7, Name: "张三", Language: "zh-hans", Message: 5, Date: then}
	inGroup := msg.Update{ID: 1, Chat: -100, ChatKind: msg.Group, Title: "班级群", User: 7, Message: 5, Date: then}
	with := func(u msg.Update, change func(*msg.Update)) *msg.Update { change(&u); return &u }
	for name, tc := range map[string]struct {
		raw  string // of the field "message", unless it begins with a field's name
		want *msg.Update
	}{
		"text":                 {private + `,"text":"你好"`, with(inPrivate, func(u *msg.Update) { u.Text = "你好" })},
		"command":              {private + `,"text":"/grades 2024-1"`, with(inPrivate, func(u *msg.Update) { u.Text, u.Command, u.Args = "/grades 2024-1", "grades", "2024-1" })},
		"for another":          {group + `,"text":"/grades@otherbot"`, nil},
		"a password like that": {private + `,"text":"/x@y"`, with(inPrivate, func(u *msg.Update) { u.Text = "/x@y" })},
		"for us":               {group + `,"text":"/grades@thisbot"`, with(inGroup, func(u *msg.Update) { u.Text, u.Command = "/grades@thisbot", "grades" })},
		"in a topic":           {group + `,"text":"x","is_topic_message":true,"message_thread_id":3`, with(inGroup, func(u *msg.Update) { u.Text, u.Thread = "x", 3 })},
		"in a reply":           {group + `,"text":"x","message_thread_id":3`, with(inGroup, func(u *msg.Update) { u.Text = "x" })},
		"photo":                {private + `,"photo":[{"file_id":"x"}]`, with(inPrivate, func(u *msg.Update) { u.Media = true })},
		"captioned":            {private + `,"photo":[{}],"caption":"／help"`, with(inPrivate, func(u *msg.Update) { u.Media, u.Text, u.Command = true, "／help", "help" })},
		"sticker":              {private + `,"sticker":{"file_id":"x"}`, with(inPrivate, func(u *msg.Update) { u.Media = true })},
		"voice":                {private + `,"voice":{"file_id":"x"}`, with(inPrivate, func(u *msg.Update) { u.Media = true })},
		"location":             {private + `,"location":{"latitude":1.5}`, with(inPrivate, func(u *msg.Update) { u.Media = true })},
		"null photo":           {private + `,"photo":null,"text":"x"`, with(inPrivate, func(u *msg.Update) { u.Text = "x" })},
		"in a topic, commanded": {group + `,"text":"/help@ThisBot，","is_topic_message":true,"message_thread_id":3`,
			with(inGroup, func(u *msg.Update) { u.Text, u.Thread, u.Command = "/help@ThisBot，", 3, "help" })},
		"anonymous admin": {`"from":{"id":1087968824,"is_bot":true},"sender_chat":{"id":-100,"type":"supergroup"},` + strings.TrimPrefix(group, `"from":{"id":7},`) + `,"text":"/help"`,
			with(inGroup, func(u *msg.Update) {
				u.User, u.As, u.Anonymous, u.Text, u.Command = 1087968824, -100, true, "/help", "help"
			})},
		"in a channel's name": {group + `,"sender_chat":{"id":-200,"type":"channel"},"text":"/help"`,
			with(inGroup, func(u *msg.Update) { u.As, u.Text, u.Command = -200, "/help", "help" })},
		"moved away":     {group + `,"migrate_to_chat_id":-1001`, with(inGroup, func(u *msg.Update) { u.MovedTo = -1001 })},
		"moved here":     {group + `,"migrate_from_chat_id":-5`, with(inGroup, func(u *msg.Update) { u.MovedFrom = -5 })},
		"topic closed":   {group + `,"is_topic_message":true,"message_thread_id":3,"forum_topic_closed":{}`, nil},
		"somebody came":  {group + `,"new_chat_members":[{"id":8}]`, nil},
		"title changed":  {group + `,"new_chat_title":"x"`, nil},
		"unknown kind":   {`"poll_answer":{"poll_id":"1"}`, nil},
		"edited message": {`"edited_message":{"message_id":5,` + private + `,"text":"x"}`, nil},
		"blocked": {`"my_chat_member":{"chat":{"id":7,"type":"private"},"from":{"id":7},"date":1700000000,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"kicked","until_date":0}}`,
			&msg.Update{ID: 1, Chat: 7, ChatKind: msg.Private, User: 7, Date: then, Presence: msg.Left}},
		"unblocked": {`"my_chat_member":{"chat":{"id":7,"type":"private"},"from":{"id":7,"language_code":"en"},"date":1700000000,"new_chat_member":{"status":"member"}}`,
			&msg.Update{ID: 1, Chat: 7, ChatKind: msg.Private, User: 7, Language: "en", Date: then, Presence: msg.Joined}},
		"promoted": {`"my_chat_member":{"chat":{"id":-5,"type":"group"},"from":{"id":7},"date":1700000000,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"administrator"}}`,
			&msg.Update{ID: 1, Chat: -5, ChatKind: msg.Group, User: 7, Date: then, Ranks: true, Presence: msg.Joined}},
		"a reply to the bot": {`"from":{"id":7},"date":1700000000,"chat":{"id":-100,"type":"supergroup","title":"班级群"},"text":"考试","reply_to_message":{"message_id":3,"from":{"id":4242,"is_bot":true,"username":"thisbot"}}`,
			with(inGroup, func(u *msg.Update) { u.User, u.Text, u.ReplyTo = 7, "考试", 3 })},
		"a reply to somebody": {`"from":{"id":7},"date":1700000000,"chat":{"id":-100,"type":"supergroup","title":"班级群"},"text":"考试","reply_to_message":{"message_id":3,"from":{"id":8}}`,
			with(inGroup, func(u *msg.Update) { u.User, u.Text = 7, "考试" })},
		"somebody promoted": {`"chat_member":{"chat":{"id":-5,"type":"group","title":"班"},"from":{"id":7},"date":1700000000,"old_chat_member":{"status":"member"},"new_chat_member":{"status":"administrator"}}`,
			&msg.Update{ID: 1, Chat: -5, ChatKind: msg.Group, Title: "班", User: 7, Date: then, Ranks: true}},
		"somebody demoted": {`"chat_member":{"chat":{"id":-5,"type":"group"},"from":{"id":7},"date":1700000000,"old_chat_member":{"status":"administrator"},"new_chat_member":{"status":"left"}}`,
			&msg.Update{ID: 1, Chat: -5, ChatKind: msg.Group, User: 7, Date: then, Ranks: true}},
		"somebody joined": {`"chat_member":{"chat":{"id":-5,"type":"group"},"from":{"id":7},"date":1700000000,"old_chat_member":{"status":"left"},"new_chat_member":{"status":"member"}}`, nil},
		"a tap in a group": {`"callback_query":{"id":"q","from":{"id":8,"first_name":"李四"},"message":{"message_id":5,"from":{"id":4242,"is_bot":true,"first_name":"bot"},"date":1700000000,"chat":{"id":-100,"type":"supergroup","title":"班级群"}},"data":"x"}`,
			with(inGroup, func(u *msg.Update) { u.User, u.Name, u.Callback, u.Data = 8, "李四", "q", "x" })},
		"let in muted": {`"my_chat_member":{"chat":{"id":-5,"type":"group"},"from":{"id":7},"date":1700000000,"old_chat_member":{"status":"left"},"new_chat_member":{"status":"restricted","is_member":true}}`,
			&msg.Update{ID: 1, Chat: -5, ChatKind: msg.Group, User: 7, Date: then, Presence: msg.Joined}},
		"made admin of a channel": {`"my_chat_member":{"chat":{"id":-6,"type":"channel"},"from":{"id":7},"date":1700000000,"new_chat_member":{"status":"administrator"}}`,
			&msg.Update{ID: 1, Chat: -6, ChatKind: msg.Channel, User: 7, Date: then, Presence: msg.Joined}},
	} {
		t.Run(name, func(t *testing.T) {
			raw := tc.raw
			if strings.HasPrefix(raw, `"from"`) {
				raw = `"message":{"message_id":5,` + raw + `}`
			}
			var want []msg.Update
			if tc.want != nil {
				want = []msg.Update{*tc.want}
			}
			if diff := cmp.Diff(want, receive(t, `{"update_id":1,`+raw+`}`)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestChatsRunSideBySideAndInOrder(t *testing.T) {
	var batch []string
	for i := range 96 {
		batch = append(batch, said(100+i, int64(i%24), fmt.Sprint(i)))
	}
	synctest.Test(t, func(t *testing.T) {
		_, bot := serve(t, polls(strings.Join(batch, ",")))
		var running, most atomic.Int32
		var c collector
		began := time.Now()
		stop := startPoll(t, bot, func(ctx context.Context, u msg.Update) error {
			if n := running.Add(1); n > most.Load() {
				most.Store(n)
			}
			defer running.Add(-1)
			time.Sleep(time.Second) // 24 chats with four updates each
			if time.Since(began) > 9*time.Second {
				t.Error("still handling after 9s; 16 chats at once need 8s")
			}
			return c.take(ctx, u)
		})
		time.Sleep(20 * time.Second)
		stop()
		if got := most.Load(); got != 16 {
			t.Errorf("%d chats at once, want 16", got)
		}
		if len(c.got) != 96 {
			t.Errorf("got %d updates, want 96", len(c.got))
		}
		last := map[int64]int{}
		for _, u := range c.got {
			if u.ID < last[u.Chat] {
				t.Errorf("chat %d: update %d after %d", u.Chat, u.ID, last[u.Chat])
			}
			last[u.Chat] = u.ID
		}
	})
}

func TestIdsMayStartAgainLower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, bot := serve(t, polls(said(9000, 1, "a"), said(17, 1, "b")))
		var c collector
		stop := startPoll(t, bot, c.take)
		synctest.Wait()
		stop()
		calls := f.made("getUpdates")
		if got := calls[len(calls)-1].Params["offset"]; got != "18" {
			t.Errorf("the last offset is %s, want 18", got)
		}
	})
}

func TestServerThatDoesNotHoldPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, bot := serve(t, always(func(w http.ResponseWriter) { ok(w, `[]`) }))
		stop := startPoll(t, bot, (&collector{}).take)
		time.Sleep(time.Minute)
		stop()
		if got := len(f.made("getUpdates")); got > 62 {
			t.Errorf("%d polls in a minute, want one a second", got)
		}
	})
}

func TestBatchWithoutIdsIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, bot := serve(t, polls(`{},7,"x"`, said(11, 1, "a")))
		var c collector
		stop := startPoll(t, bot, c.take)
		time.Sleep(time.Minute)
		stop()
		if diff := cmp.Diff([]int{11}, c.ids()); diff != "" {
			t.Errorf("handled (-want +got):\n%s", diff)
		}
		if !strings.Contains(f.log.String(), "no update has a readable id") {
			t.Error("nothing was logged")
		}
	})
}
