package sip

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ether is a datagram network in memory.
type ether struct {
	mu    sync.Mutex
	ports map[netip.AddrPort]*port
	loses func(from, to netip.AddrPort, data []byte) bool // nil loses nothing
	seen  []string                                        // start lines in order of sending
}

type port struct {
	net    *ether
	addr   netip.AddrPort
	in     chan packet
	closed chan struct{}
	once   sync.Once
}

type packet struct {
	from netip.AddrPort
	data []byte
}

func newEther() *ether { return &ether{ports: map[netip.AddrPort]*port{}} }

func (e *ether) open(addr string) *port {
	p := &port{net: e, addr: netip.MustParseAddrPort(addr), in: make(chan packet, 4096), closed: make(chan struct{})}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ports[p.addr] = p
	return p
}

func (p *port) WriteTo(b []byte, to net.Addr) (int, error) {
	dst := to.(*net.UDPAddr).AddrPort()
	dst = netip.AddrPortFrom(dst.Addr().Unmap(), dst.Port())
	p.net.mu.Lock()
	defer p.net.mu.Unlock()
	line, _, _ := bytes.Cut(b, []byte("\r\n"))
	p.net.seen = append(p.net.seen, string(line))
	far := p.net.ports[dst]
	if far == nil || p.net.loses != nil && p.net.loses(p.addr, dst, b) {
		return len(b), nil
	}
	select {
	case far.in <- packet{p.addr, bytes.Clone(b)}:
	default:
	}
	return len(b), nil
}

func (p *port) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case k := <-p.in:
		return copy(b, k.data), net.UDPAddrFromAddrPort(k.from), nil
	case <-p.closed:
		return 0, nil, net.ErrClosed
	}
}

func (p *port) Close() error                     { p.once.Do(func() { close(p.closed) }); return nil }
func (p *port) LocalAddr() net.Addr              { return net.UDPAddrFromAddrPort(p.addr) }
func (p *port) SetDeadline(time.Time) error      { return nil }
func (p *port) SetReadDeadline(time.Time) error  { return nil }
func (p *port) SetWriteDeadline(time.Time) error { return nil }

// lose decides from now on which datagrams get lost.
func (e *ether) lose(loses func(from, to netip.AddrPort, data []byte) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.loses = loses
}

// count says how often a start line with this beginning was sent.
func (e *ether) count(prefix string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, line := range e.seen {
		if strings.HasPrefix(line, prefix) {
			n++
		}
	}
	return n
}

// house is a Server with a switchboard that only writes down.
type house struct {
	t        testing.TB
	server   *Server
	net      *ether
	log      bytes.Buffer
	incoming chan call.Incoming
	signals  chan call.Signal
	mu       sync.Mutex
	bindings map[pbx.DeviceID][]pbx.Binding
	reports  int
	failures []AuthFailure
	accounts map[string]Credential
	serial   atomic.Int64
	ponders  atomic.Bool // what answers is not confirmed by itself
}

const serverAddr = "192.0.2.1:5060"

func newHouse(t testing.TB, change func(*Config)) *house {
	h := &house{t: t, net: newEther(), incoming: make(chan call.Incoming, 1000), signals: make(chan call.Signal, 1000),
		bindings: map[pbx.DeviceID][]pbx.Binding{}, accounts: map[string]Credential{}}
	for i, name := range []string{"alice", "bob", "carol"} {
		h.account(name, strconv.Itoa(101+i))
	}
	cfg := Config{
		Log:      slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelWarn})),
		NewID:    func(prefix string) string { return fmt.Sprintf("%s_%04d", prefix, h.serial.Add(1)) },
		Lookup:   func(name string) (Credential, bool) { c, ok := h.accounts[name]; return c, ok },
		Incoming: func(in call.Incoming) { h.incoming <- in },
		Signal: func(g call.Signal) {
			if g.Kind == call.SignalAnswered && !h.ponders.Load() {
				h.server.Confirm(g.Leg)
			}
			h.signals <- g
		},
		Bindings: func(d pbx.DeviceID, list []pbx.Binding) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.bindings[d] = list
			h.reports++
		},
		AuthFailed: func(f AuthFailure) { h.mu.Lock(); defer h.mu.Unlock(); h.failures = append(h.failures, f) },
		Packets:    []net.PacketConn{h.net.open(serverAddr)},
		Guard:      GuardLimits{Exempt: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("127.0.0.0/8")}},
	}
	cfg.Stack.Workers = 2
	if change != nil {
		change(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.server = s
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		s.Close(ctx)
	})
	return h
}

