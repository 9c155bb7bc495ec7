package audio

import "math"

// Full is the largest sample.
const Full = math.MaxInt16

// Tone is n samples of a sine at full level. Quieter ones are had by dividing, louder ones do not exist.
// A tone whose samples are used in pieces stays continuous; one that is repeated is only continuous
// when n holds whole periods.
func Tone(hz float64, rate, n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(math.Round(Full * math.Sin(2*math.Pi*hz*float64(i)/float64(rate))))
	}
	return out
}

// Level is the loudness in decibels relative to a full-scale sine: 0 for the loudest tone, −∞ for silence.
func Level(samples []int16) float64 {
	return decibels(power(samples) / (Full * Full / 2.0))
}

// power is the mean square.
func power(samples []int16) float64 {
	if len(samples) == 0 {
		return 0
	}
	var sum float64
	for _, s := range samples {
		sum += float64(s) * float64(s)
	}
	return sum / float64(len(samples))
}

func decibels(ratio float64) float64 { return 10 * math.Log10(ratio) }

// Goertzel is the power of one frequency in the samples, as a mean square, so that it compares with the whole
// (Goertzel 1958, generalised to frequencies between the bins).
func Goertzel(samples []int16, hz float64, rate int) float64 {
	n := float64(len(samples))
	if n == 0 {
		return 0
	}
	c := turn(hz, rate)
	var a, b float64
	for _, s := range samples {
		a, b = float64(s)+c*a-b, a
	}
	return turned(a, b, c, n)
}

// turn is what Goertzel's recursion multiplies by.
func turn(hz float64, rate int) float64 { return 2 * math.Cos(2*math.Pi*hz/float64(rate)) }

// turned is the power that its last two values mean, after n samples.
func turned(a, b, c, n float64) float64 { return 2 * (a*a + b*b - c*a*b) / (n * n) }

// Purity is the share of the sound that is the tone, 0 to 1. A tone through G.711 keeps more than 0.999; silence has 0.
func Purity(samples []int16, hz float64, rate int) float64 {
	whole := power(samples)
	if whole == 0 {
		return 0
	}
	return min(Goertzel(samples, hz, rate)/whole, 1)
}
