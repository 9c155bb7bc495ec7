package route

import (
	"testing"
	"time"

	"tandem/number"
	"tandem/pbx"
	"tandem/toll"
)

// costly is an office in which sales may call abroad in opening hours and nobody else may, with a line that carries everything.
func costly() *world {
	w := newWorld()
	w.phone(w.person("alice", "101", false), "adesk", 1)
	w.nouns = append(w.nouns, &pbx.Group{ID: "grp_sales", Name: "Sales", Parent: "grp_all"},
		&pbx.User{ID: "usr_bob", Name: "bob", Email: "bob@example.org", Extension: "102", Mobile: "+48512345678"},
		&pbx.Membership{ID: "mem_bob", User: "usr_bob", Group: "grp_sales", Role: "user", From: noon.Add(-time.Hour), Main: true},
		&pbx.Restriction{ID: "rst_1", Name: "Export", On: []pbx.Ref{{Kind: pbx.KindGroup, ID: "grp_sales"}}, Rules: []pbx.TollRule{
			{Effect: pbx.TollAllow, Classes: []string{"international"}}, {Effect: pbx.TollLimit, Minutes: 10}, {Effect: pbx.TollDeny, Countries: []string{"JM"}}}})
	w.trunk("trk_a", nil)
	return w
}

// Every way to a number outside has the verdict of a direct call by whoever pays (N-12, TF-02, TF-07, TF-08): dialled, by a rule of a person, by
// a transfer, from inside and from outside.
func TestEveryWayOutAsksWhoeverPays(t *testing.T) {
	numbers := []string{"112", "030 901820", "0170 1234567", "+48 22 123 45 67", "0048221234567", "+1 876 926 1234", "0900 1234567", "+49 0900 1234567", "+8816 123 45678", "+999 1234567", "0180 1 123456"}
	for _, dialled := range numbers {
		for _, payer := range []pbx.UserID{"usr_alice", "usr_bob"} {
			w := costly()
			s := w.snapshot(t)
			n := number.Read("DE", dialled)
			want := toll.Decide(s, toll.Question{Payer: payer, To: n, At: noon})
			ways := map[string]Request{
				"dialled":                            {Caller: pbx.Actor{Kind: pbx.ActorDevice, User: payer}, Dialled: dialled, At: noon},
				"a rule, called by a colleague":      {Caller: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice"}, To: pbx.Destination{Kind: pbx.ToOutside, Number: dialled}, Owner: payer, At: noon},
				"a rule, called from outside":        {Caller: pbx.Actor{Kind: pbx.ActorTrunk, Trunk: "trk_a"}, To: pbx.Destination{Kind: pbx.ToOutside, Number: dialled}, Owner: payer, At: noon},
				"sent on by a transfer of the payer": {Caller: pbx.Actor{Kind: pbx.ActorTrunk, Trunk: "trk_a"}, To: Where(s, dialled), Owner: payer, At: noon, Passed: []Stop{{At: pbx.Destination{Kind: pbx.ToUser, ID: "usr_alice"}, Cause: pbx.CauseTransferred}}},
			}
			for name, r := range ways {
				p := Decide(s, w.live, r)
				if got := p.Refuse == ""; got != want.OK {
					t.Errorf("%s to %s for %s: %v, want %v (%s)\ntrace: %q", name, dialled, payer, got, want.OK, want.Code, p.Trace)
				}
				if p.Refuse == "" && !p.IsEmergency() && n.Class != number.Emergency && (p.Payer != payer || p.Most != want.Most) {
					t.Errorf("%s to %s: %s pays, for %v; want %s, %v", name, dialled, p.Payer, p.Most, payer, want.Most)
				}
				if n.E164 != "" {
					for _, a := range p.Attempts {
						if sends := a.Targets[0].Sends; sends != string(n.E164) {
							t.Errorf("%s to %s: decided about %s and sent %s", name, dialled, n.E164, sends)
						}
					}
				}
			}
		}
	}
}

// One's own mobile abroad is as dear as any number there.
func TestOnesMobileIsAsked(t *testing.T) {
	w := costly()
	w.nouns = append(w.nouns, &pbx.Restriction{ID: "rst_2", Name: "None", On: []pbx.Ref{{Kind: pbx.KindUser, ID: "usr_bob"}}, Rules: []pbx.TollRule{{Effect: pbx.TollDeny, Countries: []string{"PL"}}}})
	p := Decide(w.snapshot(t), w.live, Request{Caller: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice"}, To: pbx.Destination{Kind: pbx.ToMobile}, Owner: "usr_bob", At: noon})
	if p.Refuse != pbx.CauseDenied || p.Text.Key != "toll.refused.destination" {
		t.Errorf("%+v", p)
	}
}
