package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestSourceTryURL asks a board: robots.txt, the list, and the first article.
func TestSourceTryURL(t *testing.T) {
	var asked []string
	board := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		if !strings.Contains(r.UserAgent(), "mail@example.org") {
			t.Errorf("it says to be %q", r.UserAgent())
		}
		switch r.URL.Path {
		case "/tzgg.htm":
			fmt.Fprint(w, `<li><a href="info/1/2.htm">关于选课的通知</a>2026-06-30</li>`)
		case "/info/1/2.htm":
			w.WriteHeader(http.StatusPreconditionFailed)
		default:
			http.NotFound(w, r)
		}
	}))
	defer board.Close()
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"source", "try", "--private", "--contact", "mail@example.org", board.URL + "/tzgg.htm"}, nil, &out, &errs)
	if code != exitOK || errs.Len() > 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	if got, want := strings.Join(asked, " "), "/robots.txt /tzgg.htm /info/1/2.htm"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
	for _, want := range []string{"关于选课的通知", "The first article cannot be read. BLOCKED:", "[[source]]"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}
