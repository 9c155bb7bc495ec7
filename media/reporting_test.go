package media

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// What the house tells of a leg that it ends: what was lost since the last report and in all, the jitter, and when it heard the far side's own report
// (RFC 3550 §6.4.1, A.3); and what it learns from the answer: how long the way is.
func TestHouseReports(t *testing.T) {
	e := engine(t)
	a, s := ring(t, "127.0.0.1"), open(t, e)
	set(t, s, a.flow(pcmu))
	now := time.Second
	told := func() rtcp.Packet {
		t.Helper()
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.isReporter(now) {
			t.Fatal("the house does not report")
		}
		all, err := rtcp.Unmarshal(s.ownReport(nil, now))
		if err != nil || len(all) != 2 {
			t.Fatalf("%v, %v", all, err)
		}
		return all[0]
	}
	if s.mu.Lock(); s.isReporter(now) {
		t.Error("there is nothing to report")
	}
	s.mu.Unlock()
	talk := func(n int) {
		for range n {
			now += 20 * time.Millisecond
			s.deliver(a.addr(), a.packet(0, "x"), now)
		}
	}
	talk(8)
	a.seq += 2
	talk(1)
	rr, ok := told().(*rtcp.ReceiverReport)
	if !ok || rr.SSRC != s.stream.ssrc || len(rr.Reports) != 1 {
		t.Fatalf("%v", rr)
	}
	if r := rr.Reports[0]; r.SSRC != a.ssrc || r.TotalLost != 2 || r.FractionLost != 2*256/11 || uint16(r.LastSequenceNumber) != a.seq || r.LastSenderReport != 0 {
		t.Errorf("%+v", r)
	}

	// The far side reports; 100 ms later the house says so, and has sent something itself.
	hear := func(b []byte) {
		t.Helper()
		r, ok := parseRTCP(b, s.stream.ssrc)
		if !ok {
			t.Fatal("no report")
		}
		s.mu.Lock()
		s.reporting.hears(&r, &s.source, now, e.start.Add(now))
		s.mu.Unlock()
	}
	hear(senderReport(a.ssrc, nil))
	now += 100 * time.Millisecond
	talk(5)
	s.mu.Lock()
	s.stats.Sent = Count{Packets: 3, Bytes: 480}
	s.mu.Unlock()
	sr, ok := told().(*rtcp.SenderReport)
	if !ok || sr.PacketCount != 3 || sr.OctetCount != 480 || sr.NTPTime != ntpOf(e.start.Add(now)) {
		t.Fatalf("%v", sr)
	}
	if r := sr.Reports[0]; r.TotalLost != 2 || r.FractionLost != 0 || r.LastSenderReport != 0x33445566 || r.Delay != 65536/5 {
		t.Errorf("%+v", r)
	}
	if _, ok := told().(*rtcp.ReceiverReport); !ok {
		t.Error("a sender report although nothing was sent since the last one")
	}

	// Its answer comes 350 ms after ours left, and it kept it for 300.
	now += 350 * time.Millisecond
	hear(senderReport(a.ssrc, []rtcp.ReceptionReport{{SSRC: s.stream.ssrc, LastSenderReport: uint32(sr.NTPTime >> 16), Delay: 65536 * 3 / 10}}))
	if got := s.Stats().Trip.Round(time.Millisecond); got != 50*time.Millisecond {
		t.Errorf("there and back in %v", got)
	}
	hear(senderReport(a.ssrc, []rtcp.ReceptionReport{{SSRC: s.stream.ssrc, LastSenderReport: 4711, Delay: 0}})) // not one of ours
	if got := s.Stats().Trip.Round(time.Millisecond); got != 50*time.Millisecond {
		t.Errorf("there and back in %v after a foreign report", got)
	}
}

// A leg that the house ends gets its reports by itself: sealed where the sound is, on the port of the sound where both share one.
func TestHouseReportsArrive(t *testing.T) {
	for name, mux := range map[string]bool{"two ports": false, "one port": true} {
		t.Run(name, func(t *testing.T) {
			e := engine(t, func(c *Config) { c.Reports = 10 * time.Millisecond })
			a, s := ring(t, "127.0.0.1"), open(t, e)
			f := a.flow(pcmu)
			f.Mux = mux
			c := secure(t, &f, 3)
			at := a
			if !mux {
				at = ear(t, a, &f)
			}
			set(t, s, f)
			a.send(s.here(), c.encrypt(a.packet(0, "x")))
			got, err := c.open.DecryptRTCP(nil, at.hear(), nil)
			if err != nil {
				t.Fatal(err)
			}
			all, err := rtcp.Unmarshal(got)
			if err != nil || len(all) != 2 {
				t.Fatalf("%v, %v", all, err)
			}
			if r, ok := all[0].(*rtcp.ReceiverReport); !ok || len(r.Reports) != 1 || r.Reports[0].SSRC != a.ssrc {
				t.Errorf("%v", all[0])
			}
		})
	}
}

// Who reports where two talk: they themselves, as long as they do; the house where one of them never does, and where it translates.
func TestWhoReports(t *testing.T) {
	e := engine(t, func(c *Config) { c.Reports = time.Hour })
	a, b, sa, sb := call(t, e, []Format{pcmu}, []Format{pcmu})
	a.talk(sa, 0, "x")
	b.hear()
	reports := func(after time.Duration) bool {
		sb.mu.Lock()
		defer sb.mu.Unlock()
		return sb.isReporter(e.now() + after)
	}
	if reports(time.Minute) {
		t.Error("the house speaks before the peer had time to")
	}
	if !reports(3 * time.Hour) {
		t.Error("nobody reports to a far side whose peer never does")
	}
	r, _ := parseRTCP(senderReport(a.ssrc, nil), 0)
	sb.passRTCP(&loop{engine: e}, sa, r, e.now()+2*time.Hour)
	if reports(3 * time.Hour) {
		t.Error("the house speaks beside the peer")
	}
	sb.mu.Lock()
	sb.translation = &translation{from: sa}
	sb.mu.Unlock()
	if !reports(3 * time.Hour) {
		t.Error("numbers of another codec are passed on")
	}
}
