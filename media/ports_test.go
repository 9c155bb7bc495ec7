package media

import (
	"errors"
	"math"
	"net"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// RT-10: random set-ups and ends; a port that came back rests five seconds, and none is given out twice.
func TestPropPortsRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPorts(20001, 20064)
		taken := map[uint16]bool{}
		back := map[uint16]time.Duration{}
		var now time.Duration
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			now += time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond
			if rapid.Bool().Draw(t, "take") {
				port, ok := p.take(now)
				if !ok {
					if len(taken) == 31 {
						continue
					}
					for q, at := range back {
						if !taken[q] && now-at >= rest {
							t.Fatalf("%d has rested and is not given out", q)
						}
					}
					if len(taken)+len(back) < 31 {
						t.Fatal("refused while ports are free")
					}
					continue
				}
				if at, was := back[port]; taken[port] || was && now-at < rest || port%2 != 0 || port < 20002 || port > 20062 {
					t.Fatalf("%d is in use, resting or out of range", port)
				}
				taken[port] = true
				delete(back, port)
				continue
			}
			for port := range taken {
				delete(taken, port)
				back[port] = now
				p.give(port, now)
				break
			}
		}
	})
}

// The next port follows no rule: neighbours in time are as far apart as two random ports are.
func TestPortsAreNotPredictable(t *testing.T) {
	p := newPorts(30000, 39999)
	var last uint16
	var up, sum float64
	const n = 4000
	for i := range n {
		port, ok := p.take(0)
		if !ok {
			t.Fatal("exhausted")
		}
		if i > 0 {
			sum += math.Abs(float64(port) - float64(last))
			if port > last {
				up++
			}
		}
		last = port
	}
	if mean := sum / n; mean < 3000 || mean > 3700 || up < 0.45*n || up > 0.55*n {
		t.Errorf("mean distance %f (a third of the range is random), %f upwards", mean, up/n)
	}
}

func TestExhaustionAndForeignPorts(t *testing.T) {
	// A range of four ports, one of which another program holds.
	held, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	low := held.LocalAddr().(*net.UDPAddr).Port &^ 1
	e := engine(t, func(c *Config) { c.Bind = netip.MustParseAddr("127.0.0.1"); c.Low, c.High = low, low+1 })
	if _, err := e.Open(); !errors.Is(err, ErrExhausted) {
		t.Errorf("error %v", err)
	}
}

func TestPortsComeBack(t *testing.T) {
	e := engine(t, func(c *Config) { c.Low, c.High = 20000, 20099 })
	var open []*Session
	for {
		s, err := e.Open()
		if errors.Is(err, ErrExhausted) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, s)
	}
	if len(open) < 40 {
		t.Fatalf("only %d of 50 pairs", len(open))
	}
	for _, s := range open {
		s.Close()
	}
	if _, err := e.Open(); !errors.Is(err, ErrExhausted) {
		t.Errorf("a port did not rest: %v", err)
	}
	e.rested()
	if _, err := e.Open(); err != nil {
		t.Errorf("after the rest: %v", err)
	}
}
