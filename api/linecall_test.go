package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
)

// A test call is begun in the visitor's own name over that line, and its record is told step by step: of each way to fail the step, and what its answer means. Nobody
// reads test calls of others, and no other calls that way.
func TestTestCallOfALine(t *testing.T) {
	o := newOffice(t)
	olga, line := pbx.UserID(o.ids["olga"]), pbx.TrunkID(o.ids["office trunk"])
	o.wants(202, "olga", "POST", "/v1/trunks/<office trunk>/call", `{"to":" +49 30 901820 "}`)
	if a := o.begun[0]; a.Line != line || a.For != olga || a.Who.User != olga || a.To != "+49 30 901820" || a.Answer {
		t.Errorf("begun %+v", a)
	}
	n := 0
	put := func(change func(c *report.CDR, own, far *report.Leg)) string {
		t.Helper()
		n++
		at := o.now().Add(-time.Hour)
		own := report.Leg{ID: "leg_1", Device: "dev_1", Party: pbx.Party{User: olga}, Out: true, Answered: at, Ended: at.Add(20 * time.Second)}
		far := report.Leg{ID: "leg_2", Trunk: line, Party: pbx.Party{Number: "+4930901820"}, Out: true, Answered: at, Ended: at.Add(20 * time.Second), Packets: 1000, Codec: "PCMA"}
		c := report.CDR{ID: pbx.CallID(fmt.Sprint("cal_test_", n)), From: pbx.Party{User: olga}, Users: []pbx.UserID{olga}, Started: at, Ended: at.Add(20 * time.Second), Cause: pbx.CauseHangup,
			Trace: []i18n.Text{i18n.T("route.line_test", "trunk", "office trunk", "line", string(line))}}
		change(&c, &own, &far)
		for _, l := range []report.Leg{own, far} {
			if l.ID != "" {
				c.Legs = append(c.Legs, l)
			}
		}
		if _, err := o.tenant.Append(t.Context(), []report.CDR{c}, nil); err != nil {
			t.Fatal(err)
		}
		return "/v1/trunks/<office trunk>/call/" + string(c.ID)
	}
	answered := func(status int, rang bool) func(*report.CDR, *report.Leg, *report.Leg) {
		return func(c *report.CDR, _, far *report.Leg) {
			far.Status, far.Answered = status, time.Time{}
			if rang {
				far.Rang = c.Started
			}
		}
	}
	for _, tt := range []struct {
		name, steps, says string
		change            func(c *report.CDR, own, far *report.Leg)
	}{
		{"good", "allowed passed, phone passed, line passed, callee passed, sound passed", "", func(*report.CDR, *report.Leg, *report.Leg) {}},
		{"no sound", "allowed passed, phone passed, line passed, callee passed, sound failed", "firewall", func(_ *report.CDR, _, far *report.Leg) { far.Packets = 0 }},
		{"loss", "allowed passed, phone passed, line passed, callee passed, sound doubt", "9 %", func(_ *report.CDR, _, far *report.Leg) { far.Lost = 100 }},
		{"loss there", "allowed passed, phone passed, line passed, callee passed, sound doubt", "50 %", func(_ *report.CDR, _, far *report.Leg) { far.FarPackets, far.FarLost = 100, 50 }},
		{"refused by a rule", "allowed failed", "cannot be called from here", func(c *report.CDR, own, far *report.Leg) {
			own.ID, far.ID, c.Cause, c.Reason = "", "", pbx.CauseDenied, i18n.T("toll.refused.destination", "number", "+4930901820")
		}},
		{"not picked up", "allowed passed, phone failed", "Pick up", func(_ *report.CDR, own, far *report.Leg) { own.Answered, far.ID = time.Time{}, "" }},
		{"no line", "allowed passed, phone passed, line failed", "No line can carry", func(c *report.CDR, _, far *report.Leg) {
			far.ID, c.Reason = "", i18n.T("route.all_lines", "number", "+4930901820")
		}},
		{"silent", "allowed passed, phone passed, line failed", "did not answer", answered(0, false)},
		{"account", "allowed passed, phone passed, line failed", "name and password", answered(407, false)},
		{"forbidden", "allowed passed, phone passed, line failed", "shown number", answered(403, false)},
		{"unknown", "allowed passed, phone passed, line failed", "form in which", answered(404, true)},
		{"codec", "allowed passed, phone passed, line failed", "codecs", answered(488, false)},
		{"ill", "allowed passed, phone passed, line failed", "at the moment (503)", answered(503, false)},
		{"other", "allowed passed, phone passed, line failed", "with 402", answered(402, false)},
		{"busy", "allowed passed, phone passed, line passed, callee doubt", "nobody took it", answered(486, false)},
		{"rang", "allowed passed, phone passed, line passed, callee doubt", "nobody took it", answered(0, true)},
	} {
		var got TrunkCall
		o.wants(200, "olga", "GET", put(tt.change), "").json(t, &got)
		var steps []string
		for _, s := range got.Steps {
			steps = append(steps, s.Kind+" "+s.State)
		}
		last := got.Steps[len(got.Steps)-1]
		if strings.Join(steps, ", ") != tt.steps || got.Running || got.Verdict != last.State || !strings.Contains(last.Problem, tt.says) || (tt.says == "") != (last.Problem == "") {
			t.Errorf("%s: %v %q, verdict %s", tt.name, steps, last.Problem, got.Verdict)
		}
	}
	o.wants(404, "sven", "GET", put(func(*report.CDR, *report.Leg, *report.Leg) {}), "")
	o.wants(404, "olga", "GET", put(func(c *report.CDR, _, _ *report.Leg) { c.Trace = nil }), "")

	live := o.call("olga", "+4930901820")
	for want, change := range map[string]func(*pbx.LiveCall){
		"phone running": func(c *pbx.LiveCall) { c.Answered = time.Time{} },
		"line running":  func(c *pbx.LiveCall) { c.Answered, c.Trunks = time.Time{}, []pbx.TrunkID{line} },
		"sound running": func(c *pbx.LiveCall) { c.Trunks = []pbx.TrunkID{line} },
	} {
		now := *live
		change(&now)
		o.dir.SetCall(&now)
		var got TrunkCall
		o.wants(200, "olga", "GET", "/v1/trunks/<office trunk>/call/"+string(live.ID), "").json(t, &got)
		if last := got.Steps[len(got.Steps)-1]; !got.Running || last.Kind+" "+last.State != want {
			t.Errorf("want %s: %+v", want, got)
		}
	}
	o.wants(404, "sven", "GET", "/v1/trunks/<office trunk>/call/"+string(live.ID), "")
}
