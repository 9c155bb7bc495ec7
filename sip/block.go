package sip

import (
	"net/netip"
	"slices"
	"time"

	"tandem/pbx"
)

// Blocks lists the networks that are shut out at a moment, and those that never are, by network.
func (s *Server) Blocks(at time.Time) []pbx.Block { return s.guard.list(at) }

// Block shuts a network out, or with Allow never by itself; one that is there already is replaced. It reports whether there was room.
func (s *Server) Block(b pbx.Block) bool { return s.guard.name(b) }

// Release takes back a block, of whomever; what was guessed from there before is forgotten with it. It reports the block that held.
func (s *Server) Release(network netip.Prefix, at time.Time) (pbx.Block, bool) {
	return s.guard.release(network, at)
}

// isNamed reports whether somebody shut an address out, or allowed it. What is allowed is not shut out by a wider block.
func (g *guard) isNamed(ip netip.Addr, allowed bool) bool {
	list := g.named.Load()
	if list == nil {
		return false
	}
	ip = ip.Unmap().WithZone("")
	found := false
	for i := range *list {
		if b := &(*list)[i]; b.Network.Contains(ip) && !b.IsOver(time.Now()) {
			if b.Allow {
				return allowed
			}
			found = true
		}
	}
	return found && !allowed
}

// note keeps what an address tried, as evidence.
func (g *guard) note(ip netip.Addr, username, agent string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.networks[source(ip)]
	if o == nil {
		return
	}
	if agent != "" {
		o.agent = agent
	}
	if username != "" && len(o.tried) < pbx.BlockTried && !slices.Contains(o.tried, username) {
		o.tried = append(o.tried, username)
	}
}

func (o *offender) block(network netip.Prefix) pbx.Block {
	return pbx.Block{Network: network, Since: o.since, Until: o.until, First: o.first, Last: o.latest, Failed: o.failures, Tried: slices.Clone(o.tried), Agent: o.agent, Span: o.last}
}

func (g *guard) list(at time.Time) []pbx.Block {
	all := []pbx.Block{}
	if list := g.named.Load(); list != nil {
		for _, b := range *list {
			if !b.IsOver(at) {
				all = append(all, b)
			}
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for network, o := range g.networks {
		if at.Before(o.until) {
			all = append(all, o.block(network))
		}
	}
	slices.SortFunc(all, func(a, b pbx.Block) int { return a.Network.Compare(b.Network) })
	return all
}

// blockOf is the block of an address that guessed; false when it is not shut out.
func (g *guard) blockOf(ip netip.Addr, at time.Time) (pbx.Block, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	o := g.networks[source(ip)]
	if o == nil || !at.Before(o.until) {
		return pbx.Block{}, false
	}
	return o.block(source(ip)), true
}

// name puts a block in: of somebody among those that are named, of the house among those that guessed, as it was before a restart.
func (g *guard) name(b pbx.Block) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if b.By == "" && !b.Allow {
		g.networks[b.Network] = &offender{until: b.Until, last: b.Span, since: b.Since, first: b.First, latest: b.Last, failures: b.Failed, tried: b.Tried, agent: b.Agent,
			home: g.isHome(b.Since, b.Network.Addr())}
		g.blocks.Store(int32(len(g.networks)))
		return true
	}
	next := g.without(b.Network)
	if len(next) >= pbx.BlockMost {
		return false
	}
	if next = append(next, b); b.Allow {
		for network := range g.networks {
			if b.Network.Contains(network.Addr()) {
				delete(g.networks, network)
			}
		}
		g.blocks.Store(int32(len(g.networks)))
	}
	g.named.Store(&next)
	return true
}

// without is what is named but a network, and what is over.
func (g *guard) without(network netip.Prefix) []pbx.Block {
	next := []pbx.Block{}
	if list := g.named.Load(); list != nil {
		for _, b := range *list {
			if b.Network != network && !b.IsOver(time.Now()) {
				next = append(next, b)
			}
		}
	}
	return next
}

func (g *guard) release(network netip.Prefix, at time.Time) (pbx.Block, bool) {
	all := g.list(at)
	i := slices.IndexFunc(all, func(b pbx.Block) bool { return b.Network == network })
	if i < 0 {
		return pbx.Block{}, false
	}
	found := all[i]
	g.mu.Lock()
	defer g.mu.Unlock()
	next := g.without(network)
	g.named.Store(&next)
	delete(g.networks, network)
	g.blocks.Store(int32(len(g.networks)))
	return found, true
}

// IsBlocked reports whether somebody, or the house, has shut an address out.
func (s *Server) IsBlocked(ip netip.Addr, at time.Time) bool { return s.guard.isBlocked(at, ip) }

// IsExempt reports whether an address is never shut out by itself.
func (s *Server) IsExempt(ip netip.Addr) bool { return s.guard.isExempt(ip) }
