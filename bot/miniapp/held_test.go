package miniapp_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/jwxt/campus"
)

// TestPageIsNotHeldOpen: nobody keeps a connection by a body that does not
// come, be the call refused or one that takes none, nor by not reading answers.
func TestPageIsNotHeldOpen(t *testing.T) {
	for name, request := range map[string]string{
		"a stranger's call":       "POST /form/api/view HTTP/1.1\r\nContent-Length: 100\r\nX-Ticket: none\r\n",
		"another site's call":     "POST /form/api/view HTTP/1.1\r\nContent-Length: 100\r\nSec-Fetch-Site: cross-site\r\n",
		"the page":                "GET /form/ HTTP/1.1\r\nContent-Length: 100\r\n",
		"what is not there":       "POST /form/nothing HTTP/1.1\r\nContent-Length: 100\r\n",
		"initData":                "POST /form/api/start HTTP/1.1\r\nContent-Length: 100\r\nContent-Type: application/json\r\n",
		"a call that is no JSON":  "POST /form/api/start HTTP/1.1\r\nContent-Length: 100\r\n",
		"a body without a length": "POST /form/api/view HTTP/1.1\r\nTransfer-Encoding: chunked\r\nX-Ticket: none\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn := connect(t, newStage(t).app)
				began := time.Now()
				fmt.Fprintf(conn, "%sHost: bot.example.edu\r\n\r\n", request)
				if _, err := io.ReadAll(conn); err != nil || time.Since(began) > time.Minute {
					t.Errorf("it was held for %v: %v", time.Since(began), err)
				}
			})
		})
	}
	t.Run("answers not read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			conn := connect(t, newStage(t).app)
			began := time.Now()
			for {
				if _, err := io.WriteString(conn, "GET /form/ HTTP/1.1\r\nHost: bot.example.edu\r\n\r\n"); err != nil {
					break
				}
			}
			if took := time.Since(began); took > 2*time.Minute {
				t.Errorf("it was held for %v", took)
			}
		})
	})
}

// connect opens a connection to a server of h.
func connect(t *testing.T, h http.Handler) net.Conn {
	pipe := campus.NewPipe()
	server := &http.Server{Handler: h}
	go server.Serve(pipe)
	t.Cleanup(func() { server.Close() })
	conn, err := pipe.DialContext(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(time.Hour))
	return conn
}
