package switchboard

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/toll"
)

// purse is the till of an office with what it has written down.
type purse struct {
	mu      sync.Mutex
	lines   []toll.Line
	broken  bool
	reached []Reached
	till    *Till
}

func newPurse() *purse {
	p := &purse{}
	p.till = NewTill(toll.Ledger{}, p.write, func(r Reached) { p.reached = append(p.reached, r) })
	return p
}

func (p *purse) write(_ context.Context, l toll.Line) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken {
		return errors.New("disk full")
	}
	p.lines = append(p.lines, l)
	return nil
}

// spent is what a budget of the first day of the bubble has spent, as the lines tell it.
func (p *purse) spent(id pbx.BudgetID, u pbx.UserID) (n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var l toll.Ledger
	accounts := map[toll.Account]bool{}
	for _, line := range p.lines {
		l.Apply(line)
		for _, h := range line.Held {
			if h.Account.Budget == id && (u == "" || h.Account.User == u) {
				accounts[h.Account] = true
			}
		}
	}
	for a := range accounts {
		n += l.Spent(a)
	}
	return n
}

// budgeted gives the office a line at 0.40 a minute and budgets.
func (o *office) budgeted(budgets ...*pbx.Budget) {
	o.outside(pbx.TollRule{Effect: pbx.TollAllow})
	tenant := o.s.Tenant
	tenant.Currency = "EUR"
	put := []pbx.Noun{&tenant, &pbx.Deck{ID: "dck_1", Name: "Prices", Currency: "EUR", From: began.AddDate(-1, 0, 0), Rates: pbx.NewRates([]pbx.Rate{{Prefix: "49", Minute: 400_000}})}}
	for i, b := range budgets {
		b.ID, b.Name = pbx.BudgetID(fmt.Sprint("bud_", i)), fmt.Sprint("Budget ", i)
		if b.Period == "" {
			b.Period = pbx.PeriodDay
		}
		if b.Measure == "" {
			b.Measure = pbx.MeasureMoney
		}
		put = append(put, b)
	}
	s, err := o.s.Apply(pbx.Change{Put: put})
	if err != nil {
		o.t.Fatal(err)
	}
	o.mu.Lock()
	o.s = s
	o.mu.Unlock()
}

func officeRef() pbx.Ref            { return pbx.Ref{Kind: pbx.KindSettings, ID: "office"} }
func userRef(id pbx.UserID) pbx.Ref { return pbx.Ref{Kind: pbx.KindUser, ID: string(id)} }

// A budget of 1.20 is good for three minutes at 0.40: the parties are warned half a minute before the end, the call is cut before it would cost more,
// the record says by which rule, and the next call is refused (B-042, B-045, N-11).
func TestBudgetEndsCall(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newPurse()
		o := newOffice(t, func(c *Config) { c.Till = p.till })
		o.budgeted(&pbx.Budget{On: userRef("usr_alice"), Limit: 120, Marks: []int{50, 100}})
		o.dial("030 901820", false, offer(pcma, event8))
		pause(2*time.Minute + 40*time.Second)
		synctest.Wait()
		warned := 0
		for _, s := range o.sound.streams {
			if len(s.plays) > 0 {
				warned++
			}
		}
		if warned != 2 || o.sound.joined() != 3 {
			t.Errorf("%d sides were warned, %d times they were joined", warned, o.sound.joined())
		}
		pause(time.Hour)
		o.dial("030 901820", false, offer(pcma, event8))
		pause(time.Minute)
		synctest.Wait()
		o.drain()
		o.ledger.mu.Lock()
		defer o.ledger.mu.Unlock()
		first, second := o.ledger.cdrs[0], o.ledger.cdrs[1]
		if first.Talk() != 3*time.Minute-time.Second || first.Reason.Key != "toll.spent" || first.Trace[len(first.Trace)-1].Key != "toll.cut.budget" {
			t.Errorf("%v %v %v", first.Talk(), first.Reason, first.Trace)
		}
		if cost, currency, known := first.Cost(); cost != 1_193_334 || currency != "EUR" || !known || p.spent("bud_0", "") != cost {
			t.Errorf("it cost %d %s, the budget says %d", cost, currency, p.spent("bud_0", ""))
		}
		if second.Cause != pbx.CauseDenied || second.Reason.Key != "toll.refused.budget" {
			t.Errorf("the next call: %v %v", second.Cause, second.Reason)
		}
		var marks []int
		for _, r := range p.reached {
			marks = append(marks, r.Mark)
		}
		if !slices.Equal(marks, []int{50, 100}) {
			t.Errorf("marks %v", marks)
		}
	})
}

