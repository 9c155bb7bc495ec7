package media

import "testing"

// How each packet follows the one before it: losses are told from pauses by the numbers, and a new stream from both.
func TestGap(t *testing.T) {
	var g gap
	for i, x := range []struct {
		seq    uint16
		stamp  uint32
		ssrc   uint32
		clock  int
		length int
		want   place
	}{
		{65534, 1000, 1, 8000, 160, place{fresh: true}},
		{65535, 1160, 1, 8000, 160, place{}},
		{1, 1480, 1, 8000, 160, place{lost: 160}},
		{0, 1320, 1, 8000, 160, place{late: true}},
		{1, 1480, 1, 8000, 160, place{late: true}},
		{2, 9640, 1, 8000, 160, place{pause: 8000}},
		{5, 10120, 1, 8000, 160, place{lost: 320}},
		{30, 14120, 1, 8000, 160, place{pause: 3840}}, // too long to be filled
		{31, 14280, 2, 8000, 160, place{fresh: true}},
		{32, 50000, 2, 48000, 960, place{fresh: true}},
		{34, 51920, 2, 48000, 960, place{lost: 960}},
		{35, 100, 2, 48000, 960, place{}}, // its clock went back, its numbers on
		{9000, 1060, 2, 48000, 960, place{fresh: true}},
	} {
		if got := g.take(header{seq: x.seq, stamp: x.stamp, ssrc: x.ssrc}, x.clock, x.length); got != x.want {
			t.Errorf("packet %d: %+v, want %+v", i, got, x.want)
		}
	}
}
