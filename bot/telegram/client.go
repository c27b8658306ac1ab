package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

const (
	// pollTimeout is how long Telegram holds a poll; it clamps to this itself.
	pollTimeout = 50 * time.Second
	maxAnswer   = 32 << 20 // bytes of an answer; 100 updates stay far below
)

// patience is how long one call of a method may take, answer included.
func patience(method string, upload bool) time.Duration {
	switch {
	case method == "getUpdates":
		return pollTimeout + 10*time.Second
	case upload:
		return time.Minute
	}
	return 20 * time.Second
}

// call makes one call of the Bot API and returns its result. The error is an
// *apiError where a server refused, with ErrToken around it where that was for
// the token; it never holds the token.
func (b *Bot) call(ctx context.Context, method string, p tgbotapi.Params, files ...tgbotapi.RequestFile) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, patience(method, len(files) > 0))
	defer cancel()
	w := &wire{ctx: ctx, transport: b.transport}
	api := tgbotapi.BotAPI{Token: b.token.Reveal(), Client: w}
	api.SetAPIEndpoint(b.endpoint)
	var res *tgbotapi.APIResponse
	var err error
	if len(files) > 0 {
		res, err = api.UploadFiles(method, p, files)
	} else {
		res, err = api.MakeRequest(method, p)
	}
	if err != nil {
		return nil, b.failure(method, w.status, err)
	}
	return res.Result, nil
}

// wire is the library's HTTP client for one call. The library has no context,
// so each call brings its own. It hands the request to the transport itself:
// http.Client would follow redirects with the token in them and put the URL
// into its errors.
type wire struct {
	ctx       context.Context
	transport http.RoundTripper
	status    int // error_code, as far as the HTTP status tells; 0 without an answer
}

// Do sends a request and reads its answer to the end, so that neither the
// connection nor a goroutine is left behind.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	if err := bufferBody(req); err != nil {
		return nil, err
	}
	res, err := w.transport.RoundTrip(req.WithContext(w.ctx))
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := readAll(res)
	if err != nil {
		return nil, err
	}
	w.status = res.StatusCode
	if !isEnvelope(body) {
		w.status, body = envelope(res)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// readAll reads an answer, at once where its length is known.
func readAll(res *http.Response) ([]byte, error) {
	if res.ContentLength < 0 || res.ContentLength > maxAnswer {
		return io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	}
	body := make([]byte, res.ContentLength)
	_, err := io.ReadFull(res.Body, body)
	return body, err
}

// bufferBody reads a streamed upload into memory: it gets a Content-Length,
// can be sent again on a fresh connection, and its writer's goroutine ends.
func bufferBody(req *http.Request) error {
	if req.GetBody != nil || req.Body == nil {
		return nil
	}
	defer req.Body.Close()
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	req.ContentLength = int64(len(body))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	req.Body, err = req.GetBody()
	return err
}

// isEnvelope tells an answer of a Bot API server from a gateway's error page.
func isEnvelope(body []byte) bool {
	var e struct {
		OK *bool `json:"ok"`
	}
	// Most answers begin so; a full decode would read each answer twice.
	if bytes.HasPrefix(body, []byte(`{"ok":`)) {
		return true
	}
	return json.Unmarshal(body, &e) == nil && e.OK != nil
}

// envelope says in the library's terms that some gateway answered. What is no
// error by its status, a page or a redirect, is a bad gateway.
func envelope(res *http.Response) (status int, body []byte) {
	status = res.StatusCode
	if status < 400 {
		status = http.StatusBadGateway
	}
	e := tgbotapi.APIResponse{ErrorCode: status, Description: notTheAPI}
	if n, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && n > 0 {
		e.Parameters = &tgbotapi.ResponseParameters{RetryAfter: n}
	}
	return status, []byte(encode(e))
}

// notTheAPI describes an answer that no Bot API server has made.
const notTheAPI = "answered by something that is no Bot API server"

// newTransport keeps a connection for every chat handled at once, and finds
// out about dead HTTP/2 connections before a call has to time out on them.
func newTransport(c Config) (*http.Transport, error) {
	t := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		HTTP2:                 &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
		MaxIdleConnsPerHost:   2 * parallel,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
	if c.DialContext != nil {
		t.DialContext = c.DialContext
	}
	if c.Proxy != "" {
		u, err := url.Parse(c.Proxy)
		if err != nil || u.Host == "" {
			return nil, errors.New("telegram: the proxy is no URL") // it may hold a password
		}
		if !strings.Contains(" http https socks5 socks5h ", " "+u.Scheme+" ") {
			return nil, fmt.Errorf("telegram: proxy scheme %q is none of http, https, socks5, socks5h", u.Scheme)
		}
		t.Proxy = http.ProxyURL(u)
	}
	return t, nil
}
