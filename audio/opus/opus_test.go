package opus

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	foreign "github.com/pion/opus"
)

// What is committed is what SOURCE says: nobody has changed the translation by hand.
func TestSourceIsAsItSays(t *testing.T) {
	says, err := os.ReadFile("libopus/SOURCE")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"libopus.gen.go", "glue.c.txt"} {
		b, err := os.ReadFile(filepath.Join("libopus", name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		if line := "sha256 of " + name + " " + hex.EncodeToString(sum[:]) + "\n"; !strings.Contains(string(says), line) {
			t.Errorf("%s has the sum %x, which SOURCE does not name: run scripts/libopus", name, sum)
		}
	}
	script, err := os.ReadFile("../../scripts/libopus")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"version", "source_sum", "wasm2go"} {
		_, rest, _ := strings.Cut(string(script), "\n"+name+"=")
		value, _, _ := strings.Cut(rest, "\n")
		if value == "" || !strings.Contains(string(says), value) {
			t.Errorf("the script's %s is %q, which SOURCE does not name", name, value)
		}
	}
	if b, err := os.ReadFile("libopus/LICENSE"); err != nil || !bytes.Contains(b, []byte("Redistribution and use in source and binary forms")) {
		t.Error("the licence of libopus is not there")
	}
}

// voiced is something like speech: a pitch that moves, a throat that opens and closes, and pauses.
func voiced(rate, samples int) []int16 {
	out := make([]int16, samples)
	phase := 0.0
	for i := range out {
		s := float64(i) / float64(rate)
		pitch := 120 + 30*math.Sin(2*math.Pi*0.7*s)
		phase += 2 * math.Pi * pitch / float64(rate)
		open := math.Max(0, math.Sin(2*math.Pi*2.3*s)) * math.Max(0, math.Sin(2*math.Pi*0.4*s)+0.5)
		v := 0.0
		for k := 1.0; k*pitch < math.Min(3400, float64(rate)/2); k++ {
			formant := math.Exp(-sq((k*pitch-(600+200*math.Sin(3*s)))/300)) + 0.5*math.Exp(-sq((k*pitch-(1700+300*math.Sin(2*s)))/400))
			v += formant * math.Sin(k*phase)
		}
		out[i] = int16(4000 * open * v)
	}
	return out
}

func sq(x float64) float64 { return x * x }

func coded(t testing.TB, m *Machine, s Settings, in []int16) (packets [][]byte) {
	t.Helper()
	e, err := m.NewEncoder(s)
	if err != nil {
		t.Fatal(err)
	}
	for n := s.Rate / 50 * max(s.Channels, 1); len(in) >= n; in = in[n:] {
		p, err := m.Encode(e, nil, in[:n])
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, p)
	}
	return packets
}

