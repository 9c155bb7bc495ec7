package media

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtp"

	"tandem/audio"
)

// frame is how much sound one packet of the house carries.
const frame = 20 * time.Millisecond

// player is what the house says on one session.
type player struct {
	list Playlist
	next *player // takes over after a frame that fades out; see done
	done bool    // fades out and is then over
	held bool    // is silent and waits where it is

	at      int   // which sound
	begun   bool  // its first sample is out
	pos     int64 // samples of it that were taken
	gap     int64 // samples of silence left after it, at 8 kHz
	from    int   // rates that the converters are set to
	to      int
	wide    audio.G722Decoder
	halver  audio.Halver
	doubler audio.Doubler
	feed    *feed
}

// Play lets the house speak: the far side hears the playlist, in its own codec, and nothing of whoever is bridged to it. What
// played before fades out within one packet. When the list is over, Watch's function gets EventPlayed with its tag; nothing is told
// of a list that is stopped or replaced. Bridge ends what plays.
//
// A session whose far side has not agreed to Opus, G.722, PCMU or PCMA cannot be played to: ErrCodec. While the far side holds,
// the time of the list passes unheard; while its address is still to be learned, the list waits.
func (s *Session) Play(list Playlist) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	if s.voice.codec == noCodec {
		return ErrCodec
	}
	p := &player{list: list}
	if s.player != nil {
		s.player.next, s.player.done = p, true
	} else {
		s.player = p
		s.begin(p)
	}
	s.house = true
	s.arrange(s.engine.now())
	s.engine.beat.add(s)
	return nil
}

// Stop ends what plays, within one packet. Nothing is told of it.
func (s *Session) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.player != nil {
		s.player.next, s.player.done = nil, true
	}
}

// Pause lets what plays wait where it is, in silence, or go on.
func (s *Session) Pause(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.player != nil {
		s.player.held = on
	}
}

// Wind moves what plays by so much, back when it is negative: within the last sound of its list, to the last sound from one before it, and
// from there back to the first. What waits goes on.
func (s *Session) Wind(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.player
	if p == nil || len(p.list.Sounds) == 0 {
		return
	}
	p.held = false
	last := len(p.list.Sounds) - 1
	if p.at == last && p.begun {
		total, own := p.list.Sounds[last].samples()
		p.pos = min(max(p.pos+int64(by/time.Millisecond)*int64(own)/1000, 0), total) &^ 1
		p.wide = audio.G722Decoder{}
		return
	}
	if p.at, p.begun, p.feed = 0, false, nil; by > 0 {
		p.at = last
	}
	s.begin(p)
}

// hushed ends what plays at once. The lock is held.
func (s *Session) hushed() { s.player = nil }

// begin asks for the first piece of a stream early.
func (s *Session) begin(p *player) {
	if p.at < len(p.list.Sounds) {
		if sound := &p.list.Sounds[p.at]; len(sound.Coded)+len(sound.Samples) == 0 && sound.Stream != nil {
			p.feed = &feed{session: s, source: sound.Stream, size: sound.Size}
			p.feed.ask(0)
		}
	}
}

// speak sends the next packet of what plays; over says that there is nothing left to beat for. l is the metronome's room.
func (s *Session) speak(l *baton, now time.Duration) (over bool) {
	s.mu.Lock()
	p := s.player
	if p == nil || s.closed || s.voice.codec == noCodec {
		s.player, s.beating = nil, false
		s.mu.Unlock()
		return true
	}
	if s.rtp.dest.length == 0 && s.learn != nil && now <= s.learn.until && s.sends {
		s.mu.Unlock()
		return false // its address comes with its first packets
	}
	if s.web != nil && s.seal == nil && now <= s.web.until && s.sends {
		s.mu.Unlock()
		return false // keys are being made
	}
	samples, ended := l.zero[:s.voice.codec.rate()/50], false
	if !p.held || p.done {
		samples, ended = p.frame(s, l, s.voice.codec.rate())
	}
	var tell func(Event)
	tag := p.list.Tag
	switch {
	case p.done:
		fade(samples)
		if s.player = p.next; s.player != nil {
			s.begin(s.player)
		}
	case ended:
		s.player, tell = nil, s.watch
	}
	if s.sends {
		s.utter(l, samples, now)
	}
	if s.player == nil {
		s.beating, over = false, true
		s.stream.follow = false // the peer, if there is one, goes on in a stream of its own
	}
	s.mu.Unlock()
	if tell != nil {
		tell(Event{Kind: EventPlayed, Tag: tag})
	}
	return over
}

// utter codes a frame and sends it as the next packet of the one stream. The lock is held.
func (s *Session) utter(l *baton, samples []int16, now time.Duration) {
	s.spoken(l, s.voice.encode(&l.opus, l.packet[:12], samples), now)
}

// pass sends a frame that is coded already as the next packet of the one stream. The lock is held.
func (s *Session) pass(l *baton, payload []byte, now time.Duration) {
	s.spoken(l, append(l.packet[:12], payload...), now)
}

// spoken sends a packet whose payload is written.
func (s *Session) spoken(l *baton, b []byte, now time.Duration) {
	b[0], b[1] = 0x80, s.voice.payload
	stamp, fresh := s.next(now)
	if fresh {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], s.stream.insert())
	binary.BigEndian.PutUint32(b[4:], stamp)
	binary.BigEndian.PutUint32(b[8:], s.stream.ssrc)
	s.pace.note(header{stamp: stamp}, s.voice.payload, false, now)
	s.pace.own = true
	s.dispatch(b, len(b)-12, &l.header)
}

