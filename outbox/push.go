package outbox

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"tandem/pbx"
	"tandem/store"
)

// The bounds of pushing.
const (
	pushAtOnce  = 16               // requests to push services
	pushQueue   = 1024             // messages that wait; more are dropped, newest first
	pushTimeout = 15 * time.Second // of one request
	pushTries   = 5
	pushLongest = 3000 // octets of a message, so that it fits into one record (RFC 8291 §4)
)

// PushKey is the key pair by which push services know this house (VAPID, RFC 8292). Both are base64url.
type PushKey struct{ Private, Public string }

// NewPushKey makes a key pair on P-256, and tells the private key as it is kept.
func NewPushKey() (pair PushKey, private []byte, err error) {
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return PushKey{}, nil, fmt.Errorf("push: key: %w", err)
	}
	pair, err = PushKeyOf(k.Bytes())
	return pair, k.Bytes(), err
}

// PushKeyOf is the pair of a private key.
func PushKeyOf(private []byte) (PushKey, error) {
	k, err := ecdh.P256().NewPrivateKey(private)
	if err != nil {
		return PushKey{}, fmt.Errorf("push: key: %w", err)
	}
	e := base64.RawURLEncoding
	return PushKey{Private: e.EncodeToString(k.Bytes()), Public: e.EncodeToString(k.PublicKey().Bytes())}, nil
}

// PushConfig is what a Pusher needs.
type PushConfig struct {
	Key     PushKey
	Contact func() string                           // whom a push service may ask: https address or mail address
	Gone    func(ctx context.Context, p store.Push) // a browser that is subscribed no more
	Client  *http.Client                            // nil: one that reaches public addresses only
	Log     *slog.Logger
}

// PushMessage is a message for one browser.
type PushMessage struct {
	To     store.Push
	Body   []byte
	TTL    time.Duration // how long it is of use; not at once delivered it is kept so long
	Urgent bool          // somebody waits
	Topic  string        // a later message of the topic takes the place of one that is not delivered yet; up to 32 signs of base64url
	Done   func(error)   // told once, when the push service has taken it or it was given up; may be nil
}

// Pusher tells browsers something while no page is open (RFC 8030, RFC 8291, RFC 8292). Messages are not stored: what must not be lost stands
// under the bell.
type Pusher struct {
	c     PushConfig
	queue chan PushMessage
}

// NewPusher makes a pusher. Run has to be running for messages to leave.
func NewPusher(c PushConfig) *Pusher {
	if c.Client == nil {
		c.Client = publicClient()
	}
	return &Pusher{c: c, queue: make(chan PushMessage, pushQueue)}
}

// Key is what a browser has to know to subscribe.
func (p *Pusher) Key() string { return p.c.Key.Public }

// Send queues a message; it never waits.
func (p *Pusher) Send(m PushMessage) {
	select {
	case p.queue <- m:
	default:
		m.done(errors.New("push: too many messages wait"))
	}
}

func (m *PushMessage) done(err error) {
	if m.Done != nil {
		m.Done(err)
	}
}

// Run sends messages until the context ends.
func (p *Pusher) Run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	for range pushAtOnce {
		all.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case m := <-p.queue:
					p.deliver(ctx, m, &all)
				}
			}
		})
	}
}

// deliver sends a message. What fails for the moment is tried again while it is of use, without holding up the others.
func (p *Pusher) deliver(ctx context.Context, m PushMessage, all *sync.WaitGroup) {
	wait, err := p.post(ctx, m)
	if err == nil || wait < 0 {
		m.done(err)
		return
	}
	end := time.Now().Add(m.TTL)
	all.Go(func() {
		for try := 1; ; try++ {
			wait = max(wait, time.Second<<min(2*try, 12))
			if try >= pushTries || time.Now().Add(wait).After(end) {
				p.c.Log.Warn("a message was not pushed", "user", m.To.User, "error", err)
				m.done(err)
				return
			}
			timer := time.NewTimer(wait)
			select {
			case <-ctx.Done():
				timer.Stop()
				m.done(ctx.Err())
				return
			case <-timer.C:
			}
			if wait, err = p.post(ctx, m); err == nil || wait < 0 {
				m.done(err)
				return
			}
		}
	})
}

// post makes one attempt. With an error it says how long to wait at least; below zero another try is of no use.
func (p *Pusher) post(ctx context.Context, m PushMessage) (wait time.Duration, err error) {
	if len(m.Body) > pushLongest {
		return -1, fmt.Errorf("push: %d octets are too many", len(m.Body))
	}
	ctx, cancel := context.WithTimeout(ctx, pushTimeout)
	defer cancel()
	urgency := webpush.UrgencyNormal
	if m.Urgent {
		urgency = webpush.UrgencyHigh
	}
	answer, err := webpush.SendNotificationWithContext(ctx, m.Body, &webpush.Subscription{Endpoint: m.To.Endpoint, Keys: webpush.Keys{P256dh: m.To.P256dh, Auth: m.To.Auth}},
		&webpush.Options{HTTPClient: p.c.Client, Subscriber: p.c.Contact(), Topic: m.Topic, TTL: int(m.TTL / time.Second), Urgency: urgency, VAPIDPublicKey: p.c.Key.Public, VAPIDPrivateKey: p.c.Key.Private})
	if err != nil {
		if errors.Is(err, errPrivate) {
			return -1, err
		}
		return 0, fmt.Errorf("push: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 4096))
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		return 0, nil
	case code == http.StatusNotFound || code == http.StatusGone: // RFC 8030 §7.3
		p.c.Gone(ctx, m.To)
		return -1, fmt.Errorf("push: the browser is subscribed no more (%d)", code)
	case code == http.StatusTooManyRequests || code >= 500:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		return time.Duration(min(max(seconds, 0), 3600)) * time.Second, fmt.Errorf("push: the push service answered %d", code)
	default:
		p.c.Log.Warn("a push service refuses", "status", code, "user", m.To.User)
		return -1, fmt.Errorf("push: the push service answered %d", code)
	}
}

// errPrivate says that an address is none of a push service.
var errPrivate = errors.New("push: the address is not public")

// publicClient reaches public addresses only, whatever a name resolves to: whoever is signed in chooses the address of his push service, and must
// not reach what stands beside this server.
func publicClient() *http.Client {
	dialer := &net.Dialer{Timeout: pushTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !isPublic(at.Addr().Unmap()) {
			return errPrivate
		}
		return nil
	}}
	return &http.Client{
		Timeout:       pushTimeout,
		Transport:     &http.Transport{DialContext: dialer.DialContext, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: pushTimeout},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func isPublic(a netip.Addr) bool {
	shared := netip.MustParsePrefix("100.64.0.0/10")    // RFC 6598
	translated := netip.MustParsePrefix("64:ff9b::/96") // RFC 6052: an address of the old kind inside
	return a.IsGlobalUnicast() && !a.IsPrivate() && !shared.Contains(a) && !translated.Contains(a)
}

// CheckPush refuses what is no subscription of a browser.
func CheckPush(endpoint, p256dh, auth string) error {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || len(endpoint) > 2000 || strings.ContainsAny(endpoint, " \r\n\t") {
		return pbx.Refuse(pbx.Invalid, "endpoint", "push.endpoint_bad")
	}
	key, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(p256dh, "="))
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(key)
	}
	if err != nil {
		return pbx.Refuse(pbx.Invalid, "p256dh", "push.key_bad")
	}
	if secret, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(auth, "=")); err != nil || len(secret) != 16 {
		return pbx.Refuse(pbx.Invalid, "auth", "push.key_bad")
	}
	return nil
}
