package media

import (
	"math"
	"time"
)

// roomTape keeps what is said in a room, as one track that the room mixes anyway (ADR 126).
type roomTape struct {
	capture *Capture
	voice   voice
	mix     [mixFrame]int16
	packet  [mixFrame / 2]byte // of G.722: four bits a sample
}

// Record keeps what is said in the room from now on, of those who are kept, until it is called with nil. It keeps no tones and no sentences of the house.
func (r *Room) Record(c *Capture) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tape.capture, r.tape.voice = c, voice{codec: codecG722}
}

// Keep says whether what a session says is kept where the room is recorded. Who comes is not kept before that is said (BAR PR-01).
func (r *Room) Keep(s *Session, on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := r.index(s); i >= 0 {
		r.seats[i].kept = on
	}
}

// keep adds up those who are kept, and writes that down. The room's lock is held.
func (r *Room) keep(now time.Duration) {
	t := &r.tape
	if t.capture == nil {
		return
	}
	sum := &r.baton.sum
	clear(sum[:])
	for _, s := range r.seats {
		if !s.kept || !s.part.onStage && !s.part.fades {
			continue
		}
		for k, v := range s.own {
			sum[k] += int32(v)
		}
	}
	for k, v := range sum {
		t.mix[k] = int16(min(max(v, math.MinInt16), math.MaxInt16))
	}
	t.capture.mixed(codecG722, uint32(r.beats)*mixFrame/2, t.voice.encode(&r.baton.opus, t.packet[:0], t.mix[:]), now)
}

// mixed keeps a packet of what all say.
func (c *Capture) mixed(k codec, stamp uint32, payload []byte, now time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended && !c.paused {
		c.keep(TrackCaller, uint8(k)<<2|captureMixed, header{stamp: stamp}, payload, now)
	}
}
