package officetest

import (
	"context"
	"os"
	"testing"

	"tandem/audio"
)

// A real phone hears two short tones half a minute before the end that a rule sets, and its call is cut at the minute; the record names the profile (B-038).
func TestLimitIsHeard(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*patience)
	defer cancel()
	o := startOutside(t, ctx)
	o.call(201, "POST", "/v1/restrictions", object{"name": "One minute", "on": []object{{"kind": "office"}}, "rules": []object{{"effect": "allow", "classes": []string{"national"}}, {"effect": "limit", "minutes": 1}}})
	do(t, o.desk, "dial", "sip:+4989111222@"+o.reach("udp"))
	expect(t, ctx, o.far, "CALL_INCOMING")
	do(t, o.far, "accept", "")
	expect(t, ctx, o.far, "CALL_ESTABLISHED")
	heard(t, o.desk, 700)
	warned := func(b *Baresip) bool {
		for _, name := range b.Heard() {
			raw, err := os.ReadFile(name)
			if err != nil || len(raw) < 1000 {
				continue
			}
			w := leftChannel(raw)
			for from, step := 0, w.Rate/10; step > 0 && from+step <= len(w.Samples); from += step / 2 {
				if audio.Purity(w.Samples[from:from+step], 1400, w.Rate) > 0.9 {
					return true
				}
			}
		}
		return false
	}
	eventually(t, "both hear that the end is near", func() bool { return warned(o.desk) && warned(o.far) })
	if len(o.call(200, "GET", "/v1/calls/live", nil).Items()) != 1 {
		t.Error("it was cut with the warning")
	}
	expect(t, ctx, o.desk, "CALL_CLOSED")
	expect(t, ctx, o.far, "CALL_CLOSED")
	var record object
	eventually(t, "the record", func() bool {
		items := o.call(200, "GET", "/v1/calls", nil).Items()
		if len(items) == 1 {
			record = o.call(200, "GET", "/v1/calls/"+items[0].Text("id"), nil)
		}
		return record != nil
	})
	if talk := record.At("seconds").(float64); talk < 59 || talk > 62 {
		t.Errorf("it lasted %v s: %v", talk, record)
	}
}
