package chat_test

import (
	"testing"

	"jwxtbot/bot/chat"
	"jwxtbot/jwxt"
)

// TestFormUnsureCommit: what the page did is done, and once, where nobody could
// tell at first whether it was stored.
func TestFormUnsureCommit(t *testing.T) {
	onPage(t, &formSchool{fields: letterForm, judge: takes}, func(t *testing.T, st *formStage) {
		st.says("/login")
		at := st.page()
		st.db.CommitButError(1)
		v := st.opens(at, "a")
		st.db.CommitButError(1)
		if err := st.FormRefresh(t.Context(), me, at, v.AskID); err != nil {
			t.Fatal(err)
		}
		settle()
		v = st.view(at, chat.FormFilling)
		st.db.CommitButError(1)
		st.submits(at, entry(v))
		st.view(at, chat.FormDone)
		if n := len(st.school.got()); n != 1 {
			t.Errorf("%d forms were posted, want one", n)
		}
	})
}

// TestFormUnsureAccount: nor is a password kept for another account then.
func TestFormUnsureAccount(t *testing.T) {
	down := &jwxt.Error{Kind: jwxt.Unreachable}
	onPage(t, &formSchool{fields: letterForm, judge: once(down)}, func(t *testing.T, st *formStage) {
		st.says("/login")
		at := st.page()
		st.submits(at, entry(st.opens(at, "a")))
		if !st.view(at, chat.FormChoose).Held {
			t.Fatal("the password that was never judged is gone")
		}
		st.db.CommitButError(1)
		if err := st.FormOpen(t.Context(), me, at, "a", "2020000002"); err != nil {
			t.Fatal(err)
		}
		settle()
		v := st.view(at, chat.FormFilling)
		if v.Held || v.Account != "2020000002" {
			t.Errorf("for %s the page has the password of another", v.Account)
		}
	})
}