// A budget that only reports stops nothing, and tells it.
func TestReportingBudgetGoesOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newPurse()
		o := newOffice(t, func(c *Config) { c.Till = p.till })
		o.budgeted(&pbx.Budget{On: officeRef(), Limit: 50, Marks: []int{100}, Report: true})
		a := o.dial("030 901820", false, offer(pcma, event8))
		pause(10 * time.Minute)
		a.hangsUp()
		synctest.Wait()
		o.drain()
		if c := o.only(); c.Talk() < 9*time.Minute || len(p.reached) != 1 || p.spent("bud_0", "") < 3_600_000 {
			t.Errorf("%v, %d, %d", c.Talk(), len(p.reached), p.spent("bud_0", ""))
		}
	})
}

// Minutes are counted like money (B-030, B-039), and a budget for each counts each alone.
func TestTalkTimeEnds(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newPurse()
		o := newOffice(t, func(c *Config) { c.Till = p.till })
		o.budgeted(&pbx.Budget{On: officeRef(), Each: true, Measure: pbx.MeasureTime, Limit: 5})
		o.dial("030 901820", false, offer(pcma, event8))
		pause(time.Hour)
		synctest.Wait()
		o.drain()
		if c := o.only(); c.Talk() != 5*time.Minute-time.Second || p.spent("bud_0", "usr_alice") != 299 {
			t.Errorf("%v, %d", c.Talk(), p.spent("bud_0", "usr_alice"))
		}
	})
}

// Of sixty calls that begin at once against a budget for three minutes, three begin; nothing is spent beyond the budget (TF-04).
func TestParallelCallsCannotOverspend(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newPurse()
		o := newOffice(t, func(c *Config) { c.Till = p.till })
		o.budgeted(&pbx.Budget{On: userRef("usr_alice"), Limit: 500}, &pbx.Budget{On: officeRef(), Period: pbx.PeriodMonth, Limit: 120})
		for range 60 {
			o.dial("030 901820", false, offer(pcma, event8))
		}
		pause(time.Hour)
		synctest.Wait()
		o.drain()
		talked, refused, cost := 0, 0, int64(0)
		for _, c := range o.ledger.cdrs {
			n, _, _ := c.Cost()
			cost += n
			switch {
			case c.Talk() > 0:
				talked++
			case c.Reason.Key == "toll.refused.budget":
				refused++
			}
		}
		if talked != 3 || refused != 57 || cost > 1_200_000 || cost != p.spent("bud_1", "") || cost != p.spent("bud_0", "") || len(p.till.Running()) != 0 {
			t.Errorf("%d talked, %d refused, cost %d, spent %d and %d", talked, refused, cost, p.spent("bud_1", ""), p.spent("bud_0", ""))
		}
	})
}

