package outbox_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"tandem/officetest/pushservice"
	"tandem/outbox"
	"tandem/pbx"
	"tandem/store"
)

type pushing struct {
	*outbox.Pusher
	service *pushservice.Service
	gone    atomic.Int32
	key     outbox.PushKey
}

func newPushing(t *testing.T, client func(*pushservice.Service) *http.Client) *pushing {
	t.Helper()
	p := &pushing{service: pushservice.New()}
	key, private, err := outbox.NewPushKey()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := outbox.PushKeyOf(private); err != nil || again != key {
		t.Errorf("the key as it is kept: %v", err)
	}
	p.key = key
	c := outbox.PushConfig{Key: key, Contact: func() string { return "office@acme.example" }, Gone: func(context.Context, store.Push) { p.gone.Add(1) }, Log: slog.New(slog.DiscardHandler)}
	if client != nil {
		c.Client = client(p.service)
	}
	p.Pusher = outbox.NewPusher(c)
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	go func() { p.Run(ctx); close(over) }()
	t.Cleanup(func() { cancel(); <-over; p.service.Close() })
	return p
}

func (p *pushing) send(t *testing.T, b *pushservice.Browser, m outbox.PushMessage) error {
	t.Helper()
	done := make(chan error, 1)
	m.To = store.Push{Session: "ses_1", User: "usr_bob", Endpoint: b.Endpoint, P256dh: b.P256dh, Auth: b.Auth}
	m.Done = func(err error) { done <- err }
	p.Send(m)
	select {
	case err := <-done:
		return err
	case <-time.After(time.Minute):
		t.Fatal("nobody said what became of the message")
		return nil
	}
}

func usual(s *pushservice.Service) *http.Client { return s.Client() }

// A message is sealed for the browser, signed by this house, and carries how urgent it is and how long it is of use.
func TestPushIsSealedAndSigned(t *testing.T) {
	p := newPushing(t, usual)
	b, err := p.service.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.send(t, b, outbox.PushMessage{Body: []byte(`{"title":"Ada ruft an"}`), TTL: time.Minute, Urgent: true, Topic: "call-1"}); err != nil {
		t.Fatal(err)
	}
	got := <-b.Read
	if string(got.Body) != `{"title":"Ada ruft an"}` || got.TTL != "60" || got.Urgency != "high" || got.Topic != "call-1" || got.Sender != p.key.Public || got.Contact != "mailto:office@acme.example" {
		t.Errorf("%+v", got)
	}
	if err := p.send(t, b, outbox.PushMessage{Body: make([]byte, 4000), TTL: time.Minute}); err == nil {
		t.Error("too long for one record")
	}
}

// A browser that is subscribed no more is forgotten; a service that is busy is asked again; one that refuses is not.
func TestPushAnswers(t *testing.T) {
	for _, tt := range []struct {
		name     string
		statuses []int
		fails    bool
		gone     int32
		tries    int
	}{
		{"gone", []int{410}, true, 1, 1},
		{"not found", []int{404}, true, 1, 1},
		{"refused", []int{403}, true, 0, 1},
		{"busy, then not", []int{503, 201}, false, 0, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPushing(t, usual)
			b, err := p.service.Subscribe()
			if err != nil {
				t.Fatal(err)
			}
			at := 0
			b.Answers(func() int { at++; return tt.statuses[min(at, len(tt.statuses))-1] })
			err = p.send(t, b, outbox.PushMessage{Body: []byte("x"), TTL: time.Minute})
			if (err != nil) != tt.fails || p.gone.Load() != tt.gone || b.Asked() != tt.tries {
				t.Errorf("%v, gone %d, tried %d times", err, p.gone.Load(), b.Asked())
			}
		})
	}
}

// Whoever is signed in chooses where his browser is told; what stands beside this server is not reached by that.
func TestPushReachesPublicAddressesOnly(t *testing.T) {
	p := newPushing(t, nil)
	b, err := p.service.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.send(t, b, outbox.PushMessage{Body: []byte("x"), TTL: time.Minute}); err == nil || b.Asked() != 0 {
		t.Errorf("the loopback was reached: %v, %d", err, b.Asked())
	}
}

func TestCheckPush(t *testing.T) {
	s := pushservice.New()
	defer s.Close()
	b, err := s.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ endpoint, p256dh, auth, field string }{
		{b.Endpoint, b.P256dh, b.Auth, ""},
		{"http://push.example/x", b.P256dh, b.Auth, "endpoint"},
		{"https://user@push.example/x", b.P256dh, b.Auth, "endpoint"},
		{"file:///etc/passwd", b.P256dh, b.Auth, "endpoint"},
		{"https://", b.P256dh, b.Auth, "endpoint"},
		{b.Endpoint, b.P256dh[:40], b.Auth, "p256dh"},
		{b.Endpoint, "B" + b.P256dh[1:60] + "AAAAAAAAAAAAAAAAAAAAAAAAAAA", b.Auth, "p256dh"},
		{b.Endpoint, b.P256dh, "AAAA", "auth"},
	} {
		err := outbox.CheckPush(tt.endpoint, tt.p256dh, tt.auth)
		var refusal *pbx.Error
		if errors.As(err, &refusal) != (tt.field != "") || refusal != nil && refusal.Field != tt.field {
			t.Errorf("%s %s %s: %v", tt.endpoint, tt.p256dh, tt.auth, err)
		}
	}
}