func secretOf(name string) string { return "secret of " + name }

func (h *house) account(name, extension string) {
	m, s := pbx.HA1(name, secretOf(name))
	h.accounts[name] = Credential{Device: pbx.DeviceID("dev_" + name), User: pbx.UserID("usr_" + name), Username: name, Extension: extension, MD5: m, SHA256: s}
}

func (h *house) bound(name string) []pbx.Binding {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.bindings[pbx.DeviceID("dev_"+name)]
}

func (h *house) call() call.Incoming {
	h.t.Helper()
	synctest.Wait()
	select {
	case in := <-h.incoming:
		return in
	default:
		h.t.Fatal("no incoming call")
		return call.Incoming{}
	}
}

func (h *house) signal(kind call.SignalKind) call.Signal {
	h.t.Helper()
	synctest.Wait()
	select {
	case g := <-h.signals:
		if g.Kind != kind {
			h.t.Fatalf("signal %+v, want kind %d", g, kind)
		}
		return g
	default:
		h.t.Fatalf("no signal, want kind %d", kind)
		return call.Signal{}
	}
}

func (h *house) quiet() {
	h.t.Helper()
	synctest.Wait()
	select {
	case g := <-h.signals:
		h.t.Fatalf("unexpected signal %+v", g)
	case in := <-h.incoming:
		h.t.Fatalf("unexpected call %+v", in)
	default:
	}
}

// phone is a peer on a stack of its own.
type phone struct {
	h        *house
	t        testing.TB
	name     string
	addr     string
	stack    *stack.Stack
	flow     stack.Flow
	requests chan *stack.ServerTx
	cancels  chan *stack.ServerTx
	acks     chan *stack.Message
	seq      uint32
}

func (h *house) phone(name, addr string) *phone {
	p := &phone{h: h, t: h.t, name: name, addr: addr, requests: make(chan *stack.ServerTx, 100), cancels: make(chan *stack.ServerTx, 100),
		acks: make(chan *stack.Message, 100), seq: 1}
	p.stack = stack.New(stack.Config{Workers: 1, Policy: stack.Policy{Supported: []string{eventList, "100rel", "timer"}},
		OnRequest: func(tx *stack.ServerTx) { p.requests <- tx },
		OnAck:     func(_ *stack.ServerTx, ack *stack.Message) { p.acks <- ack },
		OnCancel: func(tx *stack.ServerTx, c *stack.Message) {
			tx.Data = c
			p.cancels <- tx
			_ = tx.Respond(stack.NewResponse(tx.Request, 487, ""))
		}})
	if err := p.stack.ServePacket(h.net.open(addr)); err != nil {
		h.t.Fatal(err)
	}
	p.flow, _ = p.stack.UDPFlow(netip.MustParseAddrPort(serverAddr))
	h.t.Cleanup(p.stack.Close)
	return p
}

func address(text string) stack.NameAddr {
	a, err := stack.ParseNameAddr(text)
	if err != nil {
		panic(text)
	}
	return a
}

func uri(text string) stack.URI { return address("<" + text + ">").URI }

// request makes a request outside a dialog.
func (p *phone) request(method, target, to, callID string) *stack.Message {
	p.seq++
	m := stack.NewRequest(method, uri(target), address("<sip:"+p.name+"@pbx>;tag=t"+p.name), address("<"+to+">"), callID, p.seq)
	if method == stack.MethodInvite || method == stack.MethodRegister {
		m.Set(stack.HeaderContact, "<sip:"+p.name+"@"+p.addr+">")
	}
	return m
}

// send sends a request and returns where its answers will be.
func (p *phone) send(m *stack.Message) chan *stack.Message {
	answers := make(chan *stack.Message, 100)
	p.stack.Request(p.flow, m, func(r *stack.Message) { answers <- r })
	return answers
}

