package sip

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"tandem/sip/stack"
)

// uplink is a trunk at work. Everything in it belongs to the worker of its Call-ID, but for what mu guards, which calls read.
//
//	resolving ──▶ connecting ──▶ signing in, or asking ──▶ up ──▶ …again, before it runs out
//	     ▲             │ next target      │                 │
//	     └── waiting ◀─┴──────────────────┴─────────────────┘
type uplink struct {
	Trunk
	s      *Server
	callID string
	tag    string
	name   string // user part that only this carrier is told: where it calls us
	seq    uint32

	list    []target
	at      int // of list
	proof   proof
	proved  int // challenges answered in a row
	stretch time.Duration
	good    int // answers in a row
	state   TrunkState
	told    TrunkState // what the house knows
	over    bool
	turn    uint64 // of resolving and connecting, whose answers may come late
	alarm   alarm
	stop    context.CancelFunc
	renew   time.Time          // when the registration has to be renewed
	seen    string             // our address as the carrier sees it
	deaf    bool               // it answers no signs of life, only what it has to
	homing  bool               // it looks whether the first place works again
	waiting []func(stack.Flow) // calls that wait until the line is up at another place

	mu      sync.Mutex
	up      bool
	shown   TrunkState
	flow    stack.Flow
	targets []target

	refusal     Refused // guarded by mu
	refusedTold time.Time

	authorities *x509.CertPool // of the trunk; nil without any
}

func newUplink(s *Server, t Trunk) *uplink {
	l := &uplink{Trunk: t, s: s, callID: stack.NewToken() + stack.NewToken(), tag: stack.NewToken(), name: stack.NewToken(), state: TrunkState{Trunk: t.ID}}
	if t.Authorities != "" {
		l.authorities = x509.NewCertPool() // without one that can be read nobody is vouched for
		l.authorities.AppendCertsFromPEM([]byte(t.Authorities))
	}
	return l
}

// way is how a call leaves, and whether it can.
func (l *uplink) way() (f stack.Flow, up bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.flow, l.up && l.flow.Alive()
}

func (l *uplink) cancelAlarm() {
	l.alarm.epoch++
	if l.alarm.stop != nil {
		l.alarm.stop()
		l.alarm.stop = nil
	}
}

func (l *uplink) after(d time.Duration, f func()) {
	l.cancelAlarm()
	epoch := l.alarm.epoch
	l.alarm.stop = l.s.stack.After(l.callID, d, func() {
		if l.alarm.epoch == epoch && !l.over {
			l.alarm.stop = nil
			f()
		}
	})
}

// begin looks where the carrier is. DNS may take its time, so it is asked beside the worker.
func (l *uplink) begin() {
	if l.over {
		return
	}
	l.turn++
	turn := l.turn
	ctx, cancel := context.WithTimeout(l.s.ctx, 10*time.Second)
	l.stop = cancel
	l.s.beside.Go(func() {
		defer cancel()
		list, err := resolve(ctx, l.s.resolver(), l.Host, l.Transport)
		l.s.stack.Do(l.callID, func() {
			if l.over || l.turn != turn {
				return
			}
			if err != nil || len(list) == 0 {
				l.failed(ProblemName, 0, wordsOf(err))
				return
			}
			l.found(list)
		})
	})
}

func (l *uplink) found(list []target) {
	l.list, l.at = list, 0
	l.mu.Lock()
	l.targets = list
	l.mu.Unlock()
	l.s.countCarriers()
	l.connect()
}

// connect makes a way to the target at hand.
func (l *uplink) connect() {
	t := l.list[l.at]
	l.state.Target = t.addr
	if t.transport == stack.UDP {
		f, ok := l.s.stack.UDPFlow(t.addr)
		if !ok {
			l.nextTarget(ProblemFamily, 0, t.addr.String())
			return
		}
		l.connected(f)
		return
	}
	l.turn++
	turn := l.turn
	ctx, cancel := context.WithTimeout(l.s.ctx, 5*time.Second)
	l.stop = cancel
	l.s.beside.Go(func() {
		defer cancel()
		f, err := l.s.stack.Dial(ctx, t.transport, t.addr, l.tlsConfig())
		l.s.stack.Do(l.callID, func() {
			if l.over || l.turn != turn {
				f.Close()
				return
			}
			if err != nil {
				l.nextTarget(problemOf(err), 0, wordsOf(err))
				return
			}
			l.connected(f)
		})
	})
}

