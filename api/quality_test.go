package api

import (
	"fmt"
	"strings"
	"testing"

	"tandem/pbx"
	"tandem/report"
)

// Who may change a line sets from when on its calls are bad, and sees what is wrong with them; others see neither (B-104).
func TestQualityLimits(t *testing.T) {
	o := live(t)
	line := "/v1/trunks/" + o.ids["sales trunk"]
	var got Trunk
	o.ask("olga", "GET", line, "").json(t, &got)
	if usual := QualityLimits(pbx.UsualQualityLimits()); got.Limits != usual || got.State.Alert != nil {
		t.Errorf("at first: %+v", got)
	}
	id := got.ID
	got = Trunk{}
	want := QualityLimits{Loss: 2.5, Window: 30, Calls: 5}
	o.ask("olga", "PATCH", line, `{"limits":{"loss":2.5,"window":30,"calls":5},"off":false}`).json(t, &got)
	if got.Limits != want {
		t.Errorf("set: %+v", got.Limits)
	}
	for field, value := range map[string]string{"loss": "101", "jitter": "1001", "score": "0.5", "answers": "-1", "duration": "3601", "wait": "121"} {
		bad := o.ask("olga", "PATCH", line, fmt.Sprintf(`{"limits":{%q:%s,"window":30,"calls":5}}`, field, value))
		if bad.StatusCode != 422 || !strings.Contains(string(bad.body), "limits."+field) {
			t.Errorf("%s: %d %s", field, bad.StatusCode, bad.body)
		}
	}
	for _, body := range []string{`{"limits":{"window":4,"calls":5}}`, `{"limits":{"window":30,"calls":0}}`, `{"limits":{"loss":3}}`} {
		if bad := o.ask("olga", "PATCH", line, body); bad.StatusCode != 422 {
			t.Errorf("%s: %d %s", body, bad.StatusCode, bad.body)
		}
	}
	for _, who := range []string{"uwe", "mia"} {
		if no := o.ask(who, "PATCH", line, `{"limits":{"window":30,"calls":5}}`); no.StatusCode != 404 && no.StatusCode != 403 {
			t.Errorf("%s: %d %s", who, no.StatusCode, no.body)
		}
	}
	s := &Server{c: Config{Catalog: catalog(), Lines: func() map[pbx.TrunkID]Line {
		return map[pbx.TrunkID]Line{id: {Up: true, Alert: report.Alert{Since: start, Faults: []report.Fault{{Measure: report.MeasureLoss, Value: 5.5, Limit: 2.5, Since: start}}}}}
	}}}
	snapshot, presence := o.dir.View()
	a := s.lineState(&visit{s: snapshot, live: presence, lang: "en"}, snapshot.Trunks[id]).Alert
	if a == nil || !a.Since.Equal(start) || len(a.Faults) != 1 || a.Faults[0].Text != "5.5 % of the sound is lost; at most 2.5 % is wanted." {
		t.Errorf("what is wrong: %+v", a)
	}
}
