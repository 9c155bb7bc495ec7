// Package whatif replays recorded calls against a draft and says what would change.
//
// It decides nothing itself: the decisions are those that carry calls, asked of two configurations.
package whatif

import (
	"cmp"
	"iter"
	"strconv"
	"time"

	"tandem/number"
	"tandem/pbx"
	"tandem/toll"
)

// Turn says what becomes of a call.
type Turn string

// The turns. Calls that stay as they are have none.
const (
	Closed  Turn = "closed"  // it was allowed and would be refused
	Opened  Turn = "opened"  // it was refused and would be allowed
	Shorter Turn = "shorter" // it would end before it did
	Moved   Turn = "moved"   // it would go over another line, show another number or reach another place
)

// Effect is one call that would go otherwise.
type Effect struct {
	Call
	To            number.Number
	Turn          Turn
	Before, After Side
	Cost, Would   int64 // by the prices of both, in millionths of the currency
}

// Minutes is how long a call could last that would end sooner.
func (e *Effect) Minutes() string { return strconv.Itoa(int(e.After.Most / time.Minute)) }

// Reason names in one word why a call goes otherwise: the code of what would be said of it, and by whose rule.
func (e *Effect) Reason() string { return e.cause().String() }

// cause is a reason in its two parts.
type cause struct {
	code    toll.Code
	profile pbx.RestrictionID
	budget  pbx.BudgetID // with Spent: which one
}

func (c cause) String() string {
	if by := cmp.Or(string(c.profile), string(c.budget)); by != "" {
		return string(c.code) + "|" + by
	}
	return string(c.code)
}

func (e *Effect) cause() cause {
	spot := e.After.Spot
	if e.Turn == Shorter {
		if spot = e.After.Limit; spot.Profile == nil {
			return cause{code: Spent, budget: e.After.Budget}
		}
	}
	switch {
	case e.Turn == Moved:
		return cause{code: toll.Code(Moved)}
	case spot.Profile != nil:
		return cause{code: e.After.Code, profile: spot.Profile.ID}
	case e.After.Code == Spent:
		return cause{code: Spent, budget: e.After.Budget}
	}
	return cause{code: e.After.Code}
}

// Count is how many calls turn which way.
type Count struct{ Closed, Opened, Shorter, Moved int }

// All is how many calls go otherwise.
func (c *Count) All() int { return c.Closed + c.Opened + c.Shorter + c.Moved }

func (c *Count) add(t Turn) {
	switch t {
	case Closed:
		c.Closed++
	case Opened:
		c.Opened++
	case Shorter:
		c.Shorter++
	case Moved:
		c.Moved++
	}
}

// By is what calls are put together by.
type By string

// The groupings.
const (
	ByPerson  By = "person"  // who pays, or called
	ByClass   By = "class"   // the kind of number
	ByCountry By = "country" // where it is
	ByReason  By = "reason"  // why a call would go otherwise; only such calls are in it
	ByLine    By = "line"    // over which it would leave the house, while ways are compared
)

// Groupings lists them.
func Groupings() []By { return []By{ByReason, ByPerson, ByClass, ByCountry, ByLine} }

// Group is one of a grouping.
type Group struct {
	By  By
	Key string
}

// Tally is what a group holds.
type Tally struct {
	Count
	Calls       int
	Cost, Would int64
}

// Outcome is what a draft would have done to recorded calls.
type Outcome struct {
	Calls   int // that were looked at
	Outside int // of them: to numbers outside
	Count
	Groups  map[Group]*Tally
	Effects []Effect // the first of them, in the order of the calls
	Cost    int64    // what all of them cost, by the prices that are known, in millionths of the currency …
	Would   int64    // … and would have cost
	Unknown int      // calls that nobody would know the price of
	Saved   int64    // what the calls that would be refused cost, by the prices that are known, in millionths of the currency
}

// Most is how many effects an outcome names one by one.
const Most = 10_000

// In reports whether a call belongs to a group.
func (e *Effect) In(g Group) bool {
	for _, own := range e.groups() {
		if own == g {
			return true
		}
	}
	return false
}

func (e *Effect) groups() [5]Group {
	return [5]Group{{ByPerson, string(e.person())}, {ByClass, e.To.Class.String()}, {ByCountry, e.To.Country}, {ByReason, e.Reason()}, {ByLine, string(e.After.Way.Trunk)}}
}

func (e *Effect) person() pbx.UserID {
	if e.Payer != "" {
		return e.Payer
	}
	return e.From
}

