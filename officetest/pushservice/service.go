// Package pushservice is a push service as the makers of browsers run them, in this process, for tests.
package pushservice

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Service is a push service as the makers of browsers run them, in this process: it takes messages (RFC 8030), finds out who sends them
// (RFC 8292) and, as a browser would, decrypts them (RFC 8291).
type Service struct {
	server *httptest.Server
	mu     sync.Mutex
	all    map[string]*Browser
}

// Browser is one subscribed browser.
type Browser struct {
	Endpoint, P256dh, Auth string

	Read chan Got

	mu     sync.Mutex
	status func() int
	asked  int
	key    *ecdh.PrivateKey
	auth   []byte
}

// Got is a message as the browser reads it.
type Got struct {
	Body                []byte
	TTL, Urgency, Topic string
	Sender              string // public key of who sent it, base64url
	Contact             string
}

// New starts a push service on the loopback; Close it.
func New() *Service {
	p := &Service{all: map[string]*Browser{}}
	p.server = httptest.NewTLSServer(p)
	return p
}

// Close ends it.
func (p *Service) Close() { p.server.Close() }

// Client is how a house reaches it: with the certificate of the test.
func (p *Service) Client() *http.Client { return p.server.Client() }

// Subscribe makes another browser.
func (p *Service) Subscribe() (*Browser, error) {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	b := &Browser{key: key, auth: make([]byte, 16), Read: make(chan Got, 64)}
	rand.Read(b.auth)
	e := base64.RawURLEncoding
	b.P256dh, b.Auth = e.EncodeToString(key.PublicKey().Bytes()), e.EncodeToString(b.auth)
	path := "/send/" + rand.Text()
	b.Endpoint = p.server.URL + path
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all[path] = b
	return b, nil
}

// Answers says what the service answers for this browser, each time anew; without it that is 201.
func (b *Browser) Answers(status func() int) { b.mu.Lock(); defer b.mu.Unlock(); b.status = status }

// Asked counts the messages that came for this browser, whatever was answered.
func (b *Browser) Asked() int { b.mu.Lock(); defer b.mu.Unlock(); return b.asked }

func (b *Browser) answer() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked++
	if b.status == nil {
		return http.StatusCreated
	}
	return b.status()
}

// ServeHTTP takes one message.
func (p *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	b := p.all[r.URL.Path]
	status := http.StatusCreated
	if b != nil {
		status = b.answer()
	}
	p.mu.Unlock()
	if b == nil {
		status = http.StatusGone
	}
	if status == http.StatusCreated {
		got, err := b.read(p.server.URL, r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		b.Read <- got
		w.Header().Set("Location", p.server.URL+"/message/"+rand.Text())
	}
	w.WriteHeader(status)
}

func (b *Browser) read(origin string, r *http.Request) (Got, error) {
	g := Got{TTL: r.Header.Get("TTL"), Urgency: r.Header.Get("Urgency"), Topic: r.Header.Get("Topic")}
	if r.Method != http.MethodPost || g.TTL == "" || r.Header.Get("Content-Encoding") != "aes128gcm" {
		return g, fmt.Errorf("no push message: %s, TTL %q, %s", r.Method, g.TTL, r.Header.Get("Content-Encoding"))
	}
	var err error
	if g.Sender, g.Contact, err = sender(r.Header.Get("Authorization"), origin); err != nil {
		return g, err
	}
	sealed, err := io.ReadAll(io.LimitReader(r.Body, 4097))
	if err != nil || len(sealed) > 4096 {
		return g, fmt.Errorf("%d octets: %w", len(sealed), err)
	}
	g.Body, err = b.open(sealed)
	return g, err
}

// open decrypts a message of one record (RFC 8188 §2, RFC 8291 §3).
func (b *Browser) open(sealed []byte) ([]byte, error) {
	if len(sealed) < 21+65+17 || sealed[20] != 65 {
		return nil, errors.New("no header with a key")
	}
	salt, size, public, record := sealed[:16], binary.BigEndian.Uint32(sealed[16:20]), sealed[21:86], sealed[86:]
	if int(size) < len(record) {
		return nil, errors.New("more than one record")
	}
	theirs, err := ecdh.P256().NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	shared, err := b.key.ECDH(theirs)
	if err != nil {
		return nil, err
	}
	info := "WebPush: info\x00" + string(b.key.PublicKey().Bytes()) + string(public)
	ikm, err := hkdf.Key(sha256.New, shared, b.auth, info, 32)
	if err != nil {
		return nil, err
	}
	key, err1 := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	nonce, err2 := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	block, err3 := aes.NewCipher(key)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain, err := gcm.Open(nil, nonce, record, nil)
	if err != nil {
		return nil, err
	}
	plain = []byte(strings.TrimRight(string(plain), "\x00"))
	if len(plain) == 0 || plain[len(plain)-1] != 2 {
		return nil, errors.New("no end of the last record")
	}
	return plain[:len(plain)-1], nil
}

// sender reads who sends, and refuses a signature that is not his (RFC 8292 §2, §3).
func sender(authorization, origin string) (key, contact string, err error) {
	var token string
	for part := range strings.SplitSeq(strings.TrimPrefix(authorization, "vapid "), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			token = value
		case "k":
			key = value
		}
	}
	parts := strings.Split(token, ".")
	e := base64.RawURLEncoding
	public, err := e.DecodeString(key)
	if err != nil || len(parts) != 3 || len(public) != 65 {
		return "", "", fmt.Errorf("authorization %q: %w", authorization, err)
	}
	signature, err1 := e.DecodeString(parts[2])
	body, err2 := e.DecodeString(parts[1])
	if err := errors.Join(err1, err2); err != nil || len(signature) != 64 {
		return "", "", fmt.Errorf("token: %w", err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	k, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
	if err != nil {
		return "", "", fmt.Errorf("authorization %q: %w", authorization, err)
	}
	if !ecdsa.Verify(k, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return "", "", errors.New("the signature is somebody else's")
	}
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	if err := json.Unmarshal(body, &claims); err != nil {
		return "", "", err
	}
	left := time.Until(time.Unix(claims.Exp, 0))
	if u, err := url.Parse(claims.Sub); claims.Aud != origin || left <= 0 || left > 24*time.Hour || err != nil || u.Scheme != "mailto" && u.Scheme != "https" {
		return "", "", fmt.Errorf("claims %+v", claims)
	}
	return key, claims.Sub, nil
}
