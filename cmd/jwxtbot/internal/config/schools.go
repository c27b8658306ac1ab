package config

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"jwxtbot/jwxt"
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
	Hosts   []string          `toml:"hosts"`
	Proxy   string            `toml:"proxy"`
	Options map[string]string `toml:"options"`
	Front   struct {
		Kind    string            `toml:"kind"`
		URL     string            `toml:"url"`
		Options map[string]string `toml:"options"`
	} `toml:"front"`
	Pace struct {
		Concurrent int               `toml:"concurrent"`
		Spacing    tomlfile.Duration `toml:"spacing"`
		Timeout    tomlfile.Duration `toml:"timeout"`
	} `toml:"pace"`
}

// LoadSchools reads a schools file. vendors are as for Load, and so are errors.
func LoadSchools(path string, vendors []string) ([]jwxt.School, error) {
	list, problems, err := loadSchools(path, vendors)
	if err == nil && len(problems) > 0 {
		err = problems
	}
	return list, err
}

func loadSchools(path string, vendors []string) ([]jwxt.School, Problems, error) {
	src, err := tomlfile.Read(path)
	if err != nil {
		return nil, nil, err
	}
	list, problems := parseSchools(path, src, vendors)
	return list, problems, nil
}

func parseSchools(path, src string, vendors []string) ([]jwxt.School, Problems) {
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
	seen := names{}
	var out []jwxt.School
	for i := range rows {
		d.checkSchool(i, &rows[i], vendors)
		d.checkNames(i, &rows[i], seen)
		out = append(out, rows[i].school())
	}
	slices.SortStableFunc(d.Problems, func(a, b Problem) int { return a.Line - b.Line })
	return out, d.Problems
}

func (s *school) school() jwxt.School {
	return jwxt.School{
		ID: s.ID, Name: s.Name, Aliases: s.Aliases, Vendor: s.Vendor,
		BaseURL: strings.TrimRight(s.URL, "/"), Hosts: s.Hosts, Proxy: s.Proxy, Options: s.Options,
		Front: jwxt.Front{Kind: s.Front.Kind, URL: s.Front.URL, Options: s.Front.Options},
		Pace: jwxt.Pace{
			Concurrent: s.Pace.Concurrent,
			Spacing:    time.Duration(s.Pace.Spacing),
			Timeout:    time.Duration(s.Pace.Timeout),
		},
	}
}

var (
	idShape   = regexp.MustCompile(`^[a-z0-9-]{1,32}$`)
	hostShape = regexp.MustCompile(`^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$|^\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?$`)
)

func (d document) checkSchool(i int, s *school, vendors []string) {
	at := func(key string) int { return d.Line(i, "school", key) }
	if !idShape.MatchString(s.ID) {
		d.Add(at("id"), "school id %q must be 1 to 32 of a-z, 0-9 and -", s.ID)
	}
	if s.Name == "" || utf8.RuneCountInString(s.Name) > 40 {
		d.Add(at("name"), "the school's name must have 1 to 40 characters")
	}
	if !slices.Contains(vendors, s.Vendor) {
		d.Add(at("vendor"), "unknown vendor %q; known: %s", s.Vendor, strings.Join(vendors, ", "))
	}
	if s.URL == "" {
		d.Add(at("url"), "the school has no url")
	}
	d.checkURL(i, s.URL, "school", "url")
	d.checkProxy(i, s.Proxy, "school", "proxy")
	d.checkURL(i, s.Front.URL, "school", "front", "url")
	if (s.Front.Kind == "") != (s.Front.URL == "") {
		d.Add(d.Line(i, "school", "front"), "a front needs a kind and a url")
	}
	for _, h := range s.Hosts {
		if !hostShape.MatchString(h) {
			d.Add(at("hosts"), "%q is not a host name; write it without http:// and without a path", h)
		}
	}
	d.checkPace(i, s)
}

func (d document) checkPace(i int, s *school) {
	if n := s.Pace.Concurrent; n < 0 || n > 3 {
		d.Add(d.Line(i, "school", "pace", "concurrent"), "pace.concurrent is %d; it must be 1 to 3", n)
	}
	d.checkRange(i, time.Duration(s.Pace.Spacing), 0, time.Minute, "school", "pace", "spacing")
	if s.Pace.Timeout != 0 {
		d.checkRange(i, time.Duration(s.Pace.Timeout), time.Second, 2*time.Minute, "school", "pace", "timeout")
	}
}

// names says which row took an id, name or alias first, folded to lower case.
type names map[string]int

// checkNames finds schools that a person's search could not tell apart.
func (d document) checkNames(i int, s *school, seen names) {
	take := func(key, name string) {
		folded := strings.ToLower(strings.TrimSpace(name))
		if first, taken := seen[folded]; taken && first != i && folded != "" {
			d.Add(d.Line(i, "school", key), "%s %q is already used by the school at line %d", key, name, d.Line(first, "school"))
			return
		}
		seen[folded] = i
	}
	take("id", s.ID)
	take("name", s.Name)
	for _, a := range s.Aliases {
		if strings.TrimSpace(a) == "" {
			d.Add(d.Line(i, "school", "aliases"), "an alias is empty")
		}
		take("aliases", a)
	}
}
