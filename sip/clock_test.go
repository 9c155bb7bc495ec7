package sip

import (
	"net/netip"
	"testing"
	"time"
	"unsafe"
)

// put is a moment after somebody has put the clock of the machine: the reading that nobody sets goes on as before.
func put(t time.Time, by time.Duration) time.Time {
	const nanoseconds = 30 // bits of them below the seconds (package time)
	wall := (*uint64)(unsafe.Pointer(&t))
	*wall += uint64(int64(by/time.Second)) << nanoseconds
	return t
}

// TZ-07: a clock that is put an hour forward or back, or five minutes, changes nothing for phones; after 2038 nonces are still told apart.
func TestNoncesOutliveAClockThatIsPut(t *testing.T) {
	here := netip.MustParseAddr("192.0.2.7")
	now := time.Now()
	if moved := put(now, time.Hour); moved.Round(0).Sub(now.Round(0)) != time.Hour || moved.Sub(now) != 0 {
		t.Fatal("package time keeps its moments otherwise by now")
	}
	for _, by := range []time.Duration{0, time.Hour, -time.Hour, 5 * time.Minute, -5 * time.Minute, 2 * time.Second} {
		n := newNonces(nil)
		began := time.Now()
		nonce := n.make(began, here, "udp")
		later := put(began.Add(10*time.Second), by)
		age, serial, made := n.age(nonce, later, nonceLifeOther, here, "udp")
		if age != nonceFresh || !n.used.take(serial, made, 1, false) {
			t.Errorf("by %v: a nonce is %v", by, age)
		}
		next := n.make(later, here, "udp") // made after the clock was put
		if age, serial, made := n.age(next, put(began.Add(20*time.Second), by), nonceLifeOther, here, "udp"); age != nonceFresh || !n.used.take(serial, made, 1, false) {
			t.Errorf("by %v: a new nonce is %v", by, age)
		}
		if age, _, _ := n.age(nonce, put(began.Add(nonceLifeOther+2*time.Second), by), nonceLifeOther, here, "udp"); age != nonceOld {
			t.Errorf("by %v: it never grows old", by)
		}
	}
	n := newNonces(nil)
	for _, year := range []int{2038, 2039, 2099} {
		at := time.Date(year, 1, 19, 3, 14, 8, 0, time.UTC)
		n.began = at.Add(-time.Hour)
		n.used.floor = n.began.Unix()
		nonce := n.make(at, here, "udp")
		if age, _, made := n.age(nonce, at.Add(time.Second), nonceLifeOther, here, "udp"); age != nonceFresh || made != at.Unix() {
			t.Errorf("%d: %v, made %d", year, age, made)
		}
		if age, _, _ := n.age(nonce, at.Add(time.Minute), nonceLifeOther, here, "udp"); age != nonceOld {
			t.Errorf("%d: it never grows old", year)
		}
	}
}
