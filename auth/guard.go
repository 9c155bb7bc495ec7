package auth

import (
	"net/netip"
	"sync"
	"time"
)

// guard slows guessing down: every failure at an account from an address doubles the wait for the next try there; a
// failing account waits a little wherever the next try comes from, and so does a failing address. No wait is long enough
// to lock somebody out for good (WB-02), and memory is bounded.
type guard struct {
	mu    sync.Mutex
	marks map[mark]*tries
}

// mark is what is counted: an account at an address, an account, or an address.
type mark struct {
	account string // folded e-mail, or hash of it
	addr    netip.Prefix
}

type tries struct {
	failed int
	last   time.Time
	good   bool // it was right here before: failures elsewhere do not count
}

// rule is how a mark is slowed down.
type rule struct {
	free int           // failures that cost nothing
	most time.Duration // longest wait
}

var (
	together = rule{free: 3, most: 15 * time.Minute}
	anywhere = rule{free: 20, most: 30 * time.Second}
	fromHere = rule{free: 30, most: time.Minute}
)

const (
	forgotten = time.Hour // failures older than this are forgotten
	marksMost = 20_000
)

func (r rule) wait(t *tries) time.Duration {
	if t == nil || t.failed <= r.free {
		return 0
	}
	return min(r.most, time.Second<<min(t.failed-r.free-1, 20))
}

// network is what counts as one address: an IPv6 customer has a /64 at least.
func network(addr string) netip.Prefix {
	a, err := netip.ParseAddr(addr)
	if err != nil {
		return netip.Prefix{}
	}
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p
}

// enter asks for a try and counts it as failed until it is found good, so that tries at the same time cannot slip
// through. It gives the wait that is left, or how often the account failed in a row.
func (g *guard) enter(account, addr string, at time.Time) (wait time.Duration, failed int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	net := network(addr)
	pair, all, here := g.find(mark{account, net}, at), g.find(mark{account: account}, at), g.find(mark{addr: net}, at)
	wait = max(left(together, pair, at), left(fromHere, here, at))
	if pair == nil || !pair.good {
		wait = max(wait, left(anywhere, all, at))
	}
	if wait > 0 {
		return wait, 0
	}
	g.count(mark{account, net}, at)
	g.count(mark{addr: net}, at)
	return 0, g.count(mark{account: account}, at)
}

// found marks a try as good.
func (g *guard) found(account, addr string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	net := network(addr)
	if t := g.marks[mark{account, net}]; t != nil {
		t.failed, t.good = 0, true
	}
	for _, m := range []mark{{account: account}, {addr: net}} {
		if t := g.marks[m]; t != nil && t.failed > 0 {
			t.failed--
		}
	}
}

func left(r rule, t *tries, at time.Time) time.Duration {
	if t == nil {
		return 0
	}
	return t.last.Add(r.wait(t)).Sub(at)
}

func (g *guard) find(m mark, at time.Time) *tries {
	t := g.marks[m]
	if t != nil && at.Sub(t.last) > forgotten {
		t.failed = 0
	}
	return t
}

func (g *guard) count(m mark, at time.Time) int {
	t := g.marks[m]
	if t == nil {
		if g.marks == nil {
			g.marks = map[mark]*tries{}
		}
		if len(g.marks) >= marksMost {
			g.evict()
		}
		t = &tries{}
		g.marks[m] = t
	}
	t.failed++
	t.last = at
	return t.failed
}

// evict makes room: of a handful the one that failed longest ago goes. A map gives its keys in random order.
func (g *guard) evict() {
	var oldest mark
	var when time.Time
	seen := 0
	for m, t := range g.marks {
		if seen == 0 || t.last.Before(when) {
			oldest, when = m, t.last
		}
		if seen++; seen == 16 {
			break
		}
	}
	delete(g.marks, oldest)
}
