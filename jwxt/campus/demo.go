package campus

// DemoAccounts are students that every school without accounts of its own has.
func DemoAccounts() []Account {
	return []Account{
		{
			Number: "2022000001", Name: "张三", Password: "Demo@2022",
			Grades: Transcript("2022000001", 2022, 8, false),
			About:  "八个学期，有补考、重修、缓考、缺考",
		},
		{
			Number: "2024000002", Name: "李四", Password: "Demo@2024",
			Grades: Transcript("2024000002", 2024, 4, true),
			About:  "四个学期，最新一门成绩须评教后可见",
		},
		{
			Number: "2023000003", Name: "王五", Password: "Demo@2023",
			Grades: Transcript("2023000003", 2023, 6, false), Gate: GateEvaluate,
			About: "评教未完成，不能查询成绩",
		},
		{
			Number: "2025000004", Name: "赵六", Password: "Demo@2025", Gate: GateEmpty,
			About: "新生，尚无成绩",
		},
		{
			Number: "2021000005", Name: "钱七", Password: "Demo@2021", Gate: GateLocked,
			About: "账号已锁定",
		},
	}
}

// Demo are the schools that the demo offers.
func Demo() []Profile {
	return []Profile{
		{
			ID: "donghu", Name: "东湖示范大学", Captcha: true, SingleSession: true,
			System: Qiangzhi{Encoding: Base64, Skin: SkinNew, Columns: 21, Failure: SayShowMsg},
		},
		{
			ID: "beiling", Name: "北岭理工学院", Charset: GBK, Captcha: true, JPEG: true,
			System: Qiangzhi{
				Encoding: Interleave, Skin: SkinOld, Columns: 15, FormFirst: true,
				Widgets: true, Expiry: ExpireForm, Failure: SayRedFont,
			},
		},
		{
			ID: "nanpu", Name: "南浦师范学院",
			System: Qiangzhi{
				Encoding: Plain, Ldap: true, Skin: SkinApp, JSON: true, Referer: true,
				Expiry: ExpireText, Failure: SayAlert,
			},
		},
		{
			ID: "qingchuan", Name: "青川示范大学", LockAfter: 5,
			System: Qiangzhi{Columns: 15},
			Front:  Front{Kind: Authserver, Captcha: FrontPicture, CaptchaAfter: 1, Refuse401: true},
		},
		{
			ID: "yinhu", Name: "银湖职业学院", LockAfter: 5,
			System: QiangzhiApp{},
		},
		{
			ID: "fenglin", Name: "枫林大学", LockAfter: 5,
			System: Jwapp{},
			Front:  Front{Kind: Authserver, Captcha: FrontPicture, CaptchaAfter: 1},
		},
		{
			ID: "xiyuan", Name: "西原科技大学", Captcha: true, JPEG: true, LockAfter: 5, SingleSession: true,
			System: Jwglxt{Count: true},
		},
		{
			ID: "lanshan", Name: "岚山大学", Captcha: true,
			System: Jwglxt{Slider: true, Root: "/", Numbers: true},
		},
		{
			ID: "hexi", Name: "河西师范大学", Charset: GBK, Captcha: true, GIF: true, LockAfter: 5,
			System: Zhengfang{CountTries: true},
		},
		{
			ID: "linjiang", Name: "临江工商学院", Charset: GBK, Captcha: true, GIF: true,
			System: Zhengfang{Cookieless: CookielessPlain, RSA: true, Root: "/zjdxgc", Grades: GradePageCX, Parts: true},
		},
		{
			ID: "yunhe", Name: "云河工业大学", Charset: GBK, Captcha: true, JPEG: true, LockAfter: 5,
			System: URPOld{},
		},
		{
			ID: "haiqing", Name: "海清大学", Captcha: true, LockAfter: 5, SingleSession: true,
			System: URPNew{Hide: HideTwice, Drafts: true},
		},
		{
			ID: "songjiang", Name: "松江示范大学", Captcha: true, JPEG: true, LockAfter: 5, SingleSession: true,
			System: EAMS{Parts: true},
		},
		{
			ID: "nanhu", Name: "南湖科技学院", LockAfter: 8,
			System: EAMS5{CaptchaAfter: 3, BrowsersOnly: true},
		},
		{
			ID: "qingshan", Name: "青山示范学院", Charset: GBK, Captcha: true, JPEG: true, LockAfter: 5,
			System: KingoASPX{Root: "/jwweb", Personal: true},
		},
		{
			ID: "hupan", Name: "湖畔艺术学院", Charset: GBK, LockAfter: 5,
			System: KingoASPX{Pictures: true, Expiry: ExpireRedirect},
		},
		{
			ID: "xinghu", Name: "星湖示范学院", Charset: GBK, JPEG: true, LockAfter: 8,
			System: KingoJSP{Root: "/xhxyjw", CaptchaAfter: 2, Count: true, Reissue: true},
		},
	}
}
