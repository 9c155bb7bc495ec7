package media

import (
	"encoding/binary"
	"sync"

	"github.com/pion/rtp"

	"tandem/audio"
	"tandem/audio/opus"
)

// transcoder brings sound from one codec to another for all bridges whose sides have none in common, apart from the packet threads, so
// that relayed calls do not wait for arithmetic. Each session belongs to one of its workers, which keeps its packets in order.
type transcoder struct {
	workers []chan *job
	done    chan struct{}
	free    sync.Pool
}

// jobsMost is how many packets may wait for one worker: a fifth of a second of as many calls as it can carry.
const jobsMost = 1024

// job is one packet on its way from one codec to another.
type job struct {
	to, from *Session
	head     header
	codec    codec // noCodec for telephone events
	clock    int
	size     int
	payload  [packetSize]byte
}

func newTranscoder(workers int) *transcoder {
	t := &transcoder{done: make(chan struct{}), free: sync.Pool{New: func() any { return new(job) }}}
	for range workers {
		t.workers = append(t.workers, make(chan *job, jobsMost))
	}
	return t
}

// post takes a packet for a session, and reports whether there was room. The lock of the session is held.
func (t *transcoder) post(to, from *Session, h header, k kind, payload []byte) bool {
	j := t.free.Get().(*job)
	j.to, j.from, j.head, j.codec, j.clock = to, from, h, k.codec, int(k.clock)
	j.size = copy(j.payload[:], payload)
	select {
	case t.workers[int(to.port/2)%len(t.workers)] <- j:
		return true
	default:
		t.free.Put(j)
		return false
	}
}

// bench is a worker's room to work in.
type bench struct {
	opus   opus.Machine
	sound  [2 * soundMax]int16
	wide   [2 * soundMax]int16
	narrow [2 * soundMax]int16
	packet [12 + opus.MostBytes + 32]byte
	header rtp.Header
}

// work translates until the engine closes.
func (t *transcoder) work(jobs chan *job) {
	b := &bench{}
	for {
		select {
		case <-t.done:
			return
		case j := <-jobs:
			j.to.translated(b, j)
			j.to, j.from = nil, nil
			t.free.Put(j)
		}
	}
}

// translation is how what one far side says becomes what another one understands. Only its session's worker touches it.
type translation struct {
	from    *Session // fixed, as codec and rate are
	codec   codec
	voice   voice
	rate    int // of the sound in between
	gap     gap
	hearing hearing
	halver  audio.Halver
	doubler audio.Doubler

	anew   bool   // the outgoing time is found anew
	marker bool   // the next packet begins something
	stamp  uint32 // of the last packet that came, in its clock …
	at     uint32 // … and in the other clock
	out    uint32 // of the next packet that goes
	frame  [320]int16
	filled int
}

// translated takes a packet of the peer's far side, and sends what is complete of it.
func (s *Session) translated(b *bench, j *job) {
	s.mu.Lock()
	to, payload, t := s.voice.codec, s.voice.payload, s.translation
	gone := s.closed || s.peer != j.from || to == noCodec
	if !gone && j.codec != noCodec && (t == nil || t.from != j.from || t.codec != j.codec || t.voice.codec != to) {
		t = &translation{from: j.from, codec: j.codec, rate: between(j.codec, to), anew: true}
		s.translation = t
	}
	s.mu.Unlock()
	switch {
	case gone || t == nil || t.from != j.from:
		return
	case j.codec == noCodec:
		s.translatedEvent(b, t, j)
		return
	}
	t.voice.codec, t.voice.payload = to, payload
	body := j.payload[:j.size]
	p := t.gap.take(j.head, j.codec.clock(), j.codec.lasts(body))
	if p.late {
		return
	}
	t.anew, t.marker = t.anew || p.fresh, t.marker || p.fresh || p.pause > 0
	if p.fresh || p.pause > 0 {
		t.filled = 0
		t.out += uint32(int64(p.pause) * int64(t.voice.codec.clock()) / int64(t.codec.clock()))
	}
	t.stamp, t.at = j.head.stamp, t.out
	if p.lost > 0 {
		rate := t.decoded()
		t.say(s, b, t.hearing.conceal(&b.opus, t.codec, b.sound[:0], body, p.lost*rate/t.codec.clock(), rate))
	}
	t.say(s, b, t.hearing.decode(&b.opus, t.codec, b.sound[:0], body, t.decoded()))
}

