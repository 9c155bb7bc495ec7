package audio

import "math"

// G.722 at 64 kbit/s (ITU-T G.722): two bands of 4 kHz, each coded as the difference from an adaptive prediction – six bits for the
// lower band, two for the upper. Sixteen thousand samples a second in, eight thousand bytes out; in RTP the clock is 8000 (RFC 3551 §4.5.2).

// G722Encoder codes 16 kHz sound. The zero value is a fresh encoder; one belongs to one stream, because the decoder follows its state.
type G722Encoder struct {
	low, high band
	past      [24]int32 // samples for the filter that splits the bands, oldest first
	started   bool
}

// G722Decoder is the other end. The zero value is a fresh decoder.
type G722Decoder struct {
	low, high band
	past      [24]int32
	started   bool
}

// band is the adaptive predictor and quantiser of one band (§3.5, §3.6); names are those of the Recommendation.
type band struct {
	s, sz int32    // prediction, and its part by the zeros
	nb    int32    // logarithm of the quantiser's scale
	det   int32    // the scale
	a     [3]int32 // poles 1, 2
	b     [7]int32 // zeros 1…6
	d     [7]int32 // quantised differences, 0 is the newest
	r, p  [3]int32 // reconstructed signal; its part by the zeros
}

// The tables of §3: prototype of the mirror filters, decision levels and outputs of the quantisers, scale logarithms.
var (
	mirror = [12]int32{3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11}

	levels6 = [30]int32{0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023,
		1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919}
	out6 = outputs6()
	out4 = [16]int32{0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0}
	out2 = [4]int32{-7408, -1616, 7408, 1616}

	growLow  = [8]int32{-60, -30, 58, 172, 334, 538, 1198, 3042}
	growHigh = [4]int32{798, -214, 798, -214}

	antilog = antilogs()
)

// outputs6 arranges the magnitudes of the 60 steps by their codes: negative ones 4…31, positive ones 32…61, and the two smallest
// negative ones at 62 and 63. The four codes that are never sent are read as the smallest (§3.3).
func outputs6() (out [64]int32) {
	magnitudes := [30]int32{24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000,
		5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136}
	for i, m := range magnitudes {
		out[32+i] = m
		if i < 28 {
			out[4+i] = -m
		} else {
			out[34+i] = -m
		}
	}
	for i := range 4 {
		out[i] = -136
	}
	return out
}

// antilogs are 2048·2^(i/32), cut to whole numbers.
func antilogs() (out [32]int32) {
	for i := range out {
		out[i] = int32(math.Floor(2048*math.Exp2(float64(i)/32) + 0.5))
	}
	return out
}

// sat keeps a number within 16 bits.
func sat(v int32) int32 { return min(max(v, math.MinInt16), math.MaxInt16) }

// sat15 keeps a number within 15 bits.
func sat15(v int32) int32 { return min(max(v, -1<<14), 1<<14-1) }

// Encode codes an even number of samples and appends half as many bytes to dst; an odd last sample is left out.
func (e *G722Encoder) Encode(dst []byte, samples []int16) []byte {
	if !e.started {
		e.low.det, e.high.det, e.started = 32, 8, true
	}
	for ; len(samples) >= 2; samples = samples[2:] {
		copy(e.past[:], e.past[2:])
		e.past[22], e.past[23] = int32(samples[0]), int32(samples[1])
		var odd, even int32
		for i, c := range mirror {
			odd += e.past[2*i] * c
			even += e.past[2*i+1] * mirror[11-i]
		}
		dst = append(dst, e.high.encodeHigh((even-odd)>>14)<<6|e.low.encodeLow((even+odd)>>14))
	}
	return dst
}

// Decode appends two samples to dst for each byte.
func (d *G722Decoder) Decode(dst []int16, coded []byte) []int16 {
	if !d.started {
		d.low.det, d.high.det, d.started = 32, 8, true
	}
	for _, c := range coded {
		low, high := d.low.decodeLow(c&0x3f), d.high.decodeHigh(c>>6)
		copy(d.past[:], d.past[2:])
		d.past[22], d.past[23] = low+high, low-high
		var first, second int32
		for i, c := range mirror {
			second += d.past[2*i] * c
			first += d.past[2*i+1] * mirror[11-i]
		}
		dst = append(dst, int16(sat(first>>11)), int16(sat(second>>11)))
	}
	return dst
}

