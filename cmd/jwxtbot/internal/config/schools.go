package config

import (
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"jwxtbot/jwxt"
	"jwxtbot/jwxt/bulletin"
	"jwxtbot/jwxt/tomlfile"
)

// schoolsFile is the shape of the schools file.
type schoolsFile struct {
	School []toml.Primitive `toml:"school"`
}

// school is the shape of one [[school]].
type school struct {
	ID      string            `toml:"id"`
	Name    string            `toml:"name"`
	Aliases []string          `toml:"aliases"`
	Vendor  string            `toml:"vendor"`
	URL     string            `toml:"url"`
	Mirrors []string          `toml:"mirrors"`
	Hosts   []string          `toml:"hosts"`
	Proxy   string            `toml:"proxy"`
	Boards  []string          `toml:"boards"`
	Zone    string            `toml:"zone"`
	Options map[string]string `toml:"options"`
	Front   front             `toml:"front"`
	Link    struct {
		TLS    string   `toml:"tls"`
		Pins   []string `toml:"pins"`
		IPv4   bool     `toml:"ipv4"`
		WebVPN struct {
			URL   string `toml:"url"`
			Key   string `toml:"key"`
			IV    string `toml:"iv"`
			Front front  `toml:"front"`
		} `toml:"webvpn"`
	} `toml:"link"`
	Pace struct {
		Concurrent int               `toml:"concurrent"`
		Spacing    tomlfile.Duration `toml:"spacing"`
		Timeout    tomlfile.Duration `toml:"timeout"`
	} `toml:"pace"`
}

// front is the shape of a front.
type front struct {
	Kind    string            `toml:"kind"`
	URL     string            `toml:"url"`
	Options map[string]string `toml:"options"`
}

// Known is what a schools file is held to.
type Known struct {
	Vendors []string // what a school's vendor key may say
	// Driver finds who speaks with a school of one of the vendors. Its error says
	// why nobody does.
	Driver func(jwxt.School) (jwxt.Driver, error)
	// Boards are the notice boards that there are; nil: boards are not looked
	// at. A school that names none gets those whose own school key names it.
	Boards []bulletin.Source
}

// LoadSchools reads a schools file. Errors are as for Load.
func LoadSchools(path string, k Known) ([]jwxt.School, error) {
	list, problems, err := loadSchools(path, k)
	if err == nil && len(problems) > 0 {
		err = problems
	}
	return list, err
}

func loadSchools(path string, k Known) ([]jwxt.School, Problems, error) {
	src, err := tomlfile.Read(path)
	if err != nil {
		return nil, nil, err
	}
	list, problems := parseSchools(path, src, k)
	return list, problems, nil
}

func parseSchools(path, src string, k Known) ([]jwxt.School, Problems) {
	var f schoolsFile
	file, problems := tomlfile.Parse(path, src, &f)
	if file == nil || len(problems) > 0 {
		return nil, problems
	}
	d := document{file}
	rows := make([]school, len(f.School))
	for i, p := range f.School {
		d.Row(i, p, &rows[i])
	}
	if len(d.Problems) > 0 {
		return nil, d.Problems
	}
	d.UnknownKeys(Keys()["schools.toml"])
	if len(rows) == 0 {
		d.Add(0, "there is no [[school]]; see schools.example.toml")
	}
	seen, boards := names{}, boardsOf(k.Boards)
	var out []jwxt.School
	for i := range rows {
		s := rows[i].school()
		d.checkSchool(i, &rows[i])
		d.checkReach(i, &rows[i])
		d.checkNames(i, &rows[i], seen)
		d.checkServing(i, &rows[i], boards)
		d.checkVendor(i, s, k)
		if len(s.Boards) == 0 {
			s.Boards = boards.own[s.ID]
		}
		out = append(out, s)
	}
	slices.SortStableFunc(d.Problems, func(a, b Problem) int { return a.Line - b.Line })
	return out, d.Problems
}

func (s *school) school() jwxt.School {
	return jwxt.School{
		ID: s.ID, Name: s.Name, Aliases: s.Aliases, Vendor: s.Vendor,
		BaseURL: root(s.URL), Mirrors: roots(s.Mirrors), Hosts: s.Hosts, Proxy: s.Proxy,
		Options: s.Options, Front: jwxt.Front(s.Front), Boards: s.Boards, Zone: s.Zone,
		Link: jwxt.Link{
			LegacyTLS: s.Link.TLS == legacy, Pins: s.Link.Pins, IPv4: s.Link.IPv4,
			WebVPN: jwxt.WebVPN{
				URL: root(s.Link.WebVPN.URL), Key: s.Link.WebVPN.Key, IV: s.Link.WebVPN.IV,
				Front: jwxt.Front(s.Link.WebVPN.Front),
			},
		},
		Pace: jwxt.Pace{
			Concurrent: s.Pace.Concurrent,
			Spacing:    time.Duration(s.Pace.Spacing),
			Timeout:    time.Duration(s.Pace.Timeout),
		},
	}
}

// legacy is what link.tls says of old servers.
const legacy = "legacy"

// root is an address without the slashes at its end.
func root(address string) string { return strings.TrimRight(address, "/") }

func roots(addresses []string) (out []string) {
	for _, a := range addresses {
		out = append(out, root(a))
	}
	return out
}

// boards are the notice boards that there are.
type boards struct {
	school map[string]string   // of each board, by id; nil: they are not looked at
	own    map[string][]string // ids by school, in the order of the files
}

func boardsOf(sources []bulletin.Source) boards {
	if sources == nil {
		return boards{}
	}
	b := boards{map[string]string{}, map[string][]string{}}
	for _, src := range sources {
		b.school[src.ID] = src.School
		if src.School != "" {
			b.own[src.School] = append(b.own[src.School], src.ID)
		}
	}
	return b
}
