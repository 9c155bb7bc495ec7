package media

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestBucket(t *testing.T) {
	b := bucket{limit: 400}
	count := func(n int, step time.Duration, now *time.Duration) (ok int) {
		for range n {
			*now += step
			if b.take(*now) {
				ok++
			}
		}
		return ok
	}
	now := time.Hour
	if got := count(1000, 5*time.Millisecond, &now); got != 1000 {
		t.Errorf("200 packets a second: %d of 1000 passed", got)
	}
	now += time.Second
	if got := count(1000, 0, &now); got != 400 {
		t.Errorf("at once: %d passed, want 400", got)
	}
	if got := count(10000, 100*time.Microsecond, &now); got < 395 || got > 405 {
		t.Errorf("10000 in a second after that: %d passed, want about 400", got)
	}
}

// RT-07: one port is flooded from its own, locked address and with rubbish; the other call does not lose a packet,
// and the flooded port is not listened to all the time.
func TestFloodDoesNotHurtOthers(t *testing.T) {
	e := engine(t, func(c *Config) { c.Loops = 1 })
	a, b, sa, _ := call(t, e, []Format{pcmu}, []Format{pcmu})
	c, d, sc, _ := call(t, e, []Format{pcmu}, []Format{pcmu})
	a.talk(sa, 0, "x")
	b.hear()
	r := rand.New(rand.NewPCG(1, 2))
	junk := make([]byte, 200)
	for range 20 {
		for i := range 500 {
			for j := range junk {
				junk[j] = byte(r.Uint32())
			}
			junk[0] = 0x80 | junk[0]&0x3f
			a.send(sa.here(), junk[:r.IntN(len(junk))])
			a.send(sa.hereRTCP(), junk[:i%len(junk)])
		}
		c.talk(sc, 0, "undisturbed")
		if got := body(d.hear()); got != "undisturbed" {
			t.Fatalf("heard %q", got)
		}
	}
	st := sa.Stats()
	if st.Over == 0 || st.Invalid == 0 {
		t.Errorf("%+v", st)
	}
	if read := st.Over + st.Invalid + st.Foreign; read > 5000 {
		t.Errorf("%d of 20000 packets were read; the cap does not spare the CPU", read)
	}
}
