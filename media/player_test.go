package media

import (
	"bytes"
	"errors"
	"math"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/audio"
	"tandem/audio/opus"
)

var g722 = Format{Payload: 9, Name: "G722", Clock: 8000}

// told collects what a session notices.
func told(s *Session) chan Event {
	c := make(chan Event, 100)
	s.Watch(func(e Event) { c <- e })
	return c
}

func next(t testing.TB, c chan Event, kind EventKind) Event {
	t.Helper()
	for {
		select {
		case e := <-c:
			if e.Kind == kind {
				return e
			}
		case <-time.After(guard):
			t.Fatalf("event %d never came", kind)
		}
	}
}

// ramp is a signal of which every sample is told from its neighbours.
func ramp(n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(i*37%20000 - 10000)
	}
	return out
}

// What is played arrives sample for sample, in one stream whose numbers and times go on from packet to packet.
func TestPlay(t *testing.T) {
	e := engine(t)
	a, sa := ring(t, "127.0.0.1"), open(t, e)
	set(t, sa, a.flow(Format{Payload: 18, Name: "G729", Clock: 8000}, pcmu, g722, events))
	news := told(sa)
	sound := ramp(1000)
	if err := sa.Play(Playlist{Sounds: []Sound{{Samples: sound[:333]}, {}, {Samples: sound[333:]}}, Tag: 7}); err != nil {
		t.Fatal(err)
	}
	var heard []byte
	var last header
	for i := range 7 {
		packet := a.hear()
		h, ok := parseRTP(packet)
		if !ok || h.payload != 0 || len(packet) != 172 || h.ssrc != sa.stream.ssrc || h.marker != (i == 0) {
			t.Fatalf("packet %d: %+v, %d bytes", i, h, len(packet))
		}
		if i > 0 && (h.seq != last.seq+1 || h.stamp != last.stamp+160) {
			t.Errorf("packet %d: %+v after %+v", i, h, last)
		}
		heard, last = append(heard, packet[12:]...), h
	}
	if want := audio.ToMu(nil, sound); !bytes.Equal(heard[:1000], want) {
		t.Error("it is another sound")
	}
	if ev := next(t, news, EventPlayed); ev.Tag != 7 {
		t.Errorf("%+v", ev)
	}
	a.silent()
	if st := sa.Stats(); st.Sent.Packets != 7 || st.Sent.Bytes != 1120 || st.Unsent != 0 {
		t.Errorf("%+v", st)
	}
}

// heard decodes n packets in a codec.
func (p *phone) heard(n int, c codec) (samples []int16) {
	p.t.Helper()
	var e hearing
	var m opus.Machine
	for range n {
		samples = e.decode(&m, c, samples, p.hear()[12:], c.rate())
	}
	return samples
}

// wave is a sound of every kind that holds the same tone.
func waves(hz float64) map[string]Sound {
	wide, narrow := audio.Tones([]float64{hz}, -10, 16000, 6400), audio.Tones([]float64{hz}, -10, 8000, 3200)
	var coder audio.G722Encoder
	raw := func(samples []int16) *bytes.Reader {
		return bytes.NewReader(audio.WAV{Rate: 8000, Samples: samples}.Encode()[audio.WAVHead:])
	}
	return map[string]Sound{
		"wide samples":   {Rate: 16000, Samples: wide},
		"narrow samples": {Rate: 8000, Samples: narrow},
		"coded":          {Coded: coder.Encode(nil, wide)},
		"wide stream":    {Rate: 16000, Stream: raw(wide), Size: 12800},
		"narrow stream":  {Rate: 8000, Stream: raw(narrow), Size: 6400},
	}
}

