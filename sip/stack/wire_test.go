package stack

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wire is an in-memory datagram socket: the test is the far side.
type wire struct {
	in     chan packet
	done   chan struct{}
	once   sync.Once
	mu     sync.Mutex
	start  time.Time
	out    []packet
	broken bool // sending fails
}

type packet struct {
	at   time.Duration
	addr netip.AddrPort
	data string
}

var (
	here  = netip.MustParseAddrPort("192.0.2.1:5060")
	phone = netip.MustParseAddrPort("198.51.100.7:40000")
	thief = netip.MustParseAddrPort("203.0.113.9:5060")
)

func newWire() *wire {
	return &wire{in: make(chan packet, 4096), done: make(chan struct{}), start: time.Now()}
}

func (w *wire) ReadFrom(p []byte) (int, net.Addr, error) {
	select {
	case m := <-w.in:
		return copy(p, m.data), net.UDPAddrFromAddrPort(m.addr), nil
	case <-w.done:
		return 0, nil, net.ErrClosed
	}
}

func (w *wire) WriteTo(p []byte, to net.Addr) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken {
		return 0, os.ErrPermission
	}
	w.out = append(w.out, packet{time.Since(w.start), to.(*net.UDPAddr).AddrPort(), string(p)})
	return len(p), nil
}

func (w *wire) Close() error                     { w.once.Do(func() { close(w.done) }); return nil }
func (w *wire) LocalAddr() net.Addr              { return net.UDPAddrFromAddrPort(here) }
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// deliver lets a datagram arrive and waits until it has been worked off.
func (w *wire) deliver(from netip.AddrPort, data string) {
	w.in <- packet{addr: from, data: data}
	synctest.Wait()
}

// take returns what was sent since the last call, as "time first-line" rounded to 10 ms.
func (w *wire) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for _, p := range w.out {
		line, _, _ := strings.Cut(p.data, "\r\n")
		words := strings.Fields(line)
		what := words[0]
		if strings.HasPrefix(what, "SIP/") {
			what = words[1]
		}
		lines = append(lines, fmt.Sprintf("%v %s", p.at.Round(10*time.Millisecond), what))
	}
	w.out = nil
	return lines
}

// last is the last message that was sent.
func (w *wire) last(t *testing.T) *Message {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.out) == 0 {
		t.Fatal("nothing was sent")
	}
	m, err := Parse([]byte(w.out[len(w.out)-1].data))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bubble runs a test in a time bubble with a stack on a wire. Every transaction must be gone at its end, after at most 70 seconds.
func bubble(t *testing.T, cfg Config, test func(t *testing.T, s *Stack, w *wire)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWire()
		s := New(cfg)
		if err := s.ServePacket(w); err != nil {
			t.Fatal(err)
		}
		test(t, s, w)
		time.Sleep(70 * time.Second)
		synctest.Wait()
		for _, sh := range s.shards {
			sh.mu.Lock()
			if n := len(sh.server) + len(sh.client) + len(sh.acks) + len(sh.merged) + sh.wheel.count + sh.done.count; n > 0 {
				t.Errorf("left behind: server %d client %d acks %d merged %d timers %d answers %d", len(sh.server), len(sh.client),
					len(sh.acks), len(sh.merged), sh.wheel.count, sh.done.count)
			}
			sh.mu.Unlock()
		}
		if st := s.Stats(); st.ServerTx != 0 || st.ClientTx != 0 || st.Waiting != 0 {
			t.Errorf("counters: %+v", st)
		}
		s.Close()
	})
}

// request writes a request as a phone would send it.
func request(method, branch, callID string, seq int, more ...string) string {
	head := fmt.Sprintf("%s sip:bob@office.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK%s;rport\r\nMax-Forwards: 70\r\n"+
		"From: <sip:alice@office.example>;tag=a1\r\nTo: <sip:bob@office.example>\r\nCall-ID: %s\r\nCSeq: %d %s\r\n"+
		"Contact: <sip:alice@10.0.0.5:5060>\r\n", method, branch, callID, seq, method)
	for _, h := range more {
		if strings.HasPrefix(h, "To:") {
			head = strings.Replace(head, "To: <sip:bob@office.example>", h, 1)
			continue
		}
		head += h + "\r\n"
	}
	return head + "Content-Length: 0\r\n\r\n"
}

// answer writes the far side's response to a request of ours.
func answer(t *testing.T, req *Message, status int, tag string) string {
	t.Helper()
	m := NewResponse(req, status, "")
	m.Set(HeaderTo, req.Get(HeaderTo)+";tag="+tag)
	return string(m.Encode())
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("\n got %s\nwant %s", strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

// elapse lets time go by and waits until everything due has been done.
func elapse(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
