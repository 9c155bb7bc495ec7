package media

import (
	"errors"
	"net/netip"
	"sync"
	"testing"

	"tandem/audio"
)

func TestCallBothWays(t *testing.T) {
	for _, bind := range []struct{ name, bind, phone string }{
		{"IPv4", "127.0.0.1", "127.0.0.1"},
		{"IPv6", "::1", "::1"},
		{"IPv4 phone on a socket for both", "::", "127.0.0.1"},
	} {
		t.Run(bind.name, func(t *testing.T) {
			e := engine(t, func(c *Config) { c.Bind = netip.MustParseAddr(bind.bind) })
			a, b := ring(t, bind.phone), ring(t, bind.phone)
			sa, sb := open(t, e), open(t, e)
			set(t, sa, a.flow(pcmu))
			set(t, sb, b.flow(pcmu))
			e.Bridge(sa, sb)
			var last uint16
			for i := range 5 {
				a.talk(sa, 0, "from a")
				got := b.hear()
				if body(got) != "from a" || i > 0 && sequence(got) != last+1 || source32(got) != sb.stream.ssrc {
					t.Fatalf("packet %d: %x", i, got)
				}
				last = sequence(got)
				b.talk(sb, 0, "from b")
				if got := a.hear(); body(got) != "from b" {
					t.Fatalf("%x", got)
				}
			}
			st := sa.Stats()
			if st.Received.Packets != 5 || st.Sent.Packets != 5 || st.Received.Bytes != 30 || st.Received.Lost != 0 || st.Locked != a.addr() {
				t.Errorf("%+v", st)
			}
		})
	}
}

func TestPayloadNumbersAreTranslatedByName(t *testing.T) {
	opusA, opusB := Format{111, "opus", 48000, 2}, Format{96, "OPUS", 48000, 2}
	eventsB := Format{97, "telephone-event", 8000, 1}
	e := engine(t)
	a, b, sa, sb := call(t, e, []Format{opusA, pcmu, events}, []Format{{3, "GSM", 8000, 1}, opusB, pcmu, eventsB})
	for _, tt := range []struct{ fromA, atB uint8 }{{111, 96}, {0, 0}, {101, 97}} {
		a.talk(sa, tt.fromA, "sound")
		if got := number(b.hear()); got != tt.atB {
			t.Errorf("%d from A is %d at B, want %d", tt.fromA, got, tt.atB)
		}
		b.talk(sb, tt.atB, "sound")
		if got := number(a.hear()); got != tt.fromA {
			t.Errorf("%d from B is %d at A, want %d", tt.atB, got, tt.fromA)
		}
	}
	// GSM is unknown at A and to the house, 50 is unknown at B: neither crosses, and the next packet does.
	b.talk(sb, 3, "not for A")
	b.talk(sb, 50, "nonsense")
	b.talk(sb, 0, "good")
	if got := body(a.hear()); got != "good" {
		t.Errorf("A heard %q", got)
	}
	if st := sb.Stats(); st.Invalid != 1 {
		t.Errorf("invalid %d, want 1", st.Invalid)
	}
	if st := sa.Stats(); st.Unsent != 1 {
		t.Errorf("unsent %d, want 1", st.Unsent)
	}
}

func TestFarSideMaySendWithOurNumbers(t *testing.T) {
	e := engine(t)
	a, b := ring(t, "127.0.0.1"), ring(t, "127.0.0.1")
	sa, sb := open(t, e), open(t, e)
	f := a.flow(Format{96, "opus", 48000, 2})
	f.Local = []Format{{111, "opus", 48000, 2}}
	set(t, sa, f)
	set(t, sb, b.flow(Format{111, "opus", 48000, 2}))
	e.Bridge(sa, sb)
	a.talk(sa, 111, "x")
	if n := number(b.hear()); n != 111 {
		t.Errorf("B got %d", n)
	}
	b.talk(sb, 111, "x")
	if n := number(a.hear()); n != 96 {
		t.Errorf("A got %d", n)
	}
}

