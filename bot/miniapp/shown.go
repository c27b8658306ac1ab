package miniapp

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"

	"jwxtbot/bot/chat"
	"jwxtbot/jwxt"
)

// shown is a view as the page gets it.
type shown struct {
	Version string           `json:"version"` // another for whatever is another
	Lang    string           `json:"lang"`
	Stage   chat.FormStage   `json:"stage"`
	School  *school          `json:"school"`
	Account string           `json:"account"`
	Ask     string           `json:"ask"`
	Fields  []jwxt.FieldKind `json:"fields"`
	Image   string           `json:"image"` // a data: URL
	Puzzle  *puzzle          `json:"puzzle"`
	Message string           `json:"message"`
	Held    bool             `json:"held"`
}

type school struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type puzzle struct {
	Piece string `json:"piece"` // a data: URL
	Top   int    `json:"top"`
}

// look is what the page shows now.
func look(ctx context.Context, d Desk, p *pass) (*shown, error) {
	v, err := d.FormView(ctx, p.chat, p.attempt)
	if err != nil {
		return nil, err
	}
	s := &shown{
		Lang: v.Lang, Stage: v.Stage, Account: v.Account, Ask: v.AskID, Fields: v.Fields,
		Image: picture(v.Image), Message: v.Message, Held: v.Held,
	}
	if v.School != "" {
		s.School = &school{v.School, v.Name}
	}
	if v.Puzzle != nil {
		s.Puzzle = &puzzle{picture(v.Puzzle.Piece), v.Puzzle.Top}
	}
	whole, _ := json.Marshal(s) // strings and numbers always marshal
	sum := sha256.Sum256(whole)
	s.Version = base64.RawURLEncoding.EncodeToString(sum[:12])
	return s, nil
}

// picture is a data: URL; "" for what is no picture that a browser only draws.
func picture(b []byte) string {
	kind := http.DetectContentType(b)
	if !slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/bmp", "image/webp"}, kind) {
		return ""
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(b)
}
