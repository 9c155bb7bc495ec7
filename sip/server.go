package sip

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/sip/stack"
)

// What we offer and how we call ourselves. The name has no version (SA-01).
const (
	agentName         = "Tandem"
	sdpType           = "application/sdp"
	allow             = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, INFO, UPDATE, PRACK, REFER, SUBSCRIBE"
	supported         = "timer, 100rel, norefersub, replaces"
	supportedInDialog = "timer, norefersub, replaces"
)

// methods are all that are looked at. Those that are not in allow are refused only after the sender has proven who it is (SA-09).
var methods = []string{stack.MethodInvite, stack.MethodAck, stack.MethodCancel, stack.MethodBye, stack.MethodOptions, stack.MethodRegister,
	stack.MethodInfo, stack.MethodUpdate, stack.MethodPrack, stack.MethodRefer, stack.MethodSubscribe, stack.MethodNotify, stack.MethodPublish,
	stack.MethodMessage}

// Config is what a Server needs from the house. Lookup, NewID, Incoming and Signal must be set. All functions are called from the
// workers of the stack, never with a lock held, and must return quickly: whoever waits makes calls wait. For one leg, Incoming and
// Signal are called one after the other, in the order of the wire.
type Config struct {
	Log *slog.Logger // nil discards

	UDP, TCP, TLS []string         // where to listen, "host:port"; port 0 takes a free one, see Addrs
	TLSConfig     *tls.Config      // certificates for TLS
	Packets       []net.PacketConn // further datagram sockets, already open
	Public        func() string    // name or address phones connect to; nil or "" means the local address

	Stack struct {
		Limits  stack.Limits
		Timers  stack.Timers
		Workers int
		Sockets int
	}
	Registration Registration
	Guard        GuardLimits
	NonceKey     []byte        // signs nonces; processes that share it tell each other's phones to try again (SA-07); nil is random
	Closed       func() bool   // while true nobody is answered, whoever it is (BAR FX-01); nil is always open
	Digests      []string      // digest algorithms in order of preference; nil means SHA-256, MD5 (RFC 8760)
	Grace        time.Duration // how long a talking phone may be without its connection; 0 means 32 s

	Packages      map[string]Package // what phones may watch, by the name of the event
	Subscriptions SubscriptionLimits

	Restore []Stored       // registrations of an earlier process, of devices that still exist; see Changes
	Known   []Acquaintance // of an earlier process, see Met

	NewID  func(prefix string) string
	Lookup func(username string) (Credential, bool)

	Resolver Resolver         // for trunks; nil asks the system
	TrunkTLS *tls.Config      // whom trunks over TLS trust; nil trusts what the system trusts
	Trunk    func(TrunkState) // how a trunk is, after each change; see SetTrunks

	Incoming func(call.Incoming)
	Signal   func(call.Signal)

	// Bindings reports all bindings of a device after each change, an empty list after the last one went. A refresh is reported as
	// well, with the same ids and a later Expires, because a binding that is over must not be rung.
	Bindings   func(pbx.DeviceID, []pbx.Binding)
	AuthFailed func(AuthFailure)
	Abuse      func(source netip.AddrPort, kind, detail string) // what the stack noticed: not_sip scanner flood slow
}

// Server speaks SIP: registrar, and the legs of calls as package switchboard uses them.
type Server struct {
	cfg          Config
	log          *slog.Logger
	stack        *stack.Stack
	registrar    *registrar
	events       *events
	registration Registration
	nonces       *nonces
	guard        *guard
	dummy        Credential
	digests      []algorithm
	t1, grace    time.Duration

	mu      sync.Mutex
	legs    map[pbx.LegID]*leg
	dialogs map[dialogKey]*leg
	byFlow  map[stack.Flow]map[*leg]struct{}
	trunks  map[pbx.TrunkID]*uplink
	closed  bool
	idle    chan struct{} // closed when the last leg is gone after Close began

	asks   atomic.Bool // a line wants to see certificates
	passes sync.Map    // stack.Flow → func() (Credential, bool): connections of people who are signed in

	carrierMu sync.Mutex
	carriers  atomic.Pointer[map[netip.Addr]struct{}] // addresses of trunks; nil for none

	ctx    context.Context // of what waits for the outside beside the workers
	cancel context.CancelFunc
	beside sync.WaitGroup
}

