package media

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Config says where and how an Engine works. Only Bind has no default.
type Config struct {
	Bind    netip.Addr    // local address; 0.0.0.0 for all of IPv4, :: for IPv4 and IPv6
	Public  netip.Addr    // what goes into descriptions; default Bind
	Low     int           // first and last port; default 30000 and 39999
	High    int           //
	Loops   int           // threads that carry packets; default one for every two CPUs, at most eight
	Reports time.Duration // mean time between the house's own RTCP reports on a leg; default 5 s, negative for none
	Silence time.Duration // how long a far side may send nothing before EventSilence; default 60 s, negative for never
	Log     *slog.Logger  // default slog.Default
}

// Engine owns the ports and the threads that carry packets.
type Engine struct {
	config Config
	six    bool // sockets are AF_INET6
	start  time.Time
	loops  []*loop
	beat   *metronome
	reader *reader

	identity   identity
	scribe     *scribe
	transcoder *transcoder
	done       sync.WaitGroup
	stop       sync.Once

	// sockets finds the socket behind an epoll event by its port; loops read it without a lock.
	sockets []atomic.Pointer[socket]

	mu     sync.Mutex // guards what follows and every change of Session.peer; never held while packets move
	ports  *ports
	open   map[*Session]struct{}
	next   int
	closed bool
}

// New starts the threads. No port is open before Open.
func New(c Config) (*Engine, error) {
	if !c.Bind.IsValid() {
		return nil, errors.New("media: no address to bind")
	}
	c.Bind = c.Bind.Unmap()
	if !c.Public.IsValid() {
		c.Public = c.Bind
	}
	if c.Low == 0 && c.High == 0 {
		c.Low, c.High = 30000, 39999
	}
	if c.Low < 1 || c.High > 65535 || c.High <= c.Low {
		return nil, fmt.Errorf("media: port range %d to %d", c.Low, c.High)
	}
	if c.Loops <= 0 {
		c.Loops = min(max(runtime.GOMAXPROCS(0)/2, 1), 8)
	}
	if c.Reports == 0 {
		c.Reports = reportEvery
	}
	if c.Silence == 0 {
		c.Silence = 60 * time.Second
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	e := &Engine{
		config:  c,
		six:     c.Bind.Is6(),
		start:   time.Now(),
		sockets: make([]atomic.Pointer[socket], c.High-c.Low+1),
		ports:   newPorts(c.Low, c.High),
		open:    map[*Session]struct{}{},
	}
	var err error
	if e.identity, err = newIdentity(); err != nil {
		return nil, fmt.Errorf("media: make a certificate for browsers: %w", err)
	}
	e.beat, e.reader, e.scribe = newMetronome(e), newReader(e), newScribe(e)
	e.transcoder = newTranscoder(max(runtime.GOMAXPROCS(0)/2, 1))
	e.done.Go(e.beat.run)
	e.done.Go(e.reader.run)
	e.done.Go(e.scribe.run)
	for _, jobs := range e.transcoder.workers {
		e.done.Go(func() { e.transcoder.work(jobs) })
	}
	for range c.Loops {
		l, err := newLoop(e)
		if err != nil {
			e.Close()
			return nil, err
		}
		e.loops = append(e.loops, l)
		e.done.Go(l.run)
	}
	return e, nil
}

// Public is the address that goes into descriptions.
func (e *Engine) Public() netip.Addr { return e.config.Public }

// reaches reports whether our sockets can send to that address's family; where nothing is sent, nothing is wrong.
func (e *Engine) reaches(ip netip.Addr) bool {
	if !ip.IsValid() || ip.IsUnspecified() || ip.Is6() == e.six {
		return true
	}
	return e.six && e.config.Bind.IsUnspecified()
}

// now is the time since the engine began; it is monotonic.
func (e *Engine) now() time.Duration { return time.Since(e.start) }

// Open reserves a port pair and begins to listen. It is ErrExhausted when the range is used up.
func (e *Engine) Open() (*Session, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	// Ports that other programs hold are put to rest and the next one is tried, but not for ever.
	for range 64 {
		port, ok := e.ports.take(e.now())
		if !ok {
			return nil, ErrExhausted
		}
		s, err := e.listen(port)
		switch {
		case err == nil:
			e.open[s] = struct{}{}
			return s, nil
		case errors.Is(err, unix.EADDRINUSE):
			e.ports.give(port, e.now())
		default:
			e.ports.give(port, e.now())
			return nil, fmt.Errorf("media: open port %d: %w", port, err)
		}
	}
	return nil, ErrExhausted
}

// listen makes the session of one port pair and hands its sockets to a loop.
func (e *Engine) listen(port uint16) (*Session, error) {
	rtp, err := bind(e.config.Bind, port)
	if err != nil {
		return nil, err
	}
	rtcp, err := bind(e.config.Bind, port+1)
	if err != nil {
		_ = unix.Close(rtp)
		return nil, err
	}
	l := e.loops[e.next%len(e.loops)]
	e.next++
	s := newSession(e, l, port)
	s.rtp.open(s, rtp, false)
	s.rtcp.open(s, rtcp, true)
	if err = l.add(&s.rtp); err == nil {
		err = l.add(&s.rtcp)
	}
	if err != nil {
		s.shut()
		return nil, err
	}
	return s, nil
}

// Close ends all sessions and threads.
func (e *Engine) Close() {
	e.mu.Lock()
	e.closed = true
	var open []*Session
	for s := range e.open {
		open = append(open, s)
	}
	e.mu.Unlock()
	for _, s := range open {
		s.Close()
	}
	for _, l := range e.loops {
		l.stop()
	}
	e.stop.Do(func() {
		close(e.beat.done)
		close(e.reader.done)
		close(e.scribe.done)
		close(e.transcoder.done)
	})
	e.done.Wait()
	for _, l := range e.loops {
		l.free()
	}
	e.loops = nil
}

// slot is where a port's socket stands in the table.
func (e *Engine) slot(port uint16) *atomic.Pointer[socket] {
	return &e.sockets[int(port)-e.config.Low]
}