// encodeLow quantises one sample of the lower band with six bits.
func (b *band) encodeLow(x int32) byte {
	e := sat(x - b.s)
	size, negative := e, e < 0
	if negative {
		size = -(e + 1)
	}
	step := 1
	for step < len(levels6) && size >= levels6[step]*b.det>>12 {
		step++
	}
	var code byte
	switch {
	case !negative:
		code = byte(62 - step)
	case step <= 2:
		code = byte(64 - step)
	default:
		code = byte(34 - step)
	}
	b.adaptLow(code)
	return code
}

// decodeLow is the signal of the lower band for one code.
func (b *band) decodeLow(code byte) int32 {
	r := sat15(b.s + b.det*out6[code]>>15)
	b.adaptLow(code)
	return r
}

// adaptLow moves scale and predictor on by the upper four bits, so that a network may rob the lower two.
func (b *band) adaptLow(code byte) {
	four := code >> 2
	d := b.det * out4[four] >> 15
	b.nb = min(max(b.nb*127>>7+growLow[growOf(four)], 0), 18432)
	b.det = scale(b.nb, 8)
	b.predict(d)
}

// growOf is how large the step was, 0 to 7.
func growOf(four byte) int {
	switch {
	case four == 0 || four == 15:
		return 0
	case four < 8:
		return int(8 - four)
	}
	return int(15 - four)
}

// encodeHigh quantises one sample of the upper band with two bits.
func (b *band) encodeHigh(x int32) byte {
	e := sat(x - b.s)
	size, code := e, byte(3)
	if e < 0 {
		size, code = -(e + 1), 1
	}
	if size >= 564*b.det>>12 {
		code--
	}
	b.adaptHigh(code)
	return code
}

// decodeHigh is the signal of the upper band for one code.
func (b *band) decodeHigh(code byte) int32 {
	r := sat15(b.s + b.det*out2[code]>>15)
	b.adaptHigh(code)
	return r
}

func (b *band) adaptHigh(code byte) {
	d := b.det * out2[code] >> 15
	b.nb = min(max(b.nb*127>>7+growHigh[code], 0), 22528)
	b.det = scale(b.nb, 10)
	b.predict(d)
}

// scale is the quantiser's scale for its logarithm.
func scale(nb, whole int32) int32 {
	v, shift := antilog[nb>>6&31], whole-nb>>11
	if shift < 0 {
		return v << -shift << 2
	}
	return v >> shift << 2
}

// predict takes the newest difference in, adapts poles and zeros by the signs of what came before, and makes the next prediction.
func (b *band) predict(d int32) {
	b.d[0] = d
	b.r[0], b.p[0] = sat(b.s+d), sat(b.sz+d)
	same := func(x, y int32) bool { return (x < 0) == (y < 0) }

	// The second pole, then the first, which the second bounds.
	turn := sat(b.a[1] << 2)
	if same(b.p[0], b.p[1]) {
		turn = sat(-turn)
	}
	pull := int32(-128)
	if same(b.p[0], b.p[2]) {
		pull = 128
	}
	a2 := min(max(pull+turn>>7+b.a[2]*32512>>15, -12288), 12288)
	pull = -192
	if same(b.p[0], b.p[1]) {
		pull = 192
	}
	limit := sat(15360 - a2)
	b.a[1] = min(max(sat(pull+b.a[1]*32640>>15), -limit), limit)
	b.a[2] = a2

	for i := 6; i >= 1; i-- {
		pull = 0
		if d != 0 {
			pull = -128
			if same(d, b.d[i]) {
				pull = 128
			}
		}
		b.b[i] = sat(pull + b.b[i]*32640>>15)
	}
	copy(b.d[1:], b.d[:6])
	b.r[2], b.r[1] = b.r[1], b.r[0]
	b.p[2], b.p[1] = b.p[1], b.p[0]

	poles := sat(b.a[1]*sat(2*b.r[1])>>15 + b.a[2]*sat(2*b.r[2])>>15)
	b.sz = 0
	for i := 6; i >= 1; i-- {
		b.sz += b.b[i] * sat(2*b.d[i]) >> 15
	}
	b.sz = sat(b.sz)
	b.s = sat(poles + b.sz)
}