// What cannot be written down is not spent: without a database no call outside begins, and one that talks ends with what is paid (BAR CR-02).
func TestNoDatabaseNoMoney(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newPurse()
		o := newOffice(t, func(c *Config) { c.Till = p.till })
		o.budgeted(&pbx.Budget{On: officeRef(), Limit: 10_000})
		o.dial("030 901820", false, offer(pcma, event8))
		pause(10 * time.Second)
		p.mu.Lock()
		p.broken = true
		p.mu.Unlock()
		o.dial("030 901820", false, offer(pcma, event8))
		pause(2 * time.Minute)
		p.mu.Lock()
		p.broken = false
		p.mu.Unlock()
		pause(time.Minute)
		synctest.Wait()
		o.drain()
		second, first := o.ledger.cdrs[0], o.ledger.cdrs[1]
		if second.Reason.Key != "toll.refused.till" || first.Talk() != time.Minute-time.Second {
			t.Errorf("%v; %v %v", second.Reason, first.Talk(), first.Reason)
		}
		if cost, _, _ := first.Cost(); p.spent("bud_0", "") != cost {
			t.Errorf("it cost %d, the budget says %d", cost, p.spent("bud_0", ""))
		}
	})
}

// Emergency calls cost nothing and are never cut, whatever is left (TF-03).
func TestEmergencyHasNoBudget(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newPurse()
		o := newOffice(t, func(c *Config) { c.Till = p.till })
		o.budgeted(&pbx.Budget{On: officeRef(), Limit: 0})
		a := o.dial("112", false, offer(pcma, event8))
		pause(30 * time.Minute)
		a.hangsUp()
		synctest.Wait()
		o.drain()
		if c := o.only(); c.Talk() < 29*time.Minute || len(p.lines) != 0 {
			t.Errorf("%v, %d lines", c.Talk(), len(p.lines))
		}
	})
}

// Whoever raises a budget while a call talks lets it go on.
func TestRaisedBudgetGoesOn(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newPurse()
		o := newOffice(t, func(c *Config) { c.Till = p.till })
		b := &pbx.Budget{On: officeRef(), Limit: 80}
		o.budgeted(b)
		o.dial("030 901820", false, offer(pcma, event8))
		pause(time.Minute)
		raised := *b
		raised.Raises = []pbx.BudgetRaise{{More: 80, Until: began.Add(48 * time.Hour), Reason: "fair"}}
		s, err := o.s.Apply(pbx.Change{Put: []pbx.Noun{&raised}})
		if err != nil {
			t.Fatal(err)
		}
		o.mu.Lock()
		o.s = s
		o.mu.Unlock()
		pause(time.Hour)
		synctest.Wait()
		o.drain()
		if c := o.only(); c.Talk() != 4*time.Minute-time.Second {
			t.Errorf("%v %v", c.Talk(), c.Reason)
		}
	})
}

// Random lives of a till with crashes: it is built anew of what was written, legs that were cut off keep what they hold, and no account is ever spent
// beyond its limit, however many ask at once (N-11, TF-13).
func TestTillSurvivesCrashes(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		p := newPurse()
		budget := &pbx.Budget{ID: "bud", Measure: pbx.MeasureMoney}
		draws := []toll.Draw{{Budget: budget, Account: toll.Account{Budget: "bud", Window: 1}, Limit: r.Int64N(5_000_000)}, {Budget: budget, Account: toll.Account{Budget: "other", Window: 1}, Limit: r.Int64N(9_000_000)}}
		price := pbx.Price{Minute: r.Int64N(900_000), Setup: r.Int64N(1000), Increment: time.Duration(r.IntN(60)) * time.Second}
		for round := range 4 {
			var all sync.WaitGroup
			for n := range 8 {
				leg, slices := pbx.LegID(fmt.Sprint(round, "/", n)), time.Duration(1+r.IntN(4))
				ends := r.IntN(2) == 0
				all.Go(func() {
					paid := time.Duration(0)
					for range slices {
						lacks, err := p.till.Reserve(t.Context(), "cal", leg, "usr", draws, price, paid, paid+slice)
						if lacks != nil || err != nil {
							break
						}
						paid += slice
					}
					if ends {
						_ = p.till.Settle(t.Context(), leg, toll.Took(draws, price, paid-time.Second))
					}
				})
			}
			all.Wait()
			var again toll.Ledger
			for _, l := range p.lines {
				again.Apply(l)
			}
			for _, d := range draws {
				if got := again.Spent(d.Account); got != p.till.Spent(d.Account) || got > d.Limit || got < 0 {
					t.Fatalf("seed %d: %d is written, %d was counted, of %d", seed, got, p.till.Spent(d.Account), d.Limit)
				}
			}
			p.till = NewTill(again, p.write, nil)
			for _, open := range p.till.Running() {
				if err := p.till.Settle(t.Context(), open.Leg, func(toll.Account) (int64, bool) { return 0, false }); err != nil {
					t.Fatal(err)
				}
			}
		}
		if n := len(p.till.Running()); n != 0 {
			t.Fatalf("%d legs are open", n)
		}
	}
}

