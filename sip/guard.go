package sip

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"tandem/pbx"
)

// GuardLimits says when guessing ends (SA-04, SA-05). Zero fields take the defaults in brackets.
type GuardLimits struct {
	Failures        int            // wrong responses from one address within Window before it is blocked [10]
	Window          time.Duration  // [60 s]
	Block           time.Duration  // first block; every further one lasts twice as long [30 min]
	MaxBlock        time.Duration  // [24 h]
	AccountFailures int            // wrong responses for one account within AccountWindow before strangers are refused [50]
	AccountWindow   time.Duration  // [10 min]
	Memory          time.Duration  // how long a network that signed in successfully is known [30 days]
	Exempt          []netip.Prefix // networks that are never blocked, such as the office's own (SA-16)
}

func (l GuardLimits) withDefaults() GuardLimits {
	number := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	span := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	number(&l.Failures, 10)
	span(&l.Window, time.Minute)
	span(&l.Block, 30*time.Minute)
	span(&l.MaxBlock, 24*time.Hour)
	number(&l.AccountFailures, 50)
	span(&l.AccountWindow, 10*time.Minute)
	span(&l.Memory, Memory)
	return l
}

// Memory is how long a network is known that an account signed in from, where nothing else is set.
const Memory = 30 * 24 * time.Hour

// guard counts wrong digest responses and blocks those who guess. Bare first requests without credentials never count.
// An account is never locked for the networks it is known from; otherwise anybody could lock anybody out.
type guard struct {
	limits GuardLimits
	blocks atomic.Int32 // addresses that have a record at all: the common case costs one load

	named atomic.Pointer[[]pbx.Block] // networks that people shut out or allowed; nil for none

	mu       sync.Mutex
	networks map[netip.Prefix]*offender
	accounts map[string]*tally
	known    map[acquaintance]time.Time // when an account last signed in from a network
	met      map[acquaintance]struct{}  // … and what of it was not handed out yet
}

// acquaintance is an account together with a network it came from.
type acquaintance struct {
	account string
	network netip.Prefix
}

// Acquaintance is a network that an account signed in from, and when it last did, exact to an hour. It is kept over a restart: who is attacked just then
// must not be locked out of his own office (SA-05).
type Acquaintance struct {
	Account string // SIP user name
	Network netip.Prefix
	At      time.Time
}

// offender is an address (IPv4) or a /64 (IPv6) with wrong responses.
type offender struct {
	tally
	until time.Time     // blocked until then
	last  time.Duration // length of the last block, to double
	home  bool          // some account is at home there, so that its requests have to be looked at
	since time.Time     // of the block

	first, latest time.Time // wrong responses
	failures      int
	tried         []string
	agent         string
}

// tally holds the moments of the latest failures, at most as many as the limit.
type tally struct {
	at       []time.Time
	besieged time.Time // of an account: when it was last said that there are too many
}

func (t *tally) add(now time.Time, window time.Duration, limit int) (full bool) {
	keep := t.at[:0]
	for _, at := range t.at {
		if now.Sub(at) < window {
			keep = append(keep, at)
		}
	}
	t.at = append(keep, now)
	if len(t.at) > limit {
		t.at = t.at[1:]
	}
	return len(t.at) >= limit
}

func (t *tally) isFull(now time.Time, window time.Duration, limit int) bool {
	return len(t.at) >= limit && now.Sub(t.at[len(t.at)-limit]) < window
}

// guardEntries bounds each of the three tables.
const guardEntries = 1 << 16

func newGuard(limits GuardLimits) *guard {
	return &guard{limits: limits.withDefaults(), networks: map[netip.Prefix]*offender{}, accounts: map[string]*tally{}, known: map[acquaintance]time.Time{}, met: map[acquaintance]struct{}{}}
}

// source is the unit that is blocked: one IPv4 address, or the /64 that one IPv6 customer owns.
func source(ip netip.Addr) netip.Prefix {
	ip = ip.Unmap()
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.WithZone("").Prefix(bits) // the length always fits the family
	return p
}

// neighbourhood is the unit in which a phone is known: dial-up addresses change within a /24.
func neighbourhood(ip netip.Addr) netip.Prefix {
	ip = ip.Unmap()
	bits := 24
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.WithZone("").Prefix(bits) // the length always fits the family
	return p
}

func (g *guard) isExempt(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	for _, p := range g.limits.Exempt {
		if p.Contains(ip) {
			return true
		}
	}
	return g.isNamed(ip, true)
}

// isBlocked reports whether nothing from this address is to be answered, except for accounts known from there.
func (g *guard) isBlocked(now time.Time, ip netip.Addr) bool {
	if g.isNamed(ip, false) {
		return true
	}
	if g.blocks.Load() == 0 || g.isExempt(ip) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.networks[source(ip)]
	return o != nil && now.Before(o.until)
}

