package switchboard

import (
	"cmp"
	"slices"
	"time"

	"tandem/call"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/route"
)

// pickup takes a call that rings at somebody to who dialled for it. What rings longest is first.
func (b *Board) pickup(in call.Incoming, f route.Feature) {
	// gather
	s, live := b.c.View()
	now := time.Now()
	ringing := ringingAt(live, b.within(s, live, in.Actor, f, now))

	// decide
	a := &arrival{in: in, dialled: in.Dialled}
	cause, text := pbx.CauseGone, i18n.T("call.pickup_none")
	for _, c := range ringing {
		d := policy.Decide(s, policy.Request{Actor: in.Actor, Right: policy.CallPickup, Target: policy.Call(c), At: now})
		mine := c.From.User != in.Actor.User && slices.Contains(c.Users, in.Actor.User)
		if !d.OK && !mine {
			if f.Number != "" && !d.Hidden {
				cause, text = pbx.CauseDenied, d.Reason()
			}
			continue
		}
		if r, ok := b.calls.Load(c.ID); ok && !b.isClosing() {
			b.arrive(r.(*run), a)
			return
		}
	}
	b.turnAway(a, cause, text)
}

// within lists at whom the call may ring that a pickup is for: one colleague, or everybody in the groups of who dialled.
func (b *Board) within(s *pbx.Snapshot, live *pbx.Presence, who pbx.Actor, f route.Feature, now time.Time) map[pbx.UserID]bool {
	users := map[pbx.UserID]bool{}
	if f.Number != "" {
		switch to := route.Where(s, f.Number); to.Kind {
		case pbx.ToUser:
			users[pbx.UserID(to.ID)] = true
		case pbx.ToRing:
			for _, c := range live.Calls() { // a ring group's call is one for its members
				if c.To.Number == f.Number {
					for _, u := range c.Users {
						users[u] = u != c.From.User
					}
				}
			}
		}
		return users
	}
	for _, m := range s.MembershipsOf(who.User) {
		if !m.IsActive(now) {
			continue
		}
		for _, o := range s.Members(m.Group) {
			if o.IsActive(now) {
				users[o.User] = true
			}
		}
	}
	return users
}

// ringingAt lists the calls that ring at any of the people, the oldest first.
func ringingAt(live *pbx.Presence, at map[pbx.UserID]bool) []*pbx.LiveCall {
	var all []*pbx.LiveCall
	for _, c := range live.Calls() {
		if c.Phase == pbx.PhaseRinging && slices.ContainsFunc(c.Users, func(u pbx.UserID) bool { return at[u] && u != c.From.User }) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b *pbx.LiveCall) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID))
	})
	return all
}
