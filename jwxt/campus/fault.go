package campus

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultKind is one way in which a school misbehaves.
type FaultKind string

// The faults.
const (
	FaultStall     FaultKind = "stall"      // hold the answer back for Delay
	FaultDrip      FaultKind = "drip"       // send the body in ten pieces over Delay
	FaultReset     FaultKind = "reset"      // cut the connection without an answer
	FaultHalf      FaultKind = "half"       // cut the connection in the middle of the body
	FaultEmpty     FaultKind = "empty"      // 200 and no byte
	FaultGateway   FaultKind = "gateway"    // 502 page of a proxy
	FaultBusy      FaultKind = "busy"       // 503 page of the server
	FaultNotFound  FaultKind = "not-found"  // 404 page that sets a fresh session cookie
	FaultWAF       FaultKind = "waf"        // 412 and a script page
	FaultWAF202    FaultKind = "waf-202"    // 202 and a script page
	FaultHuge      FaultKind = "huge"       // a page of 10 MB
	FaultLoop      FaultKind = "loop"       // 302 to the same address
	FaultCharset   FaultKind = "charset"    // the header names the other charset
	FaultLoginPage FaultKind = "login-page" // 200 and the login form, the session lives on
	FaultErrorPage FaultKind = "error-page" // the vendor's own error page
	FaultRedesign  FaultKind = "redesign"   // 200 and a page nobody has seen
)

// FaultKinds lists all faults.
func FaultKinds() []FaultKind {
	return []FaultKind{
		FaultStall, FaultDrip, FaultReset, FaultHalf, FaultEmpty, FaultGateway, FaultBusy,
		FaultNotFound, FaultWAF, FaultWAF202, FaultHuge, FaultLoop, FaultCharset,
		FaultLoginPage, FaultErrorPage, FaultRedesign,
	}
}

// Fault is a scripted misbehaviour for requests to come.
type Fault struct {
	Kind  FaultKind
	Path  string        // part of the request's path; "" is any path
	Times int           // how many requests; below 1: until ClearFaults
	Delay time.Duration // of stall and drip
}

// hugeSize is the body of FaultHuge in bytes.
const hugeSize = 10 << 20

// AddFault lines a fault up. The first in line whose path fits takes a request.
func (s *School) AddFault(f Fault) error {
	if !slices.Contains(FaultKinds(), f.Kind) {
		return fmt.Errorf("campus: no fault is called %q", f.Kind)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
	return nil
}

// ClearFaults makes the school behave.
func (s *School) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// nextFault takes one use of the first fault that fits the path.
func (s *School) nextFault(path string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f *Fault) bool { return strings.Contains(path, f.Path) })
	if i < 0 {
		return nil
	}
	f := s.faults[i]
	if f.Times == 1 {
		s.faults = slices.Delete(s.faults, i, i+1)
	} else if f.Times > 1 {
		f.Times--
	}
	return &Fault{Kind: f.Kind, Delay: f.Delay}
}

// respond misbehaves once and returns the status, 0 for a cut connection.
func (f *Fault) respond(w http.ResponseWriter, v *visit) int {
	switch f.Kind {
	case FaultReset:
		return cut(w)
	case FaultHalf:
		return half(w, v.serve())
	case FaultStall:
		if !pause(v.r, f.Delay) {
			return cut(w)
		}
		return v.serve().write(w)
	case FaultDrip:
		return drip(w, v.r, v.serve(), f.Delay)
	}
	return f.page(v).write(w)
}

// page is the answer of the faults that answer.
func (f *Fault) page(v *visit) answer {
	s := v.school
	switch f.Kind {
	case FaultGateway:
		return bytesAnswer(http.StatusBadGateway, "text/html", []byte("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"))
	case FaultBusy:
		return s.html(http.StatusServiceUnavailable, "<html><head><title>503</title></head><body><h1>系统繁忙，请稍后再试</h1></body></html>")
	case FaultNotFound:
		a := s.html(http.StatusNotFound, notFoundPage)
		a.header.Add("Set-Cookie", (&http.Cookie{Name: sessionCookie, Value: newID(), Path: "/", HttpOnly: true}).String())
		return a
	case FaultWAF:
		return bytesAnswer(http.StatusPreconditionFailed, "text/html; charset=utf-8", []byte(wafPage))
	case FaultWAF202:
		return bytesAnswer(http.StatusAccepted, "text/html; charset=utf-8", []byte(wafPage))
	case FaultHuge:
		return s.html(http.StatusOK, "<html><body><table id=\"dataList\">"+strings.Repeat("<tr><td>000</td></tr>\n", hugeSize/22)+"</table></body></html>")
	case FaultLoop:
		return redirect(v.r.URL.RequestURI())
	case FaultCharset:
		return mislabel(v.serve())
	case FaultLoginPage:
		return v.finish(s.vendor.loginPage(v))
	case FaultErrorPage:
		return s.vendor.errorPage(v)
	case FaultRedesign:
		return s.html(http.StatusOK, redesignPage)
	}
	return bytesAnswer(http.StatusOK, "text/html", nil) // FaultEmpty
}

const notFoundPage = `<html><head><title>Apache Tomcat - Error report</title></head><body><h1>HTTP Status 404</h1><p>您访问的资源不存在</p></body></html>`

// A firewall's page of the kind that wants a browser to run its script.
const wafPage = `<!DOCTYPE html><html><head><meta charset="utf-8"><meta id="9DhefwqGPrzGxEp9hPaoag" content="{}"><script src="/4QbVtADbnLVIc/d.FxJzG50F.js" r="m"></script></head><body><script>_$aX()</script></body></html>`

const redesignPage = `<!DOCTYPE html><html lang="zh"><head><title>智慧教务 4.0</title></head><body><div id="app"><noscript>请启用 JavaScript</noscript></div><script type="module" src="/assets/index-b41c.js"></script></body></html>`

// cut ends the connection with a reset where it can.
func cut(w http.ResponseWriter) int {
	h, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	conn, _, err := h.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
	return 0
}

func half(w http.ResponseWriter, a answer) int {
	h, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	conn, out, err := h.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	a.header.Set("Content-Length", strconv.Itoa(len(a.body)))
	fmt.Fprintf(out, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	a.header.Write(out)
	out.WriteString("\r\n")
	out.Write(a.body[:len(a.body)/2])
	out.Flush()
	return a.status
}

func drip(w http.ResponseWriter, r *http.Request, a answer, over time.Duration) int {
	const pieces = 10
	for k, vs := range a.header {
		w.Header()[k] = vs
	}
	w.WriteHeader(a.status)
	control := http.NewResponseController(w)
	for piece := range slices.Chunk(a.body, len(a.body)/pieces+1) {
		if w.Write(piece); control.Flush() != nil || !pause(r, over/pieces) {
			break
		}
	}
	return a.status
}

// pause waits, and reports false when the client has gone meanwhile.
func pause(r *http.Request, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func mislabel(a answer) answer {
	label := "text/html;charset=GBK"
	if bytes.Contains(bytes.ToUpper([]byte(a.header.Get("Content-Type"))), []byte("CHARSET=GB")) {
		label = "text/html;charset=UTF-8"
	}
	a.header.Set("Content-Type", label)
	return a
}
