package switchboard

import (
	"strconv"
	"strings"
	"time"

	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/report"
	"tandem/route"
	"tandem/toll"
)

// ForwardCheck is one question behind a rule that sends calls on (B-100).
type ForwardCheck struct {
	Kind   string
	OK     bool
	Holds  bool // it only says what the person could change: a rule that is set works all the same
	Text   i18n.Text
	Change i18n.Text // with !OK: what would help
	Where  string    // with !OK: the page on which
}

// ForwardFacts is what stands in no snapshot.
type ForwardFacts struct {
	Short bool         // a budget has not enough left for the first minute
	Calls []report.CDR // calls of the person, the last first
	Blind bool         // nobody knows which phones are registered: they are taken for reachable
}

// ForwardChecks answers, in the order in which somebody whose forwarding fails should look: the right to set it, the rule itself, whether its
// person may call there, whether it can be reached, and what the carrier said the last time (B-100). It asks the decisions that carry calls.
func ForwardChecks(s *pbx.Snapshot, live *pbx.Presence, f route.Forward, at time.Time, facts ForwardFacts) []ForwardCheck {
	c := &forwardChecks{s: s, f: &f, at: at, facts: facts, name: s.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: string(f.User)})}
	c.rights()
	if !c.rule() {
		return c.all
	}
	plan := route.Forwarded(s, live, &f, at, facts.Blind, Permit)
	c.add("circle", plan.Text.Key != "route.circle" && plan.Text.Key != "route.too_far", c.rulesPage())
	if f.Leaves() {
		c.cost()
	}
	c.reach(&plan)
	if f.Leaves() {
		c.carrier()
	}
	return c.all
}

type forwardChecks struct {
	s     *pbx.Snapshot
	f     *route.Forward
	at    time.Time
	facts ForwardFacts
	name  string
	all   []ForwardCheck
}

func (c *forwardChecks) rulesPage() string { return "/people/" + string(c.f.User) + "/forwarding" }

func (c *forwardChecks) why(right policy.Right) string {
	return "/explain?who=" + string(c.f.User) + "&right=" + right.String() + "&kind=user&id=" + string(c.f.User)
}

// add puts a question to the list, with the sentences forward.check.<kind>, …_no and forward.change.<kind>.
func (c *forwardChecks) add(kind string, ok bool, where string, pairs ...string) *ForwardCheck {
	pairs = append(pairs, "name", c.name)
	row := ForwardCheck{Kind: kind, OK: ok, Text: i18n.T("forward.check."+kind, pairs...)}
	if !ok {
		row.Text, row.Change, row.Where = i18n.T("forward.check."+kind+"_no", pairs...), i18n.T("forward.change."+kind, pairs...), where
	}
	c.all = append(c.all, row)
	return &c.all[len(c.all)-1]
}

func (c *forwardChecks) may(right policy.Right) bool {
	return policy.Decide(c.s, policy.Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: c.f.User}, Right: right, Target: policy.User(c.f.User), At: c.at}).OK
}

// rights asks whether the person may set the rule himself. What is set already works without it.
func (c *forwardChecks) rights() {
	set := !c.f.To.IsZero()
	c.add("right", c.may(policy.ForwardingEdit), c.why(policy.ForwardingEdit)).Holds = set
	rules := c.s.Forwardings[c.f.User]
	c.add("locked", rules == nil || !rules.Locked || c.may(policy.UserEdit), c.rulesPage()).Holds = set
	if !set || c.f.Leaves() {
		c.add("outside", c.may(policy.ForwardingOutside), c.why(policy.ForwardingOutside)).Holds = set
	}
}

// rule asks whether it is set, leads somewhere and counts at the moment; false when there is nothing more to ask.
func (c *forwardChecks) rule() bool {
	c.add("set", !c.f.To.IsZero(), c.rulesPage())
	if c.f.To.IsZero() {
		return false
	}
	u := c.s.Users[c.f.User]
	c.add("person", !u.IsSuspended(c.at), "/people/"+string(c.f.User))
	bar, before := route.Barred(c.s, c.f, c.at)
	row := c.add("active", bar == route.BarNone, c.rulesPage())
	if bar != route.BarNone {
		row.Text = i18n.T("forward.check.active_"+string(bar), "name", c.name, "number", strconv.Itoa(before))
	}
	leads := c.s.Leads(c.f.User, c.f.To)
	if leads && c.f.Leaves() {
		leads = c.f.Number(c.s, c.at).Class.IsOutside()
	}
	c.add("leads", leads, c.rulesPage())
	return leads
}

