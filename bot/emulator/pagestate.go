package emulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// pageDelta is what has changed since a revision; since 0 it is everything.
type pageDelta struct {
	Rev      int                  `json:"rev"`
	World    *pageWorld           `json:"world,omitempty"` // there: forget what you have
	Menus    map[string][]Command `json:"menus,omitempty"` // by "user/chat"
	About    map[int64]string     `json:"about,omitempty"` // the bot's description as each person reads it
	Messages []pageMessage        `json:"messages,omitempty"`
	Actions  []pageAction         `json:"actions,omitempty"`
	Answers  []pageAnswer         `json:"answers,omitempty"`
}

type pageWorld struct {
	Epoch  string     `json:"epoch"`
	Bot    User       `json:"bot"`
	People []User     `json:"people"`
	Chats  []pageChat `json:"chats"`
	Link   Link       `json:"link"`
}

type pageChat struct {
	wireChat
	Members []int64 `json:"members,omitempty"`
	Admins  []int64 `json:"admins,omitempty"`
}

type pageAction struct {
	Chat   int64  `json:"chat"`
	Action string `json:"action"` // "" when it ended
	Millis int64  `json:"ms"`
}

type pageAnswer struct {
	ID    string `json:"id"`
	Text  string `json:"text"`
	Alert bool   `json:"alert"`
	URL   string `json:"url"`
}

type pageMessage struct {
	ID       int        `json:"id"`
	Chat     int64      `json:"chat"`
	From     User       `json:"from"`
	Date     int64      `json:"date"` // Unix milliseconds
	Edited   bool       `json:"edited,omitempty"`
	Deleted  bool       `json:"deleted,omitempty"`
	Text     string     `json:"text,omitempty"`
	Entities []Entity   `json:"entities,omitempty"`
	Photo    *pageFile  `json:"photo,omitempty"`
	Document *pageFile  `json:"document,omitempty"`
	Buttons  [][]Button `json:"buttons,omitempty"`
	Force    bool       `json:"force,omitempty"`
	Prompt   string     `json:"prompt,omitempty"`
	ReplyTo  int        `json:"reply_to,omitempty"`
}

