package supwisdom_test

import (
	"net/http"
	"net/http/httptest"
)

// inProcess is a school without a wire.
type inProcess struct{ http.Handler }

func (h inProcess) Do(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	res := rec.Result()
	res.Request = r
	return res, nil
}
