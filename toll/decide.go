package toll

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tandem/i18n"
	"tandem/number"
	"tandem/pbx"
)

// Question asks for one call: may the payer, or a rule of his, call this number at this moment (N-12)?
type Question struct {
	Payer  pbx.UserID
	Device pbx.DeviceID // the phone in use; empty for rules, links and programs
	Token  pbx.TokenID  // of a program that began the call: its budgets stand before it too (BAR TF-12)
	To     number.Number
	At     time.Time
	PIN    bool        // whoever pays has typed his PIN
	Typed  time.Time   // when he did so last at that phone for another call; zero: never, or it is forgotten
	Trunk  pbx.TrunkID // over which it goes; empty: it is not known yet, and the dearest that is on counts
}

// Code says how a verdict came about, in one word.
type Code string

// The codes. Their sentences are the i18n keys "toll.<code>".
const (
	Emergency Code = "emergency" // nothing stands before it (TF-03)
	Inside    Code = "inside"    // it costs nothing
	Allowed   Code = "allowed"   // a rule allows it
	Basic     Code = "basic"     // no profile is put on the office: cheap numbers of its country are open (TF-01)
	Excepted  Code = "excepted"  // an exception for the payer
	Nobody    Code = "nobody"    // there is nobody who could pay
	Forbidden Code = "forbidden" // a rule forbids it
	Hours     Code = "hours"     // a rule forbids it at this time
	Missing   Code = "missing"   // no rule allows it
	Stranger  Code = "contacts"  // no rule allows it, and one would if the number stood in a phone book of the payer (B-016)
	Staying   Code = "stay"      // the payer is a guest room, and at check-in less was chosen (G-019)
	Alarmed   Code = "alarm"     // an alarm stops calls abroad (TF-06)
	Unpriced  Code = "unpriced"  // a budget of money would have to pay it, and nobody knows what it costs (TF-05)

	Unentitled Code = "right" // whoever pays has not the right to call outside; policy says so, and no rule was asked
)

// Spot is the rule that decided: a profile and the place in its list; no profile for what holds without one.
type Spot struct {
	Profile *pbx.Restriction
	Rule    int
	Except  bool // Rule counts in the exceptions
}

// Verdict is the answer. Its zero value refuses.
type Verdict struct {
	OK    bool
	Code  Code
	Spot  Spot          // behind the code
	Most  time.Duration // how long the call may last; 0 is without end
	Warn  time.Duration // with Most: when the parties hear that the end is near
	Limit Spot          // with Most: whose limit it is
	Asks  Spot          // with OK: the rule that wants the payer's PIN before; none when he has typed it
	Held  Spot          // with OK: the rule that would, if the PIN that he typed at that phone before did not hold still
	Quote Quote         // what it costs at that moment, by the trunk of the question or the dearest; of a refused call nothing
	Alarm *pbx.Alarm    // with Alarmed: which
	Paid  bool          // a budget of money stands before it: without a price it cannot be made
}

// Refusal is what the caller is told: the kind of reason, and no rule of others (N-18).
func (v Verdict) Refusal(to number.Number) i18n.Text {
	key := "toll.refused.destination"
	switch v.Code {
	case Hours:
		key = "toll.refused.hours"
	case Nobody:
		key = "toll.refused.nobody"
	case Unpriced:
		key = "toll.refused.unpriced"
	case Stranger:
		key = "toll.refused.contacts"
	case Alarmed:
		key = "toll.refused.alarm"
	case Staying:
		key = "toll.refused.stay"
	}
	return i18n.T(key, "number", cmp.Or(string(to.E164), to.Digits))
}

// Spoken is what the caller hears: like Refusal the kind of reason, in words that are kept as sound.
func (v Verdict) Spoken() string {
	switch v.Code {
	case Hours:
		return "say.refused.hours"
	case Nobody:
		return "say.refused.right"
	case Stranger:
		return "say.refused.contacts"
	}
	return "say.refused.class"
}

// WarnBefore is how long before its end a limited call is warned.
const WarnBefore = 30 * time.Second

// Decide answers a question. Emergency calls come first, then what costs nothing; of everything that reaches the payer an alarm beats an exception, that
// beats what was chosen for a guest at check-in, that a rule that forbids, and that those that allow. What no rule allows is refused.
func Decide(s *pbx.Snapshot, q Question) Verdict {
	switch {
	case q.To.Class == number.Emergency:
		return Verdict{OK: true, Code: Emergency}
	case !q.To.Class.IsOutside():
		return Verdict{OK: q.To.Class != number.Malformed, Code: Inside}
	case s.Users[q.Payer] == nil:
		return Verdict{Code: Nobody}
	}
	c := collector{s: s, q: q}
	c.gather()
	v := c.verdict()
	if v.OK {
		v.price(s, &q)
	}
	return v
}

