package switchboard

import (
	"net/netip"
	"slices"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/pbx"
	"tandem/policy"
	"tandem/route"
)

// goOn decides where the call goes on, with what is true now: statuses and hours may have changed while it rang.
func (r *run) goOn(e call.Route) call.Input {
	s, live := r.b.c.View()
	asked := r.plan.Go(r.asked, e.Cause, r.now)
	asked.To, asked.Owner, asked.PIN = e.To, e.Owner, r.pinned
	begun, dials := r.dials()
	if dials {
		asked, r.asked = begun, begun
	}
	if !r.afresh {
		asked.Typed = r.b.pins.typed(s, r.in.Actor, r.now)
	}
	plan := route.Decide(s, live, asked)
	if dials {
		mayPlace(s, r.in.Actor, &plan, r.now)
	}
	r.b.mayDialOut(s, r.in.Actor, &plan, r.now)
	r.hurry(&plan)
	r.revision = s.Version
	r.plan = plan
	if plan.Refuse == "" {
		r.live.To = plan.To
	}
	r.stranger = r.stranger || r.b.isStranger(s, r.in.Actor, plan.To.User, r.now)
	before := len(r.sides)
	ids := r.enlist(s, plan)
	for _, callee := range r.sides[before:] {
		callee.answers = r.answers
	}
	r.answers = false
	if h := plan.House; h != nil && h.Group != "" && !slices.Contains(r.live.Groups, h.Group) {
		r.live.Groups = append(slices.Clone(r.live.Groups), h.Group)
	}
	return call.Routed{Plan: plan, Legs: ids}
}

// enlist adds a side for every phone of a plan, and the people behind them to those who see the call.
func (r *run) enlist(config *pbx.Snapshot, plan route.Plan) []pbx.LegID {
	users := slices.Clone(r.live.Users)
	add := func(u pbx.UserID) {
		if u != "" && !slices.Contains(users, u) {
			users = append(users, u)
		}
	}
	add(plan.To.User)
	var ids []pbx.LegID
	for _, a := range plan.Attempts {
		for _, t := range a.Targets {
			id := pbx.LegID(newID("leg", r.now))
			ids = append(ids, id)
			callee := &side{leg: id, wire: id, binding: t.Binding, secure: t.Binding.Secure, web: isBrowser(t.Binding), trunk: t.Trunk, sends: t.Sends, shows: t.Shows, onward: t.Onward, id: r.sides[0].id + uint64(len(r.sides))}
			if source, err := netip.ParseAddrPort(t.Binding.Source); err == nil {
				callee.source = source.Addr().Unmap()
			}
			if trunk := config.Trunks[t.Trunk]; trunk != nil {
				callee.secure = trunk.Encrypt
			}
			callee.record = event.Leg{ID: id, Device: t.Binding.Device, Trunk: t.Trunk, Party: t.Party, Out: true}
			if t.Trunk != "" && !plan.IsEmergency() {
				callee.record.Charge = t.Quote.Charge(plan.Payer, plan.Token, config.Tenant.Currency)
			}
			r.sides = append(r.sides, callee)
			add(t.Party.User)
		}
	}
	r.live.Users = users
	return ids
}

// isStranger reports whether a caller may not see whom he calls.
func (b *Board) isStranger(s *pbx.Snapshot, caller pbx.Actor, u pbx.UserID, at time.Time) bool {
	return u != "" && u != caller.User &&
		!policy.Decide(s, policy.Request{Actor: caller, Right: policy.UserSee, Target: policy.User(u), At: at}).OK
}

// emitRouted writes where the call went on, and why.
func (r *run) emitRouted() {
	p := event.Routed{To: r.plan.To, Users: r.live.Users, Groups: r.live.Groups, Trace: r.plan.Trace, Ruling: r.ruling()}
	r.draft.Routed(p)
	r.fact(event.CallRouted, r.in.Actor, p)
}
