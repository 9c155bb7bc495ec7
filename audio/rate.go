package audio

import "math"

// half is a low-pass at a quarter of the rate in which every other tap but the middle one is zero; only the taps at odd distance
// from the middle are kept. It lets 3.4 kHz of 16 kHz sound through and keeps what would fold below it 60 dB down.
var half = halfBand()

// taps are on each side of the middle.
const taps = 24

func halfBand() (h [taps]float32) {
	var sum float64
	for i := range h {
		at := float64(2*i + 1)
		x := at / (2 * taps)
		window := 0.42 + 0.5*math.Cos(math.Pi*x) + 0.08*math.Cos(2*math.Pi*x) // Blackman
		v := math.Sin(math.Pi*at/2) / (math.Pi * at) * window
		h[i] = float32(v)
		sum += 2 * v
	}
	for i := range h {
		h[i] *= float32(0.5 / sum)
	}
	return h
}

// piece is how many outputs are made of one stretch of memory.
const piece = 160

// Halver makes 8 kHz sound of 16 kHz sound, piece by piece. The zero value is ready.
type Halver struct{ even, odd [2 * taps]float32 } // samples by turns, the newest at the end

// Doubler makes 16 kHz sound of 8 kHz sound, piece by piece. The zero value is ready.
type Doubler struct{ past [2 * taps]float32 }

// Halve appends half as many samples to dst; an odd last sample is left out.
func (h *Halver) Halve(dst, samples []int16) []int16 {
	var even, odd [2*taps - 1 + piece]float32
	for len(samples) >= 2 {
		n := min(len(samples)/2, piece)
		copy(even[:], h.even[1:])
		copy(odd[:], h.odd[1:])
		for i := range n {
			even[2*taps-1+i], odd[2*taps-1+i] = float32(samples[2*i]), float32(samples[2*i+1])
		}
		for i := range n {
			dst = append(dst, round(even[i+taps]/2+fold((*[2 * taps]float32)(odd[i:]))))
		}
		copy(h.even[:], even[n-1:])
		copy(h.odd[:], odd[n-1:])
		samples = samples[2*n:]
	}
	return dst
}

// Double appends two samples to dst for each one.
func (d *Doubler) Double(dst, samples []int16) []int16 {
	var line [2*taps - 1 + piece]float32
	for len(samples) > 0 {
		n := min(len(samples), piece)
		copy(line[:], d.past[1:])
		for i, v := range samples[:n] {
			line[2*taps-1+i] = float32(v)
		}
		for i := range n {
			dst = append(dst, int16(line[i+taps-1]), round(2*fold((*[2 * taps]float32)(line[i:]))))
		}
		copy(d.past[:], line[n-1:])
		samples = samples[n:]
	}
	return dst
}

// fold is what the filter gives between the two samples in the middle of a line. It adds up in four sums, because none of them waits for another.
func fold(line *[2 * taps]float32) float32 {
	var a, b, c, d float32
	for i := 0; i < taps; i += 4 {
		l, r, h := (*[4]float32)(line[taps-4-i:]), (*[4]float32)(line[taps+i:]), (*[4]float32)(half[i:])
		a += h[0] * (l[3] + r[0])
		b += h[1] * (l[2] + r[1])
		c += h[2] * (l[1] + r[2])
		d += h[3] * (l[0] + r[3])
	}
	return a + b + (c + d)
}

func round(v float32) int16 {
	return int16(math.RoundToEven(float64(min(max(v, math.MinInt16), math.MaxInt16))))
}

// Resample brings whole sound from one rate to another, with a band limit a little below the lower one's half.
func Resample(samples []int16, from, to int) []int16 {
	if from == to || from <= 0 || to <= 0 || len(samples) == 0 {
		return samples
	}
	const zeros = 24 // of the sinc on each side
	cut := min(1, float64(to)/float64(from)) * 0.96
	reach := zeros / cut
	out := make([]int16, int(int64(len(samples))*int64(to)/int64(from)))
	side := int(reach) + 1
	kernels := map[int][]float32{} // by where between two samples an output lies; there are as many as the rates differ
	for i := range out {
		whole, part := int(int64(i)*int64(from)/int64(to)), int(int64(i)*int64(from)%int64(to))
		k := kernels[part]
		if k == nil {
			k = kernel(float64(part)/float64(to), cut, reach, side)
			kernels[part] = k
		}
		var sum float32
		first := whole - side
		for j := max(0, -first); j < len(k) && first+j < len(samples); j++ {
			sum += float32(samples[first+j]) * k[j]
		}
		out[i] = round(sum)
	}
	return out
}

// kernel are the weights of the samples around a point that lies a part of a sample after the middle one.
func kernel(part, cut, reach float64, side int) []float32 {
	k := make([]float32, 2*side+1)
	for j := range k {
		x := part - float64(j-side)
		if math.Abs(x) >= reach {
			continue
		}
		k[j] = float32(sinc(x*cut) * cut * (0.5 + 0.5*math.Cos(math.Pi*x/reach)))
	}
	return k
}

func sinc(x float64) float64 {
	if math.Abs(x) < 1e-9 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}
