package command

import (
	"testing"

	"tandem/pbx"
)

// B-089: where the office wants it, no right changes without a reason; what is said stands in every fact of the change.
func TestReasons(t *testing.T) {
	o := full(t)
	olga, on := o.actor("olga"), true
	role := SetMember{User: o.user("uwe"), Group: o.group("sales"), Role: "receptionist"}
	if r := o.must(olga, Because{"covers for nina", role}); len(r.Facts) == 0 || r.Facts[0].Reason != "covers for nina" {
		t.Errorf("%+v", r.Facts)
	}
	o.must(olga, EditSettings{Reasons: &on})
	role.Role = "user"
	for _, c := range []Command{role, SetOverride{User: o.user("uwe"), Group: o.group("sales"), Right: "call.see", Value: pbx.OverrideDeny},
		SetOfficeRole{User: o.user("uwe"), Role: "reports"}, CreateRole{Name: "Night", Base: "user"},
		GiveGrant{User: o.user("uwe"), Right: "call.see", Bounds: Bounds{Scope: pbx.Scope{Kind: pbx.ScopeAll}}}} {
		_, err := o.Do(t.Context(), olga, c)
		if got := refused(err); got != "invalid change.reason_missing @reason" {
			t.Errorf("%T: %s", c, got)
		}
		if _, err := o.Try(t.Context(), olga, c); err != nil {
			t.Errorf("%T, to look at only: %v", c, err)
		}
		r := o.must(olga, Because{"as agreed", c})
		for _, f := range r.Facts {
			if f.Reason != "as agreed" {
				t.Errorf("%T: %+v", c, f)
			}
		}
		o.must(olga, Undo{Facts: r.Facts}) // names the change that it takes back
	}
	o.must(olga, SetMember{User: o.user("uwe"), Group: o.group("support")}) // a user among users holds nothing over others
}