// Reprice is the verdict of a configuration on a question that another one has answered, when the two differ in nothing but price lists, budgets and
// where calls go.
func Reprice(s *pbx.Snapshot, q Question, other Verdict) Verdict {
	switch {
	case other.Code == Unpriced: // what stood there before is not known any more
		return Decide(s, q)
	case other.OK && q.To.Class.IsOutside() && q.To.Class != number.Emergency:
		other.Quote = Quote{}
		other.price(s, &q)
	}
	return other
}

// collector goes over the rules that reach a payer and remembers the first of each effect.
type collector struct {
	s *pbx.Snapshot
	q Question
	moment
	allow, deny, limit, pin Spot
	lift, held              Spot
	alarms                  bool                   // somebody is stopped, and the number is one that alarms stop
	alarm                   *pbx.Alarm             // the first that reaches the payer
	stay                    bool                   // a guest stays there for whom less was chosen
	stranger                bool                   // a rule would allow it if the number stood in a phone book
	asked, known            bool                   // whether it does, once a rule asked
	basic                   bool                   // no profile is put on the office, and the number is a cheap one
	at                      pbx.Ref                // what is looked at
	visit                   func(*pbx.Restriction) // of an explanation: every profile that reaches the payer
}

// gather looks at the phone, the person, his roles and groups with those above, his region, and the office.
func (c *collector) gather() {
	s, q := c.s, &c.q
	c.alarms = s.HasAlarm() && Abroad(q.To.Class)
	if len(s.GuestRooms) > 0 {
		c.stay = !s.Dialling(q.Payer, q.At).Opens(q.To.Class.String())
	}
	if q.Device != "" {
		c.look(pbx.Ref{Kind: pbx.KindDevice, ID: string(q.Device)})
	}
	c.look(pbx.Ref{Kind: pbx.KindUser, ID: string(q.Payer)})
	for _, m := range s.MembershipsOf(q.Payer) {
		if !m.IsActive(q.At) {
			continue
		}
		c.look(pbx.Ref{Kind: pbx.KindRole, ID: string(m.Role)})
		g := s.Groups[m.Group]
		for range pbx.Depth {
			if g == nil {
				break
			}
			c.look(g.Ref())
			g = s.Groups[g.Parent]
		}
	}
	for _, a := range s.AssignmentsOf(q.Payer) {
		if (pbx.Interval{From: a.From, Until: a.Until}).Contains(q.At) {
			c.look(pbx.Ref{Kind: pbx.KindRole, ID: string(a.Role)})
		}
	}
	if r := s.RegionOf(q.Payer, q.Device, q.At); r != nil {
		c.look(r.Ref())
	}
	office := s.RestrictionsOn(s.Tenant.Ref())
	c.at = s.Tenant.Ref()
	c.all(office)
	if len(office) == 0 {
		c.basic = slices.Contains(basic[:], q.To.Class)
	}
}

// basic is pbx.Basic for a quick answer; a test holds them together.
var basic = [...]number.Class{number.Local, number.National, number.Mobile, number.TollFree}

func (c *collector) look(r pbx.Ref) {
	c.at = r
	if c.alarms && c.alarm == nil {
		c.alarm = c.s.AlarmOn(r)
	}
	c.all(c.s.RestrictionsOn(r))
}

func (c *collector) all(list []*pbx.Restriction) {
	for _, p := range list {
		c.profile(p)
	}
}

func (c *collector) profile(p *pbx.Restriction) {
	if c.visit != nil {
		c.visit(p)
	}
	for i := range p.Except {
		e := &p.Except[i]
		if c.lift.Profile == nil && e.User == c.q.Payer && c.q.At.Before(e.Until) && fits(&c.q.To, e.Classes, e.Countries, e.Prefixes) {
			c.lift = Spot{p, i, true}
		}
	}
	for i := range p.Rules {
		r := &p.Rules[i]
		if !c.fits(r) {
			continue
		}
		switch r.Effect {
		case pbx.TollAllow:
			if c.allow.Profile == nil {
				c.allow = Spot{p, i, false}
			}
		case pbx.TollDeny:
			if c.deny.Profile == nil || c.deny.timed() && !isTimed(r) {
				c.deny = Spot{p, i, false}
			}
		case pbx.TollPIN:
			switch {
			case c.q.remembers(r):
				if c.held.Profile == nil || r.Minutes < c.held.rule().Minutes {
					c.held = Spot{p, i, false}
				}
			case c.pin.Profile == nil:
				c.pin = Spot{p, i, false}
			}
		case pbx.TollLimit:
			if c.limit.Profile == nil || r.Minutes < c.limit.rule().Minutes {
				c.limit = Spot{p, i, false}
			}
		}
	}
}

