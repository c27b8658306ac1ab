package wisedu_test

import (
	"errors"
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/wisedu"
)

// A school without its front, or with options that mean nothing, is told so.
func TestSettings(t *testing.T) {
	_, err := wisedu.New().Login(t.Context(), (&stub{t: t}).conn(), nil)
	wantKind(t, err, jwxt.Internal)
	for _, o := range [][2]string{{"system", "eams"}, {"who", "me"}, {"account", "x"}, {"attempts", "best"}, {"timetable", "y"}, {"atempts", "all"}} {
		c := (&stub{t: t}).conn(o[0], o[1])
		_, err := wisedu.New().Grades(t.Context(), c, jwxt.Term{})
		wantKind(t, err, jwxt.Internal)
		if _, err := wisedu.New().Entrance(c.School); jwxt.KindOf(err) != jwxt.Internal {
			t.Errorf("%q: %v", o, err)
		}
	}
	c := (&stub{t: t}).conn("system", "gsapp")
	_, err = wisedu.New().Timetable(t.Context(), c, jwxt.Term{})
	wantKind(t, err, jwxt.Unsupported)
	_, err = wisedu.New().Exams(t.Context(), c, jwxt.Term{Year: 2024, Part: 1})
	wantKind(t, err, jwxt.Unsupported)
	for system, want := range map[string]string{"": "4768574631264620", "gsapp": "5094115980385668"} {
		got, err := wisedu.New().Entrance(jwxt.School{BaseURL: "http://ehall.example.edu.cn", Options: map[string]string{"system": system}})
		if err != nil || got != "/appShow?appId="+want {
			t.Errorf("%s: the entrance is %q, %v", system, got, err)
		}
	}
}

// The list of all attempts is asked where the school's option says so.
func TestAllAttempts(t *testing.T) {
	for option, want := range map[string]bool{"": false, "all": true} {
		s := &stub{t: t, answers: map[string][]string{gradeList: {rows(0, 1, 1, number)}, desktop: {me}}}
		_, err := wisedu.New().Grades(t.Context(), s.conn("attempts", option), jwxt.Term{})
		if got := strings.Contains(s.forms[0].Get("querySetting"), `"SHOWMAXCJ"`); err != nil || got != want {
			t.Errorf("%q: %v, asked by %v", option, err, s.forms[0])
		}
	}
}

// A renewed session whose rows are another's is dropped, also where no page tells
// who is logged in.
func TestRenewedAsAnother(t *testing.T) {
	s := &stub{t: t, answers: map[string][]string{gradeIn: {"x"}, gradeList: {rows(0, 3, 3, "2020000009")}}}
	c := s.conn("who", "none", "account", "alias")
	c.Session.Student, c.Session.Memo = jwxt.Student{Number: "zhangsan"}, map[string]string{"xh": number}
	landed := jwxttest.Page(t, "http://ehall.example.edu.cn/jwapp/sys/cjcx/*default/index.do", []byte("x"))
	if _, err := wisedu.New().Arrive(t.Context(), c, landed, "zhangsan"); err != nil {
		t.Fatal(err)
	}
	if _, err := wisedu.New().Grades(t.Context(), c, jwxt.Term{}); !errors.Is(err, jwxt.ErrOtherStudent) {
		t.Errorf("got %v, want ErrOtherStudent", err)
	}
}

// Who comes from the front is in the grade app, or is led there, and is who he
// says he is.
func TestArrive(t *testing.T) {
	at := func(address, body string) jwxt.Page { return jwxttest.Page(t, address, []byte(body)) }
	index := "http://ehall.example.edu.cn/jwapp/sys/cjcx/*default/index.do"
	for _, tt := range []struct {
		name    string
		landed  jwxt.Page
		options []string
		told    string
		kind    jwxt.Kind // Internal for none
		want    jwxt.Student
		asked   int
	}{
		{"in the app", at(index, "x"), nil, me, jwxt.Internal, jwxt.Student{Number: number, Name: name}, 1},
		{"at the portal", at("http://ehall.example.edu.cn/new/index.html", "x"), nil, me, jwxt.Internal, jwxt.Student{Number: number, Name: name}, 2},
		{"no page tells", at(index, "x"), []string{"who", "none"}, "", jwxt.Internal, jwxt.Student{Number: number}, 0},
		{"another", at(index, "x"), nil, another, jwxt.KickedOut, jwxt.Student{}, 1},
		{"by another name", at(index, "x"), []string{"account", "alias"}, another, jwxt.Internal, jwxt.Student{Number: "2020000009", Name: "李四"}, 1},
		{"the portal knows nobody", at(index, "x"), nil, `{"hasLogin":false}`, jwxt.Expired, jwxt.Student{}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &stub{t: t, answers: map[string][]string{gradeIn: {"x"}, desktop: {tt.told}}}
			c := s.conn(tt.options...)
			c.Session.Student, c.Session.Memo = jwxt.Student{}, map[string]string{"app": "wdkb", "xh": "2020000009"}
			got, err := wisedu.New().Arrive(t.Context(), c, tt.landed, " "+number+" ")
			if (tt.kind == jwxt.Internal) != (err == nil) || err != nil && jwxt.KindOf(err) != tt.kind || got != tt.want || c.Session.Student != tt.want {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
			if len(s.asked) != tt.asked || err == nil && (c.Session.Memo["app"] != "cjcx" || c.Session.Memo["xh"] != "") {
				t.Errorf("asked %q, remembers %v", s.asked, c.Session.Memo)
			}
		})
	}
}
