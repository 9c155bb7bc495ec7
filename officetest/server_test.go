package officetest

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/audio"
	"tandem/house"
	"tandem/store"
)

// patience bounds every wait for the outside; nothing waits for it when all is well.
const patience = 40 * time.Second

// server is a running house on loopback, with a person in front of its API.
type server struct {
	*house.House
	*Client
	t    *testing.T
	halt func() // stops the house now; the end of the test does it otherwise
}

// start builds and runs a house in a directory of its own; it is closed with the test.
func start(t *testing.T, change ...func(*house.Config)) *server {
	t.Helper()
	c := house.Config{Data: t.TempDir(), HTTP: "127.0.0.1:0", SIP: "127.0.0.1:0", SIPS: "127.0.0.1:0", Public: "127.0.0.1",
		RTP: "31000-38999", Version: "test", Log: slog.New(slog.NewTextHandler(logWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	c.Exempt = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for _, f := range change {
		f(&c)
	}
	h, err := house.Build(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	halt := sync.OnceFunc(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	t.Cleanup(halt)
	return &server{House: h, t: t, halt: halt, Client: NewClient("http://"+h.Address("HTTP"), patience)}
}

// logWriter shows warnings of the server in the test's log.
type logWriter struct{ t *testing.T }

func (w logWriter) Write(b []byte) (int, error) {
	os.Stderr.Write(b)
	return len(b), nil
}

// object is short for the answers of the API.
type object = Object

// call sends a request and wants a status.
func (s *server) call(want int, method, path string, body any) object {
	s.t.Helper()
	return s.as(s.Client, want, method, path, body)
}

// as sends a request of somebody and wants a status.
func (s *server) as(who *Client, want int, method, path string, body any) object {
	s.t.Helper()
	a, err := who.Do(s.t.Context(), method, path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if a.Status != want {
		s.t.Fatalf("%s %s: %d, want %d\n%s", method, path, a.Status, want, a.Body)
	}
	return a.Object
}

// claim makes the first account by the set-up link, as a person does.
func (s *server) claim() object {
	s.t.Helper()
	link, err := url.Parse(s.SetupLink())
	if err != nil || link.Query().Get("token") == "" {
		s.t.Fatalf("set-up link %q: %v", s.SetupLink(), err)
	}
	return s.call(201, "POST", "/v1/setup", object{"token": link.Query().Get("token"), "name": "Olga Nowak", "email": "olga@example.com",
		"password": "correct horse battery", "company": "Northwind", "country": "DE", "zone": "Europe/Berlin", "language": "en", "digits": 3})
}

// person adds a colleague and a phone for him, and gives the phone's account.
func (s *server) person(name, extension string) (id string, a Account) {
	s.t.Helper()
	u := s.call(201, "POST", "/v1/users", object{"name": name, "email": strings.ToLower(name) + "@example.com", "extension": extension})
	id = u.Text("id")
	return id, s.phone(id)
}

func (s *server) phone(user string) Account {
	s.t.Helper()
	d := s.call(201, "POST", "/v1/users/"+user+"/devices", object{"name": "Phone", "kind": "soft"})
	return Account{Username: d.Text("account", "username"), Secret: d.Text("account", "secret")}
}

// reach says where a transport is spoken.
func (s *server) reach(transport string) string {
	return s.Address(map[string]string{"udp": "SIP UDP", "tcp": "SIP TCP", "tls": "SIP TLS"}[transport])
}

// exchange is a switch whose phones are of this house; it is closed with the test.
func (s *server) exchange() *Exchange {
	s.t.Helper()
	x, err := NewExchange(netip.MustParseAddrPort(s.reach("udp")))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(x.Close)
	return x
}

// eventually looks again and again until a condition holds; it is for the outside world, which announces nothing.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("never happened: %s", what)
		case <-tick.C:
		}
	}
}

// toneFile writes a sine as 16-bit WAV, the same on all channels.
func toneFile(t *testing.T, hz float64, rate, channels int) string {
	t.Helper()
	mono := audio.WAV{Rate: rate, Samples: audio.Tone(hz, rate, 60*rate)}.Encode()
	head, sound := mono[:44], mono[44:]
	wide := make([]byte, 0, len(sound)*channels)
	for i := 0; i < len(sound); i += 2 {
		for range channels {
			wide = append(wide, sound[i], sound[i+1])
		}
	}
	le := binary.LittleEndian
	le.PutUint32(head[4:], uint32(36+len(wide)))
	le.PutUint16(head[22:], uint16(channels))
	le.PutUint32(head[28:], uint32(2*rate*channels))
	le.PutUint16(head[32:], uint16(2*channels))
	le.PutUint32(head[40:], uint32(len(wide)))
	name := filepath.Join(t.TempDir(), fmt.Sprintf("%.0f.wav", hz))
	if err := os.WriteFile(name, append(head, wide...), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// everything is the sight of somebody who may see all calls, and dawn is before all of them.
var (
	everything = store.Scope{All: true}
	dawn       = time.Unix(0, 0)
)
