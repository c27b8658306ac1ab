package kingosoft_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/kingosoft"
)

const aspxOneRow = `<html><table><tr><td>序号<td>课程/环节<td>成绩<tr><td>1<td>[1]线性代数<td>88</table></html>`

// aspxIn is a student who is logged in.
func aspxIn(s *aspxStub, options ...string) *jwxt.Conn {
	c := s.conn(options...)
	c.Session = jwxt.Session{Cookies: []jwxt.Cookie{{Name: "ASP.NET_SessionId", Value: "x", Domain: "jw.example.edu.cn", Path: "/"}}, Student: jwxt.Student{Number: "201730269"}}
	if s.answers["GET /PUB/foot.aspx"] == nil {
		s.answers["GET /PUB/foot.aspx"] = []string{aspxFootPage}
	}
	return c
}

// The query goes out in GBK with the Referer of its form; a list that names no
// term is that of the one asked for.
func TestASPXGradeQuery(t *testing.T) {
	for _, tt := range []struct {
		term    jwxt.Term
		options []string
		want    url.Values
	}{
		{jwxt.Term{}, nil, url.Values{"SJ": {"1"}, "SelXNXQ": {"0"}}},
		{jwxt.Term{Year: 2020, Part: 2}, []string{"grades", "original"}, url.Values{"SJ": {"0"}, "SelXNXQ": {"2"}, "sel_xn": {"2020"}, "sel_xq": {"1"}}},
	} {
		s := &aspxStub{t: t, answers: map[string][]string{"POST /xscj/Stu_MyScore_rpt.aspx": {aspxOneRow}}}
		got, err := kingosoft.New().Grades(t.Context(), aspxIn(s, tt.options...), tt.term)
		if err != nil || len(got.Grades) != 1 || got.Grades[0].Term != tt.term || got.Grades[0].Score != "88" {
			t.Fatalf("got %+v, %v", got, err)
		}
		for name, value := range map[string]string{"btn_search": "检索", "zfx_flag": "0", "zxf": "0", "shownocomputjd": "1", "hidparam_xh": ""} {
			tt.want.Set(name, value)
		}
		if diff := cmp.Diff(tt.want, posted(t, s.bodies[1])); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if !strings.Contains(s.bodies[1], "btn_search=%BC%EC%CB%F7") || s.asked[1] != "POST /xscj/Stu_MyScore_rpt.aspx /xscj/Stu_MyScore.aspx" {
			t.Errorf("asked %q with %s", s.asked, s.bodies[1])
		}
	}
}

// To who has just been told by name, 您无权访问此页 is no end of the session; what
// else sends to the login is.
func TestASPXRefusedList(t *testing.T) {
	noRight := `<span>系统提示：您无权访问此页，可重新<a href=x>登录</a>再试！</font>`
	for name, tt := range map[string]struct {
		foot, list string
		kind       jwxt.Kind
	}{
		"no right anywhere":    {noRight, aspxOneRow, jwxt.Expired},
		"no right to the list": {aspxFootPage, noRight, jwxt.Closed},
		"a sorry page":         {aspxFootPage, "302 /_help/Sorry_note.aspx?ID=001", jwxt.Expired},
		"aged":                 {`<p>您正查看的此页已过期</p>`, aspxOneRow, jwxt.Expired},
		"a script":             {aspxFootPage, `<script>parent.location.href="../_data/login_home.aspx";</script>`, jwxt.Expired},
		"the home page":        {"302 /home.aspx", aspxOneRow, jwxt.Expired},
		"somebody else's":      {strings.Replace(aspxFootPage, "201730269", "201730270", 1), aspxOneRow, jwxt.KickedOut},
		"told off":             {aspxFootPage, `<script>alert('您还未评教');</script>`, jwxt.MustActFirst},
	} {
		t.Run(name, func(t *testing.T) {
			s := &aspxStub{t: t, answers: map[string][]string{"GET /PUB/foot.aspx": {tt.foot}, "POST /xscj/Stu_MyScore_rpt.aspx": {tt.list}}}
			_, err := kingosoft.New().Grades(t.Context(), aspxIn(s), jwxt.Term{})
			wantKind(t, err, tt.kind, "")
		})
	}
}

const aspxDrawn = `<html><img src='Stu_MyScore_Drawimg.aspx?x=1&xnxq=20200&xh=7'><img src='Stu_MyScore_Drawimg.aspx?x=1&xnxq=20201&xh=7'>
	<img src='Stu_MyScore_Drawimg.aspx?x=2&xnxq=20201&xh=7'></html>`

