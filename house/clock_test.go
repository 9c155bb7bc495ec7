package house

import (
	"slices"
	"testing"
	"time"
	"unsafe"

	"tandem/store"
)

// machine is a clock as a process reads it: what it shows, and the reading that nobody sets.
type machine struct{ now time.Time }

func (m *machine) pass(d time.Duration) { m.now = m.now.Add(d) }

// set changes what the clock shows, by whole seconds; the other reading goes on as before.
func (m *machine) set(by time.Duration) {
	*(*uint64)(unsafe.Pointer(&m.now)) += uint64(int64(by/time.Second)) << 30
}

// TZ-07: more than two seconds are told, in either direction; a slewed clock and a leap second are not.
func TestAClockThatIsSetIsNoticed(t *testing.T) {
	for _, by := range []time.Duration{0, time.Second, -time.Second, 2 * time.Second, -2 * time.Second, 3 * time.Second, -3 * time.Second, time.Hour, -time.Hour} {
		w, m := &watched{kept: func() bool { return false }}, &machine{time.Now()}
		noticed := time.Duration(0)
		for i := range 5 {
			m.pass(time.Second)
			if i == 2 {
				m.set(by)
			}
			noticed += w.set(m.now)
		}
		want := by
		if by.Abs() <= clockOff {
			want = 0
		}
		if noticed != want || w.right() != (want == 0) {
			t.Errorf("by %v: noticed %v, right %v", by, noticed, w.right())
		}
	}
}

// TZ-07: who runs the system is told once, and sees on the first page that the clock is wrong until it is put back, a time service vouches for it, or a day has gone.
func TestAClockThatIsSetIsTold(t *testing.T) {
	h, _ := claimed(t, t.TempDir())
	defer h.Close()
	kept := false
	h.clock.kept = func() bool { return kept }
	m := &machine{time.Now()}
	olga := h.snapshot().ByEmail("olga@example.com").ID
	told := func() (what []string) {
		t.Helper()
		p, err := h.Store.Notices(t.Context(), store.NoticeQuery{User: olga})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range p.Items {
			if n.Kind != "clock" || n.Page != "/" {
				t.Errorf("%+v", n)
			}
			what = append(what, h.Catalog.Say("en", n.Says.Words["what"])+" "+n.Says.Words["then"].Key)
		}
		return what
	}
	look := func(what string, wrong time.Duration, want ...string) { // several within a millisecond have no order
		t.Helper()
		m.pass(time.Second)
		h.lookAtClock(m.now)
		off := time.Duration(0)
		if set := h.clock.wrong.Load(); set != nil {
			off = set.By
		}
		list := told()
		slices.Sort(list)
		slices.Sort(want)
		if off != wrong || !slices.Equal(list, want) {
			t.Errorf("%s: off by %v, told %q", what, off, list)
		}
	}
	forward, back := "The clock of the server was set forward by 1:00:00 clock.check", "The clock of the server was set back by 1:00:00 clock.right"
	look("started", 0)
	look("runs", 0)
	m.set(time.Hour)
	look("forward", time.Hour, forward)
	m.set(time.Minute)
	look("once more: shown, but told no oftener than once an hour", time.Hour+time.Minute, forward)
	m.set(-time.Minute)
	look("not yet right", time.Hour, forward)
	m.pass(clockTold)
	m.set(-time.Hour)
	look("put back", 0, forward, back)
	m.pass(clockTold)
	m.set(time.Hour)
	look("forward again", time.Hour, forward, back, forward)
	kept = true
	look("a time service vouches for it", 0, forward, back, forward)
	kept = false
	look("what it vouched for is right", 0, forward, back, forward)
	m.set(time.Hour)
	look("and again", time.Hour, forward, back, forward)
	m.pass(clockStale - 2*time.Second)
	look("a day less a second", time.Hour, forward, back, forward)
	look("a day", 0, forward, back, forward)
	if r := told(); len(r) != 3 {
		t.Errorf("nothing is told when it is right by itself: %q", r)
	}
}
