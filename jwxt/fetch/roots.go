package fetch

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"jwxtbot/jwxt"
)

// MemoMirror is the key in Session.Memo of the root that a session began at,
// where that is not the school's first. It is no secret.
const MemoMirror = "mirror"

// roots are a school's BaseURL and its mirrors.
func roots(s jwxt.School) ([]*url.URL, error) {
	var all []*url.URL
	for i, address := range append([]string{s.BaseURL}, s.Mirrors...) {
		u, err := url.Parse(address)
		switch {
		case err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https"):
			all = append(all, u)
		case i == 0:
			return nil, fmt.Errorf("school %q: its address must look like https://jwxt.example.edu.cn", s.ID)
		default:
			return nil, fmt.Errorf("school %q: its mirrors must look like https://jwxt.example.edu.cn", s.ID)
		}
	}
	return all, nil
}

// begun is the root that a session began at.
func begun(s jwxt.Session, roots []*url.URL) *url.URL {
	for _, root := range roots {
		if root.String() == s.Memo[MemoMirror] {
			return root
		}
	}
	return roots[0]
}

// settle notes at which root the session is.
func (b *Browser) settle() {
	s := &b.conn.Session
	if b.base == b.roots[0] {
		delete(s.Memo, MemoMirror)
		return
	}
	if s.Memo == nil {
		s.Memo = map[string]string{}
	}
	s.Memo[MemoMirror] = b.base.String()
}

// elsewhere makes a request that got no answer at the school's other roots, until
// one answers. The session is there then. Where none does, the first error counts.
func (b *Browser) elsewhere(ctx context.Context, u *url.URL, r Request, first error) (jwxt.Page, error) {
	began := b.base
	for _, root := range b.others() {
		b.base = root
		p, err := b.exchange(ctx, at(u, root), r)
		if answered := p.URL != nil; answered {
			return p, err
		}
		if ctx.Err() != nil {
			break
		}
	}
	b.base = began
	return jwxt.Page{}, first
}

// free reports whether a request that got no answer may be made at another root:
// one that carries no password and belongs to no session. A session is at the host that
// gave its cookies, or that knows who is logged in. Through a WebVPN all roots
// are reached or none.
func (b *Browser) free(u *url.URL, r Request) bool {
	s := b.conn.Session
	return len(b.roots) > 1 && b.way.vpn == nil && !r.Post && !r.Once && u.Host == b.base.Host &&
		s.Student == (jwxt.Student{}) && CookieHeader(s.Cookies, b.base, time.Now()) == ""
}

// others are the roots after the one in use, in their order.
func (b *Browser) others() []*url.URL {
	for i, root := range b.roots {
		if root == b.base {
			return append(append([]*url.URL(nil), b.roots[i+1:]...), b.roots[:i]...)
		}
	}
	return nil
}

// at is the same page at another root.
func at(u, root *url.URL) *url.URL {
	moved := *u
	moved.Scheme, moved.Host = root.Scheme, root.Host
	return &moved
}
