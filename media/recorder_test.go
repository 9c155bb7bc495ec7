package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"sync"
	"testing"
	"time"

	"tandem/audio"
)

// taped is one recording driven by hand: packets at the test's own time.
type taped struct {
	t     testing.TB
	s     *Session
	p     *phone
	news  chan Event
	sink  bytes.Buffer
	now   time.Duration
	digit string
}

func tape(t testing.TB, r Record, formats ...Format) *taped {
	t.Helper()
	e := engine(t)
	x := &taped{t: t, p: ring(t, "127.0.0.1"), s: open(t, e), now: time.Second}
	set(t, x.s, x.p.flow(formats...))
	x.news = told(x.s)
	if r.Sink == nil {
		r.Sink = &x.sink
	}
	if _, err := x.s.Record(r); err != nil {
		t.Fatal(err)
	}
	return x
}

// packet delivers one packet and lets its time pass.
func (x *taped) packet(b []byte) {
	x.t.Helper()
	x.now += frame
	events, _ := x.s.deliver(x.p.addr(), b, x.now)
	for _, e := range events {
		if e.Kind == EventDigit {
			x.digit += string(e.Digit)
		}
	}
}

// say delivers sound in PCMU.
func (x *taped) say(samples []int16) {
	x.t.Helper()
	for at := 0; at < len(samples); at += 160 {
		x.packet(x.p.packet(0, string(audio.ToMu(nil, samples[at:min(at+160, len(samples))]))))
	}
}

// done waits for the end and returns what was written.
func (x *taped) done() (*Recorded, []int16) {
	x.t.Helper()
	e := next(x.t, x.news, EventRecorded)
	b := x.sink.Bytes()
	samples := make([]int16, len(b)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return e.Recorded, samples
}

// through is what µ-law leaves of a sound.
func through(samples []int16) []int16 { return audio.FromMu(nil, audio.ToMu(nil, samples)) }

func match(t *testing.T, what string, got, want []int16) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d samples, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%s: sample %d is %d, want %d", what, i, got[i], want[i])
			return
		}
	}
}

// What was said is what is written, sample for sample; late packets find their place, doubles change nothing; what was lost
// is filled with what was heard before it, and the next sound is blended in over 4 ms.
func TestRecord(t *testing.T) {
	x := tape(t, Record{Tag: 5}, pcmu, events)
	sound := ramp(160 * 50)
	var packets [][]byte
	for at := 0; at < len(sound); at += 160 {
		packets = append(packets, x.p.packet(0, string(audio.ToMu(nil, sound[at:at+160]))))
	}
	packets[10], packets[12] = packets[12], packets[10] // out of order
	packets[20] = packets[19]                           // doubled, and one is lost
	for _, p := range packets {
		x.packet(p)
	}
	x.s.EndRecord()
	want := through(sound)
	r, got := x.done()
	if level := audio.Level(got[20*160 : 20*160+80]); level < -40 {
		t.Errorf("what was lost is at %.0f dB", level)
	}
	for _, made := range [][2]int{{12 * 160, 12*160 + 32}, {20 * 160, 21*160 + 32}} {
		copy(want[made[0]:made[1]], got[made[0]:made[1]])
	}
	match(t, "recording", got, want)
	if r.End != EndAsked || r.Rate != 8000 || r.Size != 16000 || r.Length != time.Second || r.Level < -20 || r.Level > 0 || r.Err != nil {
		t.Errorf("%+v", r)
	}
	x.s.EndRecord()
	if len(x.news) != 0 {
		t.Error("it ended twice")
	}
}

// A phone that starts a new stream, or keeps silent with its clock or without it, loses nothing of what it says, and the length stays true.
func TestRecordAcrossClocks(t *testing.T) {
	x := tape(t, Record{}, pcmu)
	piece := func() []int16 { return ramp(160 * 10) }
	x.say(piece())
	x.p.time += 8000 // a second of silence that its clock counts
	x.now += time.Second
	x.say(piece())
	x.p.ssrc, x.p.time, x.p.seq = x.p.ssrc+1, 77, 9000 // another stream, half a second later
	x.now += 500 * time.Millisecond
	x.say(piece())
	x.p.time += 1 << 29 // a leap of the clock, at once
	x.say(piece())
	x.s.EndRecord()
	_, got := x.done()
	heard := through(piece())
	var want []int16
	for _, gap := range []int{0, 8000, 4000, 0} {
		want = append(append(want, make([]int16, gap)...), heard...)
	}
	match(t, "recording", got, want)
}

