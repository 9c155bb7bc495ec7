package media

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func senderReport(ssrc uint32, about []rtcp.ReceptionReport) []byte {
	b, err := rtcp.Marshal([]rtcp.Packet{
		&rtcp.SenderReport{SSRC: ssrc, NTPTime: 0x1122334455667788, RTPTime: 4711, PacketCount: 5, OctetCount: 800, Reports: about},
		&rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{Source: ssrc, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: "alice@192.168.1.20"}}}}},
	})
	if err != nil {
		panic(err)
	}
	return b
}

// ear is a phone's RTCP socket on the port after its RTP port, or on any other when that one is taken.
func ear(t *testing.T, p *phone, f *Flow) *phone {
	t.Helper()
	e := ring(t, p.addr().Addr().String())
	e.ssrc = p.ssrc
	f.RemoteRTCP = e.addr()
	return e
}

func TestRTCPIsRewritten(t *testing.T) {
	for _, mux := range []bool{false, true} {
		e := engine(t)
		a, b := ring(t, "127.0.0.1"), ring(t, "127.0.0.1")
		sa, sb := open(t, e), open(t, e)
		fa, fb := a.flow(pcmu), b.flow(pcmu)
		ea, eb := ear(t, a, &fa), ear(t, b, &fb)
		toA := sa.hereRTCP()
		if mux {
			fa.Mux, fb.Mux = true, true
			ea, eb = a, b
			toA = sa.here()
		}
		set(t, sa, fa)
		set(t, sb, fb)
		e.Bridge(sa, sb)
		b.ssrc, eb.ssrc, b.seq = 0xbbbb, 0xbbbb, 65000
		a.talk(sa, 0, "x")
		heard := b.hear()
		b.talk(sb, 0, "y")
		atA := a.hear()

		// A tells about its own stream, and about the one it hears, in the numbers it knows.
		ea.send(toA, senderReport(a.ssrc, []rtcp.ReceptionReport{
			{SSRC: 99, TotalLost: 1},
			{SSRC: source32(atA), FractionLost: 12, TotalLost: 34, LastSequenceNumber: uint32(sequence(atA)), Jitter: 80, LastSenderReport: 5, Delay: 6},
		}))
		got, err := rtcp.Unmarshal(eb.hear())
		if err != nil {
			t.Fatal(err)
		}
		sr, ok := got[0].(*rtcp.SenderReport)
		if !ok || len(sr.Reports) != 1 || sr.SSRC != source32(heard) || sr.NTPTime != 0x1122334455667788 || sr.RTPTime != 4711 || sr.PacketCount != 1 {
			t.Fatalf("%v", got)
		}
		if r := sr.Reports[0]; r.SSRC != 0xbbbb || r.FractionLost != 12 || r.TotalLost != 34 || r.LastSequenceNumber != uint32(b.seq) || r.Jitter != 80 || r.Delay != 6 {
			t.Errorf("report %+v, want sequence %d", r, b.seq)
		}
		sdes, ok := got[1].(*rtcp.SourceDescription)
		if !ok || sdes.Chunks[0].Source != source32(heard) || len(sdes.Chunks[0].Items[0].Text) != 8 {
			t.Errorf("names leak or are missing: %v", got[1])
		}
		if st := sa.Stats(); st.Sent.Lost != 34 || st.Sent.Jitter != 10*time.Millisecond {
			t.Errorf("%+v", st.Sent)
		}
	}
}

