package campus

import (
	"context"
	"net"
	"sync"
)

// Pipe is an in-memory listener: an http.Server serves it, an http.Transport
// dials it. Nothing leaves the process, so it works in a synctest bubble:
//
//	pipe := campus.NewPipe()
//	server := &http.Server{Handler: school}
//	go server.Serve(pipe)
//	client := &http.Client{Transport: &http.Transport{DialContext: pipe.DialContext}}
//	defer server.Close() // and client.CloseIdleConnections()
type Pipe struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

// NewPipe makes a listener that only DialContext reaches.
func NewPipe() *Pipe {
	return &Pipe{conns: make(chan net.Conn), done: make(chan struct{})}
}

// Accept waits for the next DialContext; net.ErrClosed after Close.
func (p *Pipe) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and DialContext; open connections stay.
func (p *Pipe) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

// Addr is a name, not an address.
func (p *Pipe) Addr() net.Addr { return pipeAddr{} }

// DialContext connects to the listener, whatever the address.
func (p *Pipe) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
