package urp_test

import (
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
	"jwxtbot/jwxt/jwxttest"
	"jwxtbot/jwxt/urp"
)

// TestPeerBugs holds this driver against bugs found in other clients of URP.
// Bugs that a test elsewhere would find are named there:
//
//   - A form without tokenValue is posted, and refused however right the
//     captcha is (SCUCourseSelectHelper): TestPostedForm, TestConformance.
//   - A wrong password is posted again, hidden in other ways: TestRefusals.
//   - Rows inside of thead are not seen: samples, and
//     grades-old-this-term-few-columns among the golden pages.
//   - The 20 rows of a default page are taken for all: TestConformance.
//   - What the teacher has not handed in yet is shown (scu-urp-assistant shows
//     it not): TestWithheldScores.
//   - A lost connection or an error page is taken for data: the suite's "broken
//     answers".
func TestPeerBugs(t *testing.T) {
	for bug, test := range map[string]func(*testing.T){
		"xkTool takes a wrong password for a login":                      wrongIsWrong,
		"columns by place read 名次 for 成绩 where schools have fewer":       fewerColumns,
		"scu-urp-assistant dies of a point that is null":                 nullPoint,
		"courses without 评教 count as −999.999":                           noMinus,
		"a course that was failed and passed later is listed once":       failedAndPassed,
		"courseScore that has moved into the id is not seen (SCU, 2026)": scoreInID,
	} {
		t.Run(bug, test)
	}
}

func wrongIsWrong(t *testing.T) {
	for _, system := range []campus.System{campus.URPOld{}, campus.URPNew{}} {
		p := profile(system)
		p.Captcha = false
		c := &jwxt.Conn{School: p.School("http://jw.example.edu.cn"), HTTP: jwxttest.InProcess(campus.New(p))}
		_, err := attempt(t, c, answers("password", "wrong"))
		wantKind(t, err, jwxt.WrongPassword, "密码")
	}
}

func fewerColumns(t *testing.T) {
	for _, few := range []bool{false, true} {
		_, c := connected(t, profile(campus.URPOld{FewColumns: few}))
		got, err := urp.New().Grades(t.Context(), c, jwxt.Term{Year: 2023, Part: 2})
		if err != nil || len(got.Grades) == 0 || got.Grades[0].Course != "毕业实习" || got.Grades[0].Score != "通过" {
			t.Errorf("few columns %v: got %+v, %v", few, got.Grades, err)
		}
	}
}

// passed reads one row of a new build's list of passed courses.
func passed(t *testing.T, row string) jwxt.Grade {
	t.Helper()
	body := `{"lnList":[{"cjList":[` + row + `]}]}`
	v, err := urp.New().ParsePage("grades", jwxttest.Page(t, "http://jw.example.edu.cn/x", []byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	return v.(jwxt.Transcript).Grades[0]
}

func nullPoint(t *testing.T) {
	if g := passed(t, `{"courseName":"a","cj":"80","gradePointScore":null}`); g.Point.Valid() || g.Score != "80" {
		t.Errorf("got %+v", g)
	}
}

func noMinus(t *testing.T) {
	g := passed(t, `{"courseName":"a","courseScore":"-999.999","gradePointScore":-999.999}`)
	if g.Point.Valid() || g.Score != "" || !g.Hidden || g.Failed || len(g.Extra) > 0 {
		t.Errorf("got %+v", g)
	}
}

func failedAndPassed(t *testing.T) {
	_, c := connected(t, profile(campus.URPOld{}))
	got, err := urp.New().Grades(t.Context(), c, jwxt.Term{})
	var scores []string
	for _, g := range got.Grades {
		if g.CourseID == "A0200102" {
			scores = append(scores, g.Score)
		}
	}
	if err != nil || len(scores) != 3 {
		t.Errorf("高等数学A（下） has %q, %v", scores, err)
	}
}

func scoreInID(t *testing.T) {
	if g := passed(t, `{"id":{"courseNumber":"1","courseScore":"77"},"courseName":"a","courseScore":null}`); g.Score != "77" || g.CourseID != "1" {
		t.Errorf("got %+v", g)
	}
}
