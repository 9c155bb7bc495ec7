package switchboard

import (
	"strconv"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/route"
	"tandem/toll"
)

// limit starts the clock of a call that may last only so long (B-038), when the two begin to talk. A call that goes on elsewhere is measured
// by what is decided there.
func (r *run) limit() {
	if r.summons != nil { // whoever was called outside stays as long as was decided then, wherever he is
		if r.most == nil && r.summons.most > 0 && !r.state.IsSummons() {
			r.cutAfter(r.summons.most)
		}
		return
	}
	if r.most != nil && r.plan.Most == 0 {
		r.most.Stop()
		r.most = nil
	}
	if r.most != nil || r.plan.Most == 0 || r.state.Phase != call.Talking || r.plan.Beside() && r.sides[r.state.Callee].trunk == "" {
		return
	}
	r.cutAfter(r.plan.Most)
}

// cutAfter ends the call after a while.
func (r *run) cutAfter(most time.Duration) {
	stop := &message{stop: &call.Stop{Cause: pbx.CauseHangup, Text: i18n.T("toll.over", "minutes", strconv.Itoa(int(most/time.Minute)))},
		actor: pbx.Actor{Kind: pbx.ActorSystem, Via: "system"}}
	r.most = time.AfterFunc(most, func() { r.post(stop) })
}

// mayDialOut refuses a plan that leads outside when whoever pays has not the right to call there at all; what it may cost, route has asked.
// The right is the first question of those who wonder why they cannot call (B-098), so its refusal stands before that of a restriction.
func (b *Board) mayDialOut(s *pbx.Snapshot, caller pbx.Actor, plan *route.Plan, now time.Time) {
	if plan.Payer == "" || plan.IsEmergency() {
		return
	}
	payer := caller
	if payer.User != plan.Payer {
		payer = pbx.Actor{Kind: pbx.ActorUser, User: plan.Payer}
	}
	d := policy.Decide(s, policy.Request{Actor: payer, Right: policy.CallOut, Target: policy.User(plan.Payer), At: now})
	switch {
	case d.OK:
	case plan.Beside():
		plan.StayInside()
		plan.Trace = append(plan.Trace, d.Reason())
	default:
		plan.Attempts, plan.House, plan.Refuse, plan.Text = nil, nil, pbx.CauseDenied, d.Reason()
		plan.Deflect, plan.Trace = "", append(plan.Trace, plan.Text)
		plan.Ruled, plan.Spoken = &toll.Verdict{Code: toll.Unentitled}, ""
		if payer.User == caller.User {
			plan.Spoken = "say.refused.right"
		}
	}
	b.used(payer, policy.CallOut, d, now)
}

// ruling is the decision that stood before the running stage, as the record keeps it.
func (r *run) ruling() *event.Ruling {
	d := r.plan.Ruled
	if d == nil {
		return nil
	}
	out := &event.Ruling{Code: string(d.Code), Payer: r.plan.Payer}
	if p := d.Spot.Profile; p != nil {
		out.Profile, out.Name = p.ID, p.Name
		if n := d.Spot.Rule; d.Spot.Except {
			out.Except = &p.Except[n]
		} else {
			out.Rule = &p.Rules[n]
		}
	}
	return out
}