// dispatch seals a packet of ours, if need be, sends and counts it. The lock is held.
func (s *Session) dispatch(b []byte, size int, h *rtp.Header) {
	if s.mute(s.engine.now()) {
		s.stats.Unsent++
		return
	}
	out := b
	if s.seal != nil {
		sealed, err := s.seal.context.EncryptRTP(b, b, h)
		if err != nil {
			s.stats.Unsent++
			return
		}
		out = sealed
	}
	if !s.rtp.send(out) {
		s.stats.Unsent++
		return
	}
	s.stats.Sent.Packets++
	s.stats.Sent.Bytes += uint64(size)
}

// lag is how late a packet may be before its time stamp says so.
const lag = 200 * time.Millisecond

// next is the time stamp of the next packet of the house: one frame after the last while it speaks, the time of the stream otherwise.
func (s *Session) next(now time.Duration) (stamp uint32, fresh bool) {
	if s.pace.own && now-s.pace.at < lag {
		return s.pace.stamp + uint32(s.voice.codec.clock()/50), false
	}
	return s.onward(now), true
}

// onward is the time stamp for a new beginning: where the clock says, but not before the end of what was sent.
func (s *Session) onward(now time.Duration) uint32 {
	first := !s.pace.started
	stamp := s.stamp(now)
	if end := s.pace.stamp + uint32(s.clock()/50); !first && int32(stamp-end) < 0 {
		return end
	}
	return stamp
}

// fade lets a frame end in silence.
func fade(samples []int16) {
	for i := range samples {
		samples[i] = int16(int32(samples[i]) * int32(len(samples)-1-i) / int32(len(samples)))
	}
}

// frame takes the next 20 ms; ended says that they are the last. The samples lie in the metronome's room.
func (p *player) frame(s *Session, l *baton, rate int) (samples []int16, ended bool) {
	need := rate / 50
	out := l.out[:0]
	for len(out) < need {
		if p.at >= len(p.list.Sounds) {
			if !p.list.Loop || p.isEmpty() {
				ended = true
				break
			}
			p.at = 0
		}
		sound := &p.list.Sounds[p.at]
		total, own := sound.samples()
		if !p.begun {
			p.start(s, own, rate, sound)
		}
		if left := total - p.pos; left > 0 {
			if p.to != rate {
				p.from, p.to, p.halver, p.doubler = own, rate, audio.Halver{}, audio.Doubler{}
			}
			want := min(int64(need-len(out))*int64(own)/int64(rate), left)
			if want == 0 { // room for half a sample
				out = append(out, 0)
				continue
			}
			piece, ok := p.take(sound, l, p.pos, int(want))
			if !ok { // the reader is not there yet
				break
			}
			p.pos += want
			out = p.convert(out, piece)
			continue
		}
		if p.gap > 0 {
			n := min(p.gap, int64((need-len(out))*8000/rate))
			if p.gap -= n; n > 0 {
				out = append(out, l.zero[:n*int64(rate)/8000]...)
				continue
			}
			p.gap = 0
		}
		p.at, p.begun, p.feed = p.at+1, false, nil
		if p.at < len(p.list.Sounds) {
			s.begin(p)
		}
	}
	if n := need - len(out); n > 0 {
		out = append(out, l.zero[:n]...)
	}
	return out, ended || p.isOver()
}

// isOver reports whether nothing is left of the list.
func (p *player) isOver() bool {
	if p.list.Loop || p.at < len(p.list.Sounds)-1 {
		return false
	}
	if p.at >= len(p.list.Sounds) {
		return true
	}
	n, _ := p.list.Sounds[p.at].samples()
	return p.begun && p.pos >= n && p.gap == 0
}

// start prepares the player for its next sound.
func (p *player) start(s *Session, own, rate int, sound *Sound) {
	p.begun, p.pos, p.gap = true, 0, int64(sound.Gap/time.Millisecond*8)
	p.wide = audio.G722Decoder{}
	if p.from != own || p.to != rate {
		p.from, p.to, p.halver, p.doubler = own, rate, audio.Halver{}, audio.Doubler{}
	}
	if p.feed == nil && sound.Stream != nil {
		s.begin(p)
	}
}

// isEmpty reports whether the list has no length, so that a loop of it would never end.
func (p *player) isEmpty() bool {
	for i := range p.list.Sounds {
		if n, _ := p.list.Sounds[i].samples(); n > 0 || p.list.Sounds[i].Gap >= time.Millisecond {
			return false
		}
	}
	return true
}

// take is n samples of a sound at its own rate; ok is false when they have not been read yet.
func (p *player) take(sound *Sound, l *baton, pos int64, n int) ([]int16, bool) {
	switch {
	case len(sound.Coded) > 0:
		if n%2 == 1 {
			n++
		}
		return p.wide.Decode(l.raw[:0], sound.Coded[pos/2:min(pos/2+int64(n/2), int64(len(sound.Coded)))]), true
	case len(sound.Samples) > 0:
		return sound.Samples[pos : pos+int64(n)], true
	case sound.Stream != nil:
		return p.feed.take(l.raw[:0], pos, n)
	}
	return l.zero[:n], true
}

// convert appends sound at the rate of the far side's codec.
func (p *player) convert(dst, piece []int16) []int16 {
	switch {
	case p.from > p.to:
		return p.halver.Halve(dst, piece)
	case p.from < p.to:
		return p.doubler.Double(dst, piece)
	}
	return append(dst, piece...)
}
