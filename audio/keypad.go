package audio

import "math"

// The two groups of frequencies of a keypad, and what their pairs mean (ITU-T Q.23).
var (
	rows    = [4]float64{697, 770, 852, 941}
	columns = [4]float64{1209, 1336, 1477, 1633}
)

// What Goertzel's recursion multiplies by for each of them at 8 kHz.
var (
	rowTurns    = turns(rows)
	columnTurns = turns(columns)
)

func turns(group [4]float64) (c [4]float64) {
	for i, hz := range group {
		c[i] = turn(hz, 8000)
	}
	return c
}

const keys = "123A456B789C*0#D"

// Keypad finds the tones of a keypad in 8 kHz sound (ITU-T Q.24): a key counts once it has sounded for 40 ms, with both tones as loud as a
// phone sends them and nothing else beside them, so that speech does not dial. The zero value is ready.
type Keypad struct {
	block [keyBlock]int16
	n     int  // samples in block
	last  byte // what the newest block holds
	row   int  // blocks in a row that hold it
	down  byte // the key that was told and still sounds
	quiet int  // blocks without it
}

const (
	keyBlock = 128          // 16 ms, long enough to tell neighbours apart, short enough for tones 1.5 % off
	keyHop   = keyBlock / 2 // blocks overlap
	keyRow   = 4            // (4+1)·8 ms: heard for 40 ms
	keyRest  = 3            // a gap of 24 ms ends a key
	keyFloor = -36.0        // dB, of both tones together
	keyPure  = 0.7          // share of the sound that the two tones must be
	twistMax = 6.3          // the row may be 8 dB louder than the column,
	twistMin = 1 / twistMax // or the column than the row
	keyAlone = 6.3          // the loudest tone of a group is 8 dB above its neighbours
)

// Hear takes sound in and returns the keys whose tones began in it, at most one for each 40 ms; found is appended to.
func (k *Keypad) Hear(found []byte, samples []int16) []byte {
	for len(samples) > 0 {
		n := copy(k.block[k.n:], samples)
		k.n += n
		samples = samples[n:]
		if k.n < keyBlock {
			return found
		}
		if key := keyIn(k.block[:]); k.take(key) {
			found = append(found, key)
		}
		copy(k.block[:], k.block[keyHop:])
		k.n = keyBlock - keyHop
	}
	return found
}

// take follows the blocks and reports whether the key is pressed anew.
func (k *Keypad) take(key byte) bool {
	if key == k.last {
		k.row++
	} else {
		k.last, k.row = key, 1
	}
	if k.down != 0 && key == k.down {
		k.quiet = 0
		return false
	}
	if k.down != 0 {
		if k.quiet++; k.quiet >= keyRest {
			k.down = 0
		}
	}
	if key == 0 || k.row < keyRow {
		return false
	}
	k.down, k.quiet = key, 0
	return true
}

// keyIn is the key whose tones are in a block, or 0.
func keyIn(block []int16) byte {
	whole := power(block)
	if whole == 0 || decibels(whole/(Full*Full/2.0)) < keyFloor {
		return 0
	}
	row, low, ok := loudest(block, &rowTurns)
	if !ok || low*(1+twistMax) < keyPure*whole { // not even with the loudest column that may stand beside it
		return 0
	}
	column, high, ok := loudest(block, &columnTurns)
	if !ok || low > twistMax*high || low < twistMin*high || low+high < keyPure*whole {
		return 0
	}
	return keys[4*row+column]
}

// loudest finds the tone of a group that stands out, and its power. The four are followed side by side, because none of them waits for another.
func loudest(block []int16, turns *[4]float64) (at int, most float64, ok bool) {
	c0, c1, c2, c3 := turns[0], turns[1], turns[2], turns[3]
	var a0, b0, a1, b1, a2, b2, a3, b3 float64
	for _, s := range block {
		v := float64(s)
		a0, b0 = v+c0*a0-b0, a0
		a1, b1 = v+c1*a1-b1, a1
		a2, b2 = v+c2*a2-b2, a2
		a3, b3 = v+c3*a3-b3, a3
	}
	n := float64(len(block))
	var second float64
	for i, p := range [4]float64{turned(a0, b0, c0, n), turned(a1, b1, c1, n), turned(a2, b2, c2, n), turned(a3, b3, c3, n)} {
		switch {
		case p > most:
			at, most, second = i, p, most
		case p > second:
			second = p
		}
	}
	return at, most, most > keyAlone*second
}

// KeyTone is n samples of a key at 8 kHz, each of its tones at the given level in decibels; nothing for what is no key.
func KeyTone(key byte, level float64, n int) []int16 {
	for i := range len(keys) {
		if keys[i] == key {
			return Tones([]float64{rows[i/4], columns[i%4]}, level, 8000, n)
		}
	}
	return nil
}

// Tones is n samples of sines together, each at the given level in decibels relative to full scale.
func Tones(hz []float64, level float64, rate, n int) []int16 {
	out := make([]int16, n)
	size := Full * math.Pow(10, level/20)
	for i := range out {
		var v float64
		for _, f := range hz {
			v += size * math.Sin(2*math.Pi*f*float64(i)/float64(rate))
		}
		out[i] = int16(math.Round(min(max(v, math.MinInt16), math.MaxInt16)))
	}
	return out
}
