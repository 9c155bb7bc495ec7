package pbx

import (
	"net/netip"
	"strings"
	"time"
)

// Block is a network that phones may not be reached from: one that guessed secrets is shut out by itself, others by somebody (SA-04, SA-16). With
// Allow it is the contrary: a network that is never shut out by itself. It is no configuration: an attack makes many, and each has an end.
type Block struct {
	Network netip.Prefix  `json:"network"`
	Allow   bool          `json:"allow,omitempty"`
	By      UserID        `json:"by,omitempty"`     // who wanted it; empty: the house
	Reason  string        `json:"reason,omitempty"` // in the words of who wanted it
	Since   time.Time     `json:"since"`
	Until   time.Time     `json:"until,omitzero"`   // zero has no end
	First   time.Time     `json:"first,omitzero"`   // wrong response from there
	Last    time.Time     `json:"last,omitzero"`    // … and the latest
	Failed  int           `json:"failed,omitempty"` // how many
	Tried   []string      `json:"tried,omitempty"`  // accounts that were tried, the first of them
	Agent   string        `json:"agent,omitempty"`  // what the far side called itself last
	Span    time.Duration `json:"span,omitempty"`   // how long the house shuts it out; the next time twice as long
}

// BlockMost is how many networks people can name.
const BlockMost = 1000

// BlockTried is how many tried accounts are kept.
const BlockTried = 8

// IsOver reports whether it holds no longer.
func (b *Block) IsOver(at time.Time) bool { return !b.Until.IsZero() && !at.Before(b.Until) }

// Ref names it by its network.
func (b *Block) Ref() Ref { return Ref{Kind: KindBlock, ID: b.Network.String()} }

// ParseNetwork reads an address or a network as people write it: 192.0.2.7, 192.0.2.0/24, 2001:db8::/32. One IPv6 address stands for its /64,
// which one customer owns.
func ParseNetwork(text string) (netip.Prefix, bool) {
	text = strings.TrimSpace(text)
	if p, err := netip.ParsePrefix(text); err == nil {
		if a := p.Addr(); a.Is4In6() {
			return netip.Prefix{}, false
		}
		return p.Masked(), p.Bits() > 0
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, false
	}
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	return p, err == nil
}

// PhonesIn counts the registered phones that are reached in a network: shutting it out would silence them.
func PhonesIn(s *Snapshot, live *Presence, network netip.Prefix) (n int) {
	for id := range s.Devices {
		for _, b := range live.Bindings(id) {
			if source, err := netip.ParseAddrPort(b.Source); err == nil && network.Contains(source.Addr().Unmap()) {
				n++
				break
			}
		}
	}
	return n
}
