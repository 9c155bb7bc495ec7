package media

import (
	"testing"
	"time"
)

// The limit is short because sockets do not live in a time bubble; the test waits for events, never for time.
func quick(c *Config) { c.Silence = 30 * time.Millisecond }

func silences(s *Session) chan Event {
	told := make(chan Event, 10)
	s.Watch(func(e Event) {
		if e.Kind == EventSilence {
			told <- e
		}
	})
	return told
}

func await(t *testing.T, c chan Event) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(guard):
		t.Fatal("silence was not noticed")
	}
}

func TestSilenceIsToldOnce(t *testing.T) {
	e := engine(t, quick)
	a, b, sa, sb := call(t, e, []Format{pcmu}, []Format{pcmu})
	ta, tb := silences(sa), silences(sb)
	await(t, ta)
	await(t, tb)
	a.talk(sa, 0, "here I am") // a silence that ends may begin again
	b.hear()
	await(t, ta)
	if len(tb) != 0 {
		t.Error("the same silence was told twice")
	}
	if sa.Stats().Received.Packets != 1 {
		t.Error("the packet was not counted")
	}
}

// RT-09 is hold-aware: who was told not to send, and who is not connected, is not missed.
func TestSilenceOnHold(t *testing.T) {
	e := engine(t, quick)
	a, b, sa, sb := call(t, e, []Format{pcmu}, []Format{pcmu})
	f := a.flow(pcmu)
	f.Receive = false
	set(t, sa, f)
	ta, tb := silences(sa), silences(sb)
	await(t, tb)
	for range 5 { // B's silences pass while A's would
		b.talk(sb, 0, "x")
		a.hear()
		await(t, tb)
	}
	if len(ta) != 0 {
		t.Error("a held side was missed")
	}
	set(t, sa, a.flow(pcmu))
	await(t, ta)
	e.Unbridge(sa)
	for len(ta) > 0 {
		<-ta
	}
	other := silences(sb)
	sc := open(t, e)
	set(t, sc, Flow{Receive: true})
	e.Bridge(sb, sc)
	await(t, other)
	if len(ta) != 0 {
		t.Error("a parted session was missed")
	}
}
