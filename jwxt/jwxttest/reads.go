package jwxttest

import (
	stdcmp "cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/fetch"
)

type recorder = httptest.ResponseRecorder

func testGrades(t *testing.T, c Case) {
	r := newRig(t, c)
	r.in()
	r.used()
	got, err := r.grades(jwxt.Term{})
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := r.wire.counted(); n != c.Grades {
		t.Errorf("grades took %d requests, want %d", n, c.Grades)
	}
	for i, g := range got.Grades {
		if g.Course == "" || g.Term.IsZero() || g.Score == "" && g.Mark == "" && !g.Hidden {
			t.Errorf("row %d is incomplete: %+v", i, g)
		}
	}
}

func testTerm(t *testing.T, c Case) {
	r := newRig(t, c)
	r.in()
	all, err := r.grades(jwxt.Term{})
	if err != nil || len(all.Grades) == 0 {
		t.Fatalf("got %d grades and %v", len(all.Grades), err)
	}
	term, want := all.Grades[0].Term, 0
	for _, g := range all.Grades {
		if g.Term == term {
			want++
		}
	}
	got, err := r.grades(term)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Grades) != want || want == len(all.Grades) {
		t.Errorf("%v has %d grades of %d, want %d and not all", term, len(got.Grades), len(all.Grades), want)
	}
}

func testNotices(t *testing.T, c Case) {
	if _, ok := jwxt.As[jwxt.NoticeReader](c.New()); !ok {
		t.Skip("this driver reads no notices")
	}
	reader := func(d jwxt.Driver) jwxt.NoticeReader { return reading[jwxt.NoticeReader](t, d) }
	r := newRig(t, c)
	r.in()
	var list jwxt.NoticePage
	var detail jwxt.NoticeDetail
	err := r.call(func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) (err error) {
		list, err = reader(d).Notices(ctx, conn, 1)
		return err
	})
	if err != nil || len(list.Notices) != c.Notices || list.Page != 1 || list.Pages < 1 {
		t.Fatalf("got %d notices, page %d of %d, and %v; want %d", len(list.Notices), list.Page, list.Pages, err, c.Notices)
	}
	first := list.Notices[0]
	err = r.call(func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) (err error) {
		detail, err = reader(d).Notice(ctx, conn, first.ID)
		return err
	})
	if err != nil || detail.ID != first.ID || detail.Title != first.Title || detail.Text == "" {
		t.Errorf("notice %+v became %+v, %v", first, detail, err)
	}
	if list.Pages == 1 {
		return
	}
	var second jwxt.NoticePage
	err = r.call(func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) (err error) {
		second, err = reader(d).Notices(ctx, conn, 2)
		return err
	})
	if err != nil || second.Page != 2 || len(second.Notices) == 0 || second.Notices[0].ID == first.ID {
		t.Errorf("the second page: %+v, %v", second, err)
	}
}

// reading is what d can do, by itself or by what it wraps.
func reading[R any](t testing.TB, d jwxt.Driver) R {
	t.Helper()
	r, ok := jwxt.As[R](d)
	if !ok {
		t.Fatalf("%T cannot do what it could before", d)
	}
	return r
}

// readers are all the ways to touch a session.
func readers(c Case) map[string]func(context.Context, jwxt.Driver, *jwxt.Conn) error {
	out := map[string]func(context.Context, jwxt.Driver, *jwxt.Conn) error{}
	d := c.New()
	if _, ok := jwxt.As[jwxt.GradeReader](d); ok {
		out["grades"] = func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) error {
			_, err := grades(d).Grades(ctx, conn, jwxt.Term{})
			return err
		}
	}
	if _, ok := jwxt.As[jwxt.NoticeReader](d); ok {
		out["notices"] = func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) error {
			r, _ := jwxt.As[jwxt.NoticeReader](d)
			_, err := r.Notices(ctx, conn, 1)
			return err
		}
		out["notice"] = func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) error {
			r, _ := jwxt.As[jwxt.NoticeReader](d)
			_, err := r.Notice(ctx, conn, stdcmp.Or(c.NoticeID, "0123456789ABCDEF0123456789ABCDEF"))
			return err
		}
	}
	if _, ok := jwxt.As[jwxt.TimetableReader](d); ok {
		out["timetable"] = func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) error {
			r, _ := jwxt.As[jwxt.TimetableReader](d)
			_, err := r.Timetable(ctx, conn, jwxt.Term{})
			return err
		}
	}
	if _, ok := jwxt.As[jwxt.ExamReader](d); ok {
		out["exams"] = func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) error {
			r, _ := jwxt.As[jwxt.ExamReader](d)
			_, err := r.Exams(ctx, conn, jwxt.Term{})
			return err
		}
	}
	if _, ok := jwxt.As[jwxt.Keeper](d); ok {
		out["keep alive"] = func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) error {
			k, _ := jwxt.As[jwxt.Keeper](d)
			return k.KeepAlive(ctx, conn)
		}
	}
	return out
}

