package route

import (
	"fmt"
	"math/rand/v2"
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

// The same over random offices: profiles, price lists and budgets of any kind. Whatever path leads to a number outside, the verdict is that of a direct call by
// whoever pays, and what is dialled has a price wherever money is counted (N-12, TF-0, TF-05).
func TestEveryWayOutAsksWhoeverPaysInRandomOffices(t *testing.T) {
	numbers := []string{"030 901820", "0170 1234567", "+48 22 123 45 67", "+1 876 926 1234", "0900 1234567", "+8816 123 45678", "0180 1 123456", "0800 1234567"}
	effects := []pbx.TollEffect{pbx.TollAllow, pbx.TollAllow, pbx.TollDeny, pbx.TollLimit}
	refused, allowed := 0, 0
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 11))
		w := costly()
		spots := []pbx.Ref{{Kind: pbx.KindSettings, ID: "office"}, {Kind: pbx.KindGroup, ID: "grp_all"}, {Kind: pbx.KindGroup, ID: "grp_sales"}, {Kind: pbx.KindUser, ID: "usr_alice"}, {Kind: pbx.KindUser, ID: "usr_bob"}}
		for i := range r.IntN(4) {
			p := &pbx.Restriction{ID: pbx.RestrictionID(fmt.Sprint("rst_r", i)), Name: "P", On: []pbx.Ref{spots[r.IntN(len(spots))]}}
			for range 1 + r.IntN(3) {
				rule := pbx.TollRule{Effect: effects[r.IntN(len(effects))]}
				for range r.IntN(3) {
					rule.Classes = append(rule.Classes, number.OutsideClasses()[r.IntN(9)])
				}
				if rule.Effect == pbx.TollLimit {
					rule.Minutes = 1 + r.IntN(60)
				}
				p.Rules = append(p.Rules, rule)
			}
			w.nouns = append(w.nouns, p)
		}
		w.nouns[0].(*pbx.Tenant).Currency = "EUR"
		for i := range r.IntN(3) {
			w.nouns = append(w.nouns, &pbx.Budget{ID: pbx.BudgetID(fmt.Sprint("bud_", i)), Name: "B", On: spots[r.IntN(len(spots))], Measure: []pbx.BudgetMeasure{pbx.MeasureMoney, pbx.MeasureTime}[r.IntN(2)],
				Period: pbx.PeriodDay, Limit: 100, Report: r.IntN(3) == 0})
		}
		for i := range r.IntN(3) {
			var list []pbx.Rate
			for _, prefix := range []string{"49", "48", "1876", "4930", "49170"} {
				if r.IntN(2) == 0 {
					list = append(list, pbx.Rate{Prefix: prefix, Minute: r.Int64N(100_000)})
				}
			}
			w.nouns = append(w.nouns, &pbx.Deck{ID: pbx.DeckID(fmt.Sprint("dck_", i)), Name: "D", Trunk: []pbx.TrunkID{"", "trk_a"}[r.IntN(2)], Currency: "EUR", From: noon.Add(-time.Hour), Over: r.IntN(2) == 0, Rates: pbx.NewRates(list)})
		}
		s := w.snapshot(t)
		for _, dialled := range numbers {
			for _, payer := range []pbx.UserID{"usr_alice", "usr_bob"} {
				n := number.Read("DE", dialled)
				want := toll.Decide(s, toll.Question{Payer: payer, To: n, At: noon})
				for name, q := range map[string]Request{
					"dialled":     {Caller: pbx.Actor{Kind: pbx.ActorDevice, User: payer}, Dialled: dialled, At: noon},
					"by a rule":   {Caller: pbx.Actor{Kind: pbx.ActorDevice, User: "usr_alice"}, To: pbx.Destination{Kind: pbx.ToOutside, Number: dialled}, Owner: payer, At: noon},
					"from afar":   {Caller: pbx.Actor{Kind: pbx.ActorTrunk, Trunk: "trk_a"}, To: pbx.Destination{Kind: pbx.ToOutside, Number: dialled}, Owner: payer, At: noon},
					"transferred": {Caller: pbx.Actor{Kind: pbx.ActorTrunk, Trunk: "trk_a"}, To: Where(s, dialled), Owner: payer, At: noon, Passed: []Stop{{At: pbx.Destination{Kind: pbx.ToUser, ID: "usr_alice"}, Cause: pbx.CauseTransferred}}},
				} {
					p := Decide(s, w.live, q)
					if got := p.Refuse == ""; got != want.OK || p.Payer != payer || p.Most != want.Most {
						t.Fatalf("seed %d, %s to %s for %s: %v, %s pays, for %v; want %v (%s), for %v\ntrace: %q", seed, name, dialled, payer, got, p.Payer, p.Most, want.OK, want.Code, want.Most, p.Trace)
					}
					for _, a := range p.Attempts {
						if quote := a.Targets[0].Quote; want.Paid && !quote.OK || quote.OK != want.Quote.OK || quote.Price != want.Quote.Price {
							t.Fatalf("seed %d, %s to %s: price %+v, want %+v", seed, name, dialled, quote, want.Quote)
						}
					}
				}
				if want.OK {
					allowed++
				} else {
					refused++
				}
			}
		}
	}
	if min(allowed, refused) < 500 {
		t.Errorf("%d allowed, %d refused: the offices are too much alike", allowed, refused)
	}
}

