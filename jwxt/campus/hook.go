package campus

import (
	"encoding/json"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const hookPrefix = "/_campus/"

// hook serves what is under /_campus/.
func (s *School) hook(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, hookPrefix)
	if ask := s.questions()[name]; ask != nil && r.Method == http.MethodGet {
		ask(w, r)
		return
	}
	order := s.orders()[name]
	switch {
	case order == nil:
		http.NotFound(w, r)
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "use POST", http.StatusMethodNotAllowed)
	default:
		obey(w, order(r))
	}
}

// questions are the GETs.
func (s *School) questions() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"":         s.hookPage,
		"captcha":  s.hookCaptcha,
		"accounts": func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Accounts()) },
		"log":      func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Log()) },
		"code":     s.hookCode,
		"polite":   func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Politeness()) },
	}
}

// orders are the POSTs; each returns what is wrong with the order, or "".
func (s *School) orders() map[string]func(*http.Request) string {
	return map[string]func(*http.Request) string{
		"fault":        s.hookFault,
		"clear-faults": func(*http.Request) string { s.ClearFaults(); return "" },
		"clear-log":    func(*http.Request) string { s.ClearLog(); return "" },
		"expire":       func(r *http.Request) string { s.Expire(r.FormValue("account")); return "" },
		"kick":         func(r *http.Request) string { s.Kick(r.FormValue("account")); return "" },
		"expire-front": func(r *http.Request) string { s.ExpireFront(r.FormValue("account")); return "" },
		"rotate":       func(r *http.Request) string { s.RotateCookies(r.FormValue("account")); return "" },
		"gate":         s.hookGate,
		"password": func(r *http.Request) string {
			return unlessFound(s.ChangePassword(r.FormValue("account"), r.FormValue("password")))
		},
	}
}

func (s *School) hookFault(r *http.Request) string {
	delay, err := time.ParseDuration("0" + r.FormValue("delay"))
	if err != nil {
		return "delay is a Go duration such as 2s"
	}
	times, err := strconv.Atoi("0" + r.FormValue("times"))
	if err != nil {
		return "times is a number"
	}
	f := Fault{FaultKind(r.FormValue("kind")), r.FormValue("path"), times, delay}
	if err := s.AddFault(f); err != nil {
		return err.Error()
	}
	return ""
}

func (s *School) hookGate(r *http.Request) string {
	for _, g := range Gates() {
		if string(g) == r.FormValue("gate") {
			return unlessFound(s.SetGate(r.FormValue("account"), g))
		}
	}
	return "no such gate"
}

func unlessFound(found bool) string {
	if found {
		return ""
	}
	return "no such account"
}

// hookCaptcha answers with the text of a picture, 404 if it is not known.
func (s *School) hookCaptcha(w http.ResponseWriter, r *http.Request) {
	text, ok := s.Captcha(strings.ToLower(r.FormValue("sha256")))
	if cookie := r.FormValue("session"); cookie != "" {
		text, ok = s.CaptchaOf(cookie)
	}
	if !ok {
		http.Error(w, "no such picture", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte(text))
}

// hookCode answers with the code that was sent to a phone last.
func (s *School) hookCode(w http.ResponseWriter, r *http.Request) {
	code, ok := s.PhoneCode(r.FormValue("account"))
	if !ok {
		http.Error(w, "no code was sent", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte(code))
}

func (s *School) hookPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	err := hookTemplate().Execute(w, map[string]any{
		"School": s.profile.Name, "Vendor": s.profile.System.Vendor(), "Accounts": s.Accounts(),
		"Faults": FaultKinds(), "Gates": Gates(), "Polite": s.Politeness(),
	})
	if err != nil {
		panic(http.ErrAbortHandler) // the reader has gone
	}
}

func hookTemplate() *template.Template {
	return template.Must(template.ParseFS(pages, "pages/hook.html"))
}

func obey(w http.ResponseWriter, complaint string) {
	if complaint != "" {
		http.Error(w, complaint, http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	json.NewEncoder(w).Encode(v)
}
