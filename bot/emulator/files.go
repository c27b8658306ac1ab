package emulator

import (
	"bytes"
	"fmt"
	"image"
	"mime"
	"net/http"
	"path"
	"strings"

	// The formats that pictures come in.
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/webp"
)

const (
	maxPhoto    = 10 << 20
	maxDocument = 50 << 20
	maxDownload = 20 << 20
)

// file is what a file_id stands for.
type file struct {
	id, name, kind string // kind is the MIME type
	data           []byte
}

// picture is a photo: its bytes as they came, and its sizes, smallest first.
type picture struct {
	file  *file
	sizes []wirePhoto
}

func (s *Server) addFile(prefix, name string, data []byte) *file {
	s.lastFile++
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" || prefix == "photo" {
		kind = http.DetectContentType(data)
	}
	f := &file{id: fmt.Sprintf("%s-%d", prefix, s.lastFile), name: name, kind: kind, data: data}
	s.files[f.id] = f
	return f
}

// addPhoto takes a picture in and makes up its sizes; all of them download as
// the bytes that came.
func (s *Server) addPhoto(data []byte) (*picture, *Error) {
	if len(data) > maxPhoto {
		return nil, bad("file of size %d bytes is too big for a photo; the maximum size is %d bytes", len(data), maxPhoto)
	}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, bad("IMAGE_PROCESS_FAILED")
	}
	w, h := cfg.Width, cfg.Height
	if w <= 0 || h <= 0 || w+h > 10000 || w > 20*h || h > 20*w {
		return nil, bad("PHOTO_INVALID_DIMENSIONS")
	}
	p := &picture{file: s.addFile("photo", "", data)}
	for _, edge := range []int{90, 320, 800, 1280} {
		scale := min(1, float64(edge)/float64(max(w, h)))
		id := fmt.Sprintf("%s-%d", p.file.id, edge)
		s.files[id] = p.file
		p.sizes = append(p.sizes, wirePhoto{
			FileID: id, FileUniqueID: "u" + id, FileSize: len(data),
			Width: max(1, int(float64(w)*scale)), Height: max(1, int(float64(h)*scale)),
		})
		if scale == 1 {
			break
		}
	}
	return p, nil
}

// sentFile finds what a parameter names: a part of the form or a known file_id.
func (s *Server) sentFile(r *request, param, value string) (sentFile, *Error) {
	part := param
	if name, ok := strings.CutPrefix(value, "attach://"); ok {
		part = name
	}
	if f, ok := r.files[part]; ok {
		if len(f.data) == 0 {
			return f, bad("file must be non-empty")
		}
		return f, nil
	}
	if f := s.files[value]; f != nil {
		return sentFile{f.name, f.data}, nil
	}
	if value == "" {
		return sentFile{}, bad("there is no %s in the request", param)
	}
	return sentFile{}, bad("wrong file identifier/HTTP URL specified")
}

func (s *Server) getFile(r *request) (any, *Error) {
	f := s.files[r.str("file_id")]
	switch {
	case f == nil:
		return nil, bad("invalid file_id")
	case len(f.data) > maxDownload:
		return nil, bad("file is too big")
	}
	return wireFile{FileID: r.str("file_id"), FileUniqueID: "u" + r.str("file_id"), FileSize: len(f.data), FilePath: f.path()}, nil
}

// path is where the file downloads from, below /file/bot<token>/.
func (f *file) path() string {
	ext := path.Ext(f.name)
	if all, _ := mime.ExtensionsByType(f.kind); ext == "" && len(all) > 0 {
		ext = all[0]
	}
	folder, _, _ := strings.Cut(f.id, "-")
	return folder + "s/" + f.id + ext
}

func (s *Server) serveDownload(w http.ResponseWriter, r *http.Request) {
	if err := s.authorise(r.PathValue("bot")); err != nil {
		writeAnswer(w, nil, err)
		return
	}
	base := path.Base(r.PathValue("path"))
	s.mu.Lock()
	f := s.files[strings.TrimSuffix(base, path.Ext(base))]
	s.mu.Unlock()
	if f == nil || f.path() != r.PathValue("path") {
		writeAnswer(w, nil, &Error{Code: 404, Description: "Not Found"})
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(f.data)
}
