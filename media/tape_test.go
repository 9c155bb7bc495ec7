package media

import (
	"bytes"
	"io"
	"runtime"
	"testing"
	"time"

	"tandem/audio"
)

// tapeOf lets a table of three speak, of whom two are kept, and gives what was kept of the room.
func tapeOf(t testing.TB) (*Engine, *Room, []*seat) {
	t.Helper()
	r, p := roomOf(3, noCodec)
	r.running = true
	e := r.engine
	e.scribe = newScribe(e)
	go e.scribe.run()
	t.Cleanup(func() { close(e.scribe.done) })
	return e, r, p
}

// A recorded room is one track, which both channels play: of those who are kept, without what the house says to all, and of nobody while it is paused; it settles and
// stays one track (D-040, PR-01, PR-02).
func TestRoomIsKept(t *testing.T) {
	e, r, p := tapeOf(t)
	var out bytes.Buffer
	done := make(chan Captured, 1)
	c := e.Capture(&out, func(x Captured) { done <- x })
	r.Record(c)
	r.Keep(p[0].session, true)
	r.Keep(p[1].session, true)
	r.Announce([]Sound{{Rate: mixRate, Samples: audio.Tones([]float64{2500}, -12, mixRate, mixRate)}})
	tones, rates := []float64{400, 700, 1100}, []int{8000, 16000, 8000}
	r.say(p, tones, rates, 0, 60)
	c.Pause(true)
	r.say(p, tones, rates, 60, 70)
	c.Pause(false)
	r.Record(nil)
	r.say(p, tones, rates, 70, 80)
	c.End()
	select {
	case told := <-done:
		if told.Err != nil {
			t.Fatal(told.Err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it is not written")
	}
	back, err := OpenCapture(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	small, _ := settledOf(t, back)
	for name, b := range map[string]*Playback{"as it came": back, "settled": small} {
		left, right := channels(t, b)
		if len(left) < 58*mixFrame || len(left) > 63*mixFrame {
			t.Errorf("%s: %d samples of 60 beats", name, len(left))
		}
		part := left[15*mixFrame : 50*mixFrame]
		if a, b, c, d := audio.Purity(part, 400, mixRate), audio.Purity(part, 700, mixRate), audio.Purity(part, 1100, mixRate), audio.Purity(part, 2500, mixRate); a < 0.3 || b < 0.3 || c > 0.01 || d > 0.01 {
			t.Errorf("%s: kept %.2f %.2f, not kept %.3f, announced %.3f", name, a, b, c, d)
		}
		for i := range left {
			if left[i] != right[i] {
				t.Fatalf("%s: the channels differ at %d", name, i)
			}
		}
		if sides, err := b.Peaks(10); err != nil || sides[0][5] == 0 || sides[0][5] != sides[1][5] {
			t.Errorf("%s: it looks like %v, %v", name, sides, err)
		}
	}
}

// BenchmarkTape is what a beat of a recorded room costs more: three who speak.
func BenchmarkTape(b *testing.B) {
	e, r, p := tapeOf(b)
	r.say(p, []float64{400, 700, 1100}, []int{8000, 16000, 8000}, 0, 5)
	for _, s := range p {
		r.Keep(s.session, true)
	}
	c := e.Capture(io.Discard, nil)
	r.Record(c)
	b.ReportAllocs()
	for b.Loop() {
		r.mu.Lock()
		r.keep(0)
		r.mu.Unlock()
		for c.behind() > backlog/2 { // nobody talks so fast
			runtime.Gosched()
		}
	}
}