// comesIn is a call from outside for a number of the office.
func (o *office) comesIn(did string) { o.comesFrom("+49895550000", did) }

// comesFrom is comesIn of a caller with another number.
func (o *office) comesFrom(from, did string) *phone {
	p := &phone{w: o.wire, in: true, gone: make(chan struct{}), replied: make(chan int, 9), port: 6000}
	o.wire.mu.Lock()
	p.leg = pbx.LegID(fmt.Sprintf("leg_in%d", len(o.wire.legs)))
	o.wire.legs[p.leg] = p
	o.wire.mu.Unlock()
	o.board.Incoming(call.Incoming{Leg: p.leg, Actor: pbx.Actor{Kind: pbx.ActorTrunk, Trunk: "trk_1", Via: "sip"}, From: pbx.Party{Number: from},
		Dialled: did, Offer: offer(pcma, event8), Source: netip.MustParseAddrPort(o.caller)})
	return p
}

// The drill (TF-07): at 02:00 a stolen session sends all calls for alice to a dear number, and forty calls come in from outside. She pays, whoever calls: the
// loss is at most her daily limit, and the alarm is there within a minute.
func TestStolenSessionLosesTheDailyLimit(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := newPurse()
		var alarm time.Time
		p.till = NewTill(toll.Ledger{}, p.write, func(r Reached) {
			if r.Mark == 100 && alarm.IsZero() {
				alarm = time.Now()
			}
		})
		o := newOffice(t, func(c *Config) { c.Till = p.till })
		o.budgeted(&pbx.Budget{On: userRef("usr_alice"), Limit: 500, Marks: []int{100}}, &pbx.Budget{On: officeRef(), Period: pbx.PeriodMonth, Limit: 100_000})
		dear := pbx.Destination{Kind: pbx.ToOutside, Number: "+49 30 901820"}
		s, err := o.s.Apply(pbx.Change{Put: []pbx.Noun{&pbx.DID{ID: "did_1", Number: "+4930100101", To: pbx.Destination{Kind: pbx.ToUser, ID: "usr_alice"}},
			&pbx.Deck{ID: "dck_1", Name: "Prices", Currency: "EUR", From: began.AddDate(-1, 0, 0), Rates: pbx.NewRates([]pbx.Rate{{Prefix: "49", Minute: 2_000_000}})},
			&pbx.Forwarding{User: "usr_alice", Profiles: map[pbx.Status]pbx.Profile{pbx.StatusAvailable: {Offline: pbx.Case{Inside: dear}, NoAnswer: pbx.Case{Inside: dear}, Busy: pbx.Case{Inside: dear}}}}}})
		if err != nil {
			t.Fatal(err)
		}
		o.mu.Lock()
		o.s = s
		o.mu.Unlock()
		pause(time.Hour) // it is two in the morning in Berlin
		begins := time.Now()
		for range 40 {
			o.comesIn("+4930100101")
			pause(time.Second)
		}
		pause(5 * time.Hour)
		synctest.Wait()
		o.drain()
		lost, out := int64(0), 0
		for _, c := range o.ledger.cdrs {
			n, _, _ := c.Cost()
			lost += n
			if n > 0 {
				out++
			}
		}
		if lost == 0 || lost > 5_000_000 || out != 2 || alarm.Sub(begins) > time.Minute || alarm.IsZero() {
			t.Errorf("lost %d by %d calls, alarm after %v", lost, out, alarm.Sub(begins))
		}
	})
}