func (l *uplink) connected(f stack.Flow) {
	l.mu.Lock()
	l.flow = f
	l.mu.Unlock()
	l.proved, l.good, l.seen, l.deaf = 0, 0, "", false
	l.ask()
}

// ask signs in, or looks whether the carrier is there.
func (l *uplink) ask() {
	if l.Register {
		l.register(l.Expires)
		return
	}
	l.ping()
}

// request makes a request of the line itself.
func (l *uplink) request(method string, target stack.URI) *stack.Message {
	l.seq++
	own := stack.NameAddr{URI: stack.URI{Scheme: "sip", User: stack.EscapeUser(l.Username), Host: l.Domain}}
	if l.Username == "" {
		own.URI.Host, own.URI.Port = l.s.stack.SentBy(l.flow)
	}
	to := own
	if method != stack.MethodRegister {
		to = stack.NameAddr{URI: target}
	}
	m := stack.NewRequest(method, target, own.WithTag(l.tag), to, l.callID, l.seq)
	m.Set(stack.HeaderUserAgent, agentName)
	m.Set(stack.HeaderContact, l.contact(l.flow))
	return m
}

// contact is where the carrier calls us: a name that nobody else knows, at the address we have as seen from there.
func (l *uplink) contact(f stack.Flow) string {
	host, port := l.s.stack.SentBy(f)
	u := stack.URI{Scheme: "sip", User: l.name, Host: host, Port: port}
	if f.Transport != stack.UDP {
		u.Params = stack.Params("transport=" + f.Transport.String())
	}
	return "<" + u.String() + ">"
}

// register asks the carrier to call us here for a while (RFC 3261 §10.2).
func (l *uplink) register(expires time.Duration) {
	m := l.request(stack.MethodRegister, stack.URI{Scheme: "sip", Host: l.Domain})
	m.Set(stack.HeaderExpires, itoa(int(expires/time.Second)))
	l.send(m, func(resp *stack.Message) { l.registered(resp, expires) })
}

// ping looks whether the carrier is there (RFC 3261 §11).
func (l *uplink) ping() {
	l.send(l.request(stack.MethodOptions, stack.URI{Scheme: "sip", Host: l.Domain}), l.ponged)
}

// send sends a request, with a proof where one was asked for before, and gives the final answer to on. A challenge is answered here;
// a second one in a row with a fresh nonce only where the carrier says that the first was stale.
func (l *uplink) send(m *stack.Message, on func(*stack.Message)) {
	if l.proof.nonce != "" {
		l.proof.prove(m, l.AuthName, l.Secret)
	}
	turn, began := l.turn, time.Now()
	l.after(2*l.Silence, l.unanswered)
	l.s.stack.Request(l.flow, m, func(resp *stack.Message) {
		if resp.Status < 200 || l.over || l.turn != turn {
			return
		}
		l.cancelAlarm()
		l.state.Latency = time.Since(began)
		if (resp.Status == 401 || resp.Status == 407) && l.Secret != "" {
			l.challenged(m, resp, on)
			return
		}
		l.proved = 0
		on(resp)
	})
}

// unanswered gives a request up long before the transaction would (RFC 3261 Timer F is 32 s): meanwhile calls would be sent there (CR-10).
func (l *uplink) unanswered() {
	l.turn++ // an answer that comes yet is too late
	l.nextTarget(ProblemSilent, 0, "")
}

func (l *uplink) challenged(m, resp *stack.Message, on func(*stack.Message)) {
	p, ok := readChallenge(resp)
	switch {
	case !ok:
		l.failed(ProblemScheme, resp.Status, plain(resp.Reason, 128))
	case l.proved >= 2 || l.proved == 1 && p.nonce == l.proof.nonce:
		l.proof, l.proved = proof{}, 0
		l.failed(ProblemSecret, resp.Status, plain(resp.Reason, 128))
	default:
		l.proof = p
		l.proved++
		next := l.request(m.Method, m.URI)
		if e := m.Get(stack.HeaderExpires); e != "" {
			next.Set(stack.HeaderExpires, e)
		}
		l.send(next, on)
	}
}

