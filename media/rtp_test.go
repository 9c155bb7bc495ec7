package media

import (
	"math"
	"testing"
	"time"

	pion "github.com/pion/rtp"
	"pgregory.net/rapid"
)

func TestParseRTP(t *testing.T) {
	for _, tt := range []struct {
		name string
		b    []byte
		ok   bool
		body int
	}{
		{"plain", rtpPacket(0, 1, 2, 3, []byte("sound")), true, 12},
		{"two contributing sources", append([]byte{0x82}, rtpPacket(0, 1, 2, 3, make([]byte, 8))[1:]...), true, 20},
		{"extension", append([]byte{0x90}, rtpPacket(0, 1, 2, 3, []byte{0xbe, 0xde, 0, 1, 1, 2, 3, 4, 9})[1:]...), true, 20},
		{"extension cut off", append([]byte{0x90}, rtpPacket(0, 1, 2, 3, []byte{0xbe, 0xde, 0, 2, 1, 2, 3, 4})[1:]...), false, 0},
		{"sources cut off", append([]byte{0x8f}, rtpPacket(0, 1, 2, 3, nil)[1:]...), false, 0},
		{"eleven bytes", make([]byte, 11), false, 0},
		{"STUN", make([]byte, 20), false, 0},
		{"version 1", append([]byte{0x40}, rtpPacket(0, 1, 2, 3, nil)[1:]...), false, 0},
	} {
		h, ok := parseRTP(tt.b)
		if ok != tt.ok || ok && h.body != tt.body {
			t.Errorf("%s: %+v, %v", tt.name, h, ok)
		}
	}
	for pad, ok := range map[byte]bool{0: false, 1: true, 3: true, 4: false} {
		b := append([]byte{0xa0}, rtpPacket(0, 1, 2, 3, []byte{1, 2, pad})[1:]...)
		h, _ := parseRTP(b)
		if p, got := content(b, h); got != ok || ok && len(p) != 3-int(pad) {
			t.Errorf("padding %d: %v, %v", pad, p, got)
		}
	}
}

// Every packet that another implementation reads, ours reads alike.
func FuzzParseRTP(f *testing.F) {
	f.Add(rtpPacket(0, 1, 2, 3, []byte("sound")))
	f.Add(append([]byte{0x90}, rtpPacket(0, 1, 2, 3, []byte{0xbe, 0xde, 0, 1, 1, 2, 3, 4, 9})[1:]...))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, ok := parseRTP(b)
		if ok && h.body > len(b) {
			t.Fatal("header longer than the packet")
		}
		if ok {
			if p, ok := content(b, h); ok && len(p) > len(b)-h.body {
				t.Fatal("payload longer than the packet")
			}
		}
		var other pion.Header
		n, err := other.Unmarshal(b)
		if err != nil || other.Version != 2 {
			return
		}
		if !ok || n != h.body || other.SSRC != h.ssrc || other.SequenceNumber != h.seq || other.Timestamp != h.stamp || other.PayloadType != h.payload || other.Marker != h.marker {
			t.Fatalf("%+v read as %+v, %v", other, h, ok)
		}
	})
}

// Whatever arrives, in whatever order, nothing panics and nothing is passed that is not RTP.
func FuzzSession(f *testing.F) {
	f.Add(rtpPacket(0, 1, 2, 3, []byte("sound")), rtpPacket(101, 2, 2, 3, []byte{1, 0x80, 0, 1}))
	f.Add(senderReport(3, nil), []byte{0x80})
	e, err := New(Config{Bind: addr("127.0.0.1:1").Addr(), Low: 20000, High: 29999, Loops: 1, Silence: -1})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(e.Close)
	plain, sealed := open(f, e), open(f, e)
	ours, theirs := keys(3)
	flow := Flow{Remote: addr("127.0.0.1:5000"), Formats: []Format{pcmu, events}, Mux: true, Send: true, Receive: true}
	set(f, plain, flow)
	flow.SealKey, flow.OpenKey = ours, theirs
	set(f, sealed, flow)
	f.Fuzz(func(t *testing.T, one, two []byte) {
		for _, s := range []*Session{plain, sealed} {
			for _, b := range [][]byte{one, two} {
				if len(b) > packetSize {
					return
				}
				_, passed := s.deliver(addr("127.0.0.1:5000"), b, e.now())
				if _, ok := parseRTP(b); passed && !ok || passed && s == sealed {
					t.Fatalf("passed %x", b)
				}
				l := &loop{engine: e, epoll: -1}
				l.from = rawAddr(addr("127.0.0.1:5000"), false)
				s.mu.Lock()
				s.hearRTCP(l, &s.rtp, append([]byte(nil), b...), e.now())
				s.mu.Unlock()
			}
		}
	})
}

func TestPropLoss(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s source
		seq := rapid.Uint16().Draw(t, "first")
		n := rapid.IntRange(2, 400).Draw(t, "packets")
		lost := int64(0)
		for i := range n {
			if i > 0 && i < n-1 && rapid.IntRange(0, 9).Draw(t, "fate") == 0 {
				lost++
			} else {
				s.take(header{seq: seq, ssrc: 1})
			}
			seq++
		}
		if got := s.missing(); got != lost {
			t.Fatalf("missing %d, want %d", got, lost)
		}
		s.take(header{seq: 5, ssrc: 2}) // another stream does not make losses
		if got := s.missing(); got != lost {
			t.Fatalf("after a new stream: missing %d, want %d", got, lost)
		}
	})
}

func TestJitter(t *testing.T) {
	for _, tt := range []struct {
		name string
		late time.Duration // every second packet
		want time.Duration
	}{
		{"on time", 0, 0},
		{"every second packet 10 ms late", 10 * time.Millisecond, 10 * time.Millisecond},
	} {
		var s source
		for i := range 500 {
			at := time.Duration(i) * 20 * time.Millisecond
			if i%2 == 1 {
				at += tt.late
			}
			s.arrive(uint32(i*160), 8000, int64(at+time.Hour))
		}
		got := time.Duration(s.jitter / 8000 * 1e9)
		if math.Abs(float64(got-tt.want)) > 0.2e6 {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Numbers that go out are strictly new, and in the order of those that came in.
func TestPropStreamNumbersAreUnique(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := stream{top: 1 << 16}
		seen := map[uint64]bool{}
		seq := rapid.Uint16().Draw(t, "first")
		ssrc := uint32(1)
		for range rapid.IntRange(1, 200).Draw(t, "packets") {
			switch rapid.IntRange(0, 20).Draw(t, "what") {
			case 0:
				seq = rapid.Uint16().Draw(t, "jump")
			case 1:
				ssrc = rapid.Uint32Range(1, 3).Draw(t, "ssrc")
			case 2:
				s.follow = false // another peer
			default:
				seq += uint16(rapid.IntRange(-5, 8).Draw(t, "step"))
			}
			before := s.top
			out, fresh, ok := s.next(header{seq: seq, ssrc: ssrc})
			if !ok {
				continue
			}
			full := s.top - uint64(uint16(s.top)-out)
			if seen[full] {
				t.Fatalf("number %d twice", full)
			}
			if fresh && full != before+1 {
				t.Fatalf("new stream at %d after %d", full, before)
			}
			seen[full] = true
		}
	})
}