// isShut reports whether nothing at all is read from this address: it is blocked, and nobody is at home there.
func (g *guard) isShut(ip netip.Addr) bool {
	if g.isNamed(ip, false) {
		return true
	}
	if g.blocks.Load() == 0 || g.isExempt(ip) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.networks[source(ip)]
	return o != nil && !o.home && time.Now().Before(o.until)
}

// isHome looks for any account that is known from there. It is called once per block, under the lock.
func (g *guard) isHome(now time.Time, ip netip.Addr) bool {
	there := neighbourhood(ip)
	for k, at := range g.known {
		if k.network == there && now.Sub(at) < g.limits.Memory {
			return true
		}
	}
	return false
}

// knows reports whether the account signed in from about there within the memory.
func (g *guard) knows(now time.Time, ip netip.Addr, account string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	at, ok := g.known[acquaintance{account, neighbourhood(ip)}]
	return ok && now.Sub(at) < g.limits.Memory
}

// isBesieged reports whether an account has so many failures that only networks it is known from may use it (SA-05).
func (g *guard) isBesieged(now time.Time, ip netip.Addr, account string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.accounts[account]
	if t == nil || !t.isFull(now, g.limits.AccountWindow, g.limits.AccountFailures) {
		return false
	}
	at, ok := g.known[acquaintance{account, neighbourhood(ip)}]
	return !ok || now.Sub(at) >= g.limits.Memory
}

// failed counts one wrong response. It returns until when the address is blocked, zero if it is not, and whether a siege of the account begins
// with it; real says whether the account exists, because only existing accounts have a budget.
func (g *guard) failed(now time.Time, ip netip.Addr, account string, real bool) (blocked time.Time, siege bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if real {
		t := g.accounts[account]
		if t == nil {
			makeRoom(g.accounts, func(t *tally) bool { return !t.isFull(now, g.limits.AccountWindow, 1) })
			t = &tally{}
			g.accounts[account] = t
		}
		if t.add(now, g.limits.AccountWindow, g.limits.AccountFailures) && now.Sub(t.besieged) >= g.limits.AccountWindow {
			t.besieged, siege = now, true
		}
	}
	if g.isExempt(ip) {
		return time.Time{}, siege
	}
	o := g.networks[source(ip)]
	if o == nil {
		makeRoom(g.networks, func(o *offender) bool { return now.After(o.until) && !o.isFull(now, g.limits.Window, 1) })
		o = &offender{}
		g.networks[source(ip)] = o
	}
	if o.failures++; o.first.IsZero() {
		o.first = now
	}
	o.latest = now
	if o.add(now, g.limits.Window, g.limits.Failures) {
		switch {
		case o.last == 0 || now.Sub(o.until) > g.limits.MaxBlock:
			o.last = g.limits.Block
		default:
			o.last = min(2*o.last, g.limits.MaxBlock)
		}
		o.since, o.until = now, now.Add(o.last)
		o.at = nil
		o.home = g.isHome(now, ip)
	}
	g.blocks.Store(int32(len(g.networks)))
	return o.until, siege
}

// succeeded remembers that the account is at home in this network. It does not clear the address's failures: a guesser
// with one account of his own could otherwise start over after every nine tries.
func (g *guard) succeeded(now time.Time, ip netip.Addr, account string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := acquaintance{account, neighbourhood(ip)}
	at, ok := g.known[key]
	if ok && now.Sub(at) < time.Hour {
		return
	}
	if !ok {
		makeRoom(g.known, func(at time.Time) bool { return now.Sub(at) >= g.limits.Memory })
	}
	g.known[key] = now
	g.met[key] = struct{}{}
}

// recall puts acquaintances of an earlier process back.
func (g *guard) recall(list []Acquaintance) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, a := range list[:min(len(list), guardEntries)] {
		g.known[acquaintance{a.Account, a.Network}] = a.At
	}
}

// takeMet hands out acquaintances that are new or newer than when they were last handed out, at most so many.
func (g *guard) takeMet(limit int) (list []Acquaintance) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for k := range g.met {
		if len(list) == limit {
			break
		}
		delete(g.met, k)
		if at, ok := g.known[k]; ok {
			list = append(list, Acquaintance{k.account, k.network, at})
		}
	}
	return list
}

// makeRoom keeps a table below its bound: what is over goes first, then an eighth of whatever comes to hand, so that a
// flood of addresses does not pay the search every time.
func makeRoom[K comparable, V any](m map[K]V, isOver func(V) bool) {
	if len(m) < guardEntries {
		return
	}
	for k, v := range m {
		if isOver(v) {
			delete(m, k)
		}
	}
	for k := range m {
		if len(m) < guardEntries/8*7 {
			return
		}
		delete(m, k)
	}
}