// Replayer asks two configurations about one call after the other (N-2, TF-15). Budgets want them in the order in which they were made.
type Replayer struct {
	now, draft world
	ways       bool // the two could send calls different ways
	rights     bool // … and give people different rights
	rules      bool // … and allow calls that the other refuses, whatever they cost
	purse      purse
	read       map[*pbx.Region]map[string]*dialled // the same numbers are called again and again; the same digits are another number at another place of the office
	people     map[pbx.UserID]*Tally
	reasons    map[cause]*Tally
	out        Outcome
}

// dialled is a number as it was understood, and where calls to it are counted.
type dialled struct {
	to             number.Number
	outside        bool
	class, country *Tally
}

// New makes a replayer. What the draft gives has to hold at the moments of the calls: see Always.
func New(now, draft *pbx.Snapshot) *Replayer {
	return &Replayer{now: world{s: now}, draft: world{s: draft}, ways: differ(now, draft, onlyAllows), rights: differ(now, draft, givesNothing), rules: !sameRules(now, draft),
		purse: purse{spent: map[toll.Account]int64{}}, read: map[*pbx.Region]map[string]*dialled{}, people: map[pbx.UserID]*Tally{}, reasons: map[cause]*Tally{},
		out: Outcome{Groups: map[Group]*Tally{}}}
}

// Outcome is what came out so far.
func (r *Replayer) Outcome() *Outcome { return &r.out }

// Replay asks about every call.
func Replay(now, draft *pbx.Snapshot, calls iter.Seq[Call]) *Outcome {
	r := New(now, draft)
	for c := range calls {
		r.See(&c)
	}
	return r.Outcome()
}

func (r *Replayer) group(by By, key string) *Tally {
	g := Group{by, key}
	t := r.out.Groups[g]
	if t == nil {
		t = &Tally{}
		r.out.Groups[g] = t
	}
	return t
}

func (r *Replayer) understand(c *Call) *dialled {
	region := r.now.s.RegionOf(c.Payer, "", c.At)
	here := r.read[region]
	if here == nil {
		here = map[string]*dialled{}
		r.read[region] = here
	}
	d := here[c.Dialled]
	if d == nil {
		d = &dialled{to: r.now.s.PlaceOf(c.Payer, "", c.At).Read(c.Dialled)}
		_, ours := r.now.s.Reached(d.to.Digits)
		d.outside = d.to.Class.IsOutside() && !ours
		if d.outside {
			d.class, d.country = r.group(ByClass, d.to.Class.String()), r.group(ByCountry, d.to.Country)
		}
		here[c.Dialled] = d
	}
	return d
}

// See asks about one call. It says whether the call would go otherwise and is named one by one.
func (r *Replayer) See(c *Call) bool {
	r.out.Calls++
	d := r.understand(c)
	leaves := d.outside && (c.From != "" || c.Sent)
	e := Effect{Call: *c, To: d.to}
	switch {
	case leaves:
		r.out.Outside++
		if e.Before = r.now.outside(c, &d.to); r.rules {
			e.After = r.draft.outside(c, &d.to)
		} else {
			e.After = r.draft.priced(c, &d.to, &e.Before)
		}
		r.entitle(&e)
	case !r.ways:
		return false
	}
	if r.ways {
		r.now.routed(c, &e.Before, leaves)
		r.draft.routed(c, &e.After, leaves)
	}
	if leaves {
		r.pay(&e, d)
	}
	if e.Turn = e.turn(); e.Turn == "" {
		return false
	}
	r.out.add(e.Turn)
	if e.Turn == Closed {
		r.out.Saved += e.Cost
	}
	if leaves {
		d.class.add(e.Turn)
		d.country.add(e.Turn)
	}
	r.person(e.person()).add(e.Turn)
	why := r.reason(e.cause())
	why.add(e.Turn)
	why.Calls, why.Cost, why.Would = why.Calls+1, why.Cost+e.Cost, why.Would+e.Would
	if r.ways && leaves {
		r.group(ByLine, string(e.After.Way.Trunk)).add(e.Turn)
	}
	if len(r.out.Effects) >= Most {
		return false
	}
	r.out.Effects = append(r.out.Effects, e)
	return true
}

