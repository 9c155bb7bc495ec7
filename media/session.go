package media

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Session is the media end of one leg: a port pair, what was negotiated on it, and the session it is bridged to.
// All methods may be called from any goroutine, also from within a Watch function.
type Session struct {
	engine *Engine
	loop   *loop
	port   uint16

	mu     sync.Mutex // one packet is carried under it; never two sessions' locks at once
	closed bool
	rtp    socket
	rtcp   socket
	set    bool // Set was called

	remote     netip.AddrPort
	remoteRTCP netip.AddrPort
	mux        bool
	expect     []netip.Addr
	sends      bool // Flow.Send
	receives   bool // Flow.Receive
	learn      *learning
	open, seal *crypt
	web        *web // it talks to a browser

	voice   voice     // how the house speaks to it
	player  *player   // what it says
	beating bool      // the metronome knows
	house   bool      // it has played or listened: the far side talks to the house while there is no peer
	ear     *listener // somebody listens
	record  *recorder // what is heard goes there
	capture *Capture  // … and there, as it is
	track   uint8     // … as that side
	gagged  bool      // nobody hears the far side, but for its keys
	seat    *seat     // in a room
	drained bool      // … which reads the packets of its sound at each beat, in place of the loop

	formats []Format   // what the far side understands
	local   []Format   // what it sends
	index   [128]uint8 // payload number it sends → 1 + position in kinds
	kinds   []kind     // what those numbers mean for the counters
	table   [128]uint8 // payload number the peer's far side sends → number this far side understands, or none

	peer   *Session
	source source

	translation *translation // of what the peer's far side says; the transcoder's

	stream stream
	press  press
	keys   keyboard
	pace   pace
	stats  Stats
	watch  func(Event)

	silence   silence
	reporting reporting
}

// kind is what the counters need to know of a format.
type kind struct {
	clock uint32
	event bool
	codec codec // the house understands it
}

// none is a payload number that means nothing on the other side.
const none = 0xff

func newSession(e *Engine, l *loop, port uint16) *Session {
	s := &Session{engine: e, loop: l, port: port}
	s.table = noTable
	// The numbering starts in the lower half, so that losing the first packets cannot confuse
	// the roll-over counter of an SRTP receiver (RFC 3711 §3.3.1).
	s.stream = stream{ssrc: rand.Uint32(), top: 1<<16 | uint64(rand.Uint32N(1<<14))}
	return s
}

// Port is the RTP port; RTCP is the next one.
func (s *Session) Port() uint16 { return s.port }

// Watch sets who is told what the session notices. The function is called on a packet thread and must not block.
func (s *Session) Watch(f func(Event)) {
	s.mu.Lock()
	s.watch = f
	s.mu.Unlock()
}

// Gag lets nobody hear the far side: what it says is neither carried on nor mixed nor kept, though it is counted. Its keys are told, and not carried on.
func (s *Session) Gag(on bool) {
	s.mu.Lock()
	s.gagged = on
	s.mu.Unlock()
}

// Set tells what was negotiated. It opens the probation window anew (RT-01), keeps the learned address while the far
// side's description names the same one, and keeps the roll-over counters of keys that did not change.
// The error is ErrClosed, or ErrFamily for an address that our sockets cannot reach.
func (s *Session) Set(f Flow) error {
	f.tidy()
	if !s.engine.reaches(f.Remote.Addr()) || !s.engine.reaches(f.RemoteRTCP.Addr()) {
		return ErrFamily
	}
	e := s.engine
	e.mu.Lock()
	defer e.mu.Unlock()

	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return ErrClosed
	}
	err := s.adopt(f, e.now())
	peer := s.peer
	local := s.local
	if err == nil && (peer != nil || s.house) {
		s.arrange(e.now())
	}
	s.mu.Unlock()
	if err != nil || peer == nil {
		return err
	}
	from := peer.translate(local)
	s.translate(from)
	return nil
}

