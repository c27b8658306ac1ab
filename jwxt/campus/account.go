package campus

import (
	"time"

	"jwxtbot/jwxt"
)

// Account is a student as the school knows him.
type Account struct {
	Number   string `json:"number"`
	Name     string `json:"name"`
	Password string `json:"password"`
	// Grades is the transcript in the order the school lists it. Fields are as
	// a driver should read them, except those the school's page has no column
	// for: Department is in the JSON build only, Extra and the like need 21
	// columns, Parts need PartColumns. Detail is the school's key of the row.
	Grades []jwxt.Grade `json:"-"`
	Gate   Gate         `json:"gate,omitempty"`
	About  string       `json:"about,omitempty"` // what there is to see, for the demo's list
}

// Gate is what stands between a student and the grades.
type Gate string

// The gates. Open is none.
const (
	Open         Gate = ""
	GateEvaluate Gate = "evaluate" // 评教未完成, whichever term is asked
	GateNewest   Gate = "newest"   // 评教未完成 in the newest term only; asking for all terms fails too
	GateLocked   Gate = "locked"   // the login is refused
	GatePassword Gate = "password" // logged in, but must change the password first
	GateClosed   Gate = "closed"   // 系统功能暂未开放
	GateEmpty    Gate = "empty"    // 未查询到数据
)

// Gates lists all gates, Open first.
func Gates() []Gate {
	return []Gate{Open, GateEvaluate, GateNewest, GateLocked, GatePassword, GateClosed, GateEmpty}
}

// person is an account with what changes while the school runs; School.mu
// guards it.
type person struct {
	Account
	wrong  int       // passwords in a row
	failed time.Time // the last of them
}

// newest is the last term of the transcript.
func newest(grades []jwxt.Grade) jwxt.Term {
	var last jwxt.Term
	for _, g := range grades {
		if g.Term.Compare(last) > 0 {
			last = g.Term
		}
	}
	return last
}
