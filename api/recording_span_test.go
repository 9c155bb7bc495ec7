package api

import (
	"bytes"
	"io"
	"slices"
	"testing"
	"time"

	"tandem/audio"
	"tandem/pbx"
)

// whole is a recording of ten seconds that is loud from beginning to end.
type whole struct{ *bytes.Reader }

func (whole) Close() error { return nil }

func (whole) Peaks(n int) (sides [2][]float32, err error) {
	for i := range sides {
		for range n {
			sides[i] = append(sides[i], 1)
		}
	}
	return sides, nil
}

// Who hears a conference only because he took part hears his own time where the host's group says so, in pieces as in one go, and sees no more of it (D-040).
func TestOwnPartOfAConference(t *testing.T) {
	const second = 8000 * 4
	raw := append(audio.WAVHeader(8000, 2, 10*second), bytes.Repeat([]byte{0x11}, 10*second)...)
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	r := &pbx.Recording{Started: at, Room: "rom_1"}
	spans := []pbx.Interval{{From: at.Add(-time.Minute), Until: at.Add(2 * time.Second)}, {From: at.Add(5 * time.Second), Until: at.Add(7 * time.Second)}}
	open := func(spans []pbx.Interval) Playback {
		p, err := within(whole{bytes.NewReader(raw)}, r, spans)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if all, err := io.ReadAll(open(nil)); err != nil || !bytes.Equal(all, raw) {
		t.Errorf("without a limit something is changed: %v", err)
	}
	if none, err := io.ReadAll(open([]pbx.Interval{})); err != nil || slices.Max(none[audio.WAVHead:]) != 0 {
		t.Errorf("who was never there hears something: %v", err)
	}
	got, err := io.ReadAll(open(spans))
	if err != nil || len(got) != len(raw) || !bytes.Equal(got[:audio.WAVHead], raw[:audio.WAVHead]) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	for s, want := range []byte{0x11, 0x11, 0, 0, 0, 0x11, 0x11, 0, 0, 0} {
		for i, b := range got[audio.WAVHead+s*second : audio.WAVHead+(s+1)*second] {
			if b != want {
				t.Fatalf("second %d, octet %d: %#x", s, i, b)
			}
		}
	}
	p, piece := open(spans), make([]byte, second)
	if _, err := p.Seek(audio.WAVHead+3*second/2, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(p, piece); err != nil || piece[second/2-1] != 0x11 || piece[second/2] != 0 {
		t.Errorf("a piece across the end of his time: %v", err)
	}
	sides, err := p.Peaks(10)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float32{1, 1, 0, 0, 0, 1, 1, 0, 0, 0} {
		if sides[0][i] != want || sides[1][i] != want {
			t.Errorf("step %d shows %v, %v", i, sides[0][i], sides[1][i])
		}
	}
}