// Who is shut is counted, and his keys are told; nobody hears him, and nothing of what he says is kept.
func TestShut(t *testing.T) {
	x := capture(t, pcmu, events)
	loud := audio.ToMu(nil, audio.Tone(500, 8000, 160))
	caller, far := x.side[0], x.side[1]
	far.Gag(true)
	for range 50 {
		x.both(0, loud, loud)
	}
	if _, passed := far.deliver(x.p[1].addr(), x.p[1].packet(0, string(loud)), x.now); passed {
		t.Error("who is shut is heard")
	}
	if _, passed := caller.deliver(x.p[0].addr(), x.p[0].packet(0, string(loud)), x.now); !passed {
		t.Error("the other side is not")
	}
	told, passed := far.deliver(x.p[1].addr(), x.p[1].packet(101, "\x05\x0a\x00\xa0"), x.now)
	if passed || len(told) == 0 || told[len(told)-1] != (Event{Kind: EventDigit, Digit: '5'}) {
		t.Errorf("a key: told %v, carried on %v", told, passed)
	}
	far.Gag(false)
	for range 50 {
		x.both(0, loud, loud)
	}
	if st := far.Stats(); st.Received.Packets != 102 {
		t.Errorf("counted %d packets", st.Received.Packets)
	}
	left, right := channels(t, x.done())
	if half := 50 * 160; audio.Level(left[:half]) < -20 || audio.Level(right[:half]) > -90 || audio.Level(right[half+320:]) < -20 {
		t.Errorf("kept: %f and %f, then %f", audio.Level(left[:half]), audio.Level(right[:half]), audio.Level(right[half+320:]))
	}
}

func TestHold(t *testing.T) {
	e := engine(t, func(c *Config) { c.Loops = 1 })
	fence := fence(t, e)
	a, b, sa, sb := call(t, e, []Format{pcmu}, []Format{pcmu})
	a.talk(sa, 0, "one")
	b.hear()

	// B holds: it sends music and does not listen.
	f := b.flow(pcmu)
	f.Send = false
	set(t, sb, f)
	a.talk(sa, 0, "into the void")
	b.talk(sb, 0, "music")
	if got := body(a.hear()); got != "music" {
		t.Errorf("A heard %q", got)
	}

	// B is inactive, with the unspecified address of an old phone: nothing either way, and its place is not forgotten.
	f.Remote, f.Receive = netip.MustParseAddrPort("0.0.0.0:4000"), false
	set(t, sb, f)
	b.talk(sb, 0, "too late")
	fence()

	set(t, sb, b.flow(pcmu))
	b.talk(sb, 0, "again")
	if got := body(a.hear()); got != "again" {
		t.Errorf("A heard %q", got)
	}
	a.talk(sa, 0, "two")
	if got := body(b.hear()); got != "two" {
		t.Errorf("B heard %q", got)
	}
	b.silent()
}

func TestTransferKeepsOneStream(t *testing.T) {
	e := engine(t)
	a, b, sa, sb := call(t, e, []Format{pcmu}, []Format{pcmu})
	a.talk(sa, 0, "a")
	first := b.hear()

	c, sc := ring(t, "127.0.0.1"), open(t, e)
	set(t, sc, c.flow(pcmu))
	e.Bridge(sc, sb)
	c.seq = 60000
	c.talk(sc, 0, "c")
	second := b.hear()
	if source32(second) != source32(first) || sequence(second) != sequence(first)+1 || second[1]&0x80 == 0 {
		t.Errorf("stream broke at the transfer: %x then %x", first[:12], second[:12])
	}
	a.talk(sa, 0, "left out")
	c.ssrc++ // the same phone begins a new stream
	c.seq = 7
	c.talk(sc, 0, "c again")
	third := b.hear()
	if body(third) != "c again" || source32(third) != source32(first) || sequence(third) != sequence(first)+2 {
		t.Errorf("stream broke at the new source: %x", third)
	}
	e.Unbridge(sb)
	c.talk(sc, 0, "to nobody")
	e.Bridge(sa, sb)
	a.talk(sa, 0, "a again")
	if got := body(b.hear()); got != "a again" {
		t.Errorf("B heard %q", got)
	}
}

