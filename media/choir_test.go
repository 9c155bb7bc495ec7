package media

import (
	"math"
	"testing"
	"time"

	"tandem/audio"
	"tandem/audio/opus"
)

// table is a room of phones whose beats are the test's own.
type table struct {
	t        testing.TB
	room     *Room
	phones   []*phone
	sessions []*Session
	ears     []hearing
	heard    [][]int16
	payloads []string // of the last beat
	opus     opus.Machine
	at       int
}

func seated(t testing.TB, n int, f Format) *table {
	e := engine(t)
	x := &table{t: t, room: e.NewRoom(), ears: make([]hearing, n), heard: make([][]int16, n), payloads: make([]string, n)}
	for range n {
		p, s := ring(t, "127.0.0.1"), open(t, e)
		set(t, s, p.flow(f))
		seat := &seat{session: s}
		s.mu.Lock()
		s.sit(seat)
		s.mu.Unlock()
		x.room.seats = append(x.room.seats, seat)
		x.phones, x.sessions = append(x.phones, p), append(x.sessions, s)
	}
	return x
}

// beats lets those speak who have a tone, for some beats.
func (x *table) beats(n int, tones map[int]float64) {
	x.t.Helper()
	for range n {
		for i, s := range x.room.seats {
			f := make([]int16, mixFrame)
			for k := range f {
				if hz := tones[i]; hz > 0 {
					f[k] = int16(6000 * math.Sin(2*math.Pi*hz*float64(x.at*mixFrame+k)/mixRate))
				}
			}
			s.put(header{ssrc: uint32(i + 1), stamp: uint32(x.at * 160)}, 8000, f, mixRate)
		}
		x.at++
		x.room.beat()
		for i, p := range x.phones {
			b := p.hear()
			x.payloads[i] = body(b)
			c := x.sessions[i].voice.codec
			x.heard[i] = x.ears[i].decode(&x.opus, c, x.heard[i], b[12:], c.rate())
		}
	}
}

// lately is what somebody heard in the last beats, but for the newest few, which the coder still holds back.
func (x *table) lately(i, beats int) []int16 {
	frame := x.sessions[i].voice.codec.rate() / 50
	return x.heard[i][len(x.heard[i])-beats*frame:]
}

// All who say nothing hear the same packet, coded once; who speaks hears the others without himself. Who begins to speak, and who stops, hears no seam: his
// far side decodes one stream that goes on.
func TestRoomCodesOnceForAllWhoListen(t *testing.T) {
	for _, f := range []Format{opus9, g722, pcmu} {
		t.Run(f.Name, func(t *testing.T) {
			x := seated(t, 6, f)
			rate := x.sessions[0].voice.codec.rate()
			same := func(what string, want bool, who ...int) {
				t.Helper()
				for _, i := range who {
					if (x.payloads[i] == x.payloads[5]) != want {
						t.Errorf("%s: %d hears the same as 5: %v", what, i, !want)
					}
				}
			}
			clear := func(what string, i, beats int, hz float64) {
				t.Helper()
				if got := audio.Purity(x.lately(i, beats), hz, rate); got < 0.9 {
					t.Errorf("%s: %d hears %v Hz with %.3f", what, i, hz, got)
				}
			}
			x.beats(60, map[int]float64{0: 500})
			same("one speaks", true, 1, 2, 3, 4)
			same("one speaks", false, 0)
			clear("one speaks", 1, 30, 500)

			// The second begins: from that moment on he has his own, and hears the first as before.
			x.beats(20, map[int]float64{0: 500, 1: 900})
			same("two speak", false, 0, 1)
			same("two speak", true, 2, 3, 4)
			clear("two speak", 1, 25, 500)
			clear("two speak", 0, 10, 900)

			// … and stops. He comes back to the others, and hears the first all the time.
			x.beats(80, map[int]float64{0: 500})
			same("one speaks again", true, 1, 2, 3, 4)
			clear("one speaks again", 1, 78, 500)
			clear("one speaks again", 4, 20, 500)

			// Somebody who is kept apart from the speaker hears nothing.
			x.room.Part(x.sessions[2], x.sessions[0], true)
			x.beats(20, map[int]float64{0: 500})
			same("apart", false, 2)
			if got := audio.Purity(x.lately(2, 10), 500, rate); got > 0.1 {
				t.Errorf("who is kept apart hears it with %.3f", got)
			}
		})
	}
}

