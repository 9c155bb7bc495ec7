package media

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"tandem/audio"
	"tandem/audio/opus"
)

var (
	opus9 = Format{Payload: 111, Name: "opus", Clock: 48000, Channels: 2}
	codes = []Format{pcmu, pcma, g722, opus9}
)

// talker makes packets of a tone in a codec, one after the other.
type talker struct {
	c     codec
	voice voice
	hz    float64
	m     opus.Machine
	n     int
}

func (k *talker) payload() string {
	k.voice.codec = k.c
	rate := k.c.rate()
	samples := make([]int16, rate/50)
	for i := range samples {
		samples[i] = int16(8000 * math.Sin(2*math.Pi*k.hz*float64(k.n)/float64(rate)))
		k.n++
	}
	return string(k.voice.encode(&k.m, nil, samples))
}

// say sends the next packet from a phone in the clock of its codec.
func (k *talker) say(p *phone, s *Session, f Format) {
	p.time += uint32(k.c.clock()/50 - 160) // talk adds 160
	p.talk(s, f.Payload, k.payload())
}

// Between any two of our codecs a tone crosses both ways: in one stream without gaps, in time, and wide where both are.
func TestSidesWithNothingInCommonHearEachOther(t *testing.T) {
	for _, from := range codes {
		for _, to := range codes {
			if from == to {
				continue
			}
			t.Run(from.Name+"-"+to.Name, func(t *testing.T) {
				e := engine(t)
				a, b, sa, _ := call(t, e, []Format{from}, []Format{to})
				c, hz := codecOf(to), 1000.0
				if from != pcmu && from != pcma && to != pcmu && to != pcma {
					hz = 5200 // what no narrow codec carries
				}
				k := &talker{c: codecOf(from), hz: hz}
				var h hearing
				var m opus.Machine
				var heard []int16
				var stamp uint32
				var seq uint16
				for i := range 100 {
					k.say(a, sa, from)
					p := b.hear()
					if number(p) != to.Payload {
						t.Fatalf("payload %d", number(p))
					}
					s, q := binary.BigEndian.Uint32(p[4:]), sequence(p)
					if i > 0 && (s-stamp != uint32(c.clock()/50) || q-seq != 1) {
						t.Fatalf("packet %d: time goes on by %d, numbers by %d", i, s-stamp, q-seq)
					}
					stamp, seq = s, q
					heard = h.decode(&m, c, heard, p[12:], c.rate())
				}
				if share := audio.Purity(heard[len(heard)/2:], hz, c.rate()); share < 0.97 {
					t.Errorf("purity %.3f", share)
				}
			})
		}
	}
}

// What was lost before it reached us is filled, and takes its numbers; what comes late is not heard twice; a pause stays a pause.
func TestTranscodedGaps(t *testing.T) {
	for _, from := range []Format{pcmu, opus9} {
		e := engine(t)
		a, b, sa, sb := call(t, e, []Format{from}, []Format{g722})
		k := &talker{c: codecOf(from), hz: 700}
		var h hearing
		var m opus.Machine
		var heard []int16
		take := func() {
			heard = h.decode(&m, codecG722, heard, b.hear()[12:], 16000)
		}
		for i := range 60 {
			p := k.payload()
			a.time += uint32(k.c.clock() / 50)
			a.seq++
			if i == 40 {
				continue // lost
			}
			packet := rtpPacket(from.Payload, a.seq, a.time, a.ssrc, []byte(p))
			a.send(sa.here(), packet)
			take()
			if i == 41 {
				take()
			}
			if i == 50 {
				a.send(sa.here(), packet) // doubled
			}
		}
		b.silent()
		for at := 39 * 320; at < 43*320; at += 80 {
			if level := audio.Level(heard[at : at+80]); level < -35 {
				t.Errorf("%s: %d ms after the loss the tone is at %.0f dB", from.Name, (at-40*320)/16, level)
			}
		}
		a.time += uint32(k.c.clock()) // a second of silence
		k.say(a, sa, from)
		last := b.hear()
		if last[1]&0x80 == 0 {
			t.Errorf("%s: what follows a pause is not marked", from.Name)
		}
		if st := sb.Stats(); st.Transcoded != 61 || st.Sent.Packets != 61 || st.Unsent != 0 {
			t.Errorf("%s: %+v", from.Name, st)
		}
	}
}

