package chat_test

import (
	"bytes"
	"strings"
	"testing"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/dialogue"
	"jwxtbot/bot/msg"
	"jwxtbot/jwxt"
	"jwxtbot/store"
	"jwxtbot/store/memstore"
)

// reads brings a chat to the point where these grades have been read.
func reads(t *testing.T, s *chat.Shell, db *memstore.DB, tr jwxt.Transcript) {
	t.Helper()
	for i, u := range []msg.Update{{Command: "start", Args: "a"}, {Command: "grades"}, {Text: "2020000001"}, {Text: "secret"}} {
		u.ID, u.Chat, u.ChatKind = i+1, 7, msg.Private
		if err := s.Handle(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range []dialogue.Event{{Kind: dialogue.Opened}, {Kind: dialogue.LoggedIn}, {Kind: dialogue.GradesRead, Transcript: &tr}} {
		j := waitingJob(t, db)
		e.Gen = j.Gen
		if err := s.Result(t.Context(), j, e); err != nil {
			t.Fatal(err)
		}
	}
}

// said are the messages that wait to be sent, in order.
func said(t *testing.T, db store.DB) (items []msg.Item) {
	t.Helper()
	type entry struct {
		Item msg.Item `json:"item"`
	}
	err := db.View(t.Context(), func(tx store.Tx) error {
		rows, err := store.NewTable[entry]("out/", 1, box(t)).Scan(tx, "", store.MaxRows)
		for _, r := range rows {
			if r.Value.Item.Op != msg.Answer {
				items = append(items, r.Value.Item)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// TestPicturesOfMarks: as many pictures as a transcript may have can be stored
// and sent, are sealed wherever they lie, and go with the logout.
func TestPicturesOfMarks(t *testing.T) {
	s, db := shell(t)
	image := []byte("\xff\xd8\xff" + strings.Repeat("grades of somebody ", jwxt.MaxPictures/19-1))
	reads(t, s, db, jwxt.Transcript{Pictures: []jwxt.Picture{{Term: jwxt.Term{Year: 2024, Part: 1}, Image: image}}})
	items := said(t, db)
	last := items[len(items)-1]
	if !bytes.Equal(last.Body.Photo, image) || !strings.Contains(last.Body.Text, "只给成绩的图片") || last.Slot != string(dialogue.AnswerSlot) {
		t.Errorf("said %d bytes under %q in slot %q", len(last.Body.Photo), last.Body.Text, last.Slot)
	}
	kept := 0
	err := db.View(t.Context(), func(tx store.Tx) error {
		for _, prefix := range []string{"view/", "out/", "chat/", "job/"} {
			pairs, err := tx.Scan(prefix, "", store.MaxRows)
			if err != nil {
				return err
			}
			for _, p := range pairs {
				if len(p.Value) > len(image) {
					kept++
				}
				if bytes.Contains(p.Value, []byte("somebody")) || bytes.Contains(p.Value, []byte("c29tZWJvZHk")) {
					t.Errorf("%s is not sealed", p.Key)
				}
			}
		}
		return nil
	})
	if err != nil || kept != 2 {
		t.Errorf("%v; the picture lies in %d rows, want the view and the item", err, kept)
	}
	if err := s.Handle(t.Context(), msg.Update{ID: 9, Chat: 7, ChatKind: msg.Private, Command: "logout"}); err != nil {
		t.Fatal(err)
	}
	if got := rows(t, db, "view/"); got != 0 {
		t.Errorf("%d views are left after the logout", got)
	}
}

// TestPicturesAndRows: from a picture back to rows a new message is sent, for a
// picture's message cannot become a text.
func TestPicturesAndRows(t *testing.T) {
	s, db := shell(t)
	reads(t, s, db, jwxt.Transcript{
		Grades:   []jwxt.Grade{{Course: "线性代数", Score: "88"}},
		Pictures: []jwxt.Picture{{Image: []byte("\xff\xd8\xff")}},
	})
	turn := func(id int, to string) []msg.Item {
		t.Helper()
		before := said(t, db)
		last := before[len(before)-1].Body.Buttons
		u := msg.Update{ID: id, Chat: 7, ChatKind: msg.Private, Callback: "q", Message: 40 + id, Data: last[0][0].Data}
		if last[0][0].Text != to {
			t.Fatalf("the button is %q, want %q", last[0][0].Text, to)
		}
		if err := s.Handle(t.Context(), u); err != nil {
			t.Fatal(err)
		}
		return said(t, db)[len(before):]
	}
	got := turn(20, "下一页 ›")
	if last := got[len(got)-1]; last.Op != msg.Show || last.Body.Photo == nil || last.Message != 60 || last.Slot == "" {
		t.Errorf("to the picture: %+v", last)
	}
	got = turn(21, "‹ 上一页")
	if first, last := got[0], got[len(got)-1]; first.Op != msg.Close || first.Message != 61 || last.Op != msg.Send || last.Body.Photo != nil || !strings.Contains(last.Body.Text, "线性代数") {
		t.Errorf("back to the rows: %+v, %+v", first, last)
	}
}
