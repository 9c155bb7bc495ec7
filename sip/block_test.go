package sip

import (
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tandem/pbx"
)

// What the guard shuts out is listed with its evidence, comes back after a restart with the length that the next block doubles, and is released
// together with what was guessed before (SA-04, SA-16).
func TestBlockHasEvidenceAndEnds(t *testing.T) {
	g, now := newGuard(GuardLimits{}), time.Unix(1_000_000, 0)
	for i := range 10 {
		at := now.Add(time.Duration(i) * time.Second)
		g.failed(at, here, "alice", true)
		g.note(here, []string{"alice", "admin"}[i%2], "guesser")
	}
	at := now.Add(10 * time.Second)
	all := g.list(at)
	if len(all) != 1 {
		t.Fatalf("%v", all)
	}
	b := all[0]
	if b.Network != source(here) || b.Failed != 10 || !slices.Equal(b.Tried, []string{"alice", "admin"}) || b.Agent != "guesser" || !b.First.Equal(now) || b.Until.Sub(b.Since) != 30*time.Minute {
		t.Errorf("%+v", b)
	}
	next := newGuard(GuardLimits{})
	next.name(b)
	if !next.isBlocked(at, here) || next.isBlocked(b.Until, here) {
		t.Error("a restart opened the door, or never opens it")
	}
	later := b.Until.Add(time.Minute)
	var until time.Time
	for range 10 {
		until, _ = next.failed(later, here, "alice", true)
	}
	if until.Sub(later) != time.Hour {
		t.Errorf("the next block lasts %v", until.Sub(later))
	}
	if _, ok := next.release(b.Network, later); !ok || next.isBlocked(later, here) {
		t.Error("it was not released")
	}
	if until, _ := next.failed(later, here, "alice", true); !until.IsZero() {
		t.Error("one more guess after the release shut it out again")
	}
	if _, ok := next.release(b.Network, later); ok {
		t.Error("released twice")
	}
}

// Networks that people shut out are silent until their end, those that they allow are never shut out by themselves, also inside a wider one.
func TestNamedNetworks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, now := newGuard(GuardLimits{}), time.Now()
		wide, narrow := netip.MustParsePrefix("192.0.2.0/24"), netip.MustParseAddr("192.0.2.9")
		g.name(pbx.Block{Network: wide, By: "usr_olga", Since: now, Until: now.Add(time.Hour)})
		if !g.isShut(narrow) || !g.isBlocked(now, narrow) || g.isShut(netip.MustParseAddr("192.0.3.9")) {
			t.Error("the extent of a block")
		}
		g.name(pbx.Block{Network: source(narrow), By: "usr_olga", Allow: true, Since: now})
		for range 30 {
			g.failed(now, narrow, "alice", true)
		}
		if g.isShut(narrow) || g.isBlocked(now, narrow) || !g.isShut(netip.MustParseAddr("192.0.2.10")) {
			t.Error("what is allowed is shut out, or its neighbours are not")
		}
		if got := len(g.list(now)); got != 2 {
			t.Errorf("%d blocks", got)
		}
		time.Sleep(time.Hour)
		if g.isShut(netip.MustParseAddr("192.0.2.10")) || len(g.list(time.Now())) != 1 {
			t.Error("a block has no end")
		}
		for i := range 2 * pbx.BlockMost {
			g.name(pbx.Block{Network: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 32), By: "usr_olga", Since: now})
		}
		if got := len(*g.named.Load()); got != pbx.BlockMost {
			t.Errorf("%d named networks", got)
		}
	})
}
