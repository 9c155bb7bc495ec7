package api

import (
	"testing"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/report"
)

// A refused call outside is found by the number that its caller heard, and tells which rule decided: to whoever made it, and to those who may ask
// why about him. Nobody else learns the rule, nor by a search that there is such a call (N-18).
func TestRefusedCallIsFoundByItsReference(t *testing.T) {
	o := newOffice(t)
	s, _ := o.dir.View()
	nina, id := pbx.UserID(o.ids["nina"]), pbx.CallID("cal_refused")
	profile := s.Restrictions[pbx.RestrictionID(o.ids["sales restriction"])]
	deny := -1
	for i, r := range profile.Rules {
		if r.Effect == pbx.TollDeny {
			deny = i
		}
	}
	from := pbx.Party{User: nina, Name: s.Users[nina].Name, Number: s.Users[nina].Extension}
	cdr := report.CDR{ID: id, From: from, To: pbx.Party{Number: "+18769261234"}, Dialled: "+18769261234", Users: []pbx.UserID{nina},
		Started: o.now(), Ended: o.now(), Cause: pbx.CauseDenied, Reason: i18n.T("toll.refused.destination", "number", "+18769261234"),
		Reference: id.Reference(), Ruling: &event.Ruling{Code: "forbidden", Payer: nina, Profile: profile.ID, Name: profile.Name, Rule: &profile.Rules[deny]}}
	if _, err := o.tenant.Append(t.Context(), []report.CDR{cdr}, nil); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		who           string
		found         int
		rule, profile bool
	}{
		{"olga", 1, true, true},
		{"nina", 1, true, false},
		{"anna", 0, false, false},
	} {
		var list Page[Call]
		o.ask(tt.who, "GET", "/v1/calls?q="+id.Reference(), "").json(t, &list)
		if len(list.Items) != tt.found || list.Total != tt.found {
			t.Fatalf("%s finds %d of %d", tt.who, len(list.Items), list.Total)
		}
		if tt.found == 0 {
			continue
		}
		c := list.Items[0]
		if c.Reference != id.Reference() || (c.Ruling != nil && c.Ruling.Rule != "") != tt.rule || (c.Ruling != nil && c.Ruling.Profile != "") != tt.profile {
			t.Errorf("%s sees %q %+v", tt.who, c.Reference, c.Ruling)
		}
	}
}