// The loudest are heard, at once and without flicker; noise is not.
func TestRoomHearsTheLoudest(t *testing.T) {
	r, p := roomOf(7, noCodec)
	levels := []float64{-18, -18, -24, -30, -30.5, -36, -70}
	at := 0
	speak := func(beats int, levels []float64) (changes int) {
		for range beats {
			for i, s := range p {
				s.put(header{ssrc: uint32(i + 1), stamp: uint32(at * 160)}, 8000, audio.Tones([]float64{300 + 100*float64(i)}, levels[i], mixRate, mixFrame), mixRate)
			}
			at++
			before := [7]bool{}
			for i, s := range p {
				before[i] = s.part.onStage
			}
			r.beat()
			for i, s := range p {
				if s.part.onStage != before[i] {
					changes++
				}
			}
		}
		return changes
	}
	stage := func() (on []int) {
		for i, s := range p {
			if s.part.onStage {
				on = append(on, i)
			}
		}
		return on
	}
	speak(50, levels)
	if on := stage(); len(on) != stageMost || on[0] != 0 || on[2] != 2 || on[3] != 3 && on[3] != 4 {
		t.Errorf("heard are %v", on)
	}
	wobble := append([]float64(nil), levels...)
	changes := 0
	for i := range 50 { // two of the same loudness
		wobble[3], wobble[4] = -30-float64(i%2), -30-float64((i+1)%2)
		changes += speak(2, wobble)
	}
	if changes > 0 {
		t.Errorf("%d changes between two who are equally loud", changes)
	}
	quiet := []float64{-90, -90, -90, -90, -90, -90, -70}
	speak(hang+10, quiet)
	if on := stage(); len(on) > 0 || r.sum != [mixFrame]int32{} {
		t.Errorf("noise is heard: %v", on)
	}
	quiet[5] = -40
	waits := 0
	for ; len(stage()) == 0 && waits < 10; waits++ {
		speak(1, quiet)
	}
	if on := stage(); len(on) != 1 || on[0] != 5 || waits > 3 { // his sound waits for packets that are late
		t.Errorf("after %d beats heard are %v", waits, on)
	}
}

// What a room reads later than it came is still known to have come when it did, so that jitter is what it was; and who has left is read by the loop again.
func TestRoomReadsAtItsBeat(t *testing.T) {
	e := engine(t, func(c *Config) { c.Loops = 1 })
	r := e.NewRoom()
	a, s := ring(t, "127.0.0.1"), open(t, e)
	set(t, s, a.flow(pcmu))
	seat := &seat{session: s}
	s.mu.Lock()
	s.sit(seat)
	s.mu.Unlock()
	r.seats = append(r.seats, seat)
	fence := fence(t, e)
	begin := e.now()
	for range 50 {
		a.talk(s, 0, "x")
		for at := time.Now(); time.Since(at) < 200*time.Microsecond; {
		}
	}
	sent := e.now()
	fence()
	if got := s.Stats().Received.Packets; got != 0 {
		t.Errorf("%d packets were read before the beat", got)
	}
	for range 50/drainMost + 1 {
		r.drain(e.now())
	}
	st := s.Stats()
	if st.Received.Packets != 50 {
		t.Errorf("%d packets were read", st.Received.Packets)
	}
	s.mu.Lock()
	if first, last := begin, s.silence.since; last < first+5*time.Millisecond || last > sent {
		t.Errorf("the last packet came at %v, they were sent from %v to %v", last, first, sent)
	}
	s.mu.Unlock()
	r.Leave(s)
	a.talk(s, 0, "x")
	until(t, func() bool { return s.Stats().Received.Packets == 51 })
}
