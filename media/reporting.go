package media

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"time"
)

// reportEvery is the mean time between two reports of the house on a leg; each waits half to one and a half of it (RFC 3550 §6.2).
const reportEvery = 5 * time.Second

// reporting is what the house itself tells a far side by RTCP: of what it sends there and hears from there, and what it learns from the answers.
// Where two far sides talk to each other, what they report to each other is passed on instead (passRTCP); the house speaks where it ends the leg –
// it plays, mixes, translates – and where the peer's far side reports nothing. The session's lock guards it.
type reporting struct {
	timer  *time.Timer
	passed time.Duration // when a report of the peer's far side was passed on last
	sent   uint64        // packets sent before the last report

	told [4]uint32 // middle of the NTP time stamps of our last sender reports
	next int

	heard    bool   // a sender report of the stream that comes in …
	ssrc     uint32 // … which is this
	stamp    uint32 // … the middle of its NTP time stamp
	at       time.Duration
	expected uint64 // packets expected and received before the last report
	received uint64

	trip time.Duration // there and back, smoothed
}

// report begins to report, once. The session's lock is held.
func (s *Session) report(now time.Duration) {
	r := &s.reporting
	if every := s.engine.config.Reports; every > 0 && r.timer == nil {
		r.passed = now
		r.timer = time.AfterFunc(spread(every), s.tell)
	}
}

func spread(d time.Duration) time.Duration { return d/2 + rand.N(d) }

func (r *reporting) stop() {
	if r.timer != nil {
		r.timer.Stop()
	}
}

// tell runs when a report is due.
func (s *Session) tell() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.reporting.timer.Reset(spread(s.engine.config.Reports))
	now := s.engine.now()
	if s.isReporter(now) {
		var room [128]byte
		s.sendRTCP(s.ownReport(room[:0], now), now)
	}
}

// isReporter reports whether the house speaks for itself on this leg now. The lock is held.
func (s *Session) isReporter(now time.Duration) bool {
	if !s.source.started && s.stats.Sent.Packets == 0 {
		return false
	}
	return s.peer == nil || s.translation != nil || now-s.reporting.passed > 2*s.engine.config.Reports
}

// ownReport writes a sender report where something was sent since the last one, else a receiver report (RFC 3550 §6.4).
func (s *Session) ownReport(b []byte, now time.Duration) []byte {
	r := &s.reporting
	var w written
	if n := s.stats.Sent.Packets; n > r.sent {
		r.sent = n
		w.sender, w.ntp, w.stamp = true, ntpOf(s.engine.start.Add(now)), s.stamp(now)
		r.told[r.next%len(r.told)] = uint32(w.ntp >> 16)
		r.next++
	}
	if s.source.started {
		w.about = &block{fraction: r.fraction(&s.source), lost: int32(min(max(s.source.missing(), -1<<23), 1<<23-1)), top: uint32(s.source.top - 1<<16),
			jitter: uint32(s.source.jitter)}
		if r.heard && r.ssrc == s.source.ssrc {
			w.about.last, w.about.delay = r.stamp, uint32((now-r.at)*65536/time.Second)
		}
	}
	return s.writeReport(b, &w)
}

// fraction is the share of packets lost since the last report, in 256ths (RFC 3550 A.3).
func (r *reporting) fraction(s *source) uint8 {
	expected, received := s.top-s.base+1, s.received
	if expected < r.expected || received < r.received { // the stream began anew
		r.expected, r.received = 0, 0
	}
	due, came := expected-r.expected, received-r.received
	r.expected, r.received = expected, received
	if due == 0 || came >= due {
		return 0
	}
	return uint8(min((due-came)*256/due, 255))
}

// hears takes in when the far side reported, and how long our own report took there and back. The lock is held.
func (r *reporting) hears(got *report, from *source, now time.Duration, at time.Time) {
	if got.sender && got.ssrc == from.ssrc {
		r.heard, r.ssrc, r.stamp, r.at = true, got.ssrc, uint32(got.ntp>>16), now
	}
	if !got.found || got.about.last == 0 || !slices.Contains(r.told[:], got.about.last) {
		return
	}
	trip := time.Duration(int32(uint32(ntpOf(at)>>16)-got.about.last-got.about.delay)) * time.Second / 65536
	if trip < 0 || trip > time.Minute { // its clock runs otherwise than ours
		return
	}
	trip = max(trip, time.Millisecond/8)
	if r.trip == 0 {
		r.trip = trip
		return
	}
	r.trip += (trip - r.trip) / 4
}

// ntpOf is a moment as RTCP tells it: seconds since 1900 in 32.32 bits (RFC 3550 §4).
func ntpOf(t time.Time) uint64 {
	const epoch = 2208988800 // 1970 in seconds since 1900
	return uint64(t.Unix()+epoch)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// written is what stands in a report that is written.
type written struct {
	sender bool
	ntp    uint64
	stamp  uint32
	about  *block // nil: nothing is heard
}

// writeReport writes a compound packet: a report about our stream and the one that comes in, and the name.
func (s *Session) writeReport(b []byte, w *written) []byte {
	be := binary.BigEndian
	kind, n := byte(typeRR), byte(0)
	if w.sender {
		kind = typeSR
	}
	if w.about != nil {
		n = 1
	}
	b = append(b, 0x80|n, kind, 0, 0)
	b = be.AppendUint32(b, s.stream.ssrc)
	if w.sender {
		b = be.AppendUint64(b, w.ntp)
		b = be.AppendUint32(b, w.stamp)
		b = be.AppendUint32(b, uint32(s.stats.Sent.Packets))
		b = be.AppendUint32(b, uint32(s.stats.Sent.Bytes))
	}
	if m := w.about; m != nil {
		b = be.AppendUint32(b, s.source.ssrc)
		b = be.AppendUint32(b, uint32(m.fraction)<<24|uint32(m.lost)&0xffffff)
		b = be.AppendUint32(b, m.top)
		b = be.AppendUint32(b, m.jitter)
		b = be.AppendUint32(b, m.last)
		b = be.AppendUint32(b, m.delay)
	}
	be.PutUint16(b[2:], uint16(len(b)/4-1))

	// The name binds our streams to nobody: it is the number of the stream itself (RFC 7022 §4.2, short-term names).
	const hex = "0123456789abcdef"
	b = append(b, 0x81, typeSDES, 0, 4)
	b = be.AppendUint32(b, s.stream.ssrc)
	b = append(b, 1, 8)
	for i := 28; i >= 0; i -= 4 {
		b = append(b, hex[s.stream.ssrc>>i&15])
	}
	return append(b, 0, 0)
}

// sendRTCP sends a compound packet to the far side, sealed if need be. The lock is held.
func (s *Session) sendRTCP(b []byte, now time.Duration) {
	k := &s.rtcp
	if s.mux {
		k = &s.rtp
	}
	if k.dest.length == 0 || s.mute(now) {
		return
	}
	if s.seal != nil {
		sealed, err := s.seal.context.EncryptRTCP(b, b, nil)
		if err != nil {
			return
		}
		b = sealed
	}
	k.send(b)
}
