package stack

import (
	"context"
	"errors"
	"hash/maphash"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"strconv"
	"sync"
	"time"
)

// Stack owns the sockets, the connections and the transactions.
type Stack struct {
	cfg    Config
	timers Timers
	limits Limits
	log    *slog.Logger
	start  time.Time
	shards []*shard
	rates  *rates
	count  counters

	wayMu sync.Mutex
	ways  map[netip.Addr]way // by remote address

	mu      sync.Mutex
	closers []func()
	sockets []*socket
	addrs   []Addr
	conns   map[uint64]*conn
	perIP   map[netip.Addr]int
	serial  uint64
	closed  bool
	group   sync.WaitGroup
	ctx     context.Context
	cancel  context.CancelFunc
}

// Addr is where a stack listens.
type Addr struct {
	Transport Transport
	Addr      netip.AddrPort
}

// ErrClosed is the answer of a closed stack.
var ErrClosed = errors.New("the SIP stack is closed")

// New starts the workers. Listeners are opened by the Listen methods.
func New(cfg Config) *Stack {
	s := &Stack{cfg: cfg, timers: cfg.Timers.withDefaults(), limits: cfg.Limits.withDefaults(), log: cfg.Log, start: time.Now(),
		conns: map[uint64]*conn{}, perIP: map[netip.Addr]int{}, ways: map[netip.Addr]way{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.cfg.Workers <= 0 {
		s.cfg.Workers = 4
	}
	if s.cfg.Sockets <= 0 {
		s.cfg.Sockets = min(runtime.GOMAXPROCS(0), 4)
	}
	s.rates = newRates(s.limits.Sources, s.limits.Rate, s.limits.Burst)
	for range s.cfg.Workers {
		s.shards = append(s.shards, newShard(s))
	}
	for _, sh := range s.shards {
		s.group.Go(sh.loop)
	}
	return s
}

// now is the time since the start; it never goes backwards.
func (s *Stack) now() time.Duration { return time.Since(s.start) }

var shardSeed = maphash.MakeSeed()

func (s *Stack) shardOf(callID string) *shard {
	return s.shards[maphash.String(shardSeed, callID)%uint64(len(s.shards))]
}

// Do runs a function in order with everything else of a Call-ID: at once, when nothing of its shard is under way, otherwise on the worker.
// It never waits for others. The caller must hold no lock that f needs.
func (s *Stack) Do(callID string, f func()) {
	s.shardOf(callID).offer(item{run: f, at: s.now()})
}

// After runs a function on the worker of a Call-ID after a time, unless the returned function was called before. It is meant for the
// timers of dialogs: session expiry, 2xx without ACK, back-off.
func (s *Stack) After(callID string, d time.Duration, f func()) (stop func()) {
	sh := s.shardOf(callID)
	a := &alarm{shard: sh, run: f}
	a.timer.owner = a
	sh.mu.Lock()
	sh.arm(&a.timer, s.now()+d)
	sh.mu.Unlock()
	return func() {
		sh.mu.Lock()
		sh.wheel.stop(&a.timer)
		a.run = nil
		sh.mu.Unlock()
	}
}

type alarm struct {
	timer timer
	shard *shard
	run   func()
}

func (a *alarm) expire() {
	if a.run != nil {
		a.shard.later = append(a.shard.later, a.run)
	}
}

// ReplyStateless sends an answer to a request without keeping anything.
func (s *Stack) ReplyStateless(req, answer *Message) error {
	buf := getBuffer()
	defer putBuffer(buf)
	*buf = answer.Append((*buf)[:0])
	s.count.responsesOut.Add(1)
	return req.Flow.write(*buf)
}

// Send sends a request that gets no answer: the ACK of a 2xx. It adds our Via.
func (s *Stack) Send(f Flow, m *Message) error {
	s.addVia(f, m, magic+NewToken())
	buf := getBuffer()
	defer putBuffer(buf)
	*buf = m.Append((*buf)[:0])
	s.count.requestsOut.Add(1)
	return f.write(*buf)
}

// SentBy is the host and port under which the far side of a flow reaches us: for Contact.
func (s *Stack) SentBy(f Flow) (host string, port uint16) {
	if s.cfg.Advertise != nil {
		if host, port = s.cfg.Advertise(f); host != "" {
			return host, port
		}
	}
	addr := f.Local.Addr().Unmap()
	if addr.IsUnspecified() || !addr.IsValid() {
		addr = s.outward(f.Remote.Addr())
	}
	if addr.Is6() {
		return "[" + addr.WithZone("").String() + "]", f.Local.Port()
	}
	return addr.String(), f.Local.Port()
}

// outward asks the system which of our addresses leads to a remote one, and remembers the answer for a minute. Nothing is sent.
func (s *Stack) outward(remote netip.Addr) netip.Addr {
	s.wayMu.Lock()
	defer s.wayMu.Unlock()
	now := s.now()
	if w, ok := s.ways[remote]; ok && now-w.at < time.Minute {
		return w.addr
	}
	if len(s.ways) >= 1024 {
		clear(s.ways)
	}
	addr := askOutward(remote)
	s.ways[remote] = way{addr, now}
	return addr
}

// way is one of our addresses, and when we learned that it is the right one.
type way struct {
	addr netip.Addr
	at   time.Duration
}

func askOutward(remote netip.Addr) netip.Addr {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(remote, 9)))
	if err != nil {
		return netip.IPv6Unspecified()
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}

func (s *Stack) addVia(f Flow, m *Message, branch string) {
	host, port := s.SentBy(f)
	v := Via{Transport: f.Transport.Via(), Host: host, Port: port, Params: Params("branch=" + branch + ";rport")}
	m.prepend(HeaderVia, v.String())
	m.via = v
	m.known |= knowVia
}

// Addrs lists where the stack listens.
func (s *Stack) Addrs() []Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Addr(nil), s.addrs...)
}

// Close closes listeners and connections and ends the workers. Transactions end without a word.
func (s *Stack) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	s.cancel()
	closers := s.closers
	var conns []*conn
	for _, c := range s.conns {
		conns = append(conns, c)
	}
	s.mu.Unlock()
	for _, f := range closers {
		f()
	}
	for _, c := range conns {
		c.close(ErrClosed)
	}
	for _, sh := range s.shards {
		sh.mu.Lock()
		sh.closed = true
		sh.mu.Unlock()
		sh.poke()
	}
	s.group.Wait()
}

// retryAfter spreads the return of refused callers over some seconds.
func retryAfter() string { return strconv.Itoa(3 + rand.IntN(8)) }

func utoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 2048); return &b }}

func getBuffer() *[]byte { return buffers.Get().(*[]byte) }

func putBuffer(b *[]byte) {
	if cap(*b) <= 64<<10 {
		buffers.Put(b)
	}
}
