package command

import (
	"context"
	"testing"
	"time"

	"tandem/event"
	"tandem/pbx"
)

// A forwarding code changes what the page changes, under the same rights, from the phone of the person and no other (FC-01, TF-07).
func TestForwardCalls(t *testing.T) {
	o := full(t)
	uwe, nina := o.user("uwe"), o.user("nina")
	made := o.must(o.actor("olga"), CreateDevice{User: uwe, Name: "Desk", Kind: pbx.DeviceDesk})
	phone := pbx.Actor{Kind: pbx.ActorDevice, User: uwe, Device: pbx.DeviceID(made.Object.ID), Via: "sip"}
	try := func(c ForwardCalls) string {
		_, err := o.Do(context.Background(), phone, c)
		return refused(err)
	}
	rules := []pbx.Exception{{When: pbx.WhenAlways, Caller: nina, To: pbx.Destination{Kind: pbx.ToBusy}}}
	o.must(o.actor("uwe"), SetForwarding{User: uwe, Exceptions: &rules})
	o.told = nil

	if got := try(ForwardCalls{User: uwe, Number: o.view().Users[nina].Extension}); got != "ok" {
		t.Fatal(got)
	}
	list := o.view().Forwardings[uwe].Exceptions
	if to, on := o.view().Diverted(uwe, pbx.WhenAlways); !on || to.ID != string(nina) || len(list) != 2 || list[1].Caller != nina {
		t.Errorf("to a colleague, before the other rules: %+v", list)
	}
	if len(o.told) != 1 || o.told[0].Actor.Device != phone.Device || o.told[0].Kind != event.ForwardingChanged {
		t.Errorf("the log: %+v", o.told)
	}
	if got := try(ForwardCalls{User: uwe, Number: "030 1234567"}); got != "ok" {
		t.Fatal(got)
	}
	if to, _ := o.view().Diverted(uwe, pbx.WhenAlways); to.Number != "+49301234567" || len(o.view().Forwardings[uwe].Exceptions) != 2 {
		t.Errorf("outside, in place of the one before: %+v", o.view().Forwardings[uwe].Exceptions)
	}
	for _, row := range []struct{ what, number, want string }{
		{"to an emergency number", "112", "invalid destination.emergency @exceptions.0.to"},
		{"to what is no number", "999999", "invalid destination.number_bad @exceptions.0.to"},
		{"to oneself", o.view().Users[uwe].Extension, "ok"}, // as on the page: one's own phones ring whatever the status is
	} {
		if got := try(ForwardCalls{User: uwe, Number: row.number}); got != row.want {
			t.Errorf("%s: %s, want %s", row.what, got, row.want)
		}
	}
	if got := try(ForwardCalls{User: uwe}); got != "ok" {
		t.Fatal(got)
	}
	if _, on := o.view().Diverted(uwe, pbx.WhenAlways); on || len(o.view().Forwardings[uwe].Exceptions) != 1 {
		t.Errorf("switched off: %+v", o.view().Forwardings[uwe].Exceptions)
	}
	if _, err := o.Do(context.Background(), phone, ForwardCalls{User: nina, Number: "101"}); err == nil {
		t.Error("a phone forwards somebody else's calls")
	}

	o.now = o.now.Add(time.Minute)
	for _, g := range []string{"sales"} {
		o.must(o.actor("olga"), SetOverride{User: uwe, Group: o.group(g), Right: "forwarding.outside", Value: pbx.OverrideDeny})
	}
	if got := try(ForwardCalls{User: uwe, Number: "0900 1234567"}); got == "ok" {
		t.Error("outside, without the right to")
	}
	if got := try(ForwardCalls{User: uwe, Number: o.view().Users[nina].Extension}); got != "ok" {
		t.Errorf("inside needs no more than forwarding.edit: %s", got)
	}
}