// Whatever the sound is kept as, and whatever the phone speaks, it hears the tone; wideband phones hear wideband sound.
func TestPlayInEveryCodec(t *testing.T) {
	e := engine(t)
	for _, f := range []Format{pcmu, pcma, g722} {
		for name, sound := range waves(1200) {
			t.Run(f.Name+" "+name, func(t *testing.T) {
				t.Parallel()
				a, sa := ring(t, "127.0.0.1"), open(t, e)
				set(t, sa, a.flow(f))
				play(t, sa, Playlist{Sounds: []Sound{sound, {Quiet: 3 * frame}}})
				c := codecOf(f)
				samples := a.heard(22, c)
				from := slices.IndexFunc(samples, func(v int16) bool { return v > 3000 }) + c.rate()/50
				middle := samples[from : from+c.rate()/4]
				if p, l := audio.Purity(middle, 1200, c.rate()), audio.Level(middle); p < 0.995 || math.Abs(l+10) > 0.3 {
					t.Errorf("purity %f, level %f", p, l)
				}
			})
		}
	}
	a, sa := ring(t, "127.0.0.1"), open(t, e)
	set(t, sa, a.flow(g722))
	play(t, sa, Playlist{Sounds: []Sound{waves(5600)["coded"]}})
	if p := audio.Purity(a.heard(20, codecG722)[1600:4800], 5600, 16000); p < 0.95 {
		t.Errorf("wideband is lost: purity %f", p)
	}
}

// A prompt, then a person, then the house again: for the phone it is one stream whose time only moves on (DESIGN.md, one stream out).
func TestPlayThenBridge(t *testing.T) {
	for _, sealed := range []bool{false, true} {
		e := engine(t)
		a, b := ring(t, "127.0.0.1"), ring(t, "127.0.0.1")
		sa, sb := open(t, e), open(t, e)
		f := a.flow(pcmu, events)
		plain := func(p []byte) []byte { return p }
		if sealed {
			plain = secure(t, &f, 9).decrypt
		}
		set(t, sa, f)
		set(t, sb, b.flow(pcmu, events))
		news := told(sa)
		var last header
		follows := func(what string, marker bool) {
			t.Helper()
			h, ok := parseRTP(plain(a.hear()))
			step := int32(h.stamp - last.stamp)
			if !ok || last.ssrc != 0 && (h.ssrc != last.ssrc || h.seq != last.seq+1 || step < 160 || step > 16000) || h.marker != marker {
				t.Errorf("%s: %+v after %+v", what, h, last)
			}
			last = h
		}
		announce := func() {
			t.Helper()
			play(t, sa, Playlist{Sounds: []Sound{{Samples: ramp(480)}}})
			for i := range 3 {
				follows("the house", i == 0)
			}
			next(t, news, EventPlayed)
		}
		announce()
		e.Bridge(sa, sb)
		b.talk(sb, 0, "hello")
		follows("bob", true)
		b.talk(sb, 0, "again")
		follows("bob", false)
		announce() // over the bridge
		b.talk(sb, 0, "still here")
		follows("bob after the announcement", true)
		sa.Press('1')
		for i := range 7 {
			h, _ := parseRTP(plain(a.hear()))
			if h.seq != last.seq+1 || i > 0 && h.stamp != last.stamp || i == 0 && int32(h.stamp-last.stamp) < 0 {
				t.Errorf("a key: %+v after %+v", h, last)
			}
			last = h
		}
		e.Unbridge(sa)
		announce()
	}
}

// While the house speaks, nobody else does; a bridge ends what it says.
func TestBridgeAndPlayExcludeEachOther(t *testing.T) {
	e := engine(t, func(c *Config) { c.Loops = 1 })
	a, b, sa, sb := call(t, e, []Format{pcmu}, []Format{pcmu})
	carried := fence(t, e)
	play(t, sa, Playlist{Sounds: []Sound{{Samples: ramp(800)}}, Loop: true})
	a.hear()
	for range 20 {
		b.talk(sb, 0, "not to be heard")
		carried()
	}
	for range 3 {
		if packet := a.hear(); strings.Contains(body(packet), "not to be") {
			t.Fatal("two voices in one stream")
		}
	}
	c, sc := ring(t, "127.0.0.1"), open(t, e)
	set(t, sc, c.flow(pcmu))
	e.Bridge(sa, sc)
	sa.mu.Lock()
	playing := sa.player != nil
	sa.mu.Unlock()
	if playing {
		t.Error("music plays on under a talk")
	}
}