type pageFile struct {
	URL    string `json:"url"`
	Name   string `json:"name,omitempty"`
	Size   int    `json:"size"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

func (s *Server) delta(since int) pageDelta {
	d := pageDelta{Rev: s.rev}
	if since < s.worldRev {
		since = 0
	}
	if since == 0 {
		d.World = s.world()
	}
	if s.commandsRev > since || since == 0 {
		d.Menus, d.About = s.menus(), s.about()
	}
	for _, id := range s.order {
		c := s.chats[id]
		if c.rev <= since || c.movedTo != 0 {
			continue
		}
		left := time.Until(c.until)
		if c.action == "" || left < 0 {
			left = 0
		}
		d.Actions = append(d.Actions, pageAction{id, c.action, left.Milliseconds()})
		for _, m := range c.messages {
			if m.rev > since && !(m.deleted && since == 0) {
				d.Messages = append(d.Messages, m.page(id))
			}
		}
	}
	for _, cb := range s.callbacks {
		if cb.Answered && cb.rev > since && since > 0 {
			d.Answers = append(d.Answers, pageAnswer{cb.ID, cb.Text, cb.Alert, cb.URL})
		}
	}
	return d
}

func (s *Server) world() *pageWorld {
	w := &pageWorld{Epoch: s.epoch, Bot: s.bot, Link: s.opt.Link}
	for _, p := range s.opt.People {
		w.People = append(w.People, s.people[p.ID].User)
	}
	for _, id := range s.order {
		if s.chats[id].movedTo != 0 {
			continue
		}
		c := pageChat{wireChat: s.chats[id].wireChat}
		if g := s.chats[id].group; g != nil {
			c.Members, c.Admins = g.Members, g.Admins
		}
		w.Chats = append(w.Chats, c)
	}
	return w
}

func (s *Server) menus() map[string][]Command {
	out := map[string][]Command{}
	for _, p := range s.opt.People {
		for _, id := range s.order {
			if s.chats[id].has(p.ID) {
				out[fmt.Sprintf("%d/%d", p.ID, id)] = s.menu(p.ID, id)
			}
		}
	}
	return out
}

func (s *Server) about() map[int64]string {
	out := map[int64]string{}
	for _, p := range s.opt.People {
		language, _, _ := strings.Cut(p.Language, "-")
		out[p.ID] = cmp.Or(s.profile["description/"+language], s.profile["description/"])
	}
	return out
}

func (m *message) page(chat int64) pageMessage {
	p := pageMessage{ID: m.id, Chat: chat, From: m.from, Date: m.date.UnixMilli(), Deleted: m.deleted}
	if m.deleted {
		return p
	}
	p.Edited, p.Text, p.Entities, p.ReplyTo = m.edits > 0, m.text, m.entities, m.replyTo
	if m.photo != nil {
		big := m.photo.sizes[len(m.photo.sizes)-1]
		p.Photo = &pageFile{URL: "/_emu/file/" + m.photo.file.id, Size: big.FileSize, Width: big.Width, Height: big.Height}
	}
	if d := m.document; d != nil {
		p.Document = &pageFile{URL: "/_emu/file/" + d.id, Name: d.name, Size: len(d.data)}
	}
	if m.inline != nil {
		p.Buttons = m.inline.Rows
	}
	if m.force != nil {
		p.Force, p.Prompt = true, m.force.Placeholder
	}
	return p
}

// tapAt presses the button at a place of a message's keyboard.
func (s *Server) tapAt(a pageAct) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, p := s.chats[a.Chat], s.people[a.As]
	if c == nil || p == nil || !c.has(a.As) || c.live(a.Message) == nil {
		return "", fmt.Errorf("no such message")
	}
	m := c.live(a.Message)
	if m.inline == nil || a.Row < 0 || a.Row >= len(m.inline.Rows) || a.Column < 0 || a.Column >= len(m.inline.Rows[a.Row]) ||
		m.inline.Rows[a.Row][a.Column].Data == "" {
		return "", fmt.Errorf("no such button")
	}
	return s.tap(c, p, m, m.inline.Rows[a.Row][a.Column].Data), nil
}

func (s *Server) serveState(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	d := s.delta(0)
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, d)
}

const heartbeat = 20 * time.Second // so that a dead connection is noticed

// serveEvents streams deltas. The id of an event is "<epoch>.<revision>": a
// client that comes back is given what it missed, or everything if the server
// was restarted meanwhile.
func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flusher := http.NewResponseController(w)
	since := s.resume(r.Header.Get("Last-Event-ID"))
	for first := true; ; first = false {
		s.mu.Lock()
		d, changed, closed := s.delta(since), s.changed, s.closed
		s.mu.Unlock()
		if first || d.Rev > since {
			raw, _ := json.Marshal(d)
			fmt.Fprintf(w, "retry: 1000\nid: %s.%d\ndata: %s\n\n", s.epoch, d.Rev, raw)
			since = d.Rev
		}
		if flusher.Flush() != nil || closed || !s.nextEvent(w, r, changed) {
			return
		}
	}
}

// nextEvent waits for a change, writing a comment now and then; false at the end.
func (s *Server) nextEvent(w http.ResponseWriter, r *http.Request, changed <-chan struct{}) bool {
	timer := time.NewTimer(heartbeat)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
		fmt.Fprint(w, ": still here\n\n")
	case <-r.Context().Done():
		return false
	}
	return true
}

// resume is the revision a returning client has seen, 0 if that helps no more.
func (s *Server) resume(id string) int {
	epoch, rev, _ := strings.Cut(id, ".")
	n, err := strconv.Atoi(rev)
	if epoch != s.epoch || err != nil || n < 0 {
		return 0
	}
	return n
}
