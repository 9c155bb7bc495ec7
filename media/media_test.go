package media

import (
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// guard ends a test that waits for something that never comes; no test waits that long when it passes.
const guard = 20 * time.Second

var (
	pcmu   = Format{Payload: 0, Name: "PCMU", Clock: 8000}
	pcma   = Format{Payload: 8, Name: "PCMA", Clock: 8000}
	events = Format{Payload: 101, Name: "telephone-event", Clock: 8000}
)

func engine(t testing.TB, change ...func(*Config)) *Engine {
	t.Helper()
	c := Config{
		Bind: netip.MustParseAddr("127.0.0.1"), Low: 20000, High: 29999, Silence: -1, Reports: -1,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	for _, f := range change {
		f(&c)
	}
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func open(t testing.TB, e *Engine) *Session {
	t.Helper()
	s, err := e.Open()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// phone is one UDP socket of a telephone.
type phone struct {
	t    testing.TB
	conn *net.UDPConn
	ssrc uint32
	seq  uint16
	time uint32
}

func ring(t testing.TB, host string) *phone {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(host), 0)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &phone{t: t, conn: c, ssrc: 0xa0000000 + uint32(c.LocalAddr().(*net.UDPAddr).Port), seq: 1000, time: 5000}
}

func (p *phone) addr() netip.AddrPort {
	a := p.conn.LocalAddr().(*net.UDPAddr).AddrPort()
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

// flow is what a phone that listens at its own address negotiates.
func (p *phone) flow(formats ...Format) Flow {
	return Flow{Remote: p.addr(), Formats: formats, Send: true, Receive: true}
}

func rtpPacket(pt uint8, seq uint16, stamp, ssrc uint32, payload []byte) []byte {
	b := []byte{0x80, pt}
	b = binary.BigEndian.AppendUint16(b, seq)
	b = binary.BigEndian.AppendUint32(b, stamp)
	b = binary.BigEndian.AppendUint32(b, ssrc)
	return append(b, payload...)
}

// packet makes the phone's next 20 ms of sound.
func (p *phone) packet(pt uint8, payload string) []byte {
	p.seq++
	p.time += 160
	return rtpPacket(pt, p.seq, p.time, p.ssrc, []byte(payload))
}

func (p *phone) send(to netip.AddrPort, b []byte) {
	p.t.Helper()
	if _, err := p.conn.WriteToUDPAddrPort(b, to); err != nil {
		p.t.Fatal(err)
	}
}

// talk sends sound to a session.
func (p *phone) talk(s *Session, pt uint8, payload string) { p.send(s.here(), p.packet(pt, payload)) }

// hear waits for the next packet.
func (p *phone) hear() []byte {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(guard))
	var b [2000]byte
	n, _, err := p.conn.ReadFromUDPAddrPort(b[:])
	if err != nil {
		p.t.Fatal(err)
	}
	return b[:n]
}

// silent checks that nothing has arrived. Loopback delivers within the sender's system call, so after a packet that was
// relayed later has been seen, there is nothing to wait for.
func (p *phone) silent() {
	p.t.Helper()
	raw, err := p.conn.SyscallConn()
	if err != nil {
		p.t.Fatal(err)
	}
	var n int
	_ = raw.Control(func(fd uintptr) { n = waiting(int(fd)) })
	if n > 0 {
		p.t.Errorf("%v got %d bytes that were not for it", p.addr(), n)
	}
}

// here is the session's RTP address as a phone on the same machine sees it.
func (s *Session) here() netip.AddrPort {
	ip := s.engine.config.Bind
	if ip.IsUnspecified() {
		ip = netip.MustParseAddr("127.0.0.1")
	}
	return netip.AddrPortFrom(ip, s.port)
}

func (s *Session) hereRTCP() netip.AddrPort { return netip.AddrPortFrom(s.here().Addr(), s.port+1) }

func body(b []byte) string { return string(b[12:]) }

func number(b []byte) uint8    { return b[1] & 0x7f }
func sequence(b []byte) uint16 { return binary.BigEndian.Uint16(b[2:]) }
func source32(b []byte) uint32 { return binary.BigEndian.Uint32(b[8:]) }

func set(t testing.TB, s *Session, f Flow) {
	t.Helper()
	if err := s.Set(f); err != nil {
		t.Fatal(err)
	}
}

// call connects two phones with the formats they speak.
func call(t testing.TB, e *Engine, formatsA, formatsB []Format) (a, b *phone, sa, sb *Session) {
	t.Helper()
	a, b = ring(t, "127.0.0.1"), ring(t, "127.0.0.1")
	sa, sb = open(t, e), open(t, e)
	set(t, sa, a.flow(formatsA...))
	set(t, sb, b.flow(formatsB...))
	e.Bridge(sa, sb)
	return a, b, sa, sb
}

// packet in, packet out: the deterministic way into a session, with a clock of the test's own.
func (s *Session) deliver(from netip.AddrPort, b []byte, now time.Duration) (told []Event, passed bool) {
	l := &loop{engine: s.engine, epoll: -1}
	l.from = rawAddr(from, s.engine.six)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _, passed = s.hearRTP(l, append([]byte(nil), b...), now)
	return l.events, passed
}

// fence returns a function that waits until everything sent before has been carried. The engine must have one loop:
// it takes its sockets in the order in which they became ready.
func fence(t testing.TB, e *Engine) func() {
	t.Helper()
	a, b, sa, _ := call(t, e, []Format{pcmu}, []Format{pcmu})
	return func() {
		t.Helper()
		for range 3 {
			a.talk(sa, 0, "fence")
			b.hear()
		}
	}
}

// rested lets the time of all resting ports pass.
func (e *Engine) rested() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range e.ports.resting {
		e.ports.resting[i].until = 0
	}
}
