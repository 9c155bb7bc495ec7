package switchboard

import (
	"time"

	"tandem/call"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/policy"
	"tandem/route"
)

// intercom makes of a plan one whose phones answer by themselves: only a person's own phones, no rule of his, and not while he does not want
// to be disturbed (X-084, G-015). It goes one way first: the phone's speaker opens and a tone tells so; nobody hears its microphone before the person
// presses a key, so that nobody can listen into a room (ADR 130).
func (b *Board) intercom(s *pbx.Snapshot, who pbx.Actor, number string, plan *route.Plan, now time.Time) {
	refuse := func(cause pbx.Cause, text i18n.Text) {
		plan.Attempts, plan.House, plan.Refuse, plan.Text = nil, nil, cause, text
		plan.Trace = append(plan.Trace, text)
	}
	u := s.Users[pbx.UserID(route.Where(s, number).ID)]
	switch {
	case u == nil:
		refuse(pbx.CauseUnknown, i18n.T("call.intercom_nobody"))
	case plan.Refuse == pbx.CauseDenied || plan.Refuse == pbx.CauseSuspended:
	case s.StatusOf(u.ID, now).Status == pbx.StatusDND:
		refuse(pbx.CauseDeclined, i18n.T("call.intercom_dnd", "name", u.Name, "user", string(u.ID)))
	case plan.Refuse != "":
	case plan.To.User != u.ID || len(plan.Attempts) == 0: // a rule leads elsewhere
		refuse(pbx.CauseAway, i18n.T("call.intercom_nobody"))
	default:
		d := policy.Decide(s, policy.Request{Actor: who, Right: policy.CallIntercom, Target: policy.User(u.ID), At: now})
		if !d.OK {
			refuse(pbx.CauseDenied, d.Reason())
			return
		}
		plan.Then = route.Then{}
		plan.Trace = append(plan.Trace, i18n.T("route.intercom", "name", u.Name, "user", string(u.ID)))
	}
}

// isOneWay reports whether who was called is not heard yet.
func (r *run) isOneWay() bool {
	phase := r.state.LivePhase()
	return (phase == pbx.PhaseTalking || phase == pbx.PhaseHeld) && r.state.Callee > 0 && r.sides[r.state.Callee].shut
}

// unshut lets a side be heard whose person has pressed a key; a tone tells both.
func (r *run) unshut(s *side) {
	s.shut = false
	if s.stream != nil {
		s.stream.Gag(false)
	}
	r.show()
	if r.state.Phase == call.Talking {
		r.chime(media.Beep())
	}
}