// entitle asks both for the rights; while the draft gives and takes none, one answer is that of the other.
func (r *Replayer) entitle(e *Effect) {
	if e.Before.OK {
		e.Before.entitle(r.now.s, &e.Call)
	}
	switch {
	case !e.After.OK:
	case r.rights || !e.Before.OK && e.Before.Code != Barred && e.Before.Code != toll.Unentitled:
		e.After.entitle(r.draft.s, &e.Call)
	default:
		if !e.Before.OK {
			e.After.refuse(e.Before.Code)
		}
	}
}

func (r *Replayer) person(u pbx.UserID) *Tally {
	t := r.people[u]
	if t == nil {
		t = r.group(ByPerson, string(u))
		r.people[u] = t
	}
	return t
}

func (r *Replayer) reason(c cause) *Tally {
	t := r.reasons[c]
	if t == nil {
		t = r.group(ByReason, c.String())
		r.reasons[c] = t
	}
	return t
}

// pay counts what a call outside cost and would have cost.
func (r *Replayer) pay(e *Effect, d *dialled) {
	if e.Talk > 0 && e.Before.OK && e.Before.Quote.OK {
		e.Cost = e.Before.Quote.Price.Cost(e.Talk)
	}
	r.purse.spend(r.draft.s, &toll.Question{Payer: e.Payer, Token: e.Token, To: e.To, At: e.At}, &e.After, e.Talk)
	switch talk := e.Talk; {
	case talk <= 0 || !e.After.OK:
	case !e.After.Quote.OK:
		r.out.Unknown++
	default:
		if e.After.Most > 0 {
			talk = min(talk, e.After.Most)
		}
		e.Would = e.After.Quote.Price.Cost(talk)
	}
	r.out.Cost, r.out.Would = r.out.Cost+e.Cost, r.out.Would+e.Would
	for _, t := range [...]*Tally{d.class, d.country, r.person(e.person())} {
		t.Calls, t.Cost, t.Would = t.Calls+1, t.Cost+e.Cost, t.Would+e.Would
	}
	if r.ways {
		t := r.group(ByLine, string(e.After.Way.Trunk))
		t.Calls, t.Cost, t.Would = t.Calls+1, t.Cost+e.Cost, t.Would+e.Would
	}
}

func (e *Effect) turn() Turn {
	before, after := &e.Before, &e.After
	switch {
	case before.OK && !after.OK:
		return Closed
	case !before.OK && after.OK:
		return Opened
	case after.OK && after.Most > 0 && e.Talk > after.Most && (before.Most == 0 || before.Most > after.Most):
		return Shorter
	case after.OK && before.Way != after.Way:
		return Moved
	}
	return ""
}

// purse is what the budgets of a draft would have spent so far. It has to see the calls in the order in which they were made.
type purse struct {
	spent map[toll.Account]int64
	draws []toll.Draw // of the call that is looked at; they are there to be used again
	sides []toll.Side
}

// spend takes a call out of the budgets of a draft: what they would not have paid ends sooner, or does not begin.
func (p *purse) spend(draft *pbx.Snapshot, q *toll.Question, v *Side, talk time.Duration) {
	if len(draft.Budgets) == 0 || !v.OK {
		return
	}
	p.draws = toll.AppendDraws(p.draws[:0], draft, q)
	if len(p.draws) == 0 {
		return
	}
	if v.Most > 0 {
		talk = min(talk, v.Most)
	}
	if short := p.short(v.Quote.Price, max(talk, time.Minute)); short != nil { // a call that has not its first minute does not begin
		paid := time.Duration(0)
		for {
			if short = p.short(v.Quote.Price, paid+time.Minute); short != nil {
				break
			}
			paid += time.Minute
		}
		v.Budget = short.ID
		if paid == 0 {
			v.OK, v.Code, v.Spot = false, Spent, toll.Spot{}
			return
		}
		talk, v.Most, v.Limit = paid, paid, toll.Spot{}
	}
	for _, s := range p.slice(v.Quote.Price, talk) {
		p.spent[s.Account] += s.Amount
	}
}

// slice is what so much talk takes of every account.
func (p *purse) slice(price pbx.Price, talk time.Duration) []toll.Side {
	p.sides = toll.AppendSlice(p.sides[:0], p.draws, price, 0, talk)
	return p.sides
}

// short is the first budget that has not enough left for so much talk; nil where all have.
func (p *purse) short(price pbx.Price, talk time.Duration) *pbx.Budget {
	for i, s := range p.slice(price, talk) {
		if s.Lacks(p.spent[s.Account]) {
			return p.draws[i].Budget
		}
	}
	return nil
}