func testEnds(t *testing.T, c Case) {
	for name, read := range readers(c) {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, c)
			r.in()
			r.school.Expire()
			r.want(r.call(read), jwxt.Expired)
			r.in()
			r.school.Kick()
			r.want(r.call(read), jwxt.KickedOut)
			r.in()
			r.used()
		})
	}
}

func testGates(t *testing.T, c Case) {
	r := newRig(t, c)
	r.in()
	r.used()
	r.school.Evaluate()
	_, err := r.grades(jwxt.Term{})
	r.want(err, jwxt.MustActFirst)
	if jwxt.SaidOf(err) == "" {
		t.Error("the school's words about 评教 are lost")
	}
	r.school.Shut()
	_, err = r.grades(jwxt.Term{})
	r.want(err, jwxt.Closed)
	r.school.Empty()
	got, err := r.grades(jwxt.Term{})
	if err != nil || len(got.Grades) != 0 {
		t.Errorf("no grades: got %d and %v, want none and no error", len(got.Grades), err)
	}
}

func testLogout(t *testing.T, c Case) {
	if _, ok := jwxt.As[jwxt.LogoutCaller](c.New()); !ok {
		t.Skip("this driver cannot log out")
	}
	r := newRig(t, c)
	r.in()
	old := r.conn.Session.Clone()
	err := r.call(func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) error {
		return reading[jwxt.LogoutCaller](t, d).Logout(ctx, conn)
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.conn.Session.Cookies) > 0 || r.conn.Session.Student != (jwxt.Student{}) {
		t.Error("the session is still held after the logout")
	}
	r.conn.Session = old
	_, err = r.grades(jwxt.Term{})
	r.want(err, jwxt.Expired)
}

func testRotation(t *testing.T, c Case) {
	if c.InAddress {
		t.Skip("this school has no cookies")
	}
	r := newRig(t, c)
	r.in()
	before := cookieValues(r.conn.Session)
	r.school.Rotate()
	r.used()
	changed := false
	for k, v := range cookieValues(r.conn.Session) {
		changed = changed || before[k] != v
	}
	if !changed {
		t.Error("the session holds the old cookies")
	}
	r.used()
}

// failure is a way an answer goes wrong, and what it is to be called.
type failure struct {
	name  string
	fault fault
	kind  jwxt.Kind
}

// failures are those that the session survives.
func (r *rig) failures() []failure {
	page := httptest.NewRecorder()
	if begin := r.entry(); begin != nil {
		r.school.ServeHTTP(page, begin)
	}
	loginPage := func(w http.ResponseWriter, _ *http.Request, _ func() *recorder) {
		copyHeader(w, page) // the cookie of a fresh session included
		w.Write(page.Body.Bytes())
	}
	all := []failure{
		{"reset", reset, jwxt.Unreachable},
		{"half a body", halfBody, jwxt.Unreachable},
		{"500", status(500), jwxt.Unreachable},
		{"502", status(502), jwxt.Unreachable},
		{"403", status(403), jwxt.Blocked},
		{"429", status(429), jwxt.Blocked},
		{"404", status(404), jwxt.Changed},
		{"wall 412", wallPage(412), jwxt.Blocked},
		{"wall 202", wallPage(202), jwxt.Blocked},
		{"wall 200", wallPage(200), jwxt.Blocked},
		{"10 MB", huge, jwxt.Changed},
		{"redirect to itself", loop, jwxt.Changed},
		{"no byte", blank, jwxt.Changed},
		{"new design", redesigned, jwxt.Changed},
	}
	if page.Body.Len() == 0 {
		return all // the login page is another host's, to which a reading does not go
	}
	return append(all, failure{"login page", loginPage, jwxt.Expired})
}

