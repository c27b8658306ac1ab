package bulletin_test

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jwxtbot/jwxt/bulletin"
)

// reader has no time to lose.
func reader(t *testing.T, private bool) *bulletin.Reader {
	r := bulletin.NewReader(bulletin.Options{UserAgent: "jwxtbot", Gap: time.Millisecond, AllowPrivate: private})
	t.Cleanup(r.Close)
	return r
}

func TestPrivateAddresses(t *testing.T) {
	hits := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits++
		serveList(w, r)
	}))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "10.0.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "[fd00::1]", "[64:ff9b::7f00:1]", "[fec0::1]", "[::7f00:1]"} {
		_, err := reader(t, false).List(t.Context(), sourceAt("http://"+host+":"+port+"/"), bulletin.Validators{})
		wantClass(t, err, bulletin.Net)
		if err == nil || !strings.Contains(err.Error(), "not of the public internet") {
			t.Errorf("%s: got %v", host, err)
		}
	}
	if hits != 0 {
		t.Errorf("%d requests came through", hits)
	}
	if _, err := reader(t, true).List(t.Context(), sourceAt(server.URL), bulletin.Validators{}); err != nil {
		t.Errorf("allowed: %v", err)
	}
}

func TestTLS(t *testing.T) {
	pin := func(s *httptest.Server) string {
		sum := sha256.Sum256(s.Certificate().Raw)
		return hex.EncodeToString(sum[:])
	}
	modern, old := tlsServer(t, &tls.Config{}), tlsServer(t, &tls.Config{
		MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10,
		CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA},
	})
	tests := []struct {
		name   string
		server *httptest.Server
		pin    string
		legacy bool
		want   bulletin.Class
	}{
		{"no authority", modern, "", false, bulletin.TLS},
		{"pinned", modern, pin(modern), false, ""},
		{"another certificate", modern, strings.Repeat("0", 64), false, bulletin.TLS},
		{"old", old, pin(old), false, bulletin.TLS},
		{"old, allowed", old, pin(old), true, ""},
		{"old, allowed, no authority", old, "", true, bulletin.TLS},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := sourceAt(tt.server.URL)
			s.PinSHA256, s.LegacyTLS = tt.pin, tt.legacy
			_, err := reader(t, true).List(t.Context(), s, bulletin.Validators{})
			if tt.want != "" {
				wantClass(t, err, tt.want)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// tlsServer serves the list with a certificate that nobody vouches for; it
// sends who asks for /away to plain http.
func tlsServer(t *testing.T, c *tls.Config) *httptest.Server {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://"+r.Host+"/", http.StatusFound)
			return
		}
		serveList(w, r)
	}))
	s.TLS = c
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func TestPinnedBoardStaysOnTLS(t *testing.T) {
	server := tlsServer(t, &tls.Config{})
	sum := sha256.Sum256(server.Certificate().Raw)
	s := sourceAt(server.URL + "/away")
	s.PinSHA256 = hex.EncodeToString(sum[:])
	_, err := reader(t, true).List(t.Context(), s, bulletin.Validators{})
	wantClass(t, err, bulletin.TLS)
}

func TestProxy(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.String())
		serveList(w, r)
	}))
	defer proxy.Close()
	s := sourceAt("http://jwc.example.edu.cn/tzgg.htm")
	s.Proxy = proxy.URL // the operator's own, and so it may be private
	if _, err := reader(t, false).List(t.Context(), s, bulletin.Validators{}); err != nil {
		t.Fatal(err)
	}
	if len(asked) != 2 || asked[1] != s.URL {
		t.Errorf("the proxy was asked %q", asked)
	}
	s.URL = "http://127.0.0.1/"
	_, err := reader(t, false).List(t.Context(), s, bulletin.Validators{})
	wantClass(t, err, bulletin.Net)
	s.URL, s.Proxy = "http://jwc.example.edu.cn/tzgg.htm", "http://user:canary@127.0.0.1:1"
	_, err = reader(t, false).List(t.Context(), s, bulletin.Validators{})
	wantClass(t, err, bulletin.Net)
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("the error has the proxy's password: %v", err)
	}
}

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, err = reader(t, true).List(t.Context(), sourceAt("http://"+l.Addr().String()), bulletin.Validators{})
	wantClass(t, err, bulletin.Net)
}