// by drives a player by hand, at the test's own time.
func by(t testing.TB, formats ...Format) (*phone, *Session, func(at time.Duration) (over bool)) {
	t.Helper()
	e := engine(t)
	a, sa := ring(t, "127.0.0.1"), open(t, e)
	if len(formats) > 0 {
		set(t, sa, a.flow(formats...))
	}
	sa.mu.Lock()
	sa.beating = true // the metronome keeps out
	sa.mu.Unlock()
	l := &baton{}
	return a, sa, func(at time.Duration) bool { return sa.speak(l, at) }
}

func play(t testing.TB, s *Session, list Playlist) {
	t.Helper()
	if err := s.Play(list); err != nil {
		t.Fatal(err)
	}
}

// Stopping and replacing fade: no two samples of a full-scale tone's fade differ by more than the tone's own do, and the end is silence.
func TestNoClicks(t *testing.T) {
	tone := audio.Tones([]float64{200}, -3, 8000, 80000)
	steepest := 0
	for i := 1; i < len(tone); i++ {
		steepest = max(steepest, int(math.Abs(float64(tone[i])-float64(tone[i-1]))))
	}
	smooth := func(samples []int16) {
		t.Helper()
		for i := 1; i < len(samples); i++ {
			if d := int(math.Abs(float64(samples[i]) - float64(samples[i-1]))); d > steepest*3/2 { // µ-law adds its part
				t.Errorf("a click of %d at sample %d", d, i)
			}
		}
	}
	a, sa, beat := by(t, pcmu)
	news := told(sa)
	play(t, sa, Playlist{Sounds: []Sound{{Samples: tone}}, Tag: 1})
	for i := range 5 {
		beat(time.Duration(i) * frame)
	}
	play(t, sa, Playlist{Sounds: []Sound{{Samples: tone[:320]}, {Samples: shaped(audio.Tones([]float64{300}, -6, 8000, 1600))}}, Tag: 2})
	for i := range 6 {
		beat(time.Duration(5+i) * frame)
	}
	sa.Stop()
	if !beat(11*frame) || !beat(12*frame) {
		t.Error("it does not end")
	}
	samples := a.heard(12, codecPCMU)
	smooth(samples)
	if last := samples[len(samples)-1]; last > 300 || last < -300 {
		t.Errorf("it ends at %d", last)
	}
	a.silent()
	if len(news) != 0 {
		t.Errorf("of a list that was stopped is told %+v", <-news)
	}
	sa.Stop() // and again, to no effect
}

func TestLoopAndGap(t *testing.T) {
	a, sa, beat := by(t, pcmu)
	play(t, sa, Playlist{Sounds: []Sound{{Samples: slices.Repeat([]int16{8031}, 200), Gap: 15 * time.Millisecond}}, Loop: true}) // 8031 is a step of µ-law
	for i := range 12 {
		if beat(time.Duration(i) * frame) {
			t.Fatal("a loop ends")
		}
	}
	for i, v := range a.heard(12, codecPCMU) {
		if want := i%320 < 200; (v != 0) != want {
			t.Fatalf("sample %d is %d", i, v)
		}
	}
	play(t, sa, Playlist{Loop: true})
	if beat(time.Minute) || !beat(time.Minute+frame) {
		t.Error("an empty loop does not end")
	}
}

