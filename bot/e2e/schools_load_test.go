package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"jwxtbot/bot/emulator"
	"jwxtbot/jwxt"
	"jwxtbot/jwxt/campus"
)

const (
	loadSchools  = 10
	loadStudents = 20 // at each school
	loadReads    = 4  // /grades of each student
	loadSpacing  = 50 * time.Millisecond
	schoolTakes  = 120 * time.Millisecond // for any answer
)

// TestStalledSchoolAmongTen has 200 students of ten schools on different systems
// read their grades at once, and again while one of the schools answers nobody.
// The students of the nine others must not notice, and no school may be asked
// faster than its pace.
func TestStalledSchoolAmongTen(t *testing.T) {
	if testing.Short() {
		t.Skip("two crowds of 200; without -short")
	}
	t.Parallel()
	healthy, stalled := loadRun(t, ""), loadRun(t, "donghu")
	was, is := percentile(healthy, 99), percentile(stalled, 99)
	t.Logf("%d answers: p50 %v, p99 %v; beside a stalled school %d: p50 %v, p99 %v (× %.3f)", len(healthy),
		percentile(healthy, 50), was, len(stalled), percentile(stalled, 50), is, float64(is)/float64(was))
	if len(healthy) != (loadSchools-1)*loadStudents*loadReads || len(stalled) != len(healthy) {
		t.Errorf("got %d and %d answers", len(healthy), len(stalled))
	}
	if is > was*12/10 {
		t.Errorf("p99 was %v, and is %v beside a school that stalls", was, is)
	}
}

// loadRun returns how long the students of all schools but donghu waited for
// their grades, in simulated time.
func loadRun(t *testing.T, stalls string) (took []time.Duration) {
	story(t, func(t *testing.T) {
		o := Options{Profiles: loadProfiles(), Pace: jwxt.Pace{Concurrent: 2, Spacing: loadSpacing}, Front: slowly, Rate: 1000} // Telegram is not what this measures
		for i := range loadSchools * loadStudents {
			o.People.People = append(o.People.People, emulator.Person{ID: int64(firstStudent + i), Name: "同学", Language: "zh-hans"})
		}
		w := New(t, o)
		everybody(o.Profiles, func(i int, p campus.Profile, a campus.Account) { w.Person(int64(firstStudent+i)).enters(p, a) })
		for _, s := range w.Schools {
			s.ClearLog()
		}
		if stalls != "" {
			if err := w.Schools[stalls].AddFault(campus.Fault{Kind: campus.FaultStall, Delay: time.Minute}); err != nil {
				t.Fatal(err)
			}
		}
		var mu sync.Mutex
		everybody(o.Profiles, func(i int, p campus.Profile, a campus.Account) {
			who := w.Person(int64(firstStudent + i))
			for range loadReads {
				began := time.Now()
				who.Says("/grades")
				if p.ID == "donghu" && stalls != "" {
					return
				}
				who.Sees(p.Name, a.Name)
				if p.ID != "donghu" {
					mu.Lock()
					took = append(took, time.Since(began))
					mu.Unlock()
				}
				time.Sleep(2 * time.Second) // a chat gets a message a second
			}
		})
		for id, s := range w.Schools {
			if got := s.Politeness(); got.AtOnce > 2 || got.MinSpacing < loadSpacing || got.Requests == 0 {
				t.Errorf("%s was asked at a pace of %+v", id, got)
			}
			s.ClearFaults()
		}
		obeysTelegram(w)
	})
	return took
}

// loadProfiles are ten of the demo's schools, without one whose captcha must be
// dragged, each with students of its own.
func loadProfiles() []campus.Profile {
	all := slices.DeleteFunc(campus.Demo(), func(p campus.Profile) bool {
		j, ok := p.System.(campus.Jwglxt)
		return ok && j.Slider
	})[:loadSchools]
	for i := range all {
		all[i].Accounts = nil
		for k := range loadStudents {
			number := fmt.Sprintf("2022%02d%04d", i, k)
			all[i].Accounts = append(all[i].Accounts, campus.Account{
				Number: number, Name: "学生" + string(rune('甲'+k)), Password: "Load#Pass-" + number, Grades: campus.Transcript(number, 2022, 6, false),
			})
		}
	}
	return all
}

func slowly(school http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(schoolTakes):
			school.ServeHTTP(w, r)
		case <-r.Context().Done(): // the bot has hung up
		}
	})
}

// everybody has each student do something, all at once, and waits for them.
func everybody(schools []campus.Profile, do func(i int, p campus.Profile, a campus.Account)) {
	var all sync.WaitGroup
	for s, p := range schools {
		for k, a := range p.Accounts {
			all.Go(func() { do(s*loadStudents+k, p, a) })
		}
	}
	all.Wait()
	synctest.Wait()
}

// enters logs in at a school among several, with a captcha where it asks for one.
func (p *Person) enters(school campus.Profile, a campus.Account) {
	p.Says("/start " + school.ID)
	p.Sees("请发学号")
	p.Says(a.Number)
	p.Sees("请发密码")
	p.Says(a.Password)
	if school.Captcha {
		p.Says(p.Reads(p.wait("a picture", p.showsPicture)))
	}
	p.Sees("✅", a.Number)
}

// percentile of durations, which it sorts.
func percentile(d []time.Duration, p int) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[min(len(d)-1, len(d)*p/100)]
}