// cost asks the decision that stands before every call outside; whose rule it is, he pays (N-12). Nobody sits at the keys: a PIN cannot be typed.
func (c *forwardChecks) cost() {
	n := c.f.Number(c.s, c.at)
	where := "/explain?tab=call&who=" + string(c.f.User) + "&to=" + strings.Replace(string(n.E164), "+", "%2B", 1)
	c.add("pays", c.may(policy.CallOut), c.why(policy.CallOut))
	e := toll.Explain(c.s, toll.Question{Payer: c.f.User, To: n, At: c.at})
	for _, check := range e.Checks() {
		kind := string(check.Kind)
		switch check.Kind {
		case toll.CheckNumber: // what leads asks: a number that is none is not taken as a rule, and whose rule it is pays
			continue
		case toll.CheckPIN:
			c.add("pin", false, "/restrictions")
			continue
		}
		row := ForwardCheck{Kind: kind, OK: check.OK, Text: e.Answer(check)}
		if !check.OK {
			row.Where, row.Change = where, i18n.T("forward.change.toll")
			switch {
			case check.Kind == toll.CheckStay:
				row.Where, row.Change = "/reception?peek="+string(c.f.User), i18n.T("toll.change.stay")
			case check.Kind == toll.CheckAlarm:
				row.Where, row.Change = "/alarms", i18n.T("toll.change.alarm", "name", c.s.NameOf(e.Alarm.On))
			case check.Kind == toll.CheckPrice:
				row.Change = i18n.T("toll.change.price")
			case e.Code == toll.Stranger:
				row.Where, row.Change = "/contacts", i18n.T("toll.change.contacts")
			case e.Spot.Profile != nil:
				row.Change = i18n.T("forward.change.except", "profile", e.Spot.Profile.Name)
			case e.Remedy != nil:
				row.Change = i18n.T("forward.change.allow")
			}
		}
		c.all = append(c.all, row)
	}
	if e.OK && len(c.s.Budgets) > 0 {
		row := ForwardCheck{Kind: "budget", OK: !c.facts.Short, Text: i18n.T("toll.check.budget")}
		if c.facts.Short {
			row.Text, row.Change, row.Where = i18n.T("toll.check.budget_no"), i18n.T("toll.change.budget"), "/budgets"
		}
		c.all = append(c.all, row)
	}
}

// reach asks whether something rings or answers there: phones of a person, a line for a number. What was asked before is not said twice.
func (c *forwardChecks) reach(plan *route.Plan) {
	for i := range c.all {
		if k := &c.all[i]; !k.OK && !k.Holds && k.Kind != "active" && k.Kind != "person" {
			return
		}
	}
	where, key := c.rulesPage(), "forward.change.reach"
	ok := plan.Refuse == "" || c.f.To.Kind == pbx.ToBusy
	switch {
	case c.f.Leaves():
		where, key = "/trunks", "forward.change.line"
	case c.f.To.Kind == pbx.ToUser:
		ok = ok && len(plan.Attempts) > 0
		where, key = "/people/"+c.f.To.ID, "forward.change.phone"
	}
	row := c.add("reach", ok, where)
	if ok {
		return
	}
	row.Change = i18n.T(key)
	if plan.Refuse != "" {
		row.Text = plan.Text
	}
	for _, t := range plan.Trace { // why the line that would carry it does not
		if strings.HasPrefix(t.Key, "route.trunk_") {
			row.Text = t
		}
	}
}

// carrier looks for the last call that went from a rule of the person to the same number.
func (c *forwardChecks) carrier() {
	want := string(c.f.Number(c.s, c.at).E164)
	for i := range c.facts.Calls {
		call := &c.facts.Calls[i]
		for j := len(call.Legs) - 1; j >= 0; j-- {
			l := &call.Legs[j]
			if l.Trunk == "" || !l.Out || l.Charge == nil || l.Charge.Payer != c.f.User || call.From.User == c.f.User || want == "" || l.Party.Number != want {
				continue
			}
			when := call.Started.In(c.s.Clock(c.f.User, c.at)).Format("2006-01-02 15:04")
			c.add("carrier", !l.Answered.IsZero() || !isCarriersNo(l.Status), "/calls?call="+string(call.ID), "time", when, "status", strconv.Itoa(l.Status))
			return
		}
	}
	row := c.add("carrier", true, "")
	row.Text = i18n.T("forward.check.carrier_none")
}

// isCarriersNo reports whether an answer means that the call was not carried, and not that nobody took it (RFC 3261 section 21).
func isCarriersNo(status int) bool {
	switch status {
	case 408, 480, 486, 487, 600, 603:
		return false
	}
	return status >= 400
}
