package switchboard

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"tandem/pbx"
	"tandem/policy"
	"tandem/toll"
)

func tokenRef() pbx.Ref { return pbx.Ref{Kind: pbx.KindToken, ID: "tok_1"} }

// program is alice's token in the hands of a program.
func program() pbx.Actor {
	return pbx.Actor{Kind: pbx.ActorToken, User: "usr_alice", Token: "tok_1", Via: "api"}
}

// withProgram gives alice a token whose calls may take 0.80, two minutes, and herself a budget of ten times that.
func withProgram(t *testing.T) (*office, *purse) {
	p := newPurse()
	o := newOffice(t, func(c *Config) { c.Till = p.till })
	o.reconfigure(&pbx.Token{ID: "tok_1", User: "usr_alice", Name: "Dialler", Hash: "h", Until: began.AddDate(1, 0, 0)})
	o.budgeted(&pbx.Budget{On: tokenRef(), Limit: 80}, &pbx.Budget{On: userRef("usr_alice"), Limit: 800})
	return o, p
}

// Calls that a program begins draw on the budget of its token and on that of whoever pays. They are cut when the token's is used up, and the next one is
// refused before any phone rings, by a sentence that names the budget; by hand she calls as before (BAR TF-12).
func TestTokenHasItsOwnBudget(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, p := withProgram(t)
		var rang atomic.Int32
		o.phone("a1", false, func(p *phone) { rang.Add(1); p.rings(); p.waits(time.Second); p.answers() })
		byProgram := func(a *Originate) { a.Who = program() }
		if _, err := o.asks("030 901820", byProgram); err != nil {
			t.Fatal(err)
		}
		pause(10 * time.Minute)
		if c := o.record(0); c.Talk() != 2*time.Minute-time.Second || c.Reason.Key != "toll.spent" || !slices.Contains(keys(c), "toll.cut.budget") {
			t.Errorf("talked %v, %v, %v", c.Talk(), c.Reason, keys(c))
		} else if cost, _, _ := c.Cost(); p.spent("bud_0", "") != cost || p.spent("bud_1", "") != cost || cost > 800_000 {
			t.Errorf("it cost %d, of the token's budget %d, of hers %d", cost, p.spent("bud_0", ""), p.spent("bud_1", ""))
		}
		_, err := o.asks("030 901820", byProgram)
		if key(err) != "toll.refused.token" || rang.Load() != 1 {
			t.Errorf("used up: %v, her phone rang %d times", err, rang.Load())
		} else if args := err.(*pbx.Error).Text.Args; args["name"] != "Budget 0" || args["token"] != "Dialler" {
			t.Errorf("it names %v", args)
		}
		if _, err := o.asks("030 901820", nil); err != nil {
			t.Errorf("by a click of hers: %v", err)
		}
		if _, err := o.asks("112", byProgram); err != nil {
			t.Errorf("help: %v", err)
		}
		pause(time.Minute)
		o.drain()
	})
}

// What a program begins for somebody else he pays, and its token does too; so it is when a program sends a running call out of the house, and when a rule of
// the called person's does (BAR TF-12).
func TestTokenPaysWhereverItLeads(t *testing.T) {
	for name, begins := range map[string]func(o *office) error{
		"for bob": func(o *office) error {
			o.reconfigure(&pbx.Grant{ID: "gnt_1", User: "usr_alice", Right: policy.CallOriginate.String(), Scope: pbx.Scope{Kind: pbx.ScopeAll}, From: began.Add(-time.Hour)})
			_, err := o.asks("030 901820", func(a *Originate) { a.Who, a.For = program(), "usr_bob" })
			return err
		},
		"by a transfer": func(o *office) error {
			o.dial("102", false, offer(pcma, event8))
			pause(5 * time.Second)
			return o.board.Send(o.t.Context(), program(), o.liveCalls()[0].ID, Order{Right: policy.CallTransfer, To: pbx.Destination{Kind: pbx.ToOutside, Number: "030901820"}})
		},
		"by a rule of bob's": func(o *office) error {

			o.reconfigure(&pbx.Forwarding{User: "usr_bob", Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {Busy: pbx.Case{Inside: pbx.Destination{Kind: pbx.ToOutside, Number: "030901820"}}}}})
			_, err := o.asks("102", func(a *Originate) { a.Who = program() })
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				o, p := withProgram(t)
				o.phone("a1", false, func(p *phone) { p.rings(); p.waits(time.Second); p.answers() })
				o.phone("b1", false, func(p *phone) {
					if p.rings(); name == "by a rule of bob's" {
						p.fails(pbx.CauseBusy, 486)
						return
					}
					p.waits(time.Second)
					p.answers()
				})
				if err := begins(o); err != nil {
					t.Fatal(err)
				}
				pause(10 * time.Minute)
				o.drain()
				if got := p.spent("bud_0", ""); got == 0 || got > 800_000 {
					t.Errorf("the token's budget has %d", got)
				}
				for _, c := range o.ledger.cdrs {
					for _, l := range c.Legs {
						if l.Charge != nil && l.Charge.Token != "tok_1" {
							t.Errorf("the record of a leg outside: %+v", l.Charge)
						}
					}
				}
			})
		})
	}
}

// Sixty programs that begin at once spend no more than the token's budget (BAR TF-04, TF-12).
func TestManyCallsOfOneToken(t *testing.T) {
	bubble(t, func(t *testing.T) {
		o, p := withProgram(t)
		o.phone("a1", false, func(p *phone) { p.rings(); p.waits(time.Second); p.answers() })
		for range 60 {
			_, _ = o.asks("030 901820", func(a *Originate) { a.Who = program() })
		}
		pause(20 * time.Minute)
		o.drain()
		cost, talked := int64(0), 0
		for _, c := range o.ledger.cdrs {
			n, _, _ := c.Cost()
			if cost += n; c.Talk() > 0 {
				talked++
			}
		}
		if limit := toll.Limit(o.s.Budgets["bud_0"], "", began); cost == 0 || cost > limit || p.spent("bud_0", "") != cost || talked != 2 {
			t.Errorf("%d calls cost %d, the budget of %d says %d", talked, cost, limit, p.spent("bud_0", ""))
		}
	})
}
