package campus

// course is one line of the invented curriculum.
type course struct {
	term       int // 0 is the first of eight
	id, name   string
	credits    string
	hours      int
	nature     string // 课程性质
	department string
	scale      scale
	exam       bool // 考试, otherwise 考查
	optional   bool // 选修, otherwise 必修
}

// scale is how a course is marked.
type scale int

const (
	hundred scale = iota
	fiveWords
	passFail
)

const (
	general  = "通识必修课"
	politics = "思想政治理论课"
	basic    = "学科基础课"
	major    = "专业必修课"
	branch   = "专业选修课"
	elective = "公共选修课"
	practice = "实践教学环节"
)

const (
	marxism   = "马克思主义学院"
	maths     = "数学与统计学院"
	languages = "外国语学院"
	computing = "计算机学院"
	sports    = "体育部"
	office    = "教务处"
	physics   = "物理与电子学院"
	arts      = "艺术与传媒学院"
)

// curriculum is four years of 计算机科学与技术, credits and hours as such
// plans have them.
func curriculum() []course {
	return []course{
		{0, "A0100101", "思想道德与法治", "3", 48, politics, marxism, hundred, true, false},
		{0, "A0200101", "高等数学A（上）", "5", 80, basic, maths, hundred, true, false},
		{0, "A0200103", "线性代数", "2.5", 40, basic, maths, hundred, true, false},
		{0, "A0300101", "大学英语（一）", "3", 48, general, languages, hundred, true, false},
		{0, "A0400101", "体育（一）", "1", 32, general, sports, hundred, false, false},
		{0, "C0500101", "计算机导论", "2", 32, basic, computing, hundred, true, false},
		{0, "C0500102", "程序设计基础（C语言）", "4", 64, basic, computing, hundred, true, false},
		{0, "A0600101", "军事理论", "2", 36, general, office, fiveWords, false, false},
		{0, "P0600102", "军事技能训练", "2", 112, practice, office, passFail, false, false},
		{0, "A0100111", "形势与政策（一）", "0.25", 8, politics, marxism, hundred, false, false},

		{1, "A0100102", "中国近现代史纲要", "3", 48, politics, marxism, hundred, true, false},
		{1, "A0200102", "高等数学A（下）", "5", 80, basic, maths, hundred, true, false},
		{1, "A0300102", "大学英语（二）", "3", 48, general, languages, hundred, true, false},
		{1, "A0400102", "体育（二）", "1", 32, general, sports, hundred, false, false},
		{1, "A0700101", "大学物理B", "4", 64, basic, physics, hundred, true, false},
		{1, "P0700102", "大学物理实验", "1", 32, practice, physics, fiveWords, false, false},
		{1, "C0500103", "面向对象程序设计（Java）", "3.5", 56, basic, computing, hundred, true, false},
		{1, "A0100112", "形势与政策（二）", "0.25", 8, politics, marxism, hundred, false, false},
		{1, "E0900101", "大学生心理健康教育", "2", 32, general, office, fiveWords, false, false},

		{2, "A0100103", "马克思主义基本原理", "3", 48, politics, marxism, hundred, true, false},
		{2, "A0200104", "概率论与数理统计", "3", 48, basic, maths, hundred, true, false},
		{2, "A0300103", "大学英语（三）", "2", 32, general, languages, hundred, true, false},
		{2, "A0400103", "体育（三）", "1", 32, general, sports, hundred, false, false},
		{2, "C0510101", "离散数学", "4", 64, basic, computing, hundred, true, false},
		{2, "C0510102", "数据结构", "4", 64, major, computing, hundred, true, false},
		{2, "P0510103", "数据结构课程设计", "1", 32, practice, computing, fiveWords, false, false},
		{2, "E0800101", "影视鉴赏", "2", 32, elective, arts, fiveWords, false, true},

		{3, "A0100104", "毛泽东思想和中国特色社会主义理论体系概论", "3", 48, politics, marxism, hundred, true, false},
		{3, "A0300104", "大学英语（四）", "2", 32, general, languages, hundred, true, false},
		{3, "A0400104", "体育（四）", "1", 32, general, sports, hundred, false, false},
		{3, "C0510104", "计算机组成原理", "4", 64, major, computing, hundred, true, false},
		{3, "C0510105", "操作系统", "4", 64, major, computing, hundred, true, false},
		{3, "C0510106", "数字逻辑", "3", 48, basic, computing, hundred, true, false},
		{3, "P0510107", "数字逻辑实验", "0.5", 16, practice, computing, fiveWords, false, false},
		{3, "E0800102", "创新思维训练", "1", 16, elective, office, passFail, false, true},

		{4, "A0100105", "习近平新时代中国特色社会主义思想概论", "3", 48, politics, marxism, hundred, true, false},
		{4, "C0520101", "计算机网络", "3.5", 56, major, computing, hundred, true, false},
		{4, "C0520102", "数据库系统原理", "3.5", 56, major, computing, hundred, true, false},
		{4, "C0520103", "算法设计与分析", "3", 48, major, computing, hundred, true, false},
		{4, "P0520104", "数据库课程设计", "1", 32, practice, computing, fiveWords, false, false},
		{4, "C0520105", "Web前端开发技术", "2", 32, branch, computing, hundred, false, true},
		{4, "C0520106", "Python程序设计 & 数据分析", "2", 32, branch, computing, hundred, false, true},
		{4, "A0900102", "大学生职业生涯规划", "0.5", 8, general, office, passFail, false, false},

		{5, "C0520107", "编译原理", "3", 48, major, computing, hundred, true, false},
		{5, "C0520108", "软件工程", "3", 48, major, computing, hundred, true, false},
		{5, "C0520109", "人工智能导论", "2", 32, branch, computing, hundred, true, true},
		{5, "C0520110", "Linux系统管理", "2", 32, branch, computing, fiveWords, false, true},
		{5, "C0520111", "信息安全概论", "2", 32, branch, computing, hundred, true, true},
		{5, "P0520112", "软件工程课程设计", "1", 32, practice, computing, fiveWords, false, false},
		{5, "A0100113", "形势与政策（三）", "0.25", 8, politics, marxism, hundred, false, false},

		{6, "C0530101", "机器学习", "2.5", 40, branch, computing, hundred, true, true},
		{6, "C0530102", "分布式系统", "2", 32, branch, computing, hundred, true, true},
		{6, "C0530103", "计算机图形学", "2", 32, branch, computing, hundred, false, true},
		{6, "P0530104", "生产实习", "3", 96, practice, computing, fiveWords, false, false},
		{6, "A0900103", "就业指导", "0.5", 8, general, office, passFail, false, false},
		{6, "E0800103", "中国书法艺术", "1", 16, elective, arts, fiveWords, false, true},

		{7, "P0530105", "毕业实习", "4", 128, practice, computing, passFail, false, false},
		{7, "P0530106", "毕业设计（论文）", "8", 256, practice, computing, fiveWords, false, false},
		{7, "A0100114", "形势与政策（四）", "0.25", 8, politics, marxism, hundred, false, false},
		{7, "E0700104", "大学生创新创业实践", "2", 64, practice, office, passFail, false, true},
	}
}