func heard(t testing.TB, m *Machine, rate, channels int, packets [][]byte) (out []int16) {
	t.Helper()
	d, err := m.NewDecoder(rate, channels)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packets {
		if out, err = m.Decode(d, out, p); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// likeness is how far below the first the difference of both is, in decibels, at the shift where they are most alike.
func likeness(in, out []int16, most int) float64 {
	best := math.Inf(-1)
	for delay := 0; delay <= most; delay++ {
		var signal, noise float64
		for i := 2000; i+delay < len(out) && i < len(in); i++ {
			signal += sq(float64(in[i]))
			noise += sq(float64(out[i+delay]) - float64(in[i]))
		}
		best = max(best, 10*math.Log10(signal/max(noise, 1)))
	}
	return best
}

var settings = Settings{Rate: 16000, Bitrate: 24000, Complexity: 5, FEC: true, Loss: 5}

func TestSpeechKeeps(t *testing.T) {
	var m Machine
	for _, c := range []struct {
		rate, bitrate int
		least         float64
	}{{8000, 16000, 10}, {16000, 24000, 10}, {48000, 32000, 10}} {
		in := voiced(c.rate, 4*c.rate)
		packets := coded(t, &m, Settings{Rate: c.rate, Bitrate: c.bitrate, Complexity: 5}, in)
		size := 0
		for _, p := range packets {
			size += len(p)
		}
		if got := size * 8 / 4; got > c.bitrate*12/10 {
			t.Errorf("%d Hz: %d bit/s", c.rate, got)
		}
		out := heard(t, &m, c.rate, 1, packets)
		if len(out) != len(in) {
			t.Fatalf("%d Hz: %d samples became %d", c.rate, len(in), len(out))
		}
		got := likeness(in, out, c.rate/100)
		t.Logf("%d Hz, %d bit/s: %.1f dB", c.rate, size*8/4, got)
		if got < c.least {
			t.Errorf("%d Hz: %.1f dB", c.rate, got)
		}
	}
}

// Two streams through one machine by turns are what they are through two: a codec is nothing but its state.
func TestManyCodecsShareAMachine(t *testing.T) {
	var m, other Machine
	a, b := voiced(16000, 32000), voiced(16000, 48000)[16000:]
	wantA, wantB := coded(t, &m, settings, a), coded(t, &other, settings, b)
	ea, _ := m.NewEncoder(settings)
	eb, _ := m.NewEncoder(settings)
	for i := range wantA {
		pa, err1 := m.Encode(ea, nil, a[i*320:][:320])
		pb, err2 := m.Encode(eb, nil, b[i*320:][:320])
		if err1 != nil || err2 != nil || !bytes.Equal(pa, wantA[i]) || !bytes.Equal(pb, wantB[i]) {
			t.Fatalf("packet %d differs (%v, %v)", i, err1, err2)
		}
	}
}

// Another decoder, not translated from libopus, hears the same.
func TestAnotherDecoderHearsTheSame(t *testing.T) {
	var m Machine
	packets := coded(t, &m, settings, voiced(16000, 64000))
	ours := heard(t, &m, 16000, 1, packets)
	d, err := foreign.NewDecoderWithOutput(16000, 1)
	if err != nil {
		t.Fatal(err)
	}
	var theirs []int16
	out := make([]int16, 5760)
	for _, p := range packets {
		n, err := d.DecodeToInt16(p, out)
		if err != nil {
			t.Fatal(err)
		}
		theirs = append(theirs, out[:n]...)
	}
	if got := likeness(ours, theirs, 40); got < 35 {
		t.Errorf("%.1f dB", got)
	}
}

// The tools of the libopus that the operating system brings read our files and hear what we hear, one stream or two.
func TestToolsHearTheSame(t *testing.T) {
	var m Machine
	packets := coded(t, &m, settings, voiced(16000, 96000))
	ours := heard(t, &m, 48000, 1, packets)[int(oggDelay):]
	for _, streams := range []int{1, 2} {
		o, file := NewOgg(streams, 7)
		for i, p := range packets {
			if streams == 1 {
				file = o.Add(file, p)
			} else {
				file = o.Add(file, p, packets[len(packets)-1-i])
			}
		}
		theirs := played(t, o.End(file), streams)
		if got := likeness(ours, theirs, 0); got < 60 || len(theirs) != len(ours) {
			t.Errorf("%d streams: opusdec hears something else: %.1f dB, %d samples instead of %d", streams, got, len(theirs), len(ours))
		}
	}
}

// Our encoder is about as good as the one of opusenc, which does not filter out what lies below the voice.
func TestEncoderIsAsGoodAsTheTool(t *testing.T) {
	var m Machine
	in := voiced(48000, 4*48000)
	packets := coded(t, &m, Settings{Rate: 48000, Bitrate: 24000, Complexity: 5}, in)
	o, file := NewOgg(1, 7)
	for _, p := range packets {
		file = o.Add(file, p)
	}
	dir := t.TempDir()
	source, result := filepath.Join(dir, "in.raw"), filepath.Join(dir, "out.opus")
	var pcm []byte
	for _, v := range in {
		pcm = binary.LittleEndian.AppendUint16(pcm, uint16(v))
	}
	if err := os.WriteFile(source, pcm, 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "opusenc", "--quiet", "--speech", "--bitrate", "24", "--comp", "5", "--raw", "--raw-rate", "48000", "--raw-chan", "1", source, result)
	coded, err := os.ReadFile(result)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := likeness(in, played(t, o.End(file), 1), 400), likeness(in, played(t, coded, 1), 400)
	t.Logf("ours %.1f dB, opusenc %.1f dB", ours, theirs)
	if ours < theirs-3 {
		t.Errorf("our encoder keeps %.1f dB, opusenc %.1f", ours, theirs)
	}
}

// played is what opusdec makes of a file: the first of its channels.
func played(t *testing.T, file []byte, channels int) (samples []int16) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.opus")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out := run(t, "opusdec", "--quiet", "--rate", "48000", "--no-dither", name, "-")
	for ; len(out) >= 2*channels; out = out[2*channels:] {
		samples = append(samples, int16(binary.LittleEndian.Uint16(out)))
	}
	return samples
}

func run(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.WaitDelay = 10 * time.Second
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s (scripts/test-deps installs it): %v: %s", name, err, stderr.String())
	}
	return out
}

