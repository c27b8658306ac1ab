package config

import (
	"strings"
	"testing"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/jwxt/qiangzhi"
)

func FuzzSchools(f *testing.F) {
	f.Add("[[school]]\nid = \"a\"\nname = '''x\n'''\n[school.pace]\nspacing = \"1s\"\n")
	f.Add("school = [{id = 'a', options = {\"a b\" = 'c'}}, {}]\n# x = 1\n")
	f.Add("[[school]]\naliases = [\n\"a\", # b = [\n'c']\npace.timeout = \"\"\"\\\n1s\"\"\"\n")
	f.Add("[[school]]\nid='a'\nname='甲'\nvendor='qiangzhi'\nurl='https://a.example'\nmirrors=['http://b.example']\nzone='Asia/Urumqi'\nboards=['x']\n[school.link]\npins=['00']\n[school.link.webvpn]\nurl='https://v.example'\n[school.front]\nkind='apereo'\n")
	f.Fuzz(func(t *testing.T, src string) {
		list, problems := parseSchools("schools.toml", src, Known{
			Vendors: []string{"qiangzhi"}, Driver: func(jwxt.School) (jwxt.Driver, error) { return qiangzhi.New(), nil }, Boards: []bulletin.Source{},
		})
		if len(list) == 0 && len(problems) == 0 {
			t.Error("no school and no problem")
		}
		checkProblems(t, src, problems)
	})
}

func FuzzMain(f *testing.F) {
	f.Add("schools = \"s.toml\"\n[telegram]\nproxy = 'socks5://h'\n[limits]\nidle = \"24h\"\n")
	f.Add("[data]\nold_key_files = ['a',\n'b']\nx.y = {z = [1, {q = 2}]}\n")
	f.Fuzz(func(t *testing.T, src string) {
		_, schools, problems := parseMain("bot.toml", src)
		if schools == "" && len(problems) == 0 {
			t.Error("no schools file and no problem")
		}
		checkProblems(t, src, problems)
	})
}

// checkProblems holds every line number to the file.
func checkProblems(t *testing.T, src string, problems Problems) {
	for _, p := range problems {
		if p.Line < 0 || p.Line > strings.Count(src, "\n")+1 || p.Text == "" {
			t.Errorf("no such place: %q", p)
		}
	}
}
