package media

import (
	"fmt"
	"net/netip"
	"testing"

	"pgregory.net/rapid"
)

// A key by signalling is one event: rising durations under one time stamp, three last packets, one sequence with the sound (RFC 4733 §2.5).
func TestKeysBySignalling(t *testing.T) {
	for _, tt := range []struct {
		name   string
		format []Format // of the far side
		number uint8
		tick   uint16 // 20 ms in its clock
		sound  bool
	}{
		{"while it rings", []Format{pcmu, {96, "telephone-event", 8000, 1}}, 96, 160, false},
		{"in a talk", []Format{pcmu, events}, 101, 160, true},
		{"Opus, events at both clocks", []Format{{111, "opus", 48000, 2}, events, {102, "telephone-event", 48000, 1}}, 102, 960, true},
		{"Opus, events at 8 kHz only", []Format{{111, "opus", 48000, 2}, events}, 101, 160, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := engine(t)
			a, b, sa, sb := call(t, e, tt.format[:1], tt.format)
			voice := tt.format[0].Payload
			var last header
			if tt.sound {
				a.talk(sa, voice, "sound")
				last, _ = parseRTP(b.hear())
			}
			sb.Press('7')
			sb.Press('#')
			sb.Press('x') // no key
			var heard press
			for i, want := range "7#" {
				var stamp uint32
				for n := range 7 {
					packet := b.hear()
					h, ok := parseRTP(packet)
					ev, isEvent := parseEvent(packet[h.body:])
					if !ok || !isEvent || h.payload != tt.number || h.ssrc != sb.stream.ssrc || len(packet) != 16 {
						t.Fatalf("key %d, packet %d: %x", i, n, packet)
					}
					if h.seq != last.seq+1 && (i+n > 0 || tt.sound) {
						t.Errorf("key %d, packet %d: number %d after %d", i, n, h.seq, last.seq)
					}
					if n == 0 {
						if stamp = h.stamp; i > 0 && stamp == last.stamp || tt.sound && int32(stamp-last.stamp) < 0 {
							t.Errorf("key %d begins at %d after %d", i, stamp, last.stamp)
						}
					}
					if want := (event{uint8([]int{7, 11}[i]), n >= 4, 10, tt.tick * uint16(min(n+1, 5))}); ev != want || h.stamp != stamp || h.marker != (n == 0) {
						t.Errorf("key %d, packet %d: %+v %+v, want %+v at %d", i, n, h, ev, want, stamp)
					}
					if digit, first := heard.take(h, ev); first != (n == 0) || first && digit != byte(want) {
						t.Errorf("key %d, packet %d is heard as %q, %v", i, n, digit, first)
					}
					last = h
				}
			}
			a.talk(sa, voice, "more sound")
			if h, _ := parseRTP(b.hear()); h.seq != last.seq+1 || h.payload != voice || h.marker == tt.sound {
				t.Errorf("the sound goes on as %+v after %+v", h, last)
			}
			if st := sb.Stats(); st.Sent.Packets != 15+map[bool]uint64{true: 1}[tt.sound] || st.Unsent != 0 {
				t.Errorf("%+v", st)
			}
		})
	}
}

// pressing is how many keys sound or wait.
func (s *Session) pressing() (n int, running bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.keys.waiting), s.keys.running
}

func TestPressIsSealed(t *testing.T) {
	e := engine(t)
	b, sb := ring(t, "127.0.0.1"), open(t, e)
	f := b.flow(pcmu, events)
	c := secure(t, &f, 3)
	set(t, sb, f)
	sb.Press('A')
	for n := range 7 {
		sealed := b.hear()
		packet := c.decrypt(sealed)
		if ev, ok := parseEvent(packet[12:]); len(sealed) != len(packet)+10 || !ok || ev.code != 12 || ev.end != (n >= 4) {
			t.Fatalf("packet %d: %x", n, packet)
		}
	}
}

func TestPressWhereNobodyListens(t *testing.T) {
	e := engine(t)
	for name, change := range map[string]func(*Flow){
		"no agreement": func(f *Flow) { f.Formats = f.Formats[:1] },
		"on hold":      func(f *Flow) { f.Send = false },
		"no address":   func(f *Flow) { f.Remote = netip.AddrPortFrom(netip.IPv4Unspecified(), 9) },
	} {
		b, sb := ring(t, "127.0.0.1"), open(t, e)
		f := b.flow(pcmu, events)
		change(&f)
		set(t, sb, f)
		sb.Press('1')
		b.silent()
		if st := sb.Stats(); st.Sent.Packets != 0 || st.Unsent != 1 {
			t.Errorf("%s: %+v", name, st)
		}
		if n, running := sb.pressing(); running || n != 0 {
			t.Errorf("%s: it still wants to sound", name)
		}
	}
}

// Somebody who sends keys without end costs a few bytes, and none sounds after the session is closed.
func TestPressesAreBounded(t *testing.T) {
	e := engine(t)
	_, b, _, sb := call(t, e, []Format{pcmu}, []Format{pcmu, events})
	for range 1000 {
		sb.Press('5')
	}
	if n, _ := sb.pressing(); n != keyMost {
		t.Errorf("%d keys wait", n)
	}
	b.hear()
	sb.Close()
	sb.Press('6')
	if n, running := sb.pressing(); running || n != 0 {
		t.Error("sounds after the end")
	}
}

// Whatever is relayed, however reordered or doubled, and however many packets of our own come between: no number goes out twice, because
// with SRTP that would tell the key stream (RFC 3711 §9.1).
func TestNoNumberTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := stream{top: 1<<16 | rapid.Uint64Range(0, 1<<16-1).Draw(t, "begin")}
		used := map[uint16]string{}
		seq := rapid.Uint16().Draw(t, "seq")
		for i := range rapid.IntRange(1, 200).Draw(t, "packets") {
			var out uint16
			if rapid.IntRange(0, 3).Draw(t, "what") == 0 {
				out = s.insert()
			} else {
				seq += uint16(rapid.IntRange(-4, 5).Draw(t, "step"))
				var ok bool
				if out, _, ok = s.next(header{seq: seq, ssrc: rapid.Uint32Range(1, 2).Draw(t, "ssrc")}); !ok {
					continue
				}
			}
			if before, twice := used[out]; twice {
				t.Fatalf("packet %d is number %d, as %s", i, out, before)
			}
			used[out] = fmt.Sprint("packet ", i)
		}
	})
}
