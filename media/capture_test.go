package media

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/audio"
)

// captured is one conversation kept by hand: packets at the test's own time.
type captured struct {
	t    testing.TB
	c    *Capture
	side [2]*Session
	p    [2]*phone
	sink bytes.Buffer
	end  chan Captured
	now  time.Duration
}

func capture(t testing.TB, formats ...Format) *captured {
	t.Helper()
	e := engine(t)
	x := &captured{t: t, end: make(chan Captured, 2)}
	x.c = e.Capture(&x.sink, func(c Captured) { x.end <- c })
	x.c.start = 0
	for i := range x.side {
		x.p[i], x.side[i] = ring(t, "127.0.0.1"), open(t, e)
		x.p[i].time = uint32(1e9 * (i + 1)) // clocks have nothing to do with each other
		set(t, x.side[i], x.p[i].flow(formats...))
		x.side[i].Hear(x.c, i)
	}
	return x
}

// both lets the two say a frame at the same time; an empty payload is silence without packets.
func (x *captured) both(pt uint8, caller, callee []byte) {
	x.t.Helper()
	for i, payload := range [][]byte{caller, callee} {
		b := x.p[i].packet(pt, string(payload))
		if len(payload) > 0 {
			x.side[i].deliver(x.p[i].addr(), b, x.now)
		}
	}
	x.now += frame
}

// done ends the capture and opens what was written.
func (x *captured) done() *Playback {
	x.t.Helper()
	x.c.End()
	x.c.End()
	if told := <-x.end; told.Err != nil {
		x.t.Fatal(told.Err)
	}
	p, err := OpenCapture(bytes.NewReader(x.sink.Bytes()), int64(x.sink.Len()))
	if err != nil {
		x.t.Fatal(err)
	}
	return p
}

func channels(t testing.TB, p *Playback) (left, right []int16) {
	t.Helper()
	b, err := io.ReadAll(io.NewSectionReader(p, 0, p.Size()))
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at+4 <= len(b); at += 4 {
		left = append(left, int16(uint16(b[at])|uint16(b[at+1])<<8))
		right = append(right, int16(uint16(b[at+2])|uint16(b[at+3])<<8))
	}
	return left, right
}

// What each side said is in its own channel, sample for sample, at its moment; what was lost or not said is silence.
func TestCapture(t *testing.T) {
	x := capture(t, pcmu)
	one, two := ramp(160*100), audio.Tone(700, 8000, 160*100)
	want1, want2 := through(one), through(two)
	for at := 0; at < len(one); at += 160 {
		a, b := audio.ToMu(nil, one[at:at+160]), audio.ToMu(nil, two[at:at+160])
		if n := at / 160; n == 30 || n == 31 {
			a = nil
			clear(want1[at : at+160])
		} else if n >= 50 && n < 70 {
			b = nil
			clear(want2[at : at+160])
		}
		x.both(0, a, b)
	}
	p := x.done()
	left, right := channels(t, p)
	if p.Rate() != 8000 || p.Length() != 2*time.Second {
		t.Errorf("%d Hz, %v", p.Rate(), p.Length())
	}
	match(t, "caller", left, want1)
	match(t, "callee", right, want2)
	peaks, err := p.Peaks(4)
	if err != nil || peaks[1][2] > 0 == (peaks[1][1] == 0) || peaks[0][0] == 0 {
		t.Errorf("%v, %v", peaks, err)
	}
}