// between is the rate of the sound between two codecs: no more than both carry. Opus gives and takes any; G.722 only its own.
func between(a, b codec) int {
	if a == codecG722 || b == codecG722 {
		return 16000
	}
	return min(a.rate(), b.rate())
}

// decoded is the rate in which sound leaves the decoder: Opus gives any.
func (t *translation) decoded() int {
	if t.codec == codecOpus {
		return t.rate
	}
	return t.codec.rate()
}

// say brings sound to the rate in between and sends it in frames of 20 ms.
func (t *translation) say(s *Session, b *bench, sound []int16) {
	if t.decoded() < t.rate {
		sound = t.doubler.Double(b.wide[:0], sound)
	}
	rate := t.rate
	if narrow := t.voice.codec.rate(); narrow < rate {
		sound, rate = t.halver.Halve(b.narrow[:0], sound), narrow
	}
	for need := rate / 50; len(sound) > 0; {
		n := copy(t.frame[t.filled:need], sound)
		t.filled, sound = t.filled+n, sound[n:]
		if t.filled == need {
			t.filled = 0
			t.send(s, b, t.voice.encodeAt(&b.opus, b.packet[:12], t.frame[:need], rate))
		}
	}
}

// send sends a packet as the next of the one stream.
func (t *translation) send(s *Session, b *bench, packet []byte) {
	if len(packet) == 12 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.engine.now()
	clock := uint32(t.voice.codec.clock())
	if !t.mayGo(s) {
		t.anew = true
		return
	}
	if t.anew || s.stream.follow || s.pace.own { // something else was heard before
		t.out, t.anew, t.marker = s.onward(now), false, true
		t.at = t.out
	}
	s.begins(packet, t.voice.payload, t.out, t.marker)
	s.pace.note(header{stamp: t.out}, t.voice.payload, t.marker, now)
	s.stream.follow, s.pace.own, t.marker = false, false, false
	t.out += clock / 50
	s.stats.Transcoded++
	s.dispatch(packet, len(packet)-12, &b.header)
}

// translatedEvent sends a telephone event in the clock of what is sent beside it (RFC 4733 §2.1).
func (s *Session) translatedEvent(b *bench, t *translation, j *job) {
	if j.size < 4 || j.clock <= 0 || t.anew {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.eventFormat()
	if !ok || !t.mayGo(s) {
		return
	}
	packet := append(b.packet[:12], j.payload[:4]...)
	lasts := min(int(binary.BigEndian.Uint16(packet[14:]))*f.Clock/j.clock, 1<<16-1)
	binary.BigEndian.PutUint16(packet[14:], uint16(lasts))
	stamp := t.at + uint32(int64(int32(j.head.stamp-t.stamp))*int64(f.Clock)/int64(j.clock))
	s.begins(packet, f.Payload, stamp, j.head.marker)
	s.dispatch(packet, 4, &b.header)
}

// mayGo reports whether something can be sent to the far side now. The lock is held.
func (t *translation) mayGo(s *Session) bool {
	return !s.closed && s.peer == t.from && s.sends && s.player == nil && s.rtp.dest.length > 0 && !s.mute(s.engine.now())
}

// begins writes the header of a packet of the one stream. The lock is held.
func (s *Session) begins(packet []byte, payload uint8, stamp uint32, marker bool) {
	binary.BigEndian.PutUint32(packet[8:], s.stream.ssrc)
	binary.BigEndian.PutUint32(packet[4:], stamp)
	binary.BigEndian.PutUint16(packet[2:], s.stream.insert())
	packet[0], packet[1] = 0x80, payload
	if marker {
		packet[1] |= 0x80
	}
}