func TestRecordEnds(t *testing.T) {
	tone, quiet := audio.Tones([]float64{500}, -10, 8000, 8000), make([]int16, 8000)
	for _, tt := range []struct {
		name   string
		r      Record
		say    [][]int16
		end    End
		length time.Duration
	}{
		{"longest", Record{Max: 1500 * time.Millisecond}, [][]int16{tone, tone, tone}, EndMax, 1500 * time.Millisecond},
		{"quiet", Record{Quiet: 800 * time.Millisecond}, [][]int16{tone, quiet, tone}, EndQuiet, 1800 * time.Millisecond},
		{"quiet, trimmed", Record{Quiet: 800 * time.Millisecond, Trim: true}, [][]int16{quiet[:4000], tone, quiet, tone}, EndQuiet, 1800 * time.Millisecond},
		{"nothing said", Record{Quiet: 2 * time.Second, Trim: true}, [][]int16{quiet, quiet, quiet}, EndQuiet, 0},
		{"a pause within is kept", Record{Trim: true, Max: 3400 * time.Millisecond}, [][]int16{quiet, tone, quiet, tone, tone}, EndMax, 3400 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := tape(t, tt.r, pcmu)
			for _, s := range tt.say {
				x.say(s)
			}
			r, got := x.done()
			if r.End != tt.end || r.Length != tt.length || int64(2*len(got)) < r.Size {
				t.Errorf("%+v, %d samples written", r, len(got))
			}
			if l := r.Level; tt.length > 0 && math.Abs(l+10) > 0.5 || tt.length == 0 && l > -80 {
				t.Errorf("level %f", l)
			}
		})
	}
}

func TestRecordTrimsTheEnd(t *testing.T) {
	x := tape(t, Record{Trim: true}, pcmu)
	x.say(audio.Tones([]float64{500}, -10, 8000, 8000))
	x.say(make([]int16, 24000))
	x.s.EndRecord()
	if r, got := x.done(); r.Length < time.Second || r.Length > 1500*time.Millisecond || len(got) < 30000 {
		t.Errorf("%+v of %d samples", r, len(got))
	}
}

// A key ends the recording, as an event and as a tone; its tone is not kept.
func TestRecordStopsOnKey(t *testing.T) {
	tone := audio.Tones([]float64{500}, -10, 8000, 8000)
	event := func(x *taped, code byte) {
		for i := range 3 {
			x.packet(rtpPacket(101, x.p.seq+uint16(i)+1, x.p.time+160, x.p.ssrc, []byte{code, 10, 0, byte(i + 1)}))
		}
		x.p.seq += 3
		x.p.time += 320
	}
	x := tape(t, Record{StopOn: "#"}, pcmu, events)
	x.say(tone)
	event(x, 5)
	x.say(tone)
	event(x, 11)
	x.say(tone)
	if r, _ := x.done(); r.End != EndDigit || x.digit != "5#" || r.Length < 2*time.Second || r.Length > 2100*time.Millisecond {
		t.Errorf("%+v after %q", r, x.digit)
	}
	x = tape(t, Record{StopOn: "#"}, pcmu)
	x.say(tone)
	x.say(audio.KeyTone('7', -12, 800))
	x.say(tone)
	x.say(audio.KeyTone('#', -12, 1600))
	if r, got := x.done(); r.End != EndDigit || x.digit != "7#" || r.Length > 2110*time.Millisecond || r.Length < 1990*time.Millisecond ||
		audio.Purity(got[len(got)-8000 : len(got)-800][:7000], 500, 8000) < 0.9 {
		t.Errorf("%+v after %q", r, x.digit)
	}
}

// Where telephone events were agreed on, tones in the sound are no keys; in a talk nobody listens; a faint event is none.
func TestKeysInTheSound(t *testing.T) {
	x := tape(t, Record{}, pcmu, events)
	x.say(audio.KeyTone('7', -12, 1600))
	x.packet(rtpPacket(101, x.p.seq+1, x.p.time+160, x.p.ssrc, []byte{3, 55, 0, 1}))
	if x.digit != "" {
		t.Errorf("heard %q", x.digit)
	}
	x = tape(t, Record{}, g722)
	x.s.EndRecord()
	var coder audio.G722Encoder
	coded := coder.Encode(nil, audio.Resample(audio.KeyTone('9', -12, 1600), 8000, 16000))
	for at := 0; at < len(coded); at += 160 {
		x.packet(x.p.packet(9, string(coded[at:at+160])))
	}
	if x.digit != "9" {
		t.Errorf("in G.722 heard %q", x.digit)
	}
	other := open(t, x.s.engine)
	x.s.engine.Bridge(x.s, other)
	if x.s.ear != nil {
		t.Error("the house listens to a talk")
	}
}

