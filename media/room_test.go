package media

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/audio"
	"tandem/audio/opus"
)

// roomOf is a room as the mixer sees it: the sound of its parties is put in by hand.
func roomOf(n int, c codec) (*Room, []*seat) {
	r := &Room{engine: &Engine{start: time.Now()}}
	var all []*seat
	for range n {
		s := &Session{engine: r.engine, sends: true, voice: voice{codec: c}}
		t := &seat{session: s}
		s.seat = t
		r.seats, all = append(r.seats, t), append(all, t)
	}
	return r, all
}

// mixed is what a party hears in this beat.
func (r *Room) mixed(t *seat) (out [mixFrame]int16) {
	for k, v := range r.sum {
		v -= int32(t.own[k])
		for _, o := range t.apart {
			v -= int32(o.own[k])
		}
		out[k] = int16(v)
	}
	return out
}

// say lets parties speak tones for some beats and gives what each heard.
func (r *Room) say(p []*seat, tones []float64, rates []int, from, to int) [][]int16 {
	heard := make([][]int16, len(p))
	for beat := from; beat < to; beat++ {
		for i, s := range p {
			size := rates[i] / 50
			samples := audio.Tones([]float64{tones[i]}, -15, rates[i], to*size)[beat*size : (beat+1)*size]
			s.put(header{ssrc: uint32(i + 1), stamp: uint32(beat * 160)}, 8000, samples, rates[i])
		}
		r.beat()
		for i, s := range p {
			f := r.mixed(s)
			heard[i] = append(heard[i], f[:]...)
		}
	}
	return heard
}

// Everybody hears all others and never himself; who is muted is heard by nobody; narrow and wide sound meet at one rate.
func TestRoomMixes(t *testing.T) {
	r, p := roomOf(3, noCodec)
	tones, rates := []float64{400, 700, 1100}, []int{8000, 16000, 8000}
	early := r.say(p, tones, rates, 0, 40)
	p[2].muted = true
	late := r.say(p, tones, rates, 40, 60)
	for i := range p {
		for k, hz := range tones {
			share := audio.Purity(early[i][10*mixFrame:35*mixFrame], hz, mixRate)
			if want := k != i; want != (share > 0.3) || !want && share > 0.01 {
				t.Errorf("party %d hears %v Hz with %.2f", i, hz, share)
			}
		}
		if share := audio.Purity(late[i][5*mixFrame:], tones[2], mixRate); i != 2 && share > 0.01 {
			t.Errorf("party %d hears who is muted with %.2f", i, share)
		}
	}
}

// Who does not hear whom is a matrix: one who listens is heard by nobody, one who whispers by one.
func TestRoomMatrix(t *testing.T) {
	r, p := roomOf(3, noCodec)
	r.running = true
	tones, rates := []float64{400, 700, 1100}, []int{8000, 16000, 8000}
	agent, customer, boss := p[0], p[1], p[2]
	at := 0
	check := func(name string, want [3][3]bool) {
		t.Helper()
		heard := r.say(p, tones, rates, at, at+30)
		at += 30
		for i := range p {
			for k, hz := range tones {
				if share := audio.Purity(heard[i][8*mixFrame:], hz, mixRate); want[i][k] != (share > 0.2) || !want[i][k] && share > 0.01 {
					t.Errorf("%s: party %d hears %v Hz with %.2f", name, i, hz, share)
				}
			}
		}
	}
	r.Part(agent.session, boss.session, true)
	r.Part(customer.session, boss.session, true)
	r.Part(customer.session, boss.session, true) // twice is once
	check("listens", [3][3]bool{{false, true, false}, {true, false, false}, {true, true, false}})
	r.Part(agent.session, boss.session, false)
	check("whispers", [3][3]bool{{false, true, true}, {true, false, false}, {true, true, false}})
	r.Part(customer.session, boss.session, false)
	check("is among them", [3][3]bool{{false, true, true}, {true, false, true}, {true, true, false}})
	r.Part(customer.session, boss.session, true)
	r.Leave(boss.session)
	if len(customer.apart) != 0 {
		t.Error("somebody who left is still kept apart")
	}
}

// Everybody hears what a room announces, and it is over when it is.
func TestRoomAnnounces(t *testing.T) {
	r, p := roomOf(2, noCodec)
	var e audio.G722Encoder
	coded := e.Encode(nil, audio.Tones([]float64{1500}, -15, mixRate, mixRate/2))
	r.Announce([]Sound{{Coded: coded}, {Rate: 8000, Samples: audio.Tones([]float64{600}, -15, 8000, 4000), Gap: 100 * time.Millisecond}})
	heard := r.say(p, []float64{300, 350}, []int{8000, 8000}, 0, 70)
	for i := range p {
		if audio.Purity(heard[i][8*mixFrame:22*mixFrame], 1500, mixRate) < 0.3 || audio.Purity(heard[i][28*mixFrame:45*mixFrame], 600, mixRate) < 0.3 {
			t.Errorf("party %d does not hear what is announced", i)
		}
		if audio.Purity(heard[i][56*mixFrame:], 600, mixRate) > 0.01 {
			t.Errorf("party %d hears it still", i)
		}
	}
	if c := Chime(true); len(c) != 2 || c[0].Length() != 100*time.Millisecond {
		t.Errorf("chime %v", c)
	}
}

