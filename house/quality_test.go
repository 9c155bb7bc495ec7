package house

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/report"
	"tandem/store"
)

// Whoever may change a line is told once that its calls are bad and once that they are good again, also over a restart; nobody else is, and a
// line that is switched off has no alert (B-104).
func TestQualityIsTold(t *testing.T) {
	c := Config{Data: t.TempDir(), HTTP: "127.0.0.1:0", SIP: "127.0.0.1:0", Public: "127.0.0.1", RTP: "30000-30099", Log: slog.New(slog.DiscardHandler)}
	h, err := Build(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	ctx, at := t.Context(), time.Now().UTC().Truncate(time.Second)
	trunk := pbx.Trunk{ID: "trk_1", Name: "Carrier", Host: "127.0.0.1:9", Limits: &pbx.QualityLimits{Loss: 3, Window: 60, Calls: 2}, Created: at}
	withLine(t, h, &trunk, at)
	n := 0
	calls := func(lost int, when time.Time) {
		t.Helper()
		for range 2 {
			n++
			id := pbx.CallID("cal_" + strings.Repeat("x", n))
			leg := report.Leg{ID: "leg_1", Trunk: "trk_1", Started: when, Answered: when, Ended: when.Add(time.Minute), Cause: pbx.CauseHangup, Packets: 100 - lost, Lost: lost}
			if _, err := h.Store.Append(ctx, []report.CDR{{ID: id, Started: when, Ended: leg.Ended, Cause: pbx.CauseHangup, Legs: []report.Leg{leg}}}, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	told := func(u pbx.UserID, want ...string) {
		t.Helper()
		page, err := h.Store.Notices(ctx, store.NoticeQuery{User: u})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range page.Items {
			got = append(got, n.Says.Words["state"].Key)
			if n.Kind != "quality" || n.Says.Words["what"].Key != "quality.fault.loss" || n.Says.Args["line"] != "Carrier" || n.Page != "/trunks?tab=quality&peek=trk_1" {
				t.Errorf("%+v", n)
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s was told %v, want %v", u, got, want)
		}
	}
	judge := func(when time.Time, bad bool) {
		t.Helper()
		for range 3 {
			if err := h.judgeLines(ctx, when); err != nil {
				t.Fatal(err)
			}
		}
		if a := (*h.quality.Load())["trk_1"]; (len(a.Faults) > 0) != bad {
			t.Errorf("at %s: %+v", when, a)
		}
	}
	calls(0, at)
	judge(at.Add(time.Minute), false)
	told("usr_ada")
	calls(20, at.Add(time.Minute))
	judge(at.Add(2*time.Minute), true)
	told("usr_ada", "quality.bad")

	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if h, err = Build(ctx, c); err != nil {
		t.Fatal(err)
	}
	if a := (*h.quality.Load())["trk_1"]; len(a.Faults) != 1 || !a.Since.Equal(at.Add(2*time.Minute)) {
		t.Errorf("after a restart: %+v", a)
	}
	judge(at.Add(3*time.Minute), true)
	told("usr_ada", "quality.bad")
	calls(0, at.Add(2*time.Hour))
	judge(at.Add(2*time.Hour+time.Minute), false)
	told("usr_ada", "quality.over", "quality.bad")
	told("usr_bob")

	calls(20, at.Add(4*time.Hour))
	judge(at.Add(4*time.Hour+time.Minute), true)
	off := trunk
	off.Off = true
	puts(t, h, at, &off)
	judge(at.Add(4*time.Hour+2*time.Minute), false)
	told("usr_ada", "quality.bad", "quality.over", "quality.bad")
	if all, err := h.Store.QualityAlerts(ctx); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}