// registered reads the answer to REGISTER.
func (l *uplink) registered(resp *stack.Message, asked time.Duration) {
	switch {
	case resp.Status < 300:
		granted := l.granted(resp, asked)
		l.state.Expires = time.Now().Add(granted)
		l.renew = time.Now().Add(renewAfter(granted))
		l.isElsewhere(resp)
		l.isUp()
		l.keep()
	case resp.Status == 423:
		least, ok := resp.Expires()
		if n, err := strconv.ParseUint(strings.TrimSpace(resp.Get(stack.HeaderMinExpires)), 10, 32); err == nil {
			least, ok = uint32(n), true
		}
		if want := time.Duration(least) * time.Second; ok && want > asked && want <= 24*time.Hour {
			l.register(want)
			return
		}
		l.failed(ProblemAnswer, resp.Status, plain(resp.Reason, 128))
	case resp.Status == 403:
		l.failed(ProblemSecret, resp.Status, plain(resp.Reason, 128))
	default:
		l.silentOr(resp)
	}
}

// granted is how long the registration holds: what stands at our Contact, else in Expires, else what we asked for.
func (l *uplink) granted(resp *stack.Message, asked time.Duration) time.Duration {
	granted := asked
	if n, ok := resp.Expires(); ok {
		granted = time.Duration(n) * time.Second
	}
	list, _, _ := resp.Contacts()
	for _, c := range list {
		if c.URI.UserText() == l.name {
			if v, ok := c.Params.Raw("expires"); ok {
				if n, err := strconv.ParseUint(v, 10, 32); err == nil {
					granted = time.Duration(n) * time.Second
				}
			}
		}
	}
	return max(min(granted, 24*time.Hour), 10*time.Second)
}

// renewAfter leaves time for some tries before a registration runs out, and spreads offices over time.
func renewAfter(granted time.Duration) time.Duration {
	return granted/2 + rand.N(granted/4+1)
}

// ponged reads the answer to OPTIONS: whoever answers is there, whatever he says, unless he says that he cannot (503).
func (l *uplink) ponged(resp *stack.Message) {
	if resp.Local || resp.Status == 503 {
		l.silentOr(resp)
		return
	}
	l.good++
	if l.state.Failures > 0 && l.good < trunkGood {
		l.after(l.Ping/4, l.ask)
		return
	}
	l.isUp()
	l.after(l.Ping, l.ask)
}

// silentOr tells silence and lost connections from answers.
func (l *uplink) silentOr(resp *stack.Message) {
	switch {
	case !resp.Local:
		l.nextTarget(ProblemAnswer, resp.Status, plain(resp.Reason, 128))
	case resp.Status == 503:
		l.nextTarget(ProblemLost, 0, "")
	default:
		l.nextTarget(ProblemSilent, 0, "")
	}
}

func (l *uplink) isUp() {
	l.mu.Lock()
	l.up = true
	l.mu.Unlock()
	l.state.Up, l.state.Problem, l.state.Status, l.state.Detail, l.state.Failures, l.state.Retry = true, NoProblem, 0, "", 0, time.Time{}
	l.stretch = 0
	for _, f := range l.waiting {
		f(l.flow)
	}
	l.waiting = nil
	l.tell()
	if l.at > 0 {
		l.lookHome()
	}
}

// nextTarget tries the next place that DNS named; after the last the line is down and waits.
func (l *uplink) nextTarget(p Problem, status int, detail string) {
	l.down()
	if l.at+1 < len(l.list) {
		l.at++
		l.state.Problem, l.state.Status, l.state.Detail = p, status, detail
		l.connect()
		return
	}
	l.failed(p, status, detail)
}

// down takes the line out of service.
func (l *uplink) down() {
	l.mu.Lock()
	l.up = false
	l.mu.Unlock()
	l.state.Up, l.good = false, 0
}

// failed waits before everything is tried again, longer each time and never quite as long as another office (CR-11).
func (l *uplink) failed(p Problem, status int, detail string) {
	l.down()
	l.state.Problem, l.state.Status, l.state.Detail, l.state.Expires = p, status, detail, time.Time{}
	l.state.Failures++
	l.stretch = min(max(2*l.stretch, trunkRetry), trunkRetryMost)
	wait := l.stretch/2 + rand.N(l.stretch/2+1)
	if !l.Register && l.stretch > l.Ping { // an OPTIONS costs nobody anything
		wait = l.Ping/2 + rand.N(l.Ping/2+1)
	}
	l.state.Retry = time.Now().Add(wait)
	l.waiting = nil
	l.tell()
	l.after(wait, l.begin)
}