// Nobody hears sound that was made before he could; and after a stall the time stamps say how long it was.
func TestPlayWaitsAndCatchesUp(t *testing.T) {
	a, sa, beat := by(t)
	f := a.flow(pcmu)
	f.Remote = netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), 9) // in somebody else's network
	f.Expect = []netip.Addr{a.addr().Addr(), netip.MustParseAddr("192.0.2.1")}
	set(t, sa, f)
	play(t, sa, Playlist{Sounds: []Sound{{Samples: ramp(1600)}}})
	now := sa.engine.now()
	beat(now)
	a.silent()
	set(t, sa, a.flow(pcmu))
	for _, at := range []time.Duration{0, frame, frame + 100*time.Millisecond, 2 * time.Second} {
		beat(now + at)
	}
	var stamps []uint32
	var marks []bool
	for range 4 {
		h, _ := parseRTP(a.hear())
		stamps, marks = append(stamps, h.stamp), append(marks, h.marker)
	}
	if !slices.Equal(marks, []bool{true, false, false, true}) || stamps[1]-stamps[0] != 160 || stamps[2]-stamps[1] != 160 || stamps[3]-stamps[2] < 14000 {
		t.Errorf("stamps %v, markers %v", stamps, marks)
	}
	f = a.flow(pcmu) // hold: the list goes on unheard
	f.Send = false
	set(t, sa, f)
	beat(now + 3*time.Second)
	a.silent()
	if sa.player == nil || sa.player.pos != 800 {
		t.Error("hold stops the time")
	}
}

func TestPlayRefuses(t *testing.T) {
	e := engine(t)
	a, sa := ring(t, "127.0.0.1"), open(t, e)
	if err := sa.Play(Beep()); !errors.Is(err, ErrCodec) {
		t.Errorf("before any agreement: %v", err)
	}
	set(t, sa, a.flow(Format{Payload: 18, Name: "G729", Clock: 8000}, events))
	if err := sa.Play(Beep()); !errors.Is(err, ErrCodec) {
		t.Errorf("only G.729: %v", err)
	}
	if _, err := sa.Record(Record{Sink: &bytes.Buffer{}}); !errors.Is(err, ErrCodec) {
		t.Errorf("only G.729: %v", err)
	}
	sa.Close()
	if err := sa.Play(Beep()); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if _, err := sa.Record(Record{Sink: &bytes.Buffer{}}); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// broken cannot be read beyond some point.
type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errors.New("the disk is gone") }

// What cannot be read is silence as long as it would have been; the call goes on, and so does the list.
func TestPlayWhatCannotBeRead(t *testing.T) {
	e := engine(t)
	a, sa := ring(t, "127.0.0.1"), open(t, e)
	set(t, sa, a.flow(pcmu))
	news := told(sa)
	play(t, sa, Playlist{Sounds: []Sound{{Stream: broken{}, Size: 640}, {Samples: slices.Repeat([]int16{8031}, 160)}}})
	next(t, news, EventPlayed)
	loud := 0
	for _, v := range a.heard(int(sa.Stats().Sent.Packets), codecPCMU) {
		if v != 0 {
			loud++
		}
	}
	if loud != 160 {
		t.Errorf("%d samples of sound", loud)
	}
}

// A stream longer than the blocks in which it is read arrives whole.
func TestPlayLongStream(t *testing.T) {
	a, sa, beat := by(t, pcmu)
	sound := make([]int16, 30000)
	for i := range sound {
		sound[i] = audio.DecodeMu(byte(i * 7 / 3))
	}
	raw := audio.WAV{Rate: 8000, Samples: sound}.Encode()[audio.WAVHead:]
	play(t, sa, Playlist{Sounds: []Sound{{Stream: bytes.NewReader(raw), Size: int64(len(raw))}}})
	var heard []int16
	for i := 0; ; i++ {
		over := beat(time.Duration(i) * frame)
		packet := a.hear()
		heard = append(heard, audio.FromMu(nil, packet[12:])...)
		if over {
			break
		}
	}
	begin := slices.IndexFunc(heard, func(v int16) bool { return v != 0 })
	if begin < 0 {
		t.Fatal("silence")
	}
	// While a block is on its way there may be a frame of silence; here the reader only ever waits for memory.
	var kept []int16
	for at := 0; at+160 <= len(heard); at += 160 {
		if piece := heard[at : at+160]; slices.ContainsFunc(piece, func(v int16) bool { return v != 0 }) {
			kept = append(kept, piece...)
		}
	}
	if !slices.Equal(kept[:min(len(kept), len(sound))], sound) {
		t.Errorf("%d samples arrived of %d, or others", len(kept), len(sound))
	}
}