// Where a rule asks for the PIN, whoever dials types it to the house first; who cannot, because he does not pay or has none, is refused. With the PIN the
// line is opened (B-002).
func TestPINComesFirst(t *testing.T) {
	w := costly()
	w.nouns = append(w.nouns, &pbx.Restriction{ID: "rst_pin", Name: "PIN", On: []pbx.Ref{{Kind: pbx.KindSettings, ID: "office"}}, Rules: []pbx.TollRule{
		{Effect: pbx.TollAllow, Classes: []string{"mobile", "premium"}}, {Effect: pbx.TollPIN, Classes: []string{"premium", "international"}}}},
		&pbx.Mailbox{ID: "usr_bob", PIN: "hash", PINSince: noon})
	s := w.snapshot(t)
	device := func(u pbx.UserID) pbx.Actor { return pbx.Actor{Kind: pbx.ActorDevice, User: u} }
	for _, tt := range []struct {
		name  string
		r     Request
		asks  bool
		why   string
		lines bool
	}{
		{"dialled", Request{Caller: device("usr_bob"), Dialled: "0900 1234567"}, true, "", false},
		{"abroad", Request{Caller: device("usr_bob"), Dialled: "+48221234567"}, true, "", false},
		{"typed", Request{Caller: device("usr_bob"), To: pbx.Destination{Kind: pbx.ToOutside, Number: "0900 1234567"}, PIN: true}, false, "", true},
		{"another class", Request{Caller: device("usr_bob"), Dialled: "0170 1234567"}, false, "", true},
		{"emergency", Request{Caller: device("usr_bob"), Dialled: "112"}, false, "", true},
		{"without a PIN", Request{Caller: device("usr_alice"), Dialled: "0900 1234567"}, false, "toll.refused.pin_missing", false},
		{"a rule of his", Request{Caller: device("usr_alice"), To: pbx.Destination{Kind: pbx.ToOutside, Number: "0900 1234567"}, Owner: "usr_bob"}, false, "toll.refused.pin", false},
		{"a rule of his, by somebody who typed his own", Request{Caller: device("usr_alice"), PIN: true, To: pbx.Destination{Kind: pbx.ToOutside, Number: "0900 1234567"}, Owner: "usr_bob"}, false, "toll.refused.pin", false},
		{"by a program", Request{Caller: pbx.Actor{Kind: pbx.ActorUser, User: "usr_bob"}, Dialled: "0900 1234567"}, false, "toll.refused.pin", false},
	} {
		tt.r.At = noon
		p := Decide(s, w.live, tt.r)
		if asks := p.House != nil && p.House.At.Kind == pbx.ToPIN; asks != tt.asks || p.Text.Key != tt.why || (len(p.Attempts) > 0) != tt.lines || (p.Refuse != "") != (tt.why != "") {
			t.Errorf("%s: %+v", tt.name, p)
		}
	}
}