// moveFrom goes to the next place that DNS names, because a call got no answer over a flow, and tells the flow there once it is up. When another
// call has moved the line meanwhile, it is told at once.
func (l *uplink) moveFrom(failed stack.Flow, told func(stack.Flow)) {
	f, up := l.way()
	switch {
	case l.over:
	case up && f != failed:
		told(f)
	case !up && f != failed: // on its way
		l.waiting = append(l.waiting, told)
	case l.at+1 < len(l.list):
		l.waiting = append(l.waiting, told)
		l.cancelAlarm()
		l.turn++ // what the old place answers yet counts no more
		l.nextTarget(ProblemSilent, 0, "")
	default:
		l.suspect()
	}
}

// hasNext reports whether DNS names another place after this one.
func (l *uplink) hasNext() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := target{l.flow.Transport, l.flow.Remote}
	i := slices.Index(l.targets, f)
	return i >= 0 && i+1 < len(l.targets)
}

// suspect looks at once whether the carrier is there, because a call got no answer from it.
func (l *uplink) suspect() {
	if l.over || !l.state.Up {
		return
	}
	l.down()
	l.state.Problem, l.state.Failures = ProblemSilent, l.state.Failures+1
	l.tell()
	l.good = 0
	l.ask()
}

// lost handles a broken connection.
func (l *uplink) lost(f stack.Flow) {
	l.mu.Lock()
	mine := l.flow == f
	l.mu.Unlock()
	if !mine || l.over {
		return
	}
	l.down()
	l.state.Problem, l.state.Detail = ProblemLost, ""
	l.tell()
	l.after(time.Second+rand.N(time.Second), l.begin)
}

// again is the wish of a person.
func (l *uplink) again() {
	if l.over || l.state.Up {
		return
	}
	l.stretch = 0
	l.begin()
}

// end signs out and forgets the line.
func (l *uplink) end() {
	if l.over {
		return
	}
	if l.Register && l.state.Up {
		m := l.request(stack.MethodRegister, stack.URI{Scheme: "sip", Host: l.Domain})
		m.Set(stack.HeaderExpires, "0")
		if l.proof.nonce != "" {
			l.proof.prove(m, l.AuthName, l.Secret)
		}
		l.s.stack.Request(l.flow, m, func(*stack.Message) {})
	}
	l.over = true
	if l.stop != nil {
		l.stop()
	}
	l.cancelAlarm()
	l.down()
}

// tell reports what has changed; how long an answer took and when a registration ends is told along, not by itself.
func (l *uplink) tell() {
	a, b := l.state, l.told
	a.Latency, a.Expires, a.Retry, b.Latency, b.Expires, b.Retry = 0, time.Time{}, time.Time{}, 0, time.Time{}, time.Time{}
	changed := a != b
	l.told = l.state
	l.mu.Lock()
	l.shown = l.state
	l.mu.Unlock()
	if changed && l.s.cfg.Trunk != nil {
		l.s.cfg.Trunk(l.state)
	}
}

// Trunks tells how all lines are.
func (s *Server) Trunks() []TrunkState {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]TrunkState, 0, len(s.trunks))
	for _, l := range s.trunks {
		l.mu.Lock()
		st := l.shown
		st.Refused = l.refusal
		list = append(list, st)
		l.mu.Unlock()
	}
	return list
}

func problemOf(err error) Problem {
	var timeout net.Error
	if p := tlsProblem(err); p != NoProblem {
		return p
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return ProblemRefused
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return ProblemSilent
	}
	return ProblemRefused
}

// tlsProblem says what is wrong with a certificate, or that there is none: who takes the connection and then hangs up or says nothing speaks no TLS.
func tlsProblem(err error) Problem {
	var cert *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var shake *stack.HandshakeError
	var alert *net.OpError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return ProblemExpired
	case errors.As(err, &name):
		return ProblemOther
	case errors.Is(err, errChosen):
		return ProblemChosen
	case errors.As(err, &unknown):
		return ProblemIssuer
	case errors.Is(err, errPinned):
		return ProblemPinned
	case errors.As(err, &invalid), errors.As(err, &cert):
		return ProblemTLS
	case errors.As(err, &alert) && alert.Op == "remote error": // so crypto/tls hands on an alert of the far side
		return ProblemShake
	case errors.As(err, &shake):
		return ProblemPlain
	}
	return NoProblem
}

func wordsOf(err error) string {
	if err == nil {
		return ""
	}
	return plain(err.Error(), 200)
}
