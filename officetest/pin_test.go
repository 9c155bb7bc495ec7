package officetest

import (
	"context"
	"testing"

	"tandem/command"
	"tandem/pbx"
)

// A real phone calls a number that wants the PIN: what is typed wrong three times goes nowhere, what is typed right is called, and the record says that it was
// typed (B-002).
func TestPINBeforeACall(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*patience)
	defer cancel()
	o := startOutside(t, ctx)
	o.call(201, "POST", "/v1/restrictions", object{"name": "PIN", "on": []object{{"kind": "office"}}, "rules": []object{{"effect": "allow", "classes": []string{"national"}}, {"effect": "pin", "classes": []string{"national"}}}})
	hash, err := o.Auth.Hash(ctx, "480213")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Desk.Do(ctx, pbx.Actor{Kind: pbx.ActorSystem, Via: "cli"}, command.SetMailbox{ID: pbx.BoxID(o.alice), PIN: &hash}); err != nil {
		t.Fatal(err)
	}
	keys := func(pin string) {
		t.Helper()
		for _, key := range pin {
			do(t, o.desk, "sndcode", string(key))
			do(t, o.desk, "sndcode", "\x04") // let go
		}
	}
	do(t, o.desk, "dial", "sip:+4989111222@"+o.reach("udp"))
	expect(t, ctx, o.desk, "CALL_ESTABLISHED") // with the house, which asks
	keys("111111#")
	keys("480213#")
	expect(t, ctx, o.far, "CALL_INCOMING")
	do(t, o.far, "accept", "")
	expect(t, ctx, o.far, "CALL_ESTABLISHED")
	heard(t, o.far, 440)
	heard(t, o.desk, 700)
	do(t, o.desk, "hangup", "")
	expect(t, ctx, o.far, "CALL_CLOSED")
	records := func() []object { return o.call(200, "GET", "/v1/calls", nil).Items() }
	eventually(t, "the record", func() bool { return len(records()) == 1 })
	record := o.call(200, "GET", "/v1/calls/"+records()[0].Text("id"), nil)
	if record.Text("ruling", "pin") != "true" || record.Text("ruling", "code") != "allowed" {
		t.Errorf("%v", record)
	}

	do(t, o.desk, "dial", "sip:+4989111222@"+o.reach("udp"))
	expect(t, ctx, o.desk, "CALL_ESTABLISHED")
	for range 3 {
		keys("111111#")
	}
	expect(t, ctx, o.desk, "CALL_CLOSED")
	eventually(t, "the second record", func() bool { return len(records()) == 2 })
	if last := records()[0]; last.Text("cause") != "denied" {
		t.Errorf("%v", last)
	}
}
