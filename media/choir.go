package media

import (
	"cmp"
	"math"
	"slices"
	"time"

	"tandem/audio"
	"tandem/audio/opus"
)

// Who is heard in a room, and what is coded once for many (ADR 128).
const (
	stageMost = 4  // so many are heard at the same time: the loudest
	audible   = 50 // mean of a sample's size from which somebody is heard at all: about -53 dB
	hang      = 50 // beats that he is still heard when he has become silent
	restful   = 10 // beats that somebody says nothing before he hears what all hear
	easing    = 40 // samples over which a party appears or fades: 2.5 ms
	thrift    = 2  // complexity of Opus in rooms
)

// part is what a party has to do with what is heard.
type part struct {
	sounding int   // beats that it is still heard
	onStage  bool  // it is heard in this beat
	fades    bool  // … for the last time
	silent   int   // beats that it has heard what all hear
	follows  codec // its far side decodes what is coded for all, in this codec
}

// sounds takes in how loud a party is in this beat. Who begins to speak is heard at once.
func (p *part) sounds(level int32) {
	if level >= audible {
		p.sounding = hang
	} else if p.sounding > 0 {
		p.sounding--
	}
}

// stage chooses who is heard, and adds them up. Noise of those who are silent is left out; among many who speak at the same time the loudest are heard,
// with a quarter of advantage for who was heard before, so that nobody flickers.
func (r *Room) stage() {
	loud := r.loud[:0]
	for _, t := range r.seats {
		if t.part.sounding > 0 {
			loud = append(loud, t)
		}
	}
	r.loud = loud
	if len(loud) > stageMost {
		slices.SortStableFunc(loud, func(a, b *seat) int { return cmp.Compare(b.claim(), a.claim()) })
		loud = loud[:stageMost]
	}
	for _, t := range r.seats {
		was, is := t.part.onStage, slices.Contains(loud, t)
		t.part.onStage, t.part.fades = is, was && !is
		switch {
		case !is && !was:
			clear(t.own[:])
			continue
		case !is:
			ease(t.own[:easing], false)
			clear(t.own[easing:])
		case !was:
			ease(t.own[:easing], true)
		}
		for k, v := range t.own {
			r.sum[k] += int32(v)
		}
	}
}

// claim is how strong a party's claim to be heard is.
func (t *seat) claim() int32 {
	if t.part.onStage {
		return t.loud + t.loud/4
	}
	return t.loud
}

// ease lets sound begin, or end.
func ease(f []int16, in bool) {
	n := int32(len(f))
	for k := range f {
		share := int32(k)
		if !in {
			share = n - int32(k)
		}
		f[k] = int16(int32(f[k]) * share / n)
	}
}

// choir is what is coded once for all who hear the same: everything that is heard.
type choir struct {
	voice  voice
	halver audio.Halver
	coded  int64 // the beat that lies in packet
	packet []byte
	room   [opus.MostBytes]byte
}

// packet is what all hear in this beat, in a codec. The room's lock is held.
func (r *Room) packet(c codec) []byte {
	v := r.choirs[c]
	if v == nil {
		v = &choir{voice: voice{codec: c, complexity: thrift}}
		r.choirs[c] = v
	}
	if v.coded != r.beats {
		v.coded = r.beats
		out := r.baton.raw[:mixFrame]
		for k, s := range r.sum {
			out[k] = int16(min(max(s, math.MinInt16), math.MaxInt16))
		}
		if c.rate() != mixRate {
			out = v.halver.Halve(r.baton.out[:0], out)
		}
		v.packet = v.voice.encode(&r.baton.opus, v.room[:0], out)
	}
	return v.packet
}

// differs reports whether a party hears something else in this beat than all: it is heard itself, or is kept apart from who is.
func (t *seat) differs() bool {
	return t.part.fades || t.part.onStage || slices.ContainsFunc(t.apart, func(o *seat) bool { return o.part.fades || o.part.onStage })
}

// sing sends a party what it hears: what is coded for all, or, while it speaks, what all others say. Who begins to speak takes the coder of all with him as
// it is, because that is what his far side has followed; who is silent again comes back when both coders have heard the same for a while.
func (r *Room) sing(t *seat, now time.Duration) {
	p := &t.part
	if t.differs() {
		p.silent = 0
	} else {
		p.silent++
	}
	s := t.session
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.voice.codec
	if s.closed || s.seat != t || s.player != nil || !s.sends || c == noCodec {
		t.alone(r)
		return
	}
	if p.silent > 0 && (p.follows == c || p.silent > restful || p.follows == noCodec && !t.spoke()) {
		p.follows = c
		s.pass(&r.baton, r.packet(c), now)
		return
	}
	t.alone(r)
	s.utter(&r.baton, t.others(&r.baton, &r.sum), now)
}

// spoke reports whether the party has been coded for by itself.
func (t *seat) spoke() bool { return t.session.pace.own }

// alone lets a party that followed what is coded for all go on by itself. The session's lock is held.
func (t *seat) alone(r *Room) {
	c := t.part.follows
	t.part.follows = noCodec
	if v := r.choirs[c]; c != noCodec && v != nil && t.session.voice.codec == c {
		t.session.voice.continues(&v.voice)
		t.halver = v.halver
	}
}

// others is what all others say whom a party may hear, at the rate of its codec.
func (t *seat) others(l *baton, sum *[mixFrame]int32) []int16 {
	out := l.raw[:mixFrame]
	for k, v := range sum {
		v -= int32(t.own[k])
		for _, o := range t.apart {
			v -= int32(o.own[k])
		}
		out[k] = int16(min(max(v, math.MinInt16), math.MaxInt16))
	}
	if t.session.voice.codec.rate() != mixRate {
		out = t.halver.Halve(l.out[:0], out)
	}
	return out
}