func TestGapsDoublesAndLateness(t *testing.T) {
	e := engine(t)
	a, b, sa, _ := call(t, e, []Format{pcmu}, []Format{pcmu})
	var first uint16
	for i, tt := range []struct {
		seq  uint16
		want int // distance to the first outgoing number, or -1 when it must not come out
	}{
		{65533, 0}, {65535, 2}, {65534, 1}, {65534, -1}, {0, 3}, {3, 6}, {1, 4}, {3, -1}, {60, 63}, {61, 64}, {65533, -1}, {62, 65},
		{30000, 66}, // a jump: the numbering starts anew, without a gap
		{30001, 67},
	} {
		a.seq = tt.seq - 1
		a.talk(sa, 0, "x")
		if tt.want < 0 {
			continue
		}
		got := sequence(b.hear())
		if i == 0 {
			first = got
		}
		if int(got-first) != tt.want {
			t.Errorf("%d came out as first+%d, want first+%d", tt.seq, got-first, tt.want)
		}
	}
	b.silent()
	if lost := sa.Stats().Received.Lost; lost != 66-12 { // doubles count as received (RFC 3550 A.3)
		t.Errorf("lost %d", lost)
	}
}

func TestDigitsAreToldOnceAndPassed(t *testing.T) {
	e := engine(t)
	a, b, sa, _ := call(t, e, []Format{pcmu, events}, []Format{pcmu, {96, "telephone-event", 8000, 1}})
	told := make(chan Event, 100)
	sa.Watch(func(ev Event) {
		if ev.Kind == EventDigit {
			told <- ev
		}
	})
	for i, digit := range "12#" {
		code := byte(i + 1)
		if digit == '#' {
			code = 11
		}
		a.time += 1000
		for n := range 6 {
			p := rtpPacket(101, a.seq+1, a.time, a.ssrc, []byte{code, 10, 0, byte(160 * n)})
			if n >= 3 {
				p[13] |= 0x80
			}
			a.seq++
			a.send(sa.here(), p)
			if got := b.hear(); number(got) != 96 {
				t.Fatalf("event passed as %d", number(got))
			}
		}
	}
	for _, want := range "12#" {
		if ev := <-told; ev.Digit != byte(want) {
			t.Errorf("digit %c, want %c", ev.Digit, want)
		}
	}
	if len(told) != 0 {
		t.Errorf("told too often: %v", <-told)
	}
}

func TestSetRefusals(t *testing.T) {
	e := engine(t)
	s := open(t, e)
	if err := s.Set(Flow{Remote: netip.MustParseAddrPort("[::1]:4000")}); !errors.Is(err, ErrFamily) {
		t.Errorf("IPv6 on an IPv4 socket: %v", err)
	}
	six := open(t, engine(t, func(c *Config) { c.Bind = netip.MustParseAddr("::1") }))
	if err := six.Set(Flow{Remote: netip.MustParseAddrPort("127.0.0.1:4000")}); !errors.Is(err, ErrFamily) {
		t.Errorf("IPv4 on an IPv6 socket: %v", err)
	}
	s.Close()
	s.Close()
	if err := s.Set(Flow{}); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	other := open(t, e)
	e.Bridge(s, other)
	if other.peer != nil {
		t.Error("bridged to a closed session")
	}
	e.Close()
	if _, err := e.Open(); !errors.Is(err, ErrClosed) {
		t.Errorf("closed engine: %v", err)
	}
}

func TestNewRefusals(t *testing.T) {
	for _, c := range []Config{
		{},
		{Bind: netip.MustParseAddr("127.0.0.1"), Low: 10, High: 5},
		{Bind: netip.MustParseAddr("127.0.0.1"), Low: 10, High: 70000},
	} {
		if e, err := New(c); err == nil {
			e.Close()
			t.Errorf("%+v was accepted", c)
		}
	}
}

// Everything at once, for the race detector: packets flow while sessions are set, bridged, parted and closed.
func TestChangesWhilePacketsFlow(t *testing.T) {
	e := engine(t)
	a, b, sa, sb := call(t, e, []Format{pcmu}, []Format{pcmu})
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 2000 {
			a.talk(sa, 0, "x")
			b.talk(sb, 0, "y")
		}
	})
	wg.Go(func() {
		for range 100 {
			_ = sa.Set(a.flow(pcmu, events))
			_ = sb.Set(b.flow(pcmu))
			sa.Stats()
		}
	})
	wg.Go(func() {
		for range 100 {
			c, err := e.Open()
			if err != nil {
				t.Error(err)
				return
			}
			e.Bridge(c, sa)
			sb.Watch(func(Event) {})
			e.Bridge(sa, sb)
			c.Close()
		}
	})
	wg.Wait()
	e.Bridge(sa, sb)
	sa.Close()
	sb.Close()
}
