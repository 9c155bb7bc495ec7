package house

import (
	"testing"
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
	"tandem/store"
)

// Each round forgets what the office keeps no longer, whole or after a round that was broken off, and says so once; a call with a recording under a legal hold keeps its record
// and its way until it is released. The clock is the caller's (BAR PR-05).
func TestRetentionRound(t *testing.T) {
	h := archive(t, t.TempDir())
	defer func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, begun := t.Context(), time.Now().UTC().Truncate(time.Millisecond)
	for _, id := range []pbx.CallID{"cal_old", "cal_held"} {
		c := report.CDR{ID: id, From: pbx.Party{Number: "+49301"}, Users: []pbx.UserID{"usr_1"}, Started: begun, Ended: begun.Add(time.Minute), Trace: []i18n.Text{i18n.T("route.person", "name", "x")}}
		ref := pbx.Ref{Kind: pbx.KindCall, ID: string(id)}
		facts := []event.Fact{event.New(event.CallStarted, begun, pbx.Actor{}, ref, event.Started{From: c.From, Trace: c.Trace}), event.New(event.CallEnded, c.Ended, pbx.Actor{}, ref, event.Ended{})}
		if err := h.journal(ctx, []report.CDR{c}, facts); err != nil {
			t.Fatal(err)
		}
	}
	held := pbx.Recording{ID: "rec_1", Call: "cal_held", Started: begun, Hold: true}
	if err := (recordings{h}).Keep(ctx, held); err != nil {
		t.Fatal(err)
	}
	applied := 0
	round := func(days int, traceOld, traceHeld int, old bool) {
		t.Helper()
		for range 2 {
			if err := h.forget(ctx, begun.AddDate(0, 0, days)); err != nil {
				t.Fatal(err)
			}
		}
		for id, want := range map[pbx.CallID]int{"cal_old": traceOld, "cal_held": traceHeld} {
			c, err := h.Store.Call(ctx, id)
			if gone := err != nil; gone != (id == "cal_old" && !old) || !gone && len(c.Trace) != want {
				t.Errorf("after %d days %s: %d steps, %v", days, id, len(c.Trace), err)
			}
		}
		p, err := h.Store.Facts(ctx, store.FactQuery{Sight: store.Scope{All: true}, Kinds: []event.Kind{event.RetentionApplied}})
		if err != nil || len(p.Items) != applied {
			t.Errorf("after %d days: told %d times, not %d, %v", days, len(p.Items), applied, err)
		}
		if v, err := h.Store.Verify(ctx); err != nil || !v.OK {
			t.Errorf("after %d days: %+v, %v", days, v, err)
		}
	}
	round(29, 1, 1, true)
	applied++
	round(31, 0, 1, true)
	applied++
	round(366, 0, 1, false)
	held.Hold = false
	if err := (recordings{h}).Keep(ctx, held); err != nil {
		t.Fatal(err)
	}
	if err := h.forget(ctx, begun.AddDate(0, 0, 366)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Store.Call(ctx, "cal_held"); err == nil {
		t.Error("a call that was released is still there")
	}
}
