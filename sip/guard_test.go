package sip

import (
	"net/netip"
	"testing"
	"time"
)

func TestGuardBlocksGuessers(t *testing.T) {
	g := newGuard(GuardLimits{Exempt: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	now := time.Unix(1_000_000, 0)
	for i := range 9 {
		if until := g.failed(now.Add(time.Duration(i)*time.Second), here, "alice", true); !until.IsZero() {
			t.Fatalf("blocked after %d failures", i+1)
		}
	}
	if g.isBlocked(now.Add(9*time.Second), here) {
		t.Fatal("blocked before the tenth failure")
	}
	until := g.failed(now.Add(9*time.Second), here, "alice", true)
	if want := now.Add(9*time.Second + 30*time.Minute); !until.Equal(want) {
		t.Fatalf("blocked until %v, want %v", until, want)
	}
	if !g.isBlocked(until.Add(-time.Second), here) || g.isBlocked(until.Add(time.Second), here) || g.isBlocked(now.Add(10*time.Second), there) {
		t.Fatal("the block has the wrong extent")
	}
	again := until.Add(time.Minute)
	for range 10 {
		until = g.failed(again, here, "bob", false)
	}
	if !until.Equal(again.Add(time.Hour)) {
		t.Errorf("second block ends %v, want twice as long", until.Sub(again))
	}
	office := netip.MustParseAddr("10.1.2.3")
	for range 30 {
		g.failed(now, office, "carol", true)
	}
	if g.isBlocked(now, office) {
		t.Error("an exempt network was blocked")
	}
}

func TestGuardSlowGuessesDoNotBlock(t *testing.T) {
	g := newGuard(GuardLimits{})
	now := time.Unix(1_000_000, 0)
	for i := range 100 {
		if until := g.failed(now.Add(time.Duration(i)*7*time.Second), here, "alice", true); !until.IsZero() {
			t.Fatalf("blocked at failure %d: 10 in 60 s are needed", i)
		}
	}
}

func TestGuardAggregatesIPv6(t *testing.T) {
	g := newGuard(GuardLimits{})
	now := time.Unix(1_000_000, 0)
	for i := range 10 {
		ip := netip.MustParseAddr("2001:db8::1")
		if i%2 == 1 {
			ip = netip.MustParseAddr("2001:db8::ffff")
		}
		g.failed(now, ip, "alice", true)
	}
	if !g.isBlocked(now, netip.MustParseAddr("2001:db8::abcd")) || g.isBlocked(now, netip.MustParseAddr("2001:db8:0:1::1")) {
		t.Error("the block must cover the /64 and nothing else")
	}
}

// TestGuardAccountUnderSiege is SA-05: many addresses guess one account, whose owner goes on working.
func TestGuardAccountUnderSiege(t *testing.T) {
	g := newGuard(GuardLimits{})
	now := time.Unix(1_000_000, 0)
	g.succeeded(now, here, "ceo")
	for i := range 50 {
		g.failed(now.Add(time.Minute), netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}), "ceo", true)
	}
	soon := now.Add(2 * time.Minute)
	if !g.isBesieged(soon, netip.MustParseAddr("203.0.113.5"), "ceo") {
		t.Error("a stranger may still try")
	}
	if g.isBesieged(soon, here, "ceo") {
		t.Error("the owner was locked out")
	}
	if g.isBesieged(soon, netip.MustParseAddr("203.0.113.5"), "alice") {
		t.Error("another account suffers")
	}
	if g.isBesieged(now.Add(20*time.Minute), netip.MustParseAddr("203.0.113.5"), "ceo") {
		t.Error("the siege does not end")
	}
}

func TestGuardMemoryIsBounded(t *testing.T) {
	g := newGuard(GuardLimits{})
	now := time.Unix(1_000_000, 0)
	for i := range uint32(guardEntries + 1000) {
		g.failed(now, netip.AddrFrom4([4]byte{byte(i >> 24), byte(i >> 16), byte(i >> 8), byte(i)}), "x", false)
	}
	if len(g.networks) > guardEntries || len(g.accounts) != 0 {
		t.Errorf("networks = %d, accounts = %d", len(g.networks), len(g.accounts))
	}
}