// testBroken breaks the grade list in every way and wants the right Kind; the
// session is good for another try afterwards.
func testBroken(t *testing.T, c Case) {
	r := newRig(t, c)
	r.in()
	r.used()
	for _, tt := range r.failures() {
		t.Run(tt.name, func(t *testing.T) {
			r.wire.breakAt(c.Data, tt.fault)
			_, err := r.grades(jwxt.Term{})
			if got := jwxt.KindOf(err); err == nil || got != tt.kind {
				t.Errorf("got %v, want %v", err, tt.kind)
			}
			r.wire.breakAt("", nil)
			r.used()
		})
	}
	for _, label := range []string{"GBK", "UTF-8", "ISO-8859-1"} {
		t.Run("labelled "+label, func(t *testing.T) {
			r.wire.breakAt(c.Data, mislabel(label))
			r.used()
		})
	}
	t.Run("stall", func(t *testing.T) {
		r.wire.breakAt(c.Data, stall)
		school := r.conn.School
		school.Pace.Timeout = 50 * time.Millisecond
		client, err := fetch.New(school)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		r.conn.HTTP = client
		_, err = r.grades(jwxt.Term{})
		if jwxt.KindOf(err) != jwxt.Unreachable {
			t.Errorf("got %v, want Unreachable", err)
		}
	})
}

// entry is the request that a stranger's visit begins with, seen by watching
// the driver begin a login; nil where that is one to another host.
func (r *rig) entry() (entry *http.Request) {
	keep := r.conn.Session
	r.conn.Session = jwxt.Session{}
	r.wire.breakAt("", func(w http.ResponseWriter, q *http.Request, _ func() *recorder) {
		rec := httptest.NewRecorder()
		r.wire.inner.ServeHTTP(rec, q)
		if rec.Code == http.StatusOK && entry == nil && q.Host == r.host() {
			entry = httptest.NewRequest(q.Method, q.URL.String(), nil)
			entry.Host = q.Host
			entry.Header.Set("Referer", q.Referer())
		}
		copyHeader(w, rec)
		w.WriteHeader(rec.Code)
		w.Write(rec.Body.Bytes())
	})
	r.begin()
	r.wire.breakAt("", nil)
	r.conn.Session = keep
	return entry
}

// host is the school's own, as requests to it name it.
func (r *rig) host() string {
	u, err := url.Parse(r.conn.School.BaseURL)
	if err != nil {
		r.Fatal(err)
	}
	return u.Host
}

// testRenewed ends a session that the front remembers: it is renewed without a
// password, until the front has forgotten too.
func testRenewed(t *testing.T, c Case) {
	if _, ok := jwxt.As[jwxt.Renewer](c.New()); !ok {
		t.Skip("this driver cannot renew a session")
	}
	renew := func(ctx context.Context, d jwxt.Driver, conn *jwxt.Conn) error {
		return reading[jwxt.Renewer](t, d).Renew(ctx, conn)
	}
	r := newRig(t, c)
	r.want(r.call(renew), jwxt.Expired) // of nobody
	r.in()
	r.school.Expire()
	_, err := r.grades(jwxt.Term{})
	r.want(err, jwxt.Expired)
	if err := r.call(renew); err != nil {
		t.Fatalf("Renew: %v (said %q)", err, jwxt.SaidOf(err))
	}
	if _, posts := r.wire.counted(); posts != 0 {
		t.Errorf("the password was posted %d times", posts)
	}
	if r.conn.Session.Student != c.Student {
		t.Errorf("the student is %+v, want %+v", r.conn.Session.Student, c.Student)
	}
	r.used()
	before := r.conn.Session.Clone()
	r.wire.breakAt("", status(502))
	r.want(r.call(renew), jwxt.Unreachable)
	r.wire.breakAt("", nil)
	if diff := cmp.Diff(before, r.conn.Session); diff != "" {
		t.Errorf("a renewal that failed changed the session:\n%s", diff)
	}
	r.used()
	r.school.Expire()
	r.school.(Front).Forget()
	r.want(r.call(renew), jwxt.Expired)
	r.in()
	r.used()
}
