package fetch_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

// wire notes what is asked, by whom it is asked from and with which cookies.
type wire struct{ asked []string }

func (w *wire) Do(r *http.Request) (*http.Response, error) {
	w.asked = append(w.asked, r.URL.String()+" from "+r.Referer()+" with "+r.Header.Get("Cookie"))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(http.NoBody)}, nil
}

// TestFrontInClear: a school in clear that sends to its front in clear does not
// get the front's cookies onto the wire, nor is the door open to it.
func TestFrontInClear(t *testing.T) {
	school := jwxt.School{
		BaseURL: "http://jwxt.example.edu.cn",
		Front:   jwxt.Front{Kind: "authserver", URL: "https://ids.example.edu.cn/authserver/login"},
		Link:    jwxt.Link{WebVPN: jwxt.WebVPN{Front: jwxt.Front{URL: "https://sso.example.edu.cn/cas/login"}}},
	}
	for _, host := range []string{"ids.example.edu.cn", "sso.example.edu.cn"} {
		c, err := fetch.New(school)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := get(t.Context(), t, c, "http://"+host+"/authserver/login"); jwxt.KindOf(err) != jwxt.Changed {
			t.Errorf("%s in clear: got %v, want Changed", host, err)
		}
		w := &wire{}
		conn := &jwxt.Conn{School: school, HTTP: w}
		conn.Session.Cookies = []jwxt.Cookie{{Name: "CASTGC", Value: "t", Domain: host, Path: "/"}}
		if _, err := fetch.Open(conn).Get(t.Context(), "http://"+host+":80/authserver/login?service=x", ""); err != nil {
			t.Fatal(err)
		}
		want := []string{"https://" + host + "/authserver/login?service=x from http://jwxt.example.edu.cn/ with CASTGC=t"}
		if diff := cmp.Diff(want, w.asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
	}
}

// TestFrontBesideInClear: a front over TLS on a host whose system has none leaves
// the system as it is.
func TestFrontBesideInClear(t *testing.T) {
	school := jwxt.School{
		BaseURL: "http://jwxt.example.edu.cn", Front: jwxt.Front{Kind: "apereo", URL: "https://jwxt.example.edu.cn/cas/login"},
	}
	w := &wire{}
	if _, err := fetch.Open(&jwxt.Conn{School: school, HTTP: w}).Get(t.Context(), "/a", ""); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"http://jwxt.example.edu.cn/a from http://jwxt.example.edu.cn with "}, w.asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

// TestReferer: another host learns where a person comes from, and not the
// ticket that was in the address there.
func TestReferer(t *testing.T) {
	school := jwxt.School{BaseURL: "https://jwxt.example.edu.cn", Hosts: []string{"ids.example.edu.cn", "old.example.edu.cn"}}
	w := &wire{}
	b := fetch.Open(&jwxt.Conn{School: school, HTTP: w})
	from := "https://jwxt.example.edu.cn/sso?ticket=ST-1"
	for _, to := range []string{"/home", "https://ids.example.edu.cn/", "http://old.example.edu.cn/"} {
		if _, err := b.Get(t.Context(), to, from); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"https://jwxt.example.edu.cn/home from https://jwxt.example.edu.cn/sso?ticket=ST-1 with ",
		"https://ids.example.edu.cn/ from https://jwxt.example.edu.cn/ with ",
		"http://old.example.edu.cn/ from  with ",
	}
	if diff := cmp.Diff(want, w.asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}