// tidy fills in the defaults and writes IPv4 addresses as such.
func (f *Flow) tidy() {
	f.Remote = unmap(f.Remote)
	f.RemoteRTCP = unmap(f.RemoteRTCP)
	if !f.RemoteRTCP.IsValid() && f.Remote.IsValid() && f.Remote.Port() < 65535 {
		f.RemoteRTCP = netip.AddrPortFrom(f.Remote.Addr(), f.Remote.Port()+1)
	}
	expect := make([]netip.Addr, 0, len(f.Expect))
	for _, a := range f.Expect {
		if a = a.Unmap().WithZone(""); a.IsValid() && !slices.Contains(expect, a) {
			expect = append(expect, a)
		}
	}
	if len(expect) == 0 && f.Remote.IsValid() {
		expect = append(expect, f.Remote.Addr())
	}
	f.Expect = expect
	f.Formats = slices.Clone(f.Formats)
	if f.Local == nil {
		f.Local = f.Formats
	} else {
		f.Local = slices.Clone(f.Local)
	}
}

func unmap(a netip.AddrPort) netip.AddrPort {
	if !a.Addr().IsValid() {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// adopt takes a flow over. The lock is held.
func (s *Session) adopt(f Flow, now time.Duration) error {
	if s.web == nil {
		open, err := rekey(s.open, f.OpenKey)
		if err != nil {
			return err
		}
		seal, err := rekey(s.seal, f.SealKey)
		if err != nil {
			return err
		}
		s.open, s.seal = open, seal
	} else if f.Web != nil {
		s.meet(*f.Web)
	}
	s.expect, s.mux, s.sends, s.receives = f.Expect, f.Mux, f.Send, f.Receive
	s.formats, s.local = f.Formats, f.Local
	s.index, s.kinds = [128]uint8{}, nil
	for _, l := range s.local {
		if l.Payload < 128 && s.index[l.Payload] == 0 {
			s.kinds = append(s.kinds, kind{uint32(max(l.Clock, 0)), l.isEvent(), codecOf(l)})
			s.index[l.Payload] = uint8(len(s.kinds))
		}
	}
	s.voice.choose(s.formats)
	// An old-style hold names no address; the far side is still where it was.
	if s.web == nil && (!s.set || f.Remote.IsValid() && !f.Remote.Addr().IsUnspecified()) {
		s.aim(&s.rtp, &s.remote, f.Remote)
		s.aim(&s.rtcp, &s.remoteRTCP, f.RemoteRTCP)
	}
	s.set = true
	s.report(now)
	if s.web == nil {
		s.probe(now)
	}
	return nil
}

// aim points a socket to the address of the description, unless it is locked and the description did not change,
// or already names the locked address.
func (s *Session) aim(k *socket, old *netip.AddrPort, to netip.AddrPort) {
	same := *old == to
	*old = to
	if k.locked && (same || k.remote == to) {
		return
	}
	k.unlock(s.sendable(to))
}

// translate computes how the numbers of the peer's far side become ours, and returns the numbers our far side sends.
func (s *Session) translate(from []Format) []Format {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.table = noTable
	for _, f := range from {
		if f.Payload >= 128 || s.table[f.Payload] != none {
			continue
		}
		for _, g := range s.formats {
			if f.same(g) && g.Payload < 128 {
				s.table[f.Payload] = g.Payload
				break
			}
		}
	}
	return s.local
}

// noTable translates nothing.
var noTable = func() (t [128]uint8) {
	for i := range t {
		t[i] = none
	}
	return t
}()

// Stats are the counters so far; they stay readable after Close.
func (s *Session) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.stats
	st.Received.Lost = s.source.missing()
	if s.source.clock != 0 {
		st.Received.Jitter = time.Duration(s.source.jitter / float64(s.source.clock) * float64(time.Second))
	}
	if s.rtp.locked {
		st.Locked = s.rtp.remote
	}
	st.Trip = s.reporting.trip
	st.Secure = s.open != nil && s.seal != nil
	return st
}

// Close gives the ports back, after their rest, and takes the session out of its bridge. A second Close does nothing.
func (s *Session) Close() {
	e := s.engine
	e.mu.Lock()
	defer e.mu.Unlock()
	e.part(s)
	if s.shut() {
		delete(e.open, s)
		e.ports.give(s.port, e.now())
	}
}

// shut closes the sockets and reports whether they were open.
func (s *Session) shut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.closed = true
	s.silence.stop()
	s.reporting.stop()
	s.keys.stop()
	s.hushed()
	s.endRecord(EndClosed)
	s.capture = nil
	s.shutWeb()
	s.open, s.seal, s.learn = nil, nil, nil
	s.rtp.close()
	s.rtcp.close()
	return true
}