// Every tenth packet is lost, in bursts of one: what the next one repeats is nearer to the truth than a guess, and that nearer than silence.
func TestLossIsConcealed(t *testing.T) {
	var m Machine
	s := settings
	s.Loss = 15
	in := voiced(16000, 96000)
	packets := coded(t, &m, s, in)
	whole := heard(t, &m, 16000, 1, packets)
	lossy := func(how int) []int16 {
		d, err := m.NewDecoder(16000, 1)
		if err != nil {
			t.Fatal(err)
		}
		var out []int16
		for i, p := range packets {
			lost := i%10 == 5
			switch {
			case !lost:
				out, err = m.Decode(d, out, p)
			case how == 0:
				out = append(out, make([]int16, 320)...)
			case how == 1:
				out, err = m.Conceal(d, out, 320)
			default:
				out, err = m.Recover(d, out, packets[i+1], 320)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	silent, guessed, repeated := likeness(whole, lossy(0), 0), likeness(whole, lossy(1), 0), likeness(whole, lossy(2), 0)
	t.Logf("silence %.1f dB, concealed %.1f dB, repeated %.1f dB", silent, guessed, repeated)
	if guessed < silent || repeated < guessed+1 {
		t.Errorf("silence %.1f dB, concealed %.1f dB, repeated %.1f dB", silent, guessed, repeated)
	}
	has := 0
	for _, p := range packets {
		if m.HasFEC(p) {
			has++
		}
	}
	if has < len(packets)/3 {
		t.Errorf("%d of %d packets repeat something", has, len(packets))
	}
}

func TestSilenceNeedNotBeSent(t *testing.T) {
	var m Machine
	s := settings
	s.DTX = true
	quiet := 0
	for _, p := range coded(t, &m, s, make([]int16, 64000)) {
		if len(p) <= 2 {
			quiet++
		}
	}
	if quiet < 150 {
		t.Errorf("%d of 200 packets of silence need not be sent", quiet)
	}
}

func TestStereoKeepsSidesApart(t *testing.T) {
	var m Machine
	voice := voiced(16000, 48000)
	both := make([]int16, 2*len(voice))
	for i, v := range voice {
		both[2*i] = v
	}
	out := heard(t, &m, 16000, 2, coded(t, &m, Settings{Rate: 16000, Channels: 2, Bitrate: 48000, Complexity: 5}, both))
	var left, right float64
	for i := 0; i+1 < len(out); i += 2 {
		left, right = left+sq(float64(out[i])), right+sq(float64(out[i+1]))
	}
	if db := 10 * math.Log10(left/max(right, 1)); db < 20 {
		t.Errorf("the silent side is only %.1f dB below the other", db)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	var m Machine
	for _, s := range []Settings{{Rate: 11025, Bitrate: 24000}, {Rate: 16000, Channels: 3, Bitrate: 24000}, {Rate: 16000, Bitrate: 24000, Complexity: 11}, {Rate: 16000, Bitrate: -5}} {
		if _, err := m.NewEncoder(s); !errors.Is(err, ErrSettings) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if _, err := m.NewDecoder(44100, 1); !errors.Is(err, ErrSettings) {
		t.Error(err)
	}
	if _, err := m.NewDecoder(16000, 0); !errors.Is(err, ErrSettings) {
		t.Error(err)
	}
	e, err := m.NewEncoder(settings)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Encode(e, nil, make([]int16, 317)); !errors.Is(err, ErrSettings) {
		t.Errorf("a frame of 317 samples: %v", err)
	}
}

func TestSamples(t *testing.T) {
	for _, c := range []struct {
		packet []byte
		want   int
	}{
		{nil, 0}, {[]byte{0x48}, 960}, {[]byte{0x40}, 480}, {[]byte{0x58}, 2880}, {[]byte{0x78}, 960}, {[]byte{0xf8}, 960}, {[]byte{0xe0}, 120},
		{[]byte{0x49}, 1920}, {[]byte{0x4b, 3}, 2880}, {[]byte{0x4b}, 0}, {[]byte{0x5b, 3}, 0},
	} {
		if got := Samples(c.packet); got != c.want {
			t.Errorf("%x: %d, want %d", c.packet, got, c.want)
		}
	}
}

// Whatever comes, the decoder says no or gives as much sound as the packet says, and goes on.
// A packet is silent when its coder found no voice, in each of its frames and on both sides.
func TestSilentPackets(t *testing.T) {
	for _, tt := range []struct {
		name   string
		packet []byte
		silent bool
	}{
		{"nothing", nil, false},
		{"the pause goes on", []byte{0x48}, true},
		{"SILK, 20 ms, no voice", []byte{0x48, 0x3f, 1}, true},
		{"SILK, 20 ms, voice", []byte{0x48, 0x80, 1}, false},
		{"SILK, 20 ms, the one before is repeated", []byte{0x48, 0x40, 1}, false},
		{"SILK, 60 ms, voice in the third frame", []byte{0x58, 0x20, 1}, false},
		{"SILK, 60 ms, no voice", []byte{0x58, 0x0f, 1}, true},
		{"SILK, stereo, voice on the second side", []byte{0x4c, 0x20, 1}, false},
		{"SILK, stereo, no voice", []byte{0x4c, 0x0f, 1}, true},
		{"hybrid, 20 ms, no voice", []byte{0x78, 0x3f, 1}, true},
		{"hybrid, 20 ms, voice", []byte{0x78, 0xbf, 1}, false},
		{"CELT, the silence of a muted microphone", []byte{0xf8, 0xff, 0xfe}, true},
		{"CELT", []byte{0xf8, 0x01, 0x02, 0x03}, false},
		{"SILK, two frames", []byte{0x49, 0x00, 0x00, 0x00, 0x00}, false},
	} {
		if got := IsSilent(tt.packet); got != tt.silent {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	// What libopus itself finds: silence after speech.
	var m Machine
	in := append(voiced(16000, 48000), make([]int16, 48000)...)
	packets := coded(t, &m, settings, in)
	n := 0
	for _, p := range packets[len(packets)-100:] {
		if IsSilent(p) {
			n++
		}
	}
	if n < 100 {
		t.Errorf("%d of the last 100 packets, of pure silence, are silent", n)
	}
	voice := 0
	for _, p := range packets[:150] {
		if !IsSilent(p) {
			voice++
		}
	}
	if voice < 40 { // most of it is pauses
		t.Errorf("%d of 150 packets of speech have voice", voice)
	}
}

func FuzzDecode(f *testing.F) {
	var m Machine
	for i, p := range coded(f, &m, settings, voiced(16000, 16000)) {
		if i%10 == 0 {
			f.Add(p, []byte{0x78, 1, 2, 3})
		}
	}
	f.Add([]byte{0xff, 0x3f}, []byte{3})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var m Machine
		d, err := m.NewDecoder(16000, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range [][]byte{a, b, a} {
			out, err := m.Decode(d, nil, p)
			switch {
			case err != nil && !errors.Is(err, ErrPacket):
				t.Fatal(err)
			case err == nil && len(out) != Samples(p)/3:
				t.Fatalf("%x: %d samples, said to be %d", p, len(out), Samples(p)/3)
			}
			m.HasFEC(p)
			IsSilent(p)
			if out, err = m.Recover(d, nil, p, 320); err == nil && len(out) != 320 {
				t.Fatalf("recovered %d samples", len(out))
			}
			if out, err = m.Conceal(d, nil, 320); err != nil || len(out) != 320 {
				t.Fatalf("concealed %d samples: %v", len(out), err)
			}
		}
	})
}

// An encoder takes more or less effort from one packet to the next; another one does not notice.
func TestSetComplexity(t *testing.T) {
	var m Machine
	in := voiced(16000, 16000)
	s := settings
	s.Rate, s.Complexity = 16000, 5
	e, err := m.NewEncoder(s)
	if err != nil {
		t.Fatal(err)
	}
	for ; len(in) > 8000; in = in[320:] {
		if _, err = m.Encode(e, nil, in[:320]); err != nil {
			t.Fatal(err)
		}
	}
	less := e.Clone(nil)
	if err := m.SetComplexity(less, 0); err != nil {
		t.Fatal(err)
	}
	back := less.Clone(nil)
	if err := m.SetComplexity(back, 5); err != nil {
		t.Fatal(err)
	}
	var packets [3][]byte
	for i, x := range []*Encoder{e, less, back} {
		if packets[i], err = m.Encode(x, nil, in[:320]); err != nil {
			t.Fatal(err)
		}
	}
	if bytes.Equal(packets[0], packets[1]) || !bytes.Equal(packets[0], packets[2]) {
		t.Errorf("complexity 5 %x, 0 %x, 5 again %x", packets[0], packets[1], packets[2])
	}
	if err := m.SetComplexity(e, 11); !errors.Is(err, ErrSettings) {
		t.Errorf("complexity 11: %v", err)
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, rate := range []int{8000, 16000, 48000} {
		for _, complexity := range []int{0, 3, 5} {
			b.Run(strconv.Itoa(rate)+"Hz/complexity"+strconv.Itoa(complexity), func(b *testing.B) {
				var m Machine
				in, n := voiced(rate, 4*rate), rate/50
				e, err := m.NewEncoder(Settings{Rate: rate, Bitrate: 24000, Complexity: complexity, FEC: true, Loss: 5})
				if err != nil {
					b.Fatal(err)
				}
				out := make([]byte, 0, MostBytes)
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					if _, err := m.Encode(e, out, in[i*n%(len(in)-n):][:n]); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, rate := range []int{8000, 16000, 48000} {
		b.Run(strconv.Itoa(rate)+"Hz", func(b *testing.B) {
			var m Machine
			packets := coded(b, &m, settings, voiced(16000, 64000))
			d, err := m.NewDecoder(rate, 1)
			if err != nil {
				b.Fatal(err)
			}
			out := make([]int16, 0, mostSamples)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if _, err := m.Decode(d, out, packets[i%len(packets)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
