package telegram_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAdmins(t *testing.T) {
	owner := `{"status":"creator","user":{"id":7,"is_bot":false,"first_name":"张三"},"is_anonymous":true}`
	admin := `{"status":"administrator","user":{"id":8,"is_bot":false,"first_name":"李四"}}`
	robot := `{"status":"administrator","user":{"id":9,"is_bot":true,"first_name":"bot"}}`
	for name, tc := range map[string]struct {
		answer func(http.ResponseWriter)
		want   []int64
		fails  bool
	}{
		"people":   {func(w http.ResponseWriter) { ok(w, "["+owner+","+robot+","+admin+"]") }, []int64{7, 8}, false},
		"nobody":   {func(w http.ResponseWriter) { ok(w, "[]") }, nil, false},
		"no group": {func(w http.ResponseWriter) { refuse(w, 400, "Bad Request: chat not found", nil) }, nil, true},
		"no list":  {func(w http.ResponseWriter) { ok(w, "true") }, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			f, bot := serve(t, always(tc.answer))
			got, err := bot.Admins(t.Context(), -100)
			if (err != nil) != tc.fails {
				t.Errorf("got error %v, want one: %v", err, tc.fails)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			want := map[string]string{"chat_id": "-100"}
			if calls := f.made("getChatAdministrators"); len(calls) != 1 || !cmp.Equal(calls[0].Params, want) {
				t.Errorf("asked with %v, want %v once", calls, want)
			}
		})
	}
}
