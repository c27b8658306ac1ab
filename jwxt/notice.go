package jwxt

// Notice is one row of a notice list. Times are the school's own text, local
// to the school; they are shown, not computed with.
type Notice struct {
	ID        string            `json:"id"` // opaque; what NoticeReader.Notice takes
	Title     string            `json:"title"`
	Category  string            `json:"category,omitempty"`
	Sender    string            `json:"sender,omitempty"`
	Published string            `json:"published,omitempty"` // "2026-07-30 20:54:54"
	Extra     map[string]string `json:"extra,omitempty"`
}

// NoticePage is one page of a list.
type NoticePage struct {
	Notices        []Notice `json:"notices"`
	Page           int      `json:"page"`            // counted from 1
	Pages          int      `json:"pages"`           // at least Page
	Total          int      `json:"total,omitempty"` // 0 where the page does not say
	UnknownColumns []string `json:"unknown_columns,omitempty"`
}

// NoticeDetail is one notice in full.
type NoticeDetail struct {
	Notice
	Text        string       `json:"text"`            // clean text, paragraphs parted by a blank line
	Valid       string       `json:"valid,omitempty"` // 有效期 as written
	URL         string       `json:"url,omitempty"`   // where a logged-in browser finds it
	Attachments []Attachment `json:"attachments,omitempty"`
}

// Attachment is a file linked from a notice.
type Attachment struct {
	Name string `json:"name"`
	URL  string `json:"url"` // absolute
}

// Message is what the school's system writes to one student. It is personal.
type Message struct {
	Title     string `json:"title"`
	Text      string `json:"text"`
	Published string `json:"published,omitempty"` // as written
	Done      bool   `json:"done,omitempty"`      // read or dealt with, as the school marks it
}

// MessagePage is one page of messages.
type MessagePage struct {
	Messages []Message `json:"messages"`
	Page     int       `json:"page"`  // counted from 1
	Pages    int       `json:"pages"` // at least Page
}