// Pictures come along, newest term first, as far as there is room.
func TestASPXPictures(t *testing.T) {
	spring, autumn := jwxt.Term{Year: 2020, Part: 2}, jwxt.Term{Year: 2020, Part: 1}
	small, large := "\xff\xd8\xff small", "\xff\xd8\xff"+strings.Repeat("x", jwxt.MaxPictures-100)
	image := func(s string) jwxt.Picture { return jwxt.Picture{Term: spring, Image: []byte(s)} }
	for name, tt := range map[string]struct {
		term   jwxt.Term
		images []string
		want   []jwxt.Picture
	}{
		"all":            {jwxt.Term{}, []string{small}, []jwxt.Picture{image(small), image(small), {Term: autumn, Image: []byte(small)}}},
		"one term":       {spring, []string{small}, []jwxt.Picture{image(small), image(small)}},
		"no room":        {jwxt.Term{}, []string{small, large}, []jwxt.Picture{image(small), image(large), {Term: autumn}}},
		"no room at 2nd": {jwxt.Term{}, []string{large, large}, []jwxt.Picture{image(large), {Term: spring}, {Term: autumn}}},
		"no such term":   {jwxt.Term{Year: 2019, Part: 1}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var answers []string
			for _, i := range tt.images {
				answers = append(answers, "image:"+i)
			}
			s := &aspxStub{t: t, answers: map[string][]string{"POST /xscj/Stu_MyScore_rpt.aspx": {aspxDrawn}, "GET /xscj/Stu_MyScore_Drawimg.aspx": answers}}
			got, err := kingosoft.New().Grades(t.Context(), aspxIn(s), tt.term)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(jwxt.Transcript{Grades: []jwxt.Grade{}, Pictures: tt.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, asked := range s.asked[2:] {
				if !strings.HasSuffix(asked, " /xscj/Stu_MyScore_rpt.aspx") {
					t.Errorf("asked %q, which does not come from the list", asked)
				}
			}
		})
	}
}

func TestASPXBrokenPictures(t *testing.T) {
	for name, tt := range map[string]struct {
		image string
		kind  jwxt.Kind
	}{
		"no picture": {"<p>x</p>", jwxt.Changed},
		"no right":   {"<span>您无权访问此页，可重新登录再试！</font>", jwxt.Closed},
		"no login":   {"302 /_data/login_home.aspx", jwxt.Expired},
		"too large":  {"image:\xff\xd8\xff" + strings.Repeat("x", jwxt.MaxPictures), jwxt.Changed},
		"too busy":   {"503 /", jwxt.Unreachable},
	} {
		s := &aspxStub{t: t, answers: map[string][]string{"POST /xscj/Stu_MyScore_rpt.aspx": {aspxDrawn}, "GET /xscj/Stu_MyScore_Drawimg.aspx": {tt.image}}}
		_, err := kingosoft.New().Grades(t.Context(), aspxIn(s), jwxt.Term{})
		if jwxt.KindOf(err) != tt.kind || err == nil {
			t.Errorf("%s: got %v, want %v", name, err, tt.kind)
		}
	}
}

// aspxStudent logs a student in at a simulated school.
func aspxStudent(t *testing.T, system campus.KingoASPX) (*jwxt.Conn, campus.Account) {
	t.Helper()
	p := profile(system)
	p.Charset = campus.GBK
	school := campus.New(p)
	c := &jwxt.Conn{School: p.School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(school)}
	step, err := kingosoft.New().Login(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kingosoft.New().Login(t.Context(), c, jwxttest.Campus{School: school, Number: number}.Answers(step.(*jwxt.Ask))); err != nil {
		t.Fatalf("%v (said %q)", err, jwxt.SaidOf(err))
	}
	return c, p.Accounts[0]
}

// A simulated school that draws its marks: every term has one picture or more,
// newest first, all terms together or one by itself.
func TestASPXDrawnMarks(t *testing.T) {
	c, a := aspxStudent(t, campus.KingoASPX{Root: "/jwweb", Pictures: true})
	got, err := kingosoft.New().Grades(t.Context(), c, jwxt.Term{})
	if err != nil || len(got.Grades) != 0 {
		t.Fatalf("got %d grades, %v", len(got.Grades), err)
	}
	var terms []jwxt.Term
	for _, p := range got.Pictures {
		if len(p.Image) == 0 {
			t.Errorf("%v has no image", p.Term)
		}
		terms = append(terms, p.Term)
	}
	if len(slices.Compact(slices.Clone(terms))) != 8 || terms[0] != a.Current() || !slices.IsSortedFunc(terms, func(x, y jwxt.Term) int { return y.Compare(x) }) {
		t.Errorf("terms %v, want eight from %v down", terms, a.Current())
	}
	one, err := kingosoft.New().Grades(t.Context(), c, a.Current())
	if diff := cmp.Diff(got.Pictures[:slices.IndexFunc(terms, func(t jwxt.Term) bool { return t != a.Current() })], one.Pictures); diff != "" || err != nil {
		t.Errorf("%v (-all +one):\n%s", err, diff)
	}
}

// 正选结果 has the lessons of the current term and tells of no other.
func TestASPXSelection(t *testing.T) {
	c, a := aspxStudent(t, campus.KingoASPX{})
	got, err := kingosoft.New().Timetable(t.Context(), c, jwxt.Term{})
	if err != nil {
		t.Fatal(err)
	}
	var want int
	for _, l := range a.Lessons(jwxt.Term{}) {
		if l.Weekday > 0 {
			want++
		}
	}
	timed := slices.DeleteFunc(slices.Clone(got.Lessons), func(l jwxt.Lesson) bool { return l.Weekday == 0 })
	if len(timed) != want || len(timed) == 0 || len(got.Lessons) == want {
		t.Errorf("%d lessons with a time and %d in all, want %d and some without", len(timed), len(got.Lessons), want)
	}
	_, err = kingosoft.New().Timetable(t.Context(), c, a.Current())
	wantKind(t, err, jwxt.Unsupported, "")
	_, err = kingosoft.New().Exams(t.Context(), c, jwxt.Term{})
	wantKind(t, err, jwxt.Unsupported, "")
}
