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
		if until, _ := g.failed(now.Add(time.Duration(i)*time.Second), here, "alice", true); !until.IsZero() {
			t.Fatalf("blocked after %d failures", i+1)
		}
	}
	if g.isBlocked(now.Add(9*time.Second), here) {
		t.Fatal("blocked before the tenth failure")
	}
	until, _ := g.failed(now.Add(9*time.Second), here, "alice", true)
	if want := now.Add(9*time.Second + 30*time.Minute); !until.Equal(want) {
		t.Fatalf("blocked until %v, want %v", until, want)
	}
	if !g.isBlocked(until.Add(-time.Second), here) || g.isBlocked(until.Add(time.Second), here) || g.isBlocked(now.Add(10*time.Second), there) {
		t.Fatal("the block has the wrong extent")
	}
	again := until.Add(time.Minute)
	for range 10 {
		until, _ = g.failed(again, here, "bob", false)
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
		if until, _ := g.failed(now.Add(time.Duration(i)*7*time.Second), here, "alice", true); !until.IsZero() {
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
	sieges := 0
	guess := func(at time.Time, i int) {
		if blocked, siege := g.failed(at, netip.AddrFrom4([4]byte{198, 51, byte(i >> 8), byte(i)}), "ceo", true); siege {
			sieges++
		} else if !blocked.IsZero() {
			t.Errorf("address %d is blocked by one try", i)
		}
	}
	for i := range 49 {
		guess(now.Add(time.Minute), i)
	}
	if sieges != 0 || g.isBesieged(now.Add(time.Minute), netip.MustParseAddr("203.0.113.5"), "ceo") {
		t.Error("a siege before the fiftieth try")
	}
	for i := range 1000 {
		guess(now.Add(time.Minute), 50+i)
	}
	if sieges != 1 {
		t.Errorf("the siege is told %d times", sieges)
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
	for i := range 60 {
		guess(now.Add(30*24*time.Hour), i)
	}
	if sieges != 2 || !g.isBesieged(now.Add(30*24*time.Hour), here, "ceo") {
		t.Errorf("after thirty days a network is still known, or a new siege is not told: %d", sieges)
	}
}

// An account that was at home somewhere is so after a restart too: whoever is attacked just then is not locked out of his own office (SA-05).
func TestGuardRemembersOverARestart(t *testing.T) {
	g, now, away := newGuard(GuardLimits{}), time.Unix(1_000_000, 0), netip.MustParseAddr("203.0.113.5")
	g.succeeded(now, here, "ceo")
	g.succeeded(now.Add(time.Minute), here, "ceo")
	g.succeeded(now, away, "bob")
	met := append(g.takeMet(1), g.takeMet(9)...)
	if len(met) != 2 || len(g.takeMet(9)) != 0 {
		t.Fatalf("%+v", met)
	}
	next := newGuard(GuardLimits{})
	next.recall(met)
	for i := range 60 {
		next.failed(now, netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}), "ceo", true)
	}
	if next.isBesieged(now, here, "ceo") || !next.isBesieged(now, away, "ceo") {
		t.Error("who is at home here was forgotten, or somebody else is taken for him")
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