// expect waits until nothing moves and takes the next answer, 100 left out.
func (p *phone) expect(answers chan *stack.Message, status int) *stack.Message {
	p.t.Helper()
	for {
		synctest.Wait()
		select {
		case r := <-answers:
			if r.Status == 100 {
				continue
			}
			if r.Status != status {
				p.t.Fatalf("answer %d %s, want %d\n%s", r.Status, r.Reason, status, r.Encode())
			}
			return r
		default:
			p.t.Fatalf("no answer, want %d", status)
		}
	}
}

// prove adds credentials for a challenge and takes the next sequence number.
func (p *phone) prove(m, challenge *stack.Message, a algorithm) *stack.Message {
	p.seq++
	next := stack.NewRequest(m.Method, m.URI, m.From(), m.To(), m.CallID(), p.seq)
	for name, value := range m.Headers() {
		switch name {
		case stack.HeaderVia, stack.HeaderFrom, stack.HeaderTo, stack.HeaderCallID, stack.HeaderCSeq, stack.HeaderMaxForwards, stack.HeaderAuthorization:
		default:
			next.Add(name, value)
		}
	}
	next.Body = m.Body
	next.Set(stack.HeaderAuthorization, respond(p.name, secretOf(p.name), m.Method, m.URI.String(), nonceOf(challenge), "00000001", a))
	return next
}

func nonceOf(challenge *stack.Message) string {
	_, after, _ := strings.Cut(challenge.Get(stack.HeaderWWWAuthenticate), `nonce="`)
	nonce, _, _ := strings.Cut(after, `"`)
	return nonce
}

// proven sends a request, answers the challenge and returns where the answers to the second one will be.
func (p *phone) proven(m *stack.Message) chan *stack.Message {
	p.t.Helper()
	return p.send(p.prove(m, p.expect(p.send(m), 401), algorithmSHA256))
}

func (p *phone) register() *stack.Message {
	p.t.Helper()
	return p.expect(p.proven(p.request("REGISTER", "sip:pbx", "sip:"+p.name+"@pbx", "reg-"+p.name)), 200)
}

// next is the next request from the server.
func (p *phone) next(method string) *stack.ServerTx {
	p.t.Helper()
	synctest.Wait()
	select {
	case tx := <-p.requests:
		if tx.Request.Method != method {
			p.t.Fatalf("request %s, want %s", tx.Request.Method, method)
		}
		return tx
	default:
		p.t.Fatalf("no request, want %s", method)
		return nil
	}
}

func (p *phone) respond(tx *stack.ServerTx, status int, sdp string, headers ...string) {
	p.t.Helper()
	m := stack.NewResponse(tx.Request, status, "")
	m.Set(stack.HeaderContact, "<sip:"+p.name+"@"+p.addr+">")
	for i := 0; i+1 < len(headers); i += 2 {
		m.Set(headers[i], headers[i+1])
	}
	m.SetBody("application/sdp", []byte(sdp))
	if err := tx.Respond(m); err != nil {
		p.t.Fatal(err)
	}
}

// within makes the next request of a dialog that the phone began (answer is the server's) or that the server began (offer).
func (p *phone) within(method string, answer, offer *stack.Message) *stack.Message {
	p.seq++
	if answer != nil {
		return stack.NewRequest(method, answer.Contact().URI, answer.From(), answer.To(), answer.CallID(), p.seq)
	}
	return stack.NewRequest(method, offer.Contact().URI, offer.To().WithTag(stack.LocalTag(offer)), offer.From(), offer.CallID(), p.seq)
}

func (p *phone) ack(answer *stack.Message, sdp string) {
	n, _ := answer.CSeq()
	m := stack.NewRequest("ACK", answer.Contact().URI, answer.From(), answer.To(), answer.CallID(), n)
	m.SetBody("application/sdp", []byte(sdp))
	if err := p.stack.Send(p.flow, m); err != nil {
		p.t.Fatal(err)
	}
	synctest.Wait()
}

const sdpA, sdpB, sdpC = "v=0\r\no=a 1 1 IN IP4 192.0.2.9\r\n", "v=0\r\no=b 1 1 IN IP4 192.0.2.1\r\n", "v=0\r\no=c 1 2 IN IP4 192.0.2.9\r\n"

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
