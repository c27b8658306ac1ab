// Package drivers is the list of vendors the program can speak with.
package drivers

import (
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/jwglxt"
	"jwxtbot/jwxt/kingosoft"
	"jwxtbot/jwxt/qiangzhi"
	"jwxtbot/jwxt/supwisdom"
	"jwxtbot/jwxt/urp"
	"jwxtbot/jwxt/zhengfang"
)

// All is every driver by its name, which is what a school's Vendor says.
func All() map[string]jwxt.Driver {
	all := map[string]jwxt.Driver{}
	for _, d := range []jwxt.Driver{
		qiangzhi.New(),
		jwglxt.New(),
		kingosoft.New(),
		supwisdom.New(),
		urp.New(),
		zhengfang.New(),
	} {
		all[d.Name()] = d
	}
	return all
}