// Any stretch that is asked for, in any order, is the same sound that reading from beginning to end gives; codecs that remember may
// differ a little after a jump.
func TestCaptureIsReadAnywhere(t *testing.T) {
	for name, codec := range map[string]Format{"PCMA": pcma, "G722": g722} {
		t.Run(name, func(t *testing.T) {
			x := capture(t, codec)
			var wide audio.G722Encoder
			tone := audio.Tone(900, codecOf(codec).rate(), codecOf(codec).rate()*4)
			for at, n := 0, codecOf(codec).rate()/50; at < len(tone); at += n {
				b := audio.ToA(nil, tone[at:at+n])
				if name == "G722" {
					b = wide.Encode(nil, tone[at:at+n])
				}
				x.both(codec.Payload, b, b)
			}
			p := x.done()
			left, right := channels(t, p)
			match(t, "sides", left, right)
			if got := audio.Purity(left[800:], 900, p.Rate()); got < 0.99 {
				t.Errorf("purity %f", got)
			}
			rapid.Check(t, func(t *rapid.T) {
				from := rapid.Int64Range(0, p.Size()).Draw(t, "from")
				b := make([]byte, rapid.IntRange(0, 20000).Draw(t, "length"))
				n, err := p.ReadAt(b, from)
				if err != nil && err != io.EOF || int64(n) != min(int64(len(b)), p.Size()-from) {
					t.Fatalf("%d bytes, %v", n, err)
				}
				for i := range n / 4 * 4 {
					at := from + int64(i)
					if at%2 == 0 && at+1 < from+int64(n) {
						got := int16(uint16(b[i]) | uint16(b[i+1])<<8)
						want := [][]int16{left, right}[at/2%2][at/4]
						if d := int(got) - int(want); d < -60 || d > 60 {
							t.Fatalf("sample %d is %d, want %d", at/4, got, want)
						}
					}
				}
			})
		})
	}
}

// While it is paused nothing is kept, and the time passes (PR-02).
func TestCapturePause(t *testing.T) {
	x := capture(t, pcmu)
	loud := audio.ToMu(nil, audio.Tone(500, 8000, 160))
	for n := range 150 {
		switch n {
		case 50:
			x.c.Pause(true)
		case 100:
			x.c.Pause(false)
		}
		x.both(0, loud, loud)
	}
	left, _ := channels(t, x.done())
	if len(left) != 150*160 || audio.Level(left[50*160:100*160]) > -90 || audio.Level(left[:50*160]) < -20 || audio.Level(left[100*160:]) < -20 {
		t.Errorf("%d samples, %f %f %f", len(left), audio.Level(left[:50*160]), audio.Level(left[50*160:100*160]), audio.Level(left[100*160:]))
	}
}

// A side that is taken out is kept no longer; who comes in its place is, on the same side, at the right moment.
func TestCaptureOfATransfer(t *testing.T) {
	x := capture(t, pcmu)
	low, high := audio.Tone(400, 8000, 160*50), audio.Tone(1200, 8000, 160*50)
	for at := 0; at < len(low); at += 160 {
		x.both(0, nil, audio.ToMu(nil, low[at:at+160]))
	}
	x.side[1].Leave(x.c)
	x.both(0, nil, audio.ToMu(nil, low[:160]))
	x.p[1], x.side[1] = ring(t, "127.0.0.1"), open(t, x.c.engine)
	set(t, x.side[1], x.p[1].flow(pcmu))
	x.side[1].Hear(x.c, TrackCallee)
	for at := 0; at < len(high); at += 160 {
		x.both(0, nil, audio.ToMu(nil, high[at:at+160]))
	}
	_, right := channels(t, x.done())
	if len(right) != 101*160 || audio.Purity(right[:8000], 400, 8000) < 0.99 || audio.Level(right[8000:8160]) > -90 || audio.Purity(right[8160:], 1200, 8000) < 0.99 {
		t.Errorf("%d samples", len(right))
	}
}

// Opus is kept as it came, and decoded when it is heard.
func TestCaptureOpus(t *testing.T) {
	x := capture(t, Format{Payload: 111, Name: "opus", Clock: 48000, Channels: 2})
	silence := []byte{0xf8, 0xff, 0xfe} // 20 ms of nothing, as browsers send
	for range 10 {
		for i := range x.p {
			x.p[i].seq++
			x.p[i].time += 960
			x.side[i].deliver(x.p[i].addr(), rtpPacket(111, x.p[i].seq, x.p[i].time, x.p[i].ssrc, silence), x.now)
		}
		x.now += frame
	}
	if p := x.done(); p.Rate() != 16000 || p.Length() != 200*time.Millisecond {
		t.Errorf("%d Hz, %v", p.Rate(), p.Length())
	}
}

