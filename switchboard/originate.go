package switchboard

import (
	"time"

	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/route"
)

// Originate is a call that somebody begins without lifting a receiver: by a click, or by a program through the interface (D-049).
type Originate struct {
	Who    pbx.Actor    // who begins it
	For    pbx.UserID   // in whose name it is, whose phones ring first, and who pays for what leads outside
	Device pbx.DeviceID // which of his phones rings; empty: all that are registered
	To     string       // as he would dial it
	Line   pbx.TrunkID  // only over this line, to try it; whoever asks may change it
	Answer bool         // his phones are to pick up by themselves; only for who begins it in his own name
}

// ownRing is how long the phones ring of somebody for whom a call was begun.
const ownRing = 30 * time.Second

// Originate rings the phones of a person; as soon as one is picked up, the call goes on as if the number had been dialled there (N-12). Everything that
// would be asked then is asked before too, so that no phone rings for a call that may not be. Codes are for people with a receiver in their hand.
func (b *Board) Originate(o Originate) (pbx.CallID, error) {
	// gather
	s, live := b.c.View()
	now := time.Now()
	u := s.Users[o.For]
	if u == nil {
		return "", pbx.Refuse(pbx.NotFound, "", "error.not_found")
	}

	// decide
	d := policy.Decide(s, policy.Request{Actor: o.Who, Right: policy.CallOriginate, Target: policy.User(u.ID), At: now})
	switch {
	case d.Hidden:
		return "", pbx.Refuse(pbx.NotFound, "", "error.not_found")
	case !d.OK:
		return "", &pbx.Error{Code: pbx.Denied, Text: d.Reason(), Right: policy.CallOriginate.String(), About: policy.User(u.ID).Ref()}
	case o.Answer && o.Who.User != u.ID:
		return "", pbx.Refuse(pbx.Denied, "answer", "originate.answer", "name", u.Name)
	}
	caller := o.Who // a program calls outside only if its token carries that right too (BAR TF-12)
	if caller.User != u.ID {
		caller = pbx.Actor{Kind: pbx.ActorUser, User: u.ID, Token: o.Who.Token, Via: o.Who.Via}
	}
	asked := route.Request{Caller: caller, Dialled: o.To, At: now, Keys: true, Only: o.Line}
	plan := route.Decide(s, live, asked)
	if o.Line != "" && !tests(s, &plan, o.Line) {
		return "", pbx.Refuse(pbx.Invalid, "to", "linecall.outside", "number", plan.Dialled)
	}
	if plan.IsCode() {
		return "", pbx.Refuse(pbx.Invalid, "to", "originate.code", "number", plan.Dialled)
	}
	phones := ringing(s, live, u, o.Device, now)
	if len(phones.Targets) == 0 {
		return "", pbx.Refuse(pbx.Unavailable, "device", "originate.no_phone", "name", u.Name)
	}
	b.used(o.Who, policy.CallOriginate, d, now)
	b.used(caller, policy.CallPlace, mayPlace(s, caller, &plan, now), now)
	b.mayDialOut(s, caller, &plan, now)
	b.mustPay(s, &plan, now)

	// perform
	why := i18n.T("route.originate", "name", u.Name, "user", string(u.ID))
	if o.Line != "" {
		why = i18n.T("route.line_test", "trunk", s.Trunks[o.Line].Name, "line", string(o.Line), "name", u.Name, "user", string(u.ID))
	}
	if plan.Refuse != "" {
		plan.Trace = append([]i18n.Text{why}, plan.Trace...)
	} else {
		plan = route.Plan{From: u.Party(), To: plan.To, Dialled: plan.Dialled, Class: plan.Class, Attempts: []route.Attempt{phones},
			Trace: []i18n.Text{why}}
	}
	to := pbx.Destination{Kind: pbx.ToOutside, Number: o.To}
	return b.ringUp(s, caller, asked, plan, to, &summons{asked: &o, answer: o.Answer, shows: plan.To})
}

// tests reports whether a plan tries a line: help is not called for a test, and who is inside is behind no line, whatever number of the office was dialled.
func tests(s *pbx.Snapshot, p *route.Plan, line pbx.TrunkID) bool {
	switch {
	case s.Trunks[line] == nil || p.IsEmergency() || !p.Class.IsOutside():
		return false
	case p.House != nil:
		return p.House.At.Kind == pbx.ToPIN
	case p.Refuse != "":
		return p.To.User == ""
	}
	return p.Attempts[0].Targets[0].Trunk == line
}

// ringing is an attempt at the phones of somebody for whom the house calls: all that are registered, or one.
func ringing(s *pbx.Snapshot, live *pbx.Presence, u *pbx.User, only pbx.DeviceID, at time.Time) route.Attempt {
	a := route.Attempt{Ring: ownRing}
	for _, d := range s.DevicesOf(u.ID) {
		if only != "" && d.ID != only {
			continue
		}
		for _, bind := range live.Bindings(d.ID) {
			if bind.Expires.After(at) {
				a.Targets = append(a.Targets, route.Target{Party: u.Party(), Binding: bind})
			}
		}
	}
	return a
}

// dials is what is dialled by the phone that was picked up for a call that was begun for it.
func (r *run) dials() (route.Request, bool) {
	if r.summons == nil || r.summons.asked == nil {
		return route.Request{}, false
	}
	o := r.summons.asked
	r.afresh = o.Answer || o.Who.Token != "" || o.Who.User != o.For // nobody but himself has shown that he sits there
	r.summons, r.shows = nil, pbx.Party{}                           // from here on it is a call like others
	r.in.Actor = pbx.Actor{Kind: pbx.ActorDevice, User: o.For, Device: r.sides[0].record.Device, Token: o.Who.Token, Via: o.Who.Via}
	return route.Request{Caller: r.in.Actor, From: r.asked.From, Dialled: o.To, Only: o.Line, At: r.now}, true
}

// emitAsked writes who began a call for whom.
func (r *run) emitAsked() {
	if r.summons != nil && r.summons.asked != nil {
		o := r.summons.asked
		r.fact(event.CallAsked, o.Who, event.Asked{For: o.For, Party: r.plan.From, Number: o.To, Trunk: o.Line})
	}
}

// lifted notes that somebody picked up for whom a call was begun. Nobody talks yet.
func (r *run) lifted(leg pbx.LegID) {
	s, _ := r.side(leg)
	s.record.Answered, s.record.Codec, s.record.Secure = r.now, s.name, s.isEncrypted()
}