// New opens the listeners and starts.
func New(cfg Config) (*Server, error) {
	restore, known := cfg.Restore, cfg.Known
	cfg.Restore, cfg.Known = nil, nil // not needed any longer
	s := &Server{cfg: cfg, log: cfg.Log, registration: cfg.Registration.withDefaults(), nonces: newNonces(cfg.NonceKey), guard: newGuard(cfg.Guard),
		dummy: dummy(), t1: cfg.Stack.Timers.T1, grace: cfg.Grace,
		legs: map[pbx.LegID]*leg{}, dialogs: map[dialogKey]*leg{}, byFlow: map[stack.Flow]map[*leg]struct{}{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.t1 <= 0 {
		s.t1 = 500 * time.Millisecond
	}
	if s.grace <= 0 {
		s.grace = graceTime
	}
	report := cfg.Bindings
	if report == nil {
		report = func(pbx.DeviceID, []pbx.Binding) {}
	}
	s.guard.recall(known)
	s.registrar = newRegistrar(report)
	s.events = newEvents(cfg.Packages, cfg.Subscriptions)
	s.stack = stack.New(stack.Config{Log: s.log, OnRequest: s.onRequest, OnAck: s.onAck, OnUnacked: s.onUnacked, OnCancel: s.onCancel,
		OnFlowClosed: s.onFlowClosed, OnAbuse: s.onAbuse, Blocked: s.isShut, Trusted: s.isTrusted, Advertise: s.advertise,
		Timers: cfg.Stack.Timers, Limits: cfg.Stack.Limits, Workers: cfg.Stack.Workers, Sockets: cfg.Stack.Sockets,
		Policy: stack.Policy{Methods: methods, Supported: []string{"timer", "100rel", "norefersub", "replaces", eventList}, Bodies: map[string][]string{
			stack.MethodInvite: {sdpType}, stack.MethodUpdate: {sdpType}, stack.MethodPrack: {sdpType}, stack.MethodMessage: {"text/plain"}}}})
	var err error
	if s.digests, err = algorithms(cfg.Digests); err == nil {
		err = s.listen()
	}
	if err != nil {
		s.cancel()
		s.stack.Close()
		return nil, err
	}
	s.restore(restore)
	s.events.done.Go(s.events.run)
	return s, nil
}

// isShut reports whether nothing at all is read from an address: the house is closed, or the guard has shut the address out.
func (s *Server) isShut(ip netip.Addr) bool {
	return s.cfg.Closed != nil && s.cfg.Closed() || s.guard.isShut(ip) && !s.isCarrier(ip)
}

// isTrusted reports whether an address may send as much as it likes.
func (s *Server) isTrusted(ip netip.Addr) bool { return s.guard.isExempt(ip) || s.isCarrier(ip) }

// public is the name we are reached by, or nothing.
func (s *Server) public() string {
	if s.cfg.Public == nil {
		return ""
	}
	return s.cfg.Public()
}

// advertise gives phones the public name together with the port they found us at.
func (s *Server) advertise(f stack.Flow) (string, uint16) {
	host := s.public()
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		host = "[" + host + "]"
	}
	return host, f.Local.Port()
}

// onRequest is the door for everything that begins a transaction. It runs on the worker of the Call-ID.
func (s *Server) onRequest(tx *stack.ServerTx) {
	req := tx.Request
	if c, is := s.guestOn(req.Flow); is {
		s.onGuest(tx, c)
		return
	}
	if req.To().Tag() != "" && req.Method != stack.MethodRegister {
		s.onInDialog(tx)
		return
	}
	switch req.Method {
	case stack.MethodRegister:
		if c, ok := s.identify(tx); ok {
			s.onRegister(tx, c)
		}
	case stack.MethodInvite:
		if t := s.trunkOf(req); t != nil {
			s.onTrunkInvite(tx, t)
			return
		}
		if c, ok := s.identify(tx); ok {
			s.onInvite(tx, c)
		}
	case stack.MethodSubscribe:
		if c, ok := s.identify(tx); ok {
			s.onSubscribe(tx, c)
		}
	case stack.MethodOptions:
		s.onOptions(tx)
	case stack.MethodBye, stack.MethodPrack:
		_ = tx.ReplyStateless(stack.NewResponse(req, 481, ""))
	default:
		s.onUnoffered(tx)
	}
}

// onOptions says what we can do, to everybody alike and without keeping anything (RFC 3261 §11.2).
func (s *Server) onOptions(tx *stack.ServerTx) {
	m := stack.NewResponse(tx.Request, 200, "")
	m.Set(stack.HeaderAllow, allow)
	m.Set(stack.HeaderAccept, sdpType)
	m.Set(stack.HeaderSupported, supported)
	if s.events.names != "" {
		m.Set(stack.HeaderSupported, supported+", "+eventList)
		s.allowEvents(m)
	}
	_ = tx.ReplyStateless(m)
}

// onUnoffered refuses what this house does not do, or not outside a dialog, but only to those who belong here; strangers learn nothing (SA-09).
func (s *Server) onUnoffered(tx *stack.ServerTx) {
	if _, ok := s.identify(tx); !ok {
		return
	}
	m := stack.NewResponse(tx.Request, 405, "")
	switch tx.Request.Method {
	case stack.MethodPublish:
		m = stack.NewResponse(tx.Request, 489, "")
		s.allowEvents(m)
	case stack.MethodRefer:
		m = stack.NewResponse(tx.Request, 403, "Only Inside A Call")
	case stack.MethodSubscribe, stack.MethodNotify, stack.MethodInfo, stack.MethodUpdate, stack.MethodInvite:
		m = stack.NewResponse(tx.Request, 481, "")
	default:
		m.Set(stack.HeaderAllow, allow)
	}
	s.respond(tx, m)
}

// answer responds without further headers.
func (s *Server) answer(tx *stack.ServerTx, status int, reason string) {
	s.respond(tx, stack.NewResponse(tx.Request, status, reason))
}

// respond names us and sends. A dead connection is noticed by whoever reads it.
func (s *Server) respond(tx *stack.ServerTx, m *stack.Message) {
	m.Set(stack.HeaderServer, agentName)
	if err := tx.Respond(m); err != nil {
		s.log.Debug("sip answer not sent", "status", m.Status, "method", m.Method, "error", err)
	}
}

// send sends an ACK.
func (s *Server) send(f stack.Flow, m *stack.Message) {
	if err := s.stack.Send(f, m); err != nil {
		s.log.Debug("sip request not sent", "method", m.Method, "error", err)
	}
}

// contact is our Contact as seen over a flow.
func (s *Server) contact(f stack.Flow, scheme string) string {
	host, port := s.stack.SentBy(f)
	u := stack.URI{Scheme: "sip", User: pbx.Realm, Host: host, Port: port}
	if scheme == "sips" {
		u.Scheme = "sips"
	}
	if f.Transport != stack.UDP {
		u.Params = stack.Params("transport=" + f.Transport.String())
	}
	return "<" + u.String() + ">"
}

func (s *Server) onFlowClosed(f stack.Flow) {
	s.passes.Delete(f)
	s.registrar.lost(f)
	for _, l := range s.legsBy(f) {
		s.stack.Do(l.key.callID, func() { l.flowLost(f) })
	}
	for _, l := range s.lines() {
		s.stack.Do(l.callID, func() { l.lost(f) })
	}
	for _, n := range s.events.over(f) {
		s.stack.Do(n.key.callID, func() { n.flowLost(f) })
	}
}

func (s *Server) onAbuse(a stack.Abuse) {
	if s.cfg.Abuse != nil {
		s.cfg.Abuse(a.Source, a.Kind.String(), plain(a.Detail, 128))
	}
}

// Drop ends everything of a device that was disabled, deleted or given a new secret: its calls, what it watches, its bindings and its
// connections.
func (s *Server) Drop(device pbx.DeviceID) {
	s.mu.Lock()
	var mine []*leg
	for _, l := range s.legs {
		if l.device == device {
			mine = append(mine, l)
		}
	}
	s.mu.Unlock()
	for _, l := range mine {
		s.stack.Do(l.key.callID, func() { l.hangup(pbx.CauseSuspended) })
	}
	for _, n := range s.events.of(device) {
		s.stack.Do(n.key.callID, func() { n.end("rejected") })
	}
	for _, f := range s.registrar.drop(device) {
		if f.Reliable() { // after the goodbyes, which the worker sends in order
			s.stack.After(f.Token(), time.Second, f.Close)
		}
	}
}

// Stats are counters of the stack and of this package, for metrics.
func (s *Server) Stats() stack.Stats { return s.stack.Stats() }

// Legs counts the legs that the switchboard knows.
func (s *Server) Legs() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.legs)
}

// Close says goodbye on every leg, waits for the answers until the context ends, and closes all sockets.
func (s *Server) Close(ctx context.Context) {
	s.mu.Lock()
	s.closed = true
	all := make([]*leg, 0, len(s.legs))
	for _, l := range s.legs {
		all = append(all, l)
	}
	if len(s.dialogs) > 0 {
		s.idle = make(chan struct{})
	}
	idle := s.idle
	s.mu.Unlock()
	for _, l := range all {
		s.stack.Do(l.key.callID, func() { l.hangup(pbx.CauseInterrupted) })
	}
	if idle != nil {
		select {
		case <-idle:
		case <-ctx.Done():
		}
	}
	s.cancel()
	s.beside.Wait()
	s.closeEvents()
	s.registrar.close()
	s.stack.Close()
}

func itoa(n int) string { return strconv.Itoa(n) }

func utoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
