package officetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"time"
)

// Client speaks the API of a running house as a browser (cookies) or a program (token) would, without our types.
type Client struct {
	Base  string // http://host:port
	Token string // bearer token; empty signs in by cookie
	HTTP  *http.Client
}

// NewClient makes a client with a cookie jar of its own. No request takes longer than the limit.
func NewClient(base string, limit time.Duration) *Client {
	jar, _ := cookiejar.New(nil) // never fails without a list of public suffixes
	return &Client{Base: base, HTTP: &http.Client{Jar: jar, Timeout: limit}}
}

// Answer is what came back for a request.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Object Object // the body, when it is a JSON object
}

// Do sends a request. The body is encoded as JSON, or sent as it is when it is a string, which is then a CSV file, or octets, which are a sound.
func (c *Client) Do(ctx context.Context, method, path string, body any) (*Answer, error) {
	var in io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case string:
		in, kind = bytes.NewReader([]byte(b)), "text/csv"
	case []byte:
		in, kind = bytes.NewReader(b), "audio/wav"
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, in)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Origin", c.Base)
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	got, err := c.HTTP.Do(req)
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	a := &Answer{Status: got.StatusCode, Header: got.Header}
	if a.Body, err = io.ReadAll(got.Body); err != nil {
		return nil, err
	}
	if len(a.Body) > 0 && a.Body[0] == '{' {
		if err := json.Unmarshal(a.Body, &a.Object); err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	return a, nil
}

// Object is a JSON object as a program without our types sees it.
type Object map[string]any

// At walks into an answer: At("items", 0, "id"). It gives nil for what is not there.
func (o Object) At(path ...any) any {
	var v any = map[string]any(o)
	for _, p := range path {
		switch k := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				return nil
			}
			v = m[k]
		case int:
			l, ok := v.([]any)
			if !ok || k >= len(l) {
				return nil
			}
			v = l[k]
		}
	}
	return v
}

// Text is what At finds, as text.
func (o Object) Text(path ...any) string { return fmt.Sprint(o.At(path...)) }

// Items are the elements of a list answer.
func (o Object) Items() []Object {
	list, _ := o["items"].([]any)
	out := make([]Object, 0, len(list))
	for _, v := range list {
		if m, ok := v.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}
