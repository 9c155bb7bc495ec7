package audio

import (
	"math"
	"testing"
)

// What was lost goes on as it was, without a step at either end, and is silent when much is lost.
func TestConcealer(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		for _, hz := range []float64{110, 200, 390} {
			tone := Tone(hz, rate, rate)
			var c Concealer
			lost := rate / 50
			begin := rate/2 + 37
			c.Heard(tone[:begin], rate)
			out := append([]int16(nil), tone[:begin]...)
			out = c.Fill(out, lost, rate)
			rest := append([]int16(nil), tone[begin+lost:]...)
			c.Heard(rest, rate)
			out = append(out, rest...)
			steepest := 0.0
			for i := 1; i < begin; i++ {
				steepest = max(steepest, math.Abs(float64(out[i])-float64(out[i-1])))
			}
			for i := begin; i < begin+lost+lost/2; i++ {
				if step := math.Abs(float64(out[i]) - float64(out[i-1])); step > 2.5*steepest {
					t.Fatalf("%d Hz, a tone of %.0f: a step of %.0f at sample %d of the gap, %.0f in the tone", rate, hz, step, i-begin, steepest)
				}
			}
			if gap, was := Level(out[begin:begin+lost]), Level(out[begin-lost:begin]); gap < was-6 || gap > was+1 {
				t.Errorf("%d Hz, a tone of %.0f: %.1f dB became %.1f", rate, hz, was, gap)
			}
			var long Concealer
			long.Heard(tone, rate)
			for i, v := range long.Fill(nil, rate/2, rate)[rate/16:] {
				if v != 0 {
					t.Fatalf("sample %d of half a second that is lost is %d", i+rate/16, v)
				}
			}
		}
	}
}

// Nothing heard yet, and single samples, are no trouble.
func TestConcealerFromNothing(t *testing.T) {
	var c Concealer
	for _, v := range c.Fill(nil, 320, 16000) {
		if v != 0 {
			t.Fatalf("%d out of nothing", v)
		}
	}
	for i := range 400 {
		c.Heard([]int16{int16(i)}, 8000)
		c.Fill(nil, i%3, 8000)
	}
	if n := testing.AllocsPerRun(10, func() { c.Heard(make([]int16, 0), 8000) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
