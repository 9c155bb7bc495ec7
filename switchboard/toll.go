package switchboard

import (
	"strconv"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/policy"
	"tandem/route"
	"tandem/toll"
)

// limit starts the clock of a call that may last only so long (B-038), when the two begin to talk, and that of the warning before. A call that goes on
// elsewhere is measured by what is decided there.
func (r *run) limit() {
	if r.summons != nil { // whoever was called outside stays as long as was decided then, wherever he is
		if r.most == nil && r.summons.most > 0 && !r.state.IsSummons() {
			r.cutAfter(r.summons.most, r.summons.warn, r.summons.limit)
		}
		return
	}
	if r.most != nil && r.plan.Most == 0 {
		r.unlimit()
	}
	if r.most != nil || r.plan.Most == 0 || r.state.Phase != call.Talking || r.plan.Beside() && r.sides[r.state.Callee].trunk == "" {
		return
	}
	r.cutAfter(r.plan.Most, r.plan.Warn, r.plan.Limit)
}

// cutAfter ends the call after a while, and warns before; the profile that says so stands in the record.
func (r *run) cutAfter(most, near time.Duration, profile string) {
	end := &message{over: &over{i18n.T("toll.over", "minutes", strconv.Itoa(int(most/time.Minute))), profile}}
	r.most = time.AfterFunc(most, func() { r.post(end) })
	r.near = time.AfterFunc(near, func() { r.post(&message{near: true}) })
}

func (r *run) unlimit() {
	for _, t := range []*time.Timer{r.most, r.near} {
		if t != nil {
			t.Stop()
		}
	}
	r.most, r.near = nil, nil
}

// over says that the time is up that a rule sets.
type over struct {
	text i18n.Text
	rule string // name of the profile
}

// warnTag tells a tone into a conversation from everything that the machine plays.
const warnTag = 1 << 62

// warn lets both sides hear that the end is near. A side whose codec the house cannot speak hears nothing.
func (r *run) warn() {
	if r.state.Phase != call.Talking || r.state.Callee == 0 {
		return
	}
	r.chime(media.Warning())
}

// chime lets both sides of a conversation hear a tone.
func (r *run) chime(list media.Playlist) {
	list.Tag = warnTag
	for _, s := range []*side{r.sides[0], r.sides[r.state.Callee]} {
		if s.stream == nil {
			continue
		}
		if err := s.stream.Play(list); err != nil {
			r.log().Info("no tone in a call", "leg", s.leg, "error", err)
		}
	}
}

// unwarn lets both sides hear each other again.
func (r *run) unwarn() {
	if r.state.Phase != call.Talking || r.state.Callee == 0 {
		return
	}
	if a, b := r.sides[0], r.sides[r.state.Callee]; a.stream != nil && b.stream != nil {
		r.bridge(a, b)
	}
}

// Permit puts the rights of people before a plan, as a call does that is carried: who may place none, and whose way outside is closed. A preview
// that asks it comes to the same as the call (N-3).
func Permit(s *pbx.Snapshot, asked route.Request, plan *route.Plan) {
	if asked.To.IsZero() {
		mayPlace(s, asked.Caller, plan, asked.At)
	}
	mayDialOut(s, asked.Caller, plan, asked.At)
}

// mayPlace refuses the plan of a person who may place no call. A carrier brings calls for numbers that lead somewhere; route decides which.
func mayPlace(s *pbx.Snapshot, caller pbx.Actor, plan *route.Plan, now time.Time) (d policy.Decision) {
	if plan.IsEmergency() || caller.Kind == pbx.ActorTrunk {
		return d
	}
	ask := policy.Request{Actor: caller, Right: policy.CallPlace, Target: policy.User(caller.User), At: now}
	if l := s.TalkLinks[pbx.TalkLinkID(caller.Link)]; l != nil { // link.use of the link he came by is all that a visitor has
		ask.Right, ask.Target = policy.LinkUse, policy.Talk(s, l, now)
	}
	d = policy.Decide(s, ask)
	if !d.OK && plan.Refuse != pbx.CauseSuspended && plan.Refuse != pbx.CauseDenied {
		plan.Attempts, plan.House, plan.Refuse, plan.Text = nil, nil, pbx.CauseDenied, d.Reason()
		plan.Trace, plan.Spoken = append(plan.Trace, plan.Text), "say.refused.right"
	}
	return d
}

// mayDialOut refuses a plan that leads outside when whoever pays has not the right to call there at all; what it may cost, route has asked.
// The right is the first question of those who wonder why they cannot call (B-098), so its refusal stands before that of a restriction.
func mayDialOut(s *pbx.Snapshot, caller pbx.Actor, plan *route.Plan, now time.Time) (payer pbx.Actor, d policy.Decision) {
	if plan.Payer == "" || plan.IsEmergency() {
		return payer, d
	}
	payer = caller
	if payer.User != plan.Payer {
		payer = pbx.Actor{Kind: pbx.ActorUser, User: plan.Payer}
	}
	d = policy.Decide(s, policy.Request{Actor: payer, Right: policy.CallOut, Target: policy.User(plan.Payer), At: now})
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
	return payer, d
}

// mayDialOut is the same for a call that is carried: the right counts as used.
func (b *Board) mayDialOut(s *pbx.Snapshot, caller pbx.Actor, plan *route.Plan, now time.Time) {
	payer, d := mayDialOut(s, caller, plan, now)
	b.used(payer, policy.CallOut, d, now)
}

// ruling is the decision that stood before the running stage, as the record keeps it.
func (r *run) ruling() *event.Ruling {
	d := r.plan.Ruled
	if d == nil {
		return nil
	}
	out := &event.Ruling{Code: string(d.Code), Payer: r.plan.Payer, PIN: r.pinned && r.plan.Payer == r.in.Actor.User}
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
