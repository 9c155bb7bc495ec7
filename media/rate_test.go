package media

import (
	"encoding/binary"
	"flag"
	"math/rand/v2"
	"testing"
	"time"
)

// How hard the floods of the tests are; the full counts of BAR are run with -packets=1000000 -hellos=10000.
var (
	packets = flag.Int("packets", 10_000, "random packets to each port of a flooded session")
	hellos  = flag.Int("hellos", 2_000, "DTLS hellos of strangers; beyond 2,000 they come at 1,000 a second")
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

// RT-07: both ports of one session are flooded from its own, locked address and with rubbish; the other call does not lose a packet, and the
// flooded ports are not listened to all the time.
func TestFloodDoesNotHurtOthers(t *testing.T) {
	e := engine(t, func(c *Config) { c.Loops = 1 })
	a, b, sa, _ := call(t, e, []Format{pcmu}, []Format{pcmu})
	c, d, sc, _ := call(t, e, []Format{pcmu}, []Format{pcmu})
	a.talk(sa, 0, "x")
	b.hear()
	r := rand.New(rand.NewPCG(1, 2))
	junk := make([]byte, 200)
	began := time.Now()
	for i := range *packets {
		for j := 0; j < len(junk); j += 8 {
			binary.LittleEndian.PutUint64(junk[j:], r.Uint64())
		}
		if i%2 == 0 {
			junk[0] = 0x80 | junk[0]&0x3f
		}
		a.send(sa.here(), junk[:r.IntN(len(junk))])
		if i%3 == 0 { // a report by its look
			junk[0], junk[1] = 0x80|junk[0]&0x3f, 200+junk[1]%8
		}
		a.send(sa.hereRTCP(), junk[:i%len(junk)])
		if i%500 == 0 {
			c.talk(sc, 0, "undisturbed")
			if got := body(d.hear()); got != "undisturbed" {
				t.Fatalf("heard %q", got)
			}
		}
	}
	st := sa.Stats()
	if st.Over == 0 || st.Invalid == 0 {
		t.Errorf("%+v", st)
	}
	// Each port reads its cap, and what the kernel kept while it rested: one packet above the cap for each rest.
	read, took := st.Over+st.Invalid+st.Foreign, time.Since(began)
	t.Logf("%d packets to each port in %v, of which %d were read", *packets, took, read)
	most := uint64((float64(rtpRate)+float64(rtcpRate))*(took.Seconds()+2)) + 2*uint64(took/pause+2)
	if read > most {
		t.Errorf("%d of %d packets were read in %v, most %d; the cap does not spare the CPU", read, 2**packets, took, most)
	}
}
