package command

import (
	"testing"
	"time"

	"tandem/pbx"
)

// Who is taken out of a group and comes back is denied what was denied to him when he left; what was allowed is gone. Lifting a
// deny stays a change of its own, for who holds that right (G-022, N-10).
func TestComingBackLiftsNoDeny(t *testing.T) {
	o := full(t)
	sales, uwe, greta := o.group("sales"), o.user("uwe"), o.actor("greta")
	o.must(o.actor("olga"), SetMember{User: uwe, Group: o.group("support")})
	for right, value := range map[string]pbx.Override{"call.see": pbx.OverrideDeny, "call.intercom": pbx.OverrideAllow} {
		o.must(greta, SetOverride{User: uwe, Group: sales, Right: right, Value: value})
	}
	back := func() map[string]pbx.Override {
		t.Helper()
		o.now = o.now.Add(time.Hour)
		o.must(greta, RemoveMember{User: uwe, Group: sales})
		o.must(o.actor("olga"), SetMember{User: uwe, Group: sales})
		return (&Work{Snapshot: o.view(), Now: o.now}).placeIn(uwe, sales).Overrides
	}
	for range 2 {
		if got := back(); len(got) != 1 || got["call.see"] != pbx.OverrideDeny {
			t.Errorf("came back with %v", got)
		}
	}
	o.must(greta, SetOverride{User: uwe, Group: sales, Right: "call.see"})
	if got := back(); len(got) != 0 {
		t.Errorf("the deny was lifted before he left: %v", got)
	}
}
