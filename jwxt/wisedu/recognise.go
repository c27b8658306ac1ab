package wisedu

import "jwxtbot/jwxt"

// Doors implements [jwxt.Recogniser]. The system has no login page of its own:
// its doors lead to the front that tells it.
func (Driver) Doors() []string {
	return []string{"/jwapp/sys/cjcx/*default/index.do", "/gsapp/sys/wdcjapp/*default/index.do"}
}

// Recognise implements [jwxt.Recogniser].
func (Driver) Recognise(jwxt.Page) (jwxt.Sign, bool) { return jwxt.Sign{}, false }
