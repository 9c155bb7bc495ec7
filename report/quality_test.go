package report

import (
	"math"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
)

func TestScore(t *testing.T) {
	for _, tt := range []struct {
		loss   float64
		jitter time.Duration
		rtt    time.Duration
		want   float64
	}{
		{0, 0, 0, 4.38}, {0.01, 5 * time.Millisecond, 0, 4.29}, {0.05, 20 * time.Millisecond, 0, 3.87}, {0.2, 40 * time.Millisecond, 0, 2.45}, {1, time.Second, 0, 1},
		{0, 0, 100 * time.Millisecond, 4.38}, {0, 0, time.Millisecond, 4.40}, {0, 0, 600 * time.Millisecond, 3.65}, {0, 0, time.Second, 2.28},
	} {
		if got := Score(tt.loss, tt.jitter, tt.rtt); math.Abs(got-tt.want) > 0.06 {
			t.Errorf("%v lost, %s, %s there and back: %.2f, want %.2f", tt.loss, tt.jitter, tt.rtt, got, tt.want)
		}
	}
	last := 5.0
	for loss := 0.0; loss <= 1; loss += 0.01 {
		got := Score(loss, 10*time.Millisecond, 0)
		if got > last || got < 1 {
			t.Fatalf("at %.2f the score rises to %.2f", loss, got)
		}
		last = got
	}
}

func TestQuality(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	sec := func(n int) time.Time { return at.Add(time.Duration(n) * time.Second) }
	legs := []Leg{
		{Out: true, Started: sec(-60), Rang: sec(-59)}, // before the time
		{Out: true, Started: sec(0), Rang: sec(2), Answered: sec(5), Ended: sec(65), Cause: pbx.CauseHangup, Packets: 3000, Lost: 30, Jitter: 10, FarPackets: 3000, FarJitter: 20},
		{Out: true, Started: sec(10), Rang: sec(14), Ended: sec(30), Cause: pbx.CauseNoAnswer},
		{Out: true, Started: sec(20), Ended: sec(24), Cause: pbx.CauseTimeout},
		{Out: true, Started: sec(3700), Ended: sec(3701), Cause: pbx.CauseBusy},
		{Started: sec(3710), Answered: sec(3715), Ended: sec(3735), Packets: 1000},
		{Out: true, Started: sec(7300)}, // after it
	}
	whole, each := QualityOver(legs, at, time.Hour, 2)
	if whole.Calls != 5 || whole.Out != 4 || whole.Answered != 1 || whole.Failed != 1 || whole.Answers() != 25 || whole.Failures() != 25 {
		t.Errorf("whole = %+v", whole)
	}
	if whole.Duration() != 40*time.Second || whole.Wait() != 3*time.Second || whole.Wobble() != 10*time.Millisecond {
		t.Errorf("%s talked, %s until it rang, %s jitter", whole.Duration(), whole.Wait(), whole.Wobble())
	}
	if loss := whole.Loss(); math.Abs(loss-100*30.0/7030) > 1e-9 {
		t.Errorf("loss = %v", loss)
	}
	if s := whole.Score(); s < 4.2 || s > 4.4 {
		t.Errorf("score = %v", s)
	}
	if len(each) != 2 || each[0].Calls != 3 || each[1].Calls != 2 || each[1].Answers() != 0 {
		t.Errorf("each = %+v", each)
	}
	var none Quality
	if none.Answers() != 0 || none.Score() != 0 || none.Duration() != 0 || none.Loss() != 0 {
		t.Errorf("of nothing: %+v", none)
	}
}

// A leg keeps the score of its worse direction as it was estimated when the call ended (B-104).
func TestLegKeepsItsScore(t *testing.T) {
	for _, tt := range []struct {
		leg  event.Leg
		want float64
	}{
		{event.Leg{}, 0},
		{event.Leg{Packets: 3000}, 4.37},
		{event.Leg{FarPackets: 3000, FarLost: 150, FarJitter: 20}, 3.85},
		{event.Leg{Packets: 3000, FarPackets: 3000, FarLost: 150, FarJitter: 20}, 3.85},
		{event.Leg{Packets: 3000, RTT: 1000}, 2.28},
		{event.Leg{Packets: 3000, Lost: 150, Jitter: 20, FarPackets: 3000}, 3.85},
	} {
		var d Draft
		d.Ended(time.Now(), event.Ended{Legs: []event.Leg{tt.leg}})
		if got := d.CDR().Legs[0].Score; math.Abs(got-tt.want) > 0.02 {
			t.Errorf("%+v: %v, want %v", tt.leg, got, tt.want)
		}
	}
}
