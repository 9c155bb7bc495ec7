package house

import (
	"fmt"
	"testing"
	"time"
)

// Five wrong PINs shut a mailbox for one caller, fifteen for all; after a while both may try again (SA-18, TF-09).
func TestWrongPINs(t *testing.T) {
	var p pins
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for i := range pinTries {
		if p.blocked("usr_a", "101", at) {
			t.Fatalf("blocked after %d", i)
		}
		if last := p.failed("usr_a", "101", at); last != (i == pinTries-1) {
			t.Errorf("wrong PIN %d is the last: %t", i+1, last)
		}
	}
	if !p.blocked("usr_a", "101", at) || p.blocked("usr_a", "102", at) || p.blocked("usr_b", "101", at) {
		t.Error("it is blocked for the caller and this mailbox alone")
	}
	if p.blocked("usr_a", "101", at.Add(pinPause)) {
		t.Error("still blocked after the pause")
	}
	p.failed("usr_c", "101", at)
	p.right("usr_c", "101")
	for i := range pinTries - 1 {
		if p.failed("usr_c", "101", at) {
			t.Errorf("what was wrong before the right one still counts: %d", i)
		}
	}
	for i := range pinAll {
		p.failed("usr_d", fmt.Sprint(i), at)
	}
	if !p.blocked("usr_d", "fresh", at.Add(pinWithin-time.Second)) || p.blocked("usr_d", "fresh", at.Add(pinWithin)) {
		t.Error("many callers together are not held up for an hour")
	}
}
