package audio

import "math"

// The measures of concealment, in seconds.
const (
	concealPast  = 0.040 // of sound that is remembered
	concealFade  = 0.060 // after so much that never came, it is silent
	concealShort = 1.0 / 400
	concealLong  = 1.0 / 66
	concealJoin  = 0.004 // what comes again is blended in over so much
)

// Concealer stands in for sound that was lost: it goes on with the pitch that was heard last and fades, in the manner of G.711
// Appendix I. The zero value is ready; one of it is for one rate of 8000 or 16000.
type Concealer struct {
	past   [640]int16 // what was heard last, the newest at the end
	heard  int        // of past
	period int        // of what goes on; 0 while nothing is lost
	made   int        // samples since sound was lost
}

// Heard remembers sound that came. Directly after something was made up, its beginning is blended with how that would go on.
func (c *Concealer) Heard(samples []int16, rate int) {
	if len(samples) == 0 {
		return
	}
	if c.period > 0 {
		n := min(int(concealJoin*float64(rate)), len(samples))
		for i := range n {
			old := c.next(rate)
			samples[i] = int16((int32(old)*int32(n-i) + int32(samples[i])*int32(i)) / int32(n))
		}
		c.period, c.made = 0, 0
	}
	if len(samples) >= len(c.past) {
		copy(c.past[:], samples[len(samples)-len(c.past):])
		c.heard = len(c.past)
		return
	}
	copy(c.past[:], c.past[len(samples):])
	copy(c.past[len(c.past)-len(samples):], samples)
	c.heard = min(c.heard+len(samples), len(c.past))
}

// Fill appends n samples in place of what never came.
func (c *Concealer) Fill(dst []int16, n, rate int) []int16 {
	if c.period == 0 {
		c.period = c.pitch(rate)
	}
	for range n {
		dst = append(dst, c.next(rate))
	}
	return dst
}

// next is the sample after those that were made up.
func (c *Concealer) next(rate int) int16 {
	fade := 1 - float32(c.made)/(concealFade*float32(rate))
	at := len(c.past) - c.period + c.made%c.period
	c.made++
	if fade <= 0 {
		return 0
	}
	return int16(fade * float32(c.past[at]))
}

// pitch is the number of samples after which what was heard last resembles itself most.
func (c *Concealer) pitch(rate int) int {
	short, long := int(concealShort*float64(rate)), int(concealLong*float64(rate))
	window := int(concealPast*float64(rate)) - long
	if c.heard < window+long {
		return long
	}
	step := rate / 8000
	best, period := math.Inf(-1), long
	end := len(c.past)
	for lag := short; lag <= long; lag += step {
		var same, energy float64
		for i := end - window; i < end; i += step {
			same += float64(c.past[i]) * float64(c.past[i-lag])
			energy += float64(c.past[i-lag]) * float64(c.past[i-lag])
		}
		if like := same / math.Sqrt(energy+1); like > best {
			best, period = like, lag
		}
	}
	return period
}
