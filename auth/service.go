package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"tandem/event"
	"tandem/pbx"
	"tandem/store"
)

// Config is what the service needs. Store and View have to be set.
type Config struct {
	Store   *store.Tenant
	View    func() *pbx.Snapshot                        // the configuration of this moment
	Publish func(context.Context, []event.Fact) error   // told what was written; its failure undoes nothing
	Warn    func(u pbx.UserID, addr string, failed int) // somebody keeps failing at a person's account (WB-02); may be nil
	Proxies []netip.Prefix                              // reverse proxies whose X-Forwarded-… headers are believed
	Log     *slog.Logger
}

// How long things live.
const (
	SessionIdle    = 7 * 24 * time.Hour  // a session ends when it was not used for so long
	SessionLife    = 30 * 24 * time.Hour // a session ends in any case
	InvitationLife = 7 * 24 * time.Hour
	ResetLife      = time.Hour
	SetupLife      = 24 * time.Hour
	SetupTries     = 5 // wrong set-up links until the right one closes (BAR FX-01)
)

// Service knows who is who. It may be used by many goroutines; Close waits for what it does in the background.
type Service struct {
	c      Config
	guard  guard               // of people who sign in
	phones guard               // of phones, which must not slow down the people behind the same address
	hashes *semaphore.Weighted // bounds the memory of password hashing
	queue  *semaphore.Weighted // bounds how many wait for it
	events *rate.Limiter       // bounds what floods write into the log (BAR AU-05)
	tokens uses
	hidden counter // failures that were not written since the last that was
	work   sync.WaitGroup
	sso    providers
	passes [32]byte // seals what listeners to shared recordings show; new in each process
	spent  func()   // told about each password hash; tests count
}

// parallel password hashes take 2 × 19 MiB; those that wait longer than the queue are refused.
const (
	parallel = 2
	waiting  = 64
)

// New makes a service.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{c: c, tokens: uses{last: map[useOf]time.Time{}}, hashes: semaphore.NewWeighted(parallel), queue: semaphore.NewWeighted(waiting),
		events: rate.NewLimiter(rate.Every(time.Second), 60)}
	rand.Read(s.passes[:])
	return s
}

// Close waits for what is still being written.
func (s *Service) Close() { s.work.Wait() }

// Visit is where a request comes from, for the log and for the list of sessions.
type Visit struct {
	Addr    string // of the client
	Agent   string
	Request string // request id
}

// counter counts between two writes.
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}

// take gives the count and begins anew.
func (c *counter) take() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.n
	c.n = 0
	return n
}

// now is the moment of a decision, as exact as the store keeps it.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// secret makes 256 random bits to be shown once, and what is kept of them.
func secret() (value, hash string) {
	var b [32]byte
	rand.Read(b[:])
	value = base64.RawURLEncoding.EncodeToString(b[:])
	return value, pbx.HashSecret(value)
}

func newID(prefix string, at time.Time) string {
	var e [10]byte
	rand.Read(e[:])
	return pbx.NewID(prefix, at, e)
}

// person is the actor of what somebody does about his own access.
func (v Visit) person(u pbx.UserID) pbx.Actor {
	return pbx.Actor{Kind: pbx.ActorUser, User: u, Addr: v.Addr, Via: "web", Request: v.Request}
}

// nobody is the actor of what a stranger does.
func (v Visit) nobody() pbx.Actor { return pbx.Actor{Addr: v.Addr, Via: "web", Request: v.Request} }

// about makes a fact about a person's access.
func (s *Service) about(k event.Kind, who pbx.Actor, u pbx.UserID, at time.Time) event.Fact {
	return event.Fact{At: at, Kind: k, Actor: who, Object: pbx.Ref{Kind: pbx.KindUser, ID: string(u)}, Revision: s.c.View().Version}
}

// tell publishes what was written.
func (s *Service) tell(ctx context.Context, facts []event.Fact) {
	if s.c.Publish == nil || len(facts) == 0 {
		return
	}
	if err := s.c.Publish(ctx, facts); err != nil {
		s.c.Log.ErrorContext(ctx, "publish facts about access", "error", err)
	}
}

// active finds a person who may use the system now; nil if there is none.
func active(config *pbx.Snapshot, u pbx.UserID, at time.Time) *pbx.User {
	user := config.Users[u]
	if user == nil || user.IsSuspended(at) {
		return nil
	}
	return user
}