// Nothing of the house's own work on a packet allocates.
func TestHouseDoesNotAllocate(t *testing.T) {
	for _, f := range []Format{pcmu, g722} {
		for name, sound := range waves(700) {
			_, sa, beat := by(t, f)
			play(t, sa, Playlist{Sounds: []Sound{sound}, Loop: true})
			at := time.Duration(0)
			for range 50 {
				at += frame
				beat(at)
			}
			if name == "narrow stream" || name == "wide stream" {
				continue // each round of the loop is a new feed
			}
			if n := testing.AllocsPerRun(200, func() { at += frame; beat(at) }); n > 0 {
				t.Errorf("%s, %s: %f allocations a packet", f.Name, name, n)
			}
		}
	}
}

// The tones of the house are what they are called.
func TestTones(t *testing.T) {
	for name, tt := range map[string]struct {
		list Playlist
		hz   float64
		long time.Duration
	}{"ringback": {Ringback(), 425, 5 * time.Second}, "busy": {Busy(), 425, 960 * time.Millisecond}, "congestion": {Congestion(), 425, 480 * time.Millisecond}, "beep": {Beep(), 1000, 300 * time.Millisecond}} {
		s := tt.list.Sounds[0]
		if p := audio.Purity(s.Samples, tt.hz, s.Rate); p < 0.98 || s.Length() != tt.long || s.Samples[0] != 0 || s.Samples[len(s.Samples)-1] != 0 {
			t.Errorf("%s: purity %f, length %v", name, p, s.Length())
		}
	}
	if q := Quiet(time.Second); q.Sounds[0].Length() != time.Second || len(Warning().Sounds) != 2 {
		t.Error("quiet or warning")
	}
}

// What plays waits in silence and goes on; wound back it begins again, and wound ahead beyond its end it is over.
func TestPauseAndWind(t *testing.T) {
	e := engine(t)
	a, sa := ring(t, "127.0.0.1"), open(t, e)
	set(t, sa, a.flow(pcmu, events))
	news := told(sa)
	sound := ramp(80000)
	play(t, sa, Playlist{Sounds: []Sound{{Samples: sound}}, Tag: 3})
	coded := audio.ToMu(nil, sound)
	next160 := func() []byte { return a.hear()[12:] }
	if !bytes.Equal(next160(), coded[:160]) {
		t.Fatal("it does not begin at the beginning")
	}
	until := func(what string, holds func([]byte) bool) {
		t.Helper()
		for range 50 {
			if holds(next160()) {
				return
			}
		}
		t.Fatalf("never heard: %s", what)
	}
	quiet := audio.ToMu(nil, make([]int16, 160))
	sa.Pause(true)
	until("silence", func(b []byte) bool { return bytes.Equal(b, quiet) })
	sa.Pause(false)
	until("the sound again", func(b []byte) bool { return !bytes.Equal(b, quiet) && bytes.Contains(coded[160:16000], b) })
	sa.Pause(true)
	sa.Wind(-10 * time.Second)
	until("its beginning", func(b []byte) bool { return bytes.Equal(b, coded[:160]) })
	sa.Wind(20 * time.Second)
	if ev := next(t, news, EventPlayed); ev.Tag != 3 {
		t.Errorf("%+v", ev)
	}
	sa.Wind(time.Second) // nothing plays any more
	sa.Pause(true)
}