// full takes a few bytes and then no more.
type full struct {
	mu   sync.Mutex
	left int
	wait chan struct{}
}

var errFull = errors.New("no space left")

func (f *full) Write(b []byte) (int, error) {
	if f.wait != nil {
		<-f.wait
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

// A disk that is full or stands still ends the recording, never the call (CR-02).
func TestRecordToABadDisk(t *testing.T) {
	tone := audio.Tones([]float64{500}, -10, 8000, 8000)
	x := tape(t, Record{Sink: &full{left: 5000}}, pcmu)
	for range 3 {
		x.say(tone)
	}
	if e := next(t, x.news, EventRecorded).Recorded; e.End != EndSink || !errors.Is(e.Err, errFull) {
		t.Errorf("%+v", e)
	}
	stuck := make(chan struct{})
	x = tape(t, Record{Sink: &full{left: 1 << 30, wait: stuck}}, pcmu)
	for range 60 {
		x.say(tone)
	}
	x.s.mu.Lock()
	going := x.s.record != nil
	x.s.mu.Unlock()
	if going {
		t.Error("a minute of sound waits for the disk")
	}
	close(stuck)
	if e := next(t, x.news, EventRecorded).Recorded; e.End != EndSink || e.Length < 30*time.Second || e.Length > 40*time.Second {
		t.Errorf("%+v", e)
	}
}

// Closing the session, and closing the engine, write what was heard.
func TestRecordUntilTheEnd(t *testing.T) {
	x := tape(t, Record{Rate: 16000}, pcmu)
	x.say(audio.Tones([]float64{500}, -10, 8000, 8000))
	x.s.Close()
	r, got := x.done()
	if r.End != EndClosed || r.Rate != 16000 || len(got) != 16000 || audio.Purity(got[400:], 500, 16000) < 0.999 {
		t.Errorf("%+v, %d samples", r, len(got))
	}
	x = tape(t, Record{}, pcmu)
	x.say(ramp(1600))
	x.s.engine.Close()
	if r, got = x.done(); r.End != EndClosed || len(got) != 1600 {
		t.Errorf("%+v, %d samples", r, len(got))
	}
}

// Both at once on real packets: the phone hears the house, and the house what the phone says.
func TestPlayWhileRecording(t *testing.T) {
	e := engine(t)
	a, sa := ring(t, "127.0.0.1"), open(t, e)
	set(t, sa, a.flow(pcma))
	news := told(sa)
	var sink bytes.Buffer
	if _, err := sa.Record(Record{Sink: &sink}); err != nil {
		t.Fatal(err)
	}
	play(t, sa, Playlist{Sounds: []Sound{{Samples: ramp(1600)}}})
	said := audio.ToA(nil, ramp(1600))
	for i := range 10 {
		a.talk(sa, 8, string(said[160*i:160*i+160]))
		if packet := a.hear(); !bytes.Equal(packet[12:], said[160*i:160*i+160]) {
			t.Error("another sound")
		}
	}
	next(t, news, EventPlayed)
	for sa.Stats().Received.Packets < 10 {
		time.Sleep(time.Millisecond)
	}
	sa.EndRecord()
	r := next(t, news, EventRecorded).Recorded
	if want := (audio.WAV{Rate: 8000, Samples: audio.FromA(nil, said)}).Encode()[audio.WAVHead:]; !bytes.Equal(sink.Bytes(), want) || r.Size != 3200 {
		t.Errorf("%d bytes recorded, %+v", sink.Len(), r)
	}
}

func TestRecordingDoesNotAllocate(t *testing.T) {
	for _, f := range []Format{pcmu, g722} {
		x := tape(t, Record{Sink: io.Discard}, f)
		l := &loop{engine: x.s.engine, epoll: -1}
		l.from = rawAddr(x.p.addr(), false)
		b := x.p.packet(f.Payload, string(make([]byte, 160)))
		one := func() {
			x.now += frame
			x.p.seq++
			x.p.time += 160
			binary.BigEndian.PutUint16(b[2:], x.p.seq)
			binary.BigEndian.PutUint32(b[4:], x.p.time)
			n := copy(l.in[:], b)
			x.s.mu.Lock()
			x.s.hearRTP(l, l.in[:n], x.now)
			x.s.mu.Unlock()
			l.events = l.events[:0]
		}
		for range 2000 {
			one()
		}
		if n := testing.AllocsPerRun(2000, one); n > 0 {
			t.Errorf("%s: %f allocations a packet", f.Name, n)
		}
	}
}