// Who speaks is told once he clearly does, not at every breath, and nobody when all are quiet.
func TestFloor(t *testing.T) {
	r, p := roomOf(3, noCodec)
	var told []int
	r.watch = func(*Session) {}
	at := 0
	speak := func(who, beats int) {
		for range beats {
			for i, s := range p {
				level := -70.0
				if i == who {
					level = -20
				}
				s.put(header{ssrc: uint32(i + 1), stamp: uint32(at * 160)}, 8000, audio.Tones([]float64{500}, level, 8000, 160), 8000)
			}
			at++
			if _, tell, speaker := r.beat(); tell != nil {
				n := -1
				for i, s := range p {
					if speaker == s.session {
						n = i
					}
				}
				told = append(told, n)
			}
		}
	}
	speak(1, 60)
	speak(-1, 20) // a breath
	speak(1, 40)
	speak(2, 60)
	speak(0, 10) // a cough
	speak(2, 40)
	speak(-1, 150)
	if want := []int{1, 2, -1}; len(told) != 3 || [3]int(told) != [3]int(want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

// Packets that come late, twice, out of order or not at all leave a gap and no more; another clock begins anew.
func TestRoomJitter(t *testing.T) {
	_, p := roomOf(1, noCodec)
	s := p[0]
	one := make([]int16, mixFrame)
	for i := range one {
		one[i] = 1000
	}
	var f [mixFrame]int16
	for _, stamp := range []uint32{0, 320, 160, 160, 640, 800} { // 480 is lost, 160 comes late and twice
		s.put(header{ssrc: 1, stamp: stamp}, 8000, one, mixRate)
	}
	var got []int16
	for range 8 {
		s.take(&f)
		got = append(got, f[0])
	}
	if want := [8]int16{0, 0, 1000, 1000, 1000, 0, 1000, 1000}; [8]int16(got) != want {
		t.Errorf("heard %v, want %v", got, want)
	}
	s.put(header{ssrc: 2, stamp: 99_000_000}, 8000, one, mixRate)
	for i, want := range []int16{0, 0, 1000, 1000} { // the last did not come: what was heard goes on, and fades
		if s.take(&f); f[0] != want {
			t.Errorf("frame %d after another clock: %d, want %d", i, f[0], want)
		}
	}
	for i := range 200 { // a clock that runs much too fast never fills the room
		s.put(header{ssrc: 2, stamp: uint32(99_000_160 + 160*i)}, 8000, one, mixRate)
		if i%2 == 0 {
			s.take(&f)
		}
		if d := s.tail - s.read; d > mixRing {
			t.Fatalf("%d samples wait", d)
		}
	}
}

// Through sockets: three phones in three codecs meet in a room; each hears the two others; who is bridged has left it.
func TestRoomOnTheWire(t *testing.T) {
	e := engine(t)
	formats := []Format{{Payload: 0, Name: "PCMU", Clock: 8000}, {Payload: 8, Name: "PCMA", Clock: 8000}, {Payload: 9, Name: "G722", Clock: 8000}}
	tones := []float64{500, 900, 1400}
	phones, sessions := make([]*phone, 3), make([]*Session, 3)
	r := e.NewRoom()
	for i, f := range formats {
		phones[i], sessions[i] = ring(t, "127.0.0.1"), open(t, e)
		set(t, sessions[i], phones[i].flow(f))
		if err := r.Enter(sessions[i]); err != nil {
			t.Fatal(err)
		}
	}
	stop := make(chan struct{})
	done := make(chan struct{})
	var m opus.Machine
	go func() { // all speak without a pause
		defer close(done)
		tick := time.NewTicker(frame)
		defer tick.Stop()
		coders := []*voice{{codec: codecPCMU}, {codec: codecPCMA}, {codec: codecG722}}
		for n := 0; ; n++ {
			for i, f := range formats {
				rate := coders[i].codec.rate()
				size := rate / 50
				samples := make([]int16, size)
				for k := range samples {
					samples[k] = int16(4000 * math.Sin(2*math.Pi*tones[i]*float64(n*size+k)/float64(rate)))
				}
				phones[i].talk(sessions[i], f.Payload, string(coders[i].encode(&m, nil, samples)))
			}
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	}()
	defer func() { close(stop); <-done }()
	for i := range phones {
		c := codecOf(formats[i])
		got := phones[i].heard(75, c)[c.rate()/2:]
		for k, hz := range tones {
			if share := audio.Purity(got, hz, c.rate()); (k != i) != (share > 0.25) || k == i && share > 0.02 {
				t.Errorf("phone %d hears %v Hz with %.3f", i, hz, share)
			}
		}
	}
	e.Bridge(sessions[0], sessions[1])
	got := phones[2].heard(75, codecG722)[8000:] // it is alone now
	if share := audio.Purity(got, tones[0], 16000); share > 0.02 {
		t.Errorf("who left is heard with %.3f", share)
	}
}

func TestRoomDoesNotAllocate(t *testing.T) {
	for _, c := range []codec{codecPCMU, codecG722} {
		r, p := roomOf(10, c)
		r.watch = func(*Session) {}
		samples := audio.Tones([]float64{440}, -20, 8000, 160)
		stamp := uint32(0)
		if n := testing.AllocsPerRun(100, func() {
			for i, s := range p {
				s.put(header{ssrc: uint32(i), stamp: stamp}, 8000, samples, 8000)
			}
			stamp += 160
			r.beat()
		}); n != 0 {
			t.Errorf("a beat in codec %d allocates %v times", c, n)
		}
	}
}

// BenchmarkRoom is one beat of a room of 50, by party, packets apart: all narrow, half of them wide, all wide. Multiplied by 50 it is
// the time of a party-second.
func BenchmarkRoom(b *testing.B) {
	for _, kind := range []struct {
		name string
		wide int // of two
	}{{"narrow", 0}, {"mixed", 1}, {"wide", 2}} {
		b.Run(kind.name, func(b *testing.B) {
			r, p := roomOf(50, codecPCMU)
			wide, narrow := audio.Tones([]float64{440}, -20, mixRate, mixFrame), audio.Tones([]float64{440}, -20, 8000, mixFrame/2)
			var e audio.G722Encoder
			coded, mu := e.Encode(nil, wide), audio.ToMu(nil, narrow)
			ears := make([]hearing, len(p))
			var room [soundMax]int16
			var m opus.Machine
			for i, s := range p {
				if i%2 < kind.wide {
					s.session.voice.codec = codecG722
				}
			}
			stamp := uint32(0)
			b.ReportAllocs()
			for b.Loop() {
				for i, s := range p {
					payload := mu
					if s.session.voice.codec == codecG722 {
						payload = coded
					}
					c := s.session.voice.codec
					s.put(header{ssrc: 1, stamp: stamp}, c.clock(), ears[i].decode(&m, c, room[:0], payload, c.rate()), c.rate())
				}
				stamp += 160
				r.beat()
			}
			per := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(len(p))
			b.ReportMetric(per, "ns/party")
			b.ReportMetric(per*50/1e6, "ms/party-second")
		})
	}
}

// Whatever the lengths of a party's packets are, its sound comes out in order and whole, many times round the ring.
func TestRingGoesRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s seat
		var h header
		next, last := int16(1), int16(0)
		var f [mixFrame]int16
		for n, came := 0, 0; n < 4*mixRing; n += mixFrame {
			for came < n+mixFrame+mixDelay {
				piece := make([]int16, rapid.SampledFrom([]int{160, 320, 480, 960}).Draw(t, "length"))
				for i := range piece {
					piece[i] = next
					if next++; next > 30000 {
						next = 1
					}
				}
				s.put(h, mixRate, piece, mixRate)
				h.stamp += uint32(len(piece))
				came += len(piece)
			}
			s.take(&f)
			for i, v := range f {
				if last == 0 && v == 0 {
					continue // it waits at first
				}
				if v != last%30000+1 {
					t.Fatalf("sample %d is %d after %d", n+i, v, last)
				}
				last = v
			}
		}
		if last == 0 {
			t.Fatal("nothing came out")
		}
	})
}

// What never came is silence where the ring was used before, at every place of it.
func TestRingForgets(t *testing.T) {
	for lost := range mixRing/mixFrame + 1 {
		var s seat
		var h header
		var f [mixFrame]int16
		piece := make([]int16, mixFrame)
		for i := range piece {
			piece[i] = 1000
		}
		total := mixRing/mixFrame + 2 + lost
		for n := range total + 4 {
			if n != total {
				s.put(h, mixRate, piece, mixRate)
			}
			h.stamp += mixFrame
			s.take(&f)
			gap := n == total+mixDelay/mixFrame
			for i, v := range f {
				if n > mixDelay/mixFrame && n > total-mixRing/mixFrame && (v == 0) != gap {
					t.Fatalf("packet %d was lost: sample %d of beat %d is %d", total, i, n, v)
				}
			}
		}
	}
}
