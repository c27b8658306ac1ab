package board

import (
	"cmp"
	"slices"
	"strings"

	"jwxtbot/bot/chat"
	"jwxtbot/bot/msg"
	"jwxtbot/bot/notify"
	"jwxtbot/bot/say"
	"jwxtbot/jwxt/bulletin"
)

// nobody stands for the school of boards that belong to none.
const nobody = "-"

// school is what people choose boards by. It may be one that the bot does not
// serve otherwise.
type school struct {
	ID, Name string
	names    []string // that people may know it by
	Boards   []bulletin.Source
}

// public is a board that everybody may read.
func (d *Desk) public(id string) (bulletin.Source, bool) {
	src, ok := d.Notify.Source(id)
	_, inner := notify.Inner(id)
	return src, ok && !inner
}

// publicBoards are all of them.
func (d *Desk) publicBoards() []bulletin.Source {
	return slices.DeleteFunc(d.Notify.Sources(), func(src bulletin.Source) bool {
		_, inner := notify.Inner(src.ID)
		return inner
	})
}

// offered are the schools that a chat may choose boards of: groups may have inner
// notices as well, where a school has no other.
func (d *Desk) offered(v chat.Visit) []school {
	if v.ChatKind != msg.Group {
		return d.schools(v.Lang)
	}
	return d.schoolsOf(v.Lang, d.Notify.Sources())
}

// schools are those that have boards, by name.
func (d *Desk) schools(l say.Lang) []school { return d.schoolsOf(l, d.publicBoards()) }

// schoolsOf are the schools of some sources. Inner ones are not among their Boards.
func (d *Desk) schoolsOf(l say.Lang, sources []bulletin.Source) []school {
	byID := map[string]*school{}
	for _, src := range sources {
		id := cmp.Or(src.School, nobody)
		s := byID[id]
		if s == nil {
			s = &school{ID: id}
			byID[id] = s
		}
		if _, inner := notify.Inner(src.ID); !inner {
			s.Boards = append(s.Boards, src)
		}
	}
	var out []school
	for _, s := range byID {
		d.name(s, l)
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b school) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return out
}

// name calls a school what the list of schools does, or else what all its boards
// begin with.
func (d *Desk) name(s *school, l say.Lang) {
	known, ok := d.Schools.School(s.ID)
	switch {
	case ok:
		s.Name = known.Name
	case s.ID == nobody:
		s.Name = say.Plain(l, "btn.board_others", say.Data{})
	default:
		s.Name = cmp.Or(commonStart(s.Boards), s.ID)
	}
	s.names = append([]string{s.ID, s.Name}, known.Aliases...)
	for _, src := range s.Boards {
		s.names = append(s.names, src.Name)
	}
}

// commonStart is what the names of boards begin with, if that says anything.
func commonStart(boards []bulletin.Source) string {
	if len(boards) == 0 {
		return ""
	}
	start := []rune(boards[0].Name)
	for _, src := range boards[1:] {
		name := []rune(src.Name)
		n := 0
		for n < len(start) && n < len(name) && start[n] == name[n] {
			n++
		}
		start = start[:n]
	}
	if len(start) < 2 {
		return ""
	}
	return strings.TrimSpace(string(start))
}

// boardName is a board's name beside its school's.
func (s school) boardName(src bulletin.Source) string {
	return cmp.Or(strings.TrimSpace(strings.TrimPrefix(src.Name, s.Name)), src.Name)
}

// school is one of schools by id.
func (d *Desk) school(l say.Lang, id string) (school, bool) {
	return find(d.schools(l), id)
}

func find(all []school, id string) (school, bool) {
	i := slices.IndexFunc(all, func(s school) bool { return s.ID == id })
	if i < 0 {
		return school{}, false
	}
	return all[i], true
}

// mostFound is how many schools a search offers.
const mostFound = 8

// search finds those of all schools that people may mean, the likeliest first. One whose
// name is exactly that stands alone. Letters may be left out: 沈理工 is 沈阳理工大学.
func (d *Desk) search(all []school, query string) []school {
	q := fold(query)
	if q == "" {
		return nil
	}
	type hit struct {
		school
		rank int
	}
	var hits []hit
	for _, s := range all {
		best := 4
		for _, name := range s.names {
			best = min(best, likeness(fold(name), q))
		}
		if best < 4 {
			hits = append(hits, hit{s, best})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.rank, b.rank) })
	var out []school
	for _, h := range hits[:min(len(hits), mostFound)] {
		if hits[0].rank == 0 && h.rank > 0 {
			break
		}
		out = append(out, h.school)
	}
	return out
}

func likeness(name, q string) int {
	switch {
	case name == q:
		return 0
	case strings.HasPrefix(name, q):
		return 1
	case strings.Contains(name, q):
		return 2
	case inOrder(name, q):
		return 3
	}
	return 4
}

// inOrder reports whether all characters of q are in name, in that order. One
// alone would be in too many.
func inOrder(name, q string) bool {
	want := []rune(q)
	if len(want) < 2 {
		return false
	}
	for _, r := range name {
		if len(want) > 0 && r == want[0] {
			want = want[1:]
		}
	}
	return len(want) == 0
}

func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }

// sourceName is what a subscription's board is called; one that is not watched
// any more has only its id.
func (d *Desk) sourceName(sub notify.Sub) string {
	if src, ok := d.Notify.Source(sub.Source); ok {
		return src.Name
	}
	return sub.Source
}
