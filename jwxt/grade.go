package jwxt

// Attempt tells a course's first examination from later ones.
type Attempt string

// The attempts. Schools' own words stay in Grade.Exam.
const (
	FirstAttempt Attempt = ""         // 正常考试
	Resit        Attempt = "resit"    // 补考
	Retake       Attempt = "retake"   // 重修
	Deferred     Attempt = "deferred" // 缓考
	OtherAttempt Attempt = "other"    // words we do not know; see Grade.Exam
)

// Grade is one row of a transcript as the school shows it. Text fields are the
// school's own words; "" means the school's page has no such column or an
// empty cell.
type Grade struct {
	Term       Term    `json:"term"`
	CourseID   string  `json:"course_id,omitempty"`  // 课程编号
	Course     string  `json:"course"`               // 课程名称
	Group      string  `json:"group,omitempty"`      // 分组名
	Score      string  `json:"score"`                // 成绩 as displayed: "84", "优", "通过"
	Mark       string  `json:"mark,omitempty"`       // 成绩标识: 缓考, 缺考, 作弊 …
	Credits    Decimal `json:"credits,omitzero"`     // 学分
	Point      Decimal `json:"point,omitzero"`       // 绩点 as the school computed it
	Hours      Decimal `json:"hours,omitzero"`       // 总学时
	Assessment string  `json:"assessment,omitempty"` // 考核方式: 考试, 考查
	Exam       string  `json:"exam,omitempty"`       // 考试性质 as written
	Attempt    Attempt `json:"attempt,omitempty"`
	RetakeTerm string  `json:"retake_term,omitempty"` // 补重学期
	Attribute  string  `json:"attribute,omitempty"`   // 课程属性: 必修, 选修
	Nature     string  `json:"nature,omitempty"`      // 课程性质
	Elective   string  `json:"elective,omitempty"`    // 通选课类别
	Department string  `json:"department,omitempty"`  // 开课单位
	// Hidden is set where the school withholds the score until 评教 is done.
	Hidden bool `json:"hidden,omitempty"`
	// Failed is set where the school marks the row as failed, or where the
	// score says so: below 60 on the 100 scale, 不及格, 不合格, 不通过, 缺考, 作弊.
	Failed bool `json:"failed,omitempty"`
	// Detail is an opaque key for GradeDetailReader; "" where there is none.
	Detail string            `json:"detail,omitempty"`
	Parts  map[string]string `json:"parts,omitempty"` // 平时成绩, 期末成绩 … where the list has them
	Extra  map[string]string `json:"extra,omitempty"` // columns we do not know, by header text
}

// Transcript is what a grade page says.
type Transcript struct {
	Grades []Grade `json:"grades"`
	// Summary is the school's own totals line, for example 所修门数:75 ….
	Summary string `json:"summary,omitempty"`
	// UnknownColumns are header texts that no field of Grade takes.
	UnknownColumns []string `json:"unknown_columns,omitempty"`
	// Pictures are marks that the school gives as pictures only, newest term
	// first. Nothing reads them; they can be shown to the student, and are as
	// personal as Grades.
	Pictures []Picture `json:"pictures,omitempty"`
}

// MaxPictures is how many bytes all Pictures of a Transcript have together.
const MaxPictures = 300 << 10

// Picture is a list of marks as the school drew it. One term may have several.
type Picture struct {
	Term Term `json:"term,omitzero"` // zero where the school does not say
	// Image is as the school sent it; its type is in its bytes. It is empty
	// where MaxPictures left no room for it: its Term can be asked for alone.
	Image []byte `json:"image,omitempty"`
}

// ScorePart is one part of a score as the school shows it: 平时, 40%, 77.5.
type ScorePart struct {
	Name  string `json:"name"`
	Share string `json:"share,omitempty"` // of the whole, as written
	Score string `json:"score"`
}
