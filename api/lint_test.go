package api

import (
	"encoding/json"
	"slices"
	"testing"

	"tandem/command"
	"tandem/pbx"
)

// An owner sees what is wrong anywhere; a manager what concerns his people, and nothing about a crowd or an office he sees a part of (N-9).
func TestFindings(t *testing.T) {
	o := newOffice(t)
	of := func(who string) Findings {
		var out Findings
		if err := json.Unmarshal(o.wants(200, who, "GET", "/v1/rights/lints", "").body, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	has := func(f Findings, rule, person string) bool {
		return slices.ContainsFunc(f.Items, func(x Finding) bool {
			return x.Rule == rule && (person == "" || slices.ContainsFunc(x.People, func(n Named) bool { return n.ID == o.ids[person] }))
		})
	}
	before := of("olga")
	if before.Rules < 15 || has(before, "endless", "") {
		t.Fatalf("before: %+v", before)
	}
	o.do(command.GiveGrant{User: pbx.UserID(o.ids["nina"]), Right: "user.suspend", Bounds: command.Bounds{Scope: pbx.Scope{Kind: pbx.ScopeAll}, Reason: "r"}})
	o.do(command.GiveGrant{User: pbx.UserID(o.ids["tom"]), Right: "user.suspend", Bounds: command.Bounds{Scope: pbx.Scope{Kind: pbx.ScopeAll}, Reason: "r"}})
	if f := of("olga"); !has(f, "endless", "nina") || !has(f, "endless", "tom") {
		t.Errorf("the owner sees %+v", f)
	}
	if f := of("mark"); !has(f, "endless", "nina") || has(f, "endless", "tom") {
		t.Errorf("a manager sees %+v", f)
	}
	if f := of("uwe"); len(f.Items) != 0 && has(f, "endless", "") {
		t.Errorf("a user sees %+v", f)
	}
	for _, f := range of("olga").Items {
		if f.Text == "" || f.Mend == "" || f.Text == "lint."+f.Rule {
			t.Errorf("%s has no sentence: %+v", f.Rule, f)
		}
	}
}
