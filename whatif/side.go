package whatif

import (
	"time"

	"tandem/number"
	"tandem/pbx"
	"tandem/policy"
	"tandem/route"
	"tandem/toll"
)

// Way is how a call goes on: over a line, or to a place of the house.
type Way struct {
	Trunk pbx.TrunkID     // the first that is tried
	Shows string          // … and the number that it shows there
	To    pbx.Destination // where it rings, or who answers
}

// Side is what one configuration says about a call.
type Side struct {
	toll.Verdict           // for what stays inside only OK and Code count
	Way          Way       // while ways are compared
	Refused      pbx.Cause // with Code Nowhere: how it ends

	Budget pbx.BudgetID // that would not have paid the call, or not all of it
}

// The codes of refusals that are none of toll's; Spent is of budgets, toll.Unentitled of those who may not call outside.
const (
	Spent   toll.Code = "budget"  // a budget would not have paid it
	Barred  toll.Code = "place"   // the caller may call nobody
	Nowhere toll.Code = "nowhere" // no line carries it, or nobody is reached
)

// world is a configuration as calls of the past meet it: every phone is there, nobody talks, and all lines are up.
type world struct {
	s    *pbx.Snapshot
	live *pbx.Presence
}

func (w *world) awake() {
	if w.live != nil {
		return
	}
	w.live = &pbx.Presence{}
	for id := range w.s.Devices {
		w.live = w.live.WithBindings(id, []pbx.Binding{{ID: pbx.BindingID(id), Device: id, Expires: time.Unix(1<<40, 0)}})
	}
}

// caller is who called, from the phone he called from while he has it.
func (c *Call) caller(s *pbx.Snapshot) pbx.Actor {
	if c.From == "" {
		return pbx.Actor{Kind: pbx.ActorTrunk, Trunk: c.Came}
	}
	if d := s.Devices[c.Device]; d != nil && d.User == c.From {
		return pbx.Actor{Kind: pbx.ActorDevice, User: c.From, Device: c.Device}
	}
	return pbx.Actor{Kind: pbx.ActorUser, User: c.From}
}

// may asks for a right that a call needs over whoever makes it.
func may(s *pbx.Snapshot, c *Call, r pbx.Actor, right policy.Right) bool {
	return policy.Decide(s, policy.Request{Actor: r, Right: right, Target: policy.User(r.User), At: c.At}).OK
}

// outside is what the rules and the prices say about a call that leads out of the house.
func (w *world) outside(c *Call, to *number.Number) Side {
	return Side{Verdict: toll.Decide(w.s, w.question(c, to))}
}

// priced is what outside is where another world, that has the same rules, said something already.
func (w *world) priced(c *Call, to *number.Number, other *Side) Side {
	return Side{Verdict: toll.Reprice(w.s, w.question(c, to), other.Verdict)}
}

func (w *world) question(c *Call, to *number.Number) toll.Question {
	q := toll.Question{Payer: c.Payer, Token: c.Token, To: *to, At: c.At}
	if c.Payer == c.From && c.Device != "" {
		q.Device = c.caller(w.s).Device
	}
	if c.Trunk != "" {
		if t := w.s.Trunks[c.Trunk]; t != nil && !t.Off {
			q.Trunk = c.Trunk
		}
	}
	return q
}

// refuse says no for a reason that is none of a rule's.
func (v *Side) refuse(c toll.Code) { v.OK, v.Code, v.Spot = false, c, toll.Spot{} }

// entitle asks for the rights that stand before a call outside, as real calls do after the rules.
func (v *Side) entitle(s *pbx.Snapshot, c *Call) {
	by := c.caller(s)
	if c.From != "" && !c.Sent && !may(s, c, by, policy.CallPlace) {
		v.refuse(Barred)
		return
	}
	if by.User != c.Payer {
		by = pbx.Actor{Kind: pbx.ActorUser, User: c.Payer}
	}
	if !may(s, c, by, policy.CallOut) {
		v.refuse(toll.Unentitled)
	}
}

// routed asks the decision that carries calls where this one goes, and takes from it what an allowed call costs there.
func (w *world) routed(c *Call, v *Side, leaves bool) {
	w.awake()
	r := route.Request{Caller: c.caller(w.s), Dialled: c.Dialled, At: c.At}
	if c.Sent {
		r.To, r.Owner = pbx.Destination{Kind: pbx.ToOutside, Number: c.Dialled}, c.Payer
	}
	p := route.Decide(w.s, w.live, r)
	switch {
	case leaves && !v.OK: // it has been said why
	case p.Refuse != "":
		v.refuse(Nowhere)
		v.Refused = p.Refuse
	case !leaves:
		v.OK, v.Code = true, toll.Inside
		if c.From != "" && !p.IsEmergency() && !may(w.s, c, r.Caller, policy.CallPlace) {
			v.refuse(Barred)
		}
	}
	if v.OK {
		v.Way = wayOf(&p)
	}
	if leaves && v.OK && v.Way.Trunk != "" {
		v.Quote = p.Attempts[0].Targets[0].Quote
	}
}

func wayOf(p *route.Plan) Way {
	switch {
	case p.House != nil:
		return Way{To: p.House.At}
	case len(p.Attempts) > 0 && len(p.Attempts[0].Targets) > 0 && p.Attempts[0].Targets[0].Trunk != "":
		t := &p.Attempts[0].Targets[0]
		return Way{Trunk: t.Trunk, Shows: t.Shows}
	case len(p.Passed) > 0:
		return Way{To: plain(p.Passed[len(p.Passed)-1].At)}
	}
	return Way{}
}

// plain is a place without what somebody typed besides.
func plain(d pbx.Destination) pbx.Destination {
	return pbx.Destination{Kind: d.Kind, ID: d.ID, Number: d.Number}
}
