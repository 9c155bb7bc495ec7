package sip

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

var here, there = netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("192.0.2.8")

// A nonce is signed, and good for one source, one listener and a short life, which for calls is shorter (SA-06).
func TestNonce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNonces(nil)
		time.Sleep(time.Second)
		nonce := n.make(time.Now(), here, "udp:5060")
		check := func(name string, nonce string, life time.Duration, ip netip.Addr, listener string, want nonceAge) {
			t.Helper()
			if got, _, _ := n.age(nonce, time.Now(), life, ip, listener); got != want {
				t.Errorf("%s: age = %d, want %d", name, got, want)
			}
		}
		check("fresh", nonce, nonceLifeOther, here, "udp:5060", nonceFresh)
		check("mapped IPv4 is the same source", nonce, nonceLifeOther, netip.MustParseAddr("::ffff:192.0.2.7"), "udp:5060", nonceFresh)
		check("another source", nonce, nonceLifeOther, there, "udp:5060", nonceForeign)
		check("another listener", nonce, nonceLifeOther, here, "tls:5061", nonceForeign)
		check("forged", "A"+nonce[1:], nonceLifeOther, here, "udp:5060", nonceForeign)
		check("too short", nonce[1:], nonceLifeOther, here, "udp:5060", nonceForeign)
		check("line breaks are not ignored", nonce[:30]+"\r\n", nonceLifeOther, here, "udp:5060", nonceForeign)
		time.Sleep(31 * time.Second)
		check("too old for a call", nonce, nonceLifeOther, here, "udp:5060", nonceOld)
		check("young enough to register", nonce, nonceLifeRegister, here, "udp:5060", nonceFresh)
		time.Sleep(270 * time.Second)
		check("too old to register", nonce, nonceLifeRegister, here, "udp:5060", nonceOld)
	})
}

// A second process takes no nonce of the first: with a key of its own it does not know it, and with the same key it is old to it from the first moment,
// even when both began in the same second, because it does not know what the nonce was used for (SA-07).
func TestNonceOfAnotherProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		key := []byte("0123456789abcdef0123456789abcdef")
		first := newNonces(key)
		nonce := first.make(time.Now(), here, "udp:5060")
		for name, tt := range map[string]struct {
			second *nonces
			want   nonceAge
		}{"the first": {first, nonceFresh}, "another key": {newNonces(nil), nonceForeign}, "the same key": {newNonces(key), nonceOld}} {
			if age, _, _ := tt.second.age(nonce, time.Now(), nonceLifeRegister, here, "udp:5060"); age != tt.want {
				t.Errorf("%s: age = %d, want %d", name, age, tt.want)
			}
		}
	})
}

// Over a connection counts must rise; datagrams may be late within a small window, and none is taken twice (SA-06).
func TestReplay(t *testing.T) {
	for _, tt := range []struct {
		name  string
		loose bool
		ncs   []uint32
		want  []bool
	}{
		{"rising", false, []uint32{1, 2, 3}, []bool{true, true, true}},
		{"the same again", true, []uint32{1, 1}, []bool{true, false}},
		{"late over TCP", false, []uint32{2, 1}, []bool{true, false}},
		{"late over UDP, once", true, []uint32{3, 1, 2, 1, 2}, []bool{true, true, true, false, false}},
		{"jump forgets far ones", true, []uint32{1, 40, 2, 8, 1}, []bool{true, true, false, true, false}},
		{"jump of the window", true, []uint32{1, 33, 1, 2}, []bool{true, true, false, true}},
		{"huge jump", true, []uint32{1, 4000000000, 3999999999, 1}, []bool{true, true, true, false}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var r replays
			for i, nc := range tt.ncs {
				if got := r.take(7, 1000, nc, tt.loose); got != tt.want[i] {
					t.Errorf("use %d (nc %d) = %v", i, nc, got)
				}
			}
		})
	}
}

// TestReplayNeverTwice compares the window with a set that remembers everything.
func TestReplayNeverTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r replays
		seen := map[uint32]bool{}
		loose := rapid.Bool().Draw(t, "loose")
		for _, nc := range rapid.SliceOf(rapid.Uint32Range(1, 90)).Draw(t, "ncs") {
			if r.take(1, 5000, nc, loose) {
				if seen[nc] {
					t.Fatalf("nc %d was accepted twice", nc)
				}
				seen[nc] = true
			}
		}
	})
}

func TestReplayMemoryIsBounded(t *testing.T) {
	var r replays
	for i := range uint64(replayLimit + 10) {
		if !r.take(i, 1000+int64(i%40), 1, false) {
			t.Fatalf("first use of nonce %d refused", i)
		}
	}
	if r.count > replayLimit || !r.isForgotten(1000) || r.isForgotten(1039) {
		t.Errorf("count = %d, floor = %d", r.count, r.floor)
	}
	if r.take(0, 1000, 2, false) {
		t.Error("a nonce whose uses were forgotten was accepted")
	}
}