// Packets of 10, 30 and 60 ms become packets of 20.
func TestTranscodedPacketTimes(t *testing.T) {
	for _, ms := range []int{10, 30, 60} {
		e := engine(t)
		a, b, sa, _ := call(t, e, []Format{pcmu}, []Format{g722})
		sound := audio.ToMu(nil, audio.Tones([]float64{900}, -10, 8000, 8*ms*20))
		got := 0
		for i := range 20 {
			a.seq, a.time = a.seq+1, a.time+uint32(8*ms)
			a.send(sa.here(), rtpPacket(0, a.seq, a.time, a.ssrc, sound[i*8*ms:(i+1)*8*ms]))
			for ; got < (i+1)*ms/20; got++ {
				if n := len(b.hear()) - 12; n != 160 {
					t.Fatalf("%d ms: a packet of %d bytes", ms, n)
				}
			}
		}
	}
}

// Keys cross between clocks: their length and time stamp are counted anew.
func TestTranscodedKeys(t *testing.T) {
	fast := Format{Payload: 110, Name: "telephone-event", Clock: 48000}
	e := engine(t)
	a, b, sa, _ := call(t, e, []Format{opus9, fast}, []Format{pcmu, events})
	k := &talker{c: codecOpus, hz: 500}
	k.say(a, sa, opus9)
	first := binary.BigEndian.Uint32(b.hear()[4:])
	a.seq++
	event := rtpPacket(110, a.seq, a.time+960, a.ssrc, []byte{5, 0x8a, 0x12, 0xc0}) // 100 ms at 48 kHz
	event[1] |= 0x80
	a.send(sa.here(), event)
	got := b.hear()
	if number(got) != 101 || got[1]&0x80 == 0 || got[12] != 5 || got[13] != 0x8a || binary.BigEndian.Uint16(got[14:]) != 800 {
		t.Errorf("%x", got)
	}
	if d := binary.BigEndian.Uint32(got[4:]) - first; d != 160 {
		t.Errorf("the key begins %d after the sound before it", d)
	}
}

// What both sides agree to is not touched, also after something was translated.
func TestAgreementIsPassedThrough(t *testing.T) {
	e := engine(t)
	a, b, sa, sb := call(t, e, []Format{opus9, pcmu}, []Format{pcmu})
	k := &talker{c: codecOpus, hz: 500}
	k.say(a, sa, opus9)
	if n := len(b.hear()); n != 172 {
		t.Errorf("%d bytes", n)
	}
	a.talk(sa, 0, "as it is")
	if got := body(b.hear()); got != "as it is" {
		t.Errorf("%q", got)
	}
	if st := sb.Stats(); st.Transcoded != 1 {
		t.Errorf("%+v", st)
	}
}

// A sender's jitter makes the wait longer at once, and calm makes it shorter again; nothing said in a quiet span is lost by that.
func TestRoomAdaptsToJitter(t *testing.T) {
	_, p := roomOf(1, noCodec)
	s := p[0]
	one := make([]int16, mixFrame)
	for i := range one {
		one[i] = int16(3000 * math.Sin(float64(i)*0.2))
	}
	var f [mixFrame]int16
	stamp := uint32(0)
	put := func(samples []int16) { s.put(header{ssrc: 1, stamp: stamp}, 8000, samples, mixRate); stamp += 160 }
	for range 20 {
		put(one)
		s.take(&f)
	}
	for range 5 { // 100 ms late, and then all at once
		s.take(&f)
	}
	for range 5 {
		put(one)
	}
	if s.waits.delay <= mixDelay {
		t.Errorf("it still waits %d samples", s.waits.delay)
	}
	grown := s.waits.delay
	quiet := make([]int16, mixFrame)
	for range 2000 {
		put(quiet)
		s.take(&f)
	}
	if s.waits.delay >= grown {
		t.Errorf("it waited %d samples and still waits %d", grown, s.waits.delay)
	}
}

// The arithmetic of one packet from one codec to another, without sockets.
func BenchmarkTranscode(b *testing.B) {
	for _, formats := range [][2]Format{{pcmu, g722}, {g722, pcmu}, {opus9, pcmu}, {pcmu, opus9}, {opus9, g722}, {g722, opus9}} {
		pair := [2]codec{codecOf(formats[0]), codecOf(formats[1])}
		b.Run(formats[0].Name+"-"+formats[1].Name, func(b *testing.B) {
			s := &Session{engine: &Engine{start: time.Now()}, closed: true}
			k := &talker{c: pair[0], hz: 600}
			var packets [][]byte
			for range 50 {
				packets = append(packets, []byte(k.payload()))
			}
			t := &translation{codec: pair[0], rate: between(pair[0], pair[1]), voice: voice{codec: pair[1]}}
			var w bench
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				t.say(s, &w, t.hearing.decode(&w.opus, t.codec, w.sound[:0], packets[i%50], t.decoded()))
			}
		})
	}
}