// Cut off after any byte, all that is whole can be heard (CR-01).
func TestCaptureCutAnywhere(t *testing.T) {
	x := capture(t, pcmu)
	sound := ramp(160 * 20)
	for at := 0; at < len(sound); at += 160 {
		x.both(0, audio.ToMu(nil, sound[at:at+160]), nil)
	}
	x.c.End()
	<-x.end
	whole, want := x.sink.Bytes(), through(sound)
	for n := 0; n <= len(whole); n += 1 + n%7 {
		p, err := OpenCapture(bytes.NewReader(whole[:n]), int64(n))
		if n < len(captureHead) {
			if !errors.Is(err, ErrCapture) {
				t.Fatalf("%d bytes: %v", n, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		frames := (n - len(captureHead)) / (captureFrame + 160)
		left, _ := channels(t, p)
		match(t, "what is left", left, want[:frames*160])
	}
}

// A sink that fails ends the capture and tells so; the sessions go on.
func TestCaptureSinkFails(t *testing.T) {
	e := engine(t)
	end := make(chan Captured, 1)
	c := e.Capture(failing{}, func(c Captured) { end <- c })
	s, p := open(t, e), ring(t, "127.0.0.1")
	set(t, s, p.flow(pcmu))
	s.Hear(c, 0)
	for n := range 200 {
		s.deliver(p.addr(), p.packet(0, string(make([]byte, 160))), time.Duration(n)*frame)
	}
	c.End()
	if told := <-end; told.Err == nil {
		t.Error("nobody was told")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// FuzzCapture: no file makes the reader fail otherwise than by an error.
func FuzzCapture(f *testing.F) {
	f.Add([]byte(captureHead), int64(0))
	f.Add(append([]byte(captureHead), 4|2, 0, 0, 0, 0, 1, 0, 0, 0, 3, 0, 1, 2, 3), int64(2))
	f.Add(append([]byte(captureHead), 16|3, 0, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0xf8, 0xff, 0xfe), int64(2))
	f.Fuzz(func(t *testing.T, b []byte, at int64) {
		p, err := OpenCapture(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		if _, err := p.ReadAt(make([]byte, 1000), max(at, 0)); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if p.Size() < 1<<20 {
			if _, err := p.Peaks(10); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// behind is how many pages wait to be written.
func (c *Capture) behind() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pages - len(c.free)
}

// BenchmarkCapture is what a packet of a recorded call costs more than one of another.
func BenchmarkCapture(b *testing.B) {
	for _, on := range []bool{false, true} {
		b.Run(map[bool]string{false: "off", true: "on"}[on], func(b *testing.B) {
			e := engine(b)
			s, p := open(b, e), ring(b, "127.0.0.1")
			set(b, s, p.flow(pcmu))
			c := e.Capture(io.Discard, nil)
			if on {
				s.Hear(c, 0)
			}
			packet := p.packet(0, string(make([]byte, 160)))
			l := &loop{engine: e, epoll: -1}
			l.from = rawAddr(p.addr(), e.six)
			now := time.Duration(0)
			b.ReportAllocs()
			for b.Loop() {
				p.seq++
				packet[2], packet[3] = byte(p.seq>>8), byte(p.seq)
				now += 20 * time.Millisecond
				s.mu.Lock()
				s.hearRTP(l, packet, now)
				s.mu.Unlock()
				for c.behind() > backlog/2 { // nobody talks so fast
					runtime.Gosched()
				}
			}
			if c.ended {
				b.Error("the capture ended")
			}
			c.End()
		})
	}
}