func TestRTCPSources(t *testing.T) {
	e := engine(t, func(c *Config) { c.Bind = netip.MustParseAddr("0.0.0.0"); c.Loops = 1 })
	fence := fence(t, e)
	a, b := ring(t, "127.0.0.1"), ring(t, "127.0.0.1")
	sa, sb := open(t, e), open(t, e)
	fa, fb := a.flow(pcmu), b.flow(pcmu)
	fa.Expect = []netip.Addr{a.addr().Addr(), netip.MustParseAddr("127.0.0.77")}
	eb := ear(t, b, &fb)
	set(t, sa, fa)
	set(t, sb, fb)
	e.Bridge(sa, sb)

	elsewhere, wrongStream, late := ring(t, "127.0.0.77"), ring(t, "127.0.0.1"), ring(t, "127.0.0.1")
	late.send(sa.hereRTCP(), senderReport(a.ssrc, nil)) // nothing is locked, and this is not the signalled port
	fence()
	a.talk(sa, 0, "x")
	b.hear()
	elsewhere.send(sa.hereRTCP(), senderReport(a.ssrc, nil))
	wrongStream.send(sa.hereRTCP(), senderReport(a.ssrc+1, nil))
	fence()
	if got := sa.Stats().Foreign; got != 3 {
		t.Errorf("foreign %d, want 3", got)
	}
	late.send(sa.hereRTCP(), senderReport(a.ssrc, nil)) // now its host and its stream are known
	if got := eb.hear(); got[1] != 200 {
		t.Errorf("%x", got)
	}
	wrongStream.send(sa.hereRTCP(), senderReport(a.ssrc, nil)) // the kernel drops it: another port is locked
	late.send(sa.hereRTCP(), append(senderReport(a.ssrc, nil), 0x81, 203, 0, 1, 1, 2, 3, 4))
	got, err := rtcp.Unmarshal(eb.hear())
	if err != nil || len(got) != 2 {
		t.Errorf("a BYE went through: %v, %v", got, err)
	}
	eb.silent()
	a.talk(sa, 0, "still here")
	if got := body(b.hear()); got != "still here" {
		t.Errorf("B heard %q", got)
	}
}

func TestParseRTCP(t *testing.T) {
	good := senderReport(7, []rtcp.ReceptionReport{{SSRC: 1, TotalLost: 0xffffff, LastSequenceNumber: 9}})
	if r, ok := parseRTCP(good, 1); !ok || !r.sender || !r.found || r.about.lost != -1 || r.about.top != 9 || r.ssrc != 7 {
		t.Errorf("%+v, %v", r, ok)
	}
	if r, ok := parseRTCP(good, 2); !ok || r.found {
		t.Errorf("%+v, %v", r, ok)
	}
	for name, b := range map[string][]byte{
		"empty":                    nil,
		"only SDES":                good[52:],
		"cut off":                  good[:len(good)-4],
		"trailing bytes":           append(append([]byte(nil), good...), 1, 2),
		"more blocks than it has":  append([]byte{0x9f}, good[1:]...),
		"padding in the first":     append([]byte{0xa1}, good[1:]...),
		"wrong version":            append([]byte{0x41}, good[1:]...),
		"sender report of 8 bytes": {0x80, 200, 0, 1, 0, 0, 0, 1},
	} {
		if _, ok := parseRTCP(b, 1); ok {
			t.Errorf("%s was accepted", name)
		}
	}
}

func FuzzParseRTCP(f *testing.F) {
	f.Add(senderReport(7, []rtcp.ReceptionReport{{SSRC: 1}}))
	f.Add([]byte{0x80, 201, 0, 1, 0, 0, 0, 1})
	e := &Engine{}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, ok := parseRTCP(b, 1)
		if !ok {
			return
		}
		s := newSession(e, nil, 4000)
		s.stream.follow, s.stream.from, s.source.started = true, r.ssrc, true
		out := s.writeRTCP(nil, r)
		if _, ok := parseRTCP(out, 0); !ok || len(out)%4 != 0 {
			t.Fatalf("wrote %x", out)
		}
		if _, err := rtcp.Unmarshal(out); err != nil {
			t.Fatalf("wrote %x: %v", out, err)
		}
	})
}

func TestNear(t *testing.T) {
	for _, tt := range []struct {
		seq  uint16
		top  uint64
		want uint32
	}{{5, 1<<16 | 7, 5}, {9, 1<<16 | 7, 9}, {65535, 2<<16 | 1, 65535}, {1, 1<<16 | 65535, 65537}} {
		if got := near(tt.seq, tt.top); got != tt.want {
			t.Errorf("near(%d, %x) = %d, want %d", tt.seq, tt.top, got, tt.want)
		}
	}
}
