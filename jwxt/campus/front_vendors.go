package campus

// This file holds what each vendor does for those whom a front brings. The
// paths are those that clients of real schools ask; URP's is not known.

func (q *qiangzhi) ssoPath() string { return q.Root + "/sso.jsp" }

func (q *qiangzhi) admit(v *visit, _ string) string {
	q.ensure(v)
	if !v.has(q.Root) {
		v.join(q.Root)
	}
	return q.Root + q.mainPath()
}

func (j *jwglxt) ssoPath() string { return "/sso/jasiglogin" }

func (j *jwglxt) admit(v *visit, _ string) string {
	j.ensure(v)
	return j.Root + "/xtgl/index_initMenu.html?jsdm=xs"
}

func (z *zhengfang) ssoPath() string { return z.Root + "/login_cas.aspx" }

func (z *zhengfang) admit(v *visit, number string) string {
	z.ensure(v)
	if v.sess == nil {
		v.begin("/")
	}
	return z.folder(v) + "xs_main.aspx?xh=" + number
}

func (*urpOld) ssoPath() string { return "/sso/login" }

func (*urpOld) admit(v *visit, _ string) string {
	v.ensureURP()
	return "/xjInfoAction.do?oper=xjxx"
}

func (*urpNew) ssoPath() string { return "/sso/login" }

func (*urpNew) admit(v *visit, _ string) string {
	v.ensureURP()
	return "/index.jsp"
}

func (e *eams) ssoPath() string { return e.root + "/sso/login.action" }

func (e *eams) admit(v *visit, _ string) string {
	e.ensure(v)
	return e.root + "/home.action"
}

func (e *eams5) ssoPath() string { return e.root + "/sso-login" }

func (e *eams5) admit(v *visit, _ string) string {
	e.ensure(v)
	return e.root + "/home"
}
