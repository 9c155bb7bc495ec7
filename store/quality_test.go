package store_test

import (
	"testing"
	"time"

	"tandem/pbx"
	"tandem/report"
	"tandem/store"
)

// What went over a trunk is found again by the trunk and the time; a record that comes twice counts once (B-104).
func TestTrunkLegs(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		leg := report.Leg{ID: "leg_2", Trunk: "trk_1", Out: true, Started: at, Rang: at.Add(time.Second), Answered: at.Add(2 * time.Second), Ended: at.Add(9 * time.Second),
			Cause: pbx.CauseHangup, Packets: 350, Lost: 3, Jitter: 4, FarPackets: 351, FarLost: 2, FarJitter: 5, RTT: 6}
		c := report.CDR{ID: "cal_1", Started: at, Ended: leg.Ended, Cause: pbx.CauseHangup, Legs: []report.Leg{{ID: "leg_1", Device: "dev_1", Started: at}, leg}}
		other := c
		other.ID, other.Legs = "cal_2", []report.Leg{{ID: "leg_3", Trunk: "trk_2", Started: at}}
		for range 2 {
			if _, err := x.Append(t.Context(), []report.CDR{c, other}, nil); err != nil {
				t.Fatal(err)
			}
		}
		got, err := x.TrunkLegs(t.Context(), "trk_1", at)
		if leg.ID = ""; err != nil || len(got) != 1 || got[0] != leg {
			t.Errorf("%+v, %v, want %+v", got, err, leg)
		}
		if got, err := x.TrunkLegs(t.Context(), "trk_1", at.Add(time.Second)); err != nil || len(got) != 0 {
			t.Errorf("later: %+v, %v", got, err)
		}
	})
}

// What is wrong with a line is kept, replaced, and taken away by an alert without a fault (B-104).
func TestQualityAlerts(t *testing.T) {
	each(t, func(t *testing.T, address string) {
		x := open(t, address).Tenant("main")
		at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
		a := report.Alert{Since: at, Faults: []report.Fault{{Measure: report.MeasureLoss, Value: 5.5, Limit: 3, Since: at}}}
		b := a
		b.Faults = append([]report.Fault{{Measure: report.MeasureScore, Value: 3.2, Limit: 3.6, Since: at.Add(time.Minute)}}, a.Faults...)
		for _, step := range []report.Alert{a, b, {}, {}} {
			if err := x.Keep(t.Context(), store.QualityAlert{Trunk: "trk_1", Alert: step}); err != nil {
				t.Fatal(err)
			}
			all, err := x.QualityAlerts(t.Context())
			if got, there := all["trk_1"]; err != nil || !got.Is(step) || there != (len(step.Faults) > 0) {
				t.Errorf("%+v, %v, want %+v", all, err, step)
			}
		}
	})
}