func (s Spot) rule() *pbx.TollRule { return &s.Profile.Rules[s.Rule] }

// remembers reports whether the PIN that the payer typed before is enough for a rule: at the phone in use, and for no call of a program.
func (q *Question) remembers(r *pbx.TollRule) bool {
	if q.Typed.IsZero() || q.Device == "" || q.Token != "" || q.At.Before(q.Typed) {
		return false
	}
	return q.At.Sub(q.Typed) < time.Duration(r.Minutes)*time.Minute
}

// HeldUntil is when the payer is asked for his PIN again that he typed at a moment; zero where no such PIN lets the call pass.
func (v *Verdict) HeldUntil(typed time.Time) time.Time {
	if v.Held.Profile == nil {
		return time.Time{}
	}
	return typed.Add(time.Duration(v.Held.rule().Minutes) * time.Minute)
}

func (s Spot) timed() bool { return isTimed(s.rule()) }

// isTimed reports whether a rule would say something else at another time.
func isTimed(r *pbx.TollRule) bool { return r.When != pbx.TollAlways || r.From != r.Until }

// pricy are the classes that a rule has to name to open them: nobody opens premium numbers by "everything".
func pricy(c number.Class) bool {
	return c == number.Premium || c == number.SharedCost || c == number.Satellite || c == number.Unassigned
}

func (c *collector) fits(r *pbx.TollRule) bool {
	to := &c.q.To
	if r.Effect == pbx.TollAllow && len(r.Classes) == 0 && len(r.Prefixes) == 0 && pricy(to.Class) {
		return false
	}
	if !fits(to, r.Classes, r.Countries, r.Prefixes) || !c.holds(c.s, &c.q, r) {
		return false
	}
	if !r.Contacts || c.isKnown() {
		return true
	}
	c.stranger = c.stranger || r.Effect == pbx.TollAllow
	return false
}

// isKnown reports whether the number stands in a phone book of whoever pays.
func (c *collector) isKnown() bool {
	if !c.asked {
		c.asked, c.known = true, c.s.ContactFor(c.q.Payer, string(c.q.To.E164), c.q.At) != nil
	}
	return c.known
}

// fits reports whether a number is meant by lists; an empty list means all.
func fits(to *number.Number, classes, countries, prefixes []string) bool {
	if len(classes) > 0 && !slices.Contains(classes, to.Class.String()) {
		return false
	}
	if len(countries) > 0 && (to.Country == "" || !slices.Contains(countries, to.Country)) {
		return false
	}
	if len(prefixes) == 0 {
		return true
	}
	for _, p := range prefixes {
		if strings.HasPrefix(string(to.E164), p) {
			return true
		}
	}
	return false
}

func (c *collector) verdict() Verdict {
	v := Verdict{}
	switch {
	case c.alarm != nil:
		v.Code, v.Alarm = Alarmed, c.alarm
	case c.lift.Profile != nil:
		v.OK, v.Code, v.Spot = true, Excepted, c.lift
	case c.stay:
		v.Code = Staying
	case c.deny.Profile != nil && c.deny.timed():
		v.Code, v.Spot = Hours, c.deny
	case c.deny.Profile != nil:
		v.Code, v.Spot = Forbidden, c.deny
	case c.allow.Profile != nil:
		v.OK, v.Code, v.Spot = true, Allowed, c.allow
	case c.basic:
		v.OK, v.Code = true, Basic
	case c.stranger:
		v.Code = Stranger
	default:
		v.Code = Missing
	}
	if v.OK && !c.q.PIN {
		if v.Asks = c.pin; c.pin.Profile == nil {
			v.Held = c.held
		}
	}
	if v.OK && c.limit.Profile != nil {
		v.Most, v.Limit = time.Duration(c.limit.rule().Minutes)*time.Minute, c.limit
		v.Warn = max(v.Most-WarnBefore, v.Most/2)
	}
	return v
}

// price looks up what an allowed call costs, and refuses it when that has to be known and is not.
func (v *Verdict) price(s *pbx.Snapshot, q *Question) {
	if v.Paid = needsPrice(s, q); len(s.Decks) == 0 && !v.Paid {
		v.Quote.OK = q.To.Class == number.TollFree
		return
	}
	if q.Trunk != "" {
		v.Quote = PriceOn(s, q.Trunk, &q.To, q.At)
	} else {
		v.Quote = Dearest(s, &q.To, q.At)
	}
	if v.Paid && !v.Quote.OK {
		v.OK, v.Code = false, Unpriced
	}
}
