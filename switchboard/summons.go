package switchboard

import (
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/policy"
	"tandem/route"
	"tandem/sdp"
)

// summons is why the house calls somebody by itself.
type summons struct {
	room   pbx.RoomID    // he is invited into it
	most   time.Duration // how long he may stay there, where that is decided …
	warn   time.Duration // … when he is warned before …
	limit  string        // … and which profile says so
	who    pbx.Actor     // who asked for it
	answer bool          // his phones are to answer by themselves
	asked  *Originate    // he is called so that he calls somebody …
	shows  pbx.Party     // … whom his phones show
}

// Invite calls somebody in the name of who asks for it, and brings him into a conference room. What leads outside is asked about like a call of the
// asker's own, and he pays for it (N-12).
func (b *Board) Invite(who pbx.Actor, id pbx.RoomID, to pbx.Destination) (pbx.CallID, error) {
	// gather
	s, live := b.c.View()
	now := time.Now()
	room := s.Rooms[id]
	missing := pbx.Refuse(pbx.NotFound, "", "error.not_found")
	if room == nil {
		return "", missing
	}

	// decide
	if !Moderates(s, live, who, room, now) {
		return "", missing
	}
	if to.Kind != pbx.ToUser && to.Kind != pbx.ToOutside || !s.Leads(who.User, to) {
		return "", pbx.Refuse(pbx.Invalid, "to", "room.invite_whom")
	}
	a := b.assembly(id)
	a.mu.Lock()
	full := len(a.guests) >= room.Seats()
	a.mu.Unlock()
	if full {
		return "", pbx.Refuse(pbx.Conflict, "", "room.full")
	}
	asked := route.Request{Caller: who, To: to, Owner: who.User, At: now}
	plan := route.Decide(s, live, asked)
	plan.Then = route.Then{} // who is invited comes himself, and nobody in his place
	if plan.House != nil {
		plan.House, plan.Refuse, plan.Text = nil, pbx.CauseOffline, plan.Trace[len(plan.Trace)-1]
	}
	return b.summon(s, who, asked, plan, pbx.Destination{Kind: pbx.ToRoom, ID: string(id)}, &summons{room: id})
}

// summon lets phones ring by themselves; who answers goes to a place. A plan that leads nowhere is recorded, and refused.
func (b *Board) summon(s *pbx.Snapshot, who pbx.Actor, asked route.Request, plan route.Plan, to pbx.Destination, why *summons) (pbx.CallID, error) {
	now := asked.At
	if !plan.IsEmergency() {
		d := policy.Decide(s, policy.Request{Actor: who, Right: policy.CallPlace, Target: policy.User(who.User), At: now})
		if !d.OK {
			return "", &pbx.Error{Code: pbx.Denied, Text: d.Reason(), Right: policy.CallPlace.String(), About: policy.User(who.User).Ref()}
		}
		b.used(who, policy.CallPlace, d, now)
	}
	b.mayDialOut(s, who, &plan, now)
	return b.ringUp(s, who, asked, plan, to, why)
}

// ringUp is summon for a plan that has been asked about.
func (b *Board) ringUp(s *pbx.Snapshot, who pbx.Actor, asked route.Request, plan route.Plan, to pbx.Destination, why *summons) (pbx.CallID, error) {
	if !b.enter() {
		return "", pbx.Refuse(pbx.Exhausted, "", "cause.overload")
	}
	r := b.calling(s, who, asked, plan, asked.At)
	why.most, why.warn, why.limit, why.who = plan.Most, plan.Warn, plan.Limit, who
	r.summons, r.shows = why, why.shows
	if plan.Refuse != "" {
		r.refuse(plan.Refuse, plan.Text)
		b.leave()
		return "", &pbx.Error{Code: pbx.Conflict, Text: plan.Text}
	}
	for _, callee := range r.sides[1:] {
		callee.answers = why.answer
	}
	r.state.Summon(to, plan.From)
	b.carry(r)
	return r.id, nil
}

// calling makes a call that the house begins: nobody has called it, and its caller's side stands for who asked for it.
func (b *Board) calling(s *pbx.Snapshot, who pbx.Actor, asked route.Request, plan route.Plan, now time.Time) *run {
	r := newRun(b, s, call.Incoming{Leg: pbx.LegID(newID("leg", now)), Actor: who}, asked, plan, now)
	r.sides[0] = stand(r.sides[0])
	return r
}

// stand makes of a caller's side one that stands for him: it has no phone, and offers what the house itself can speak.
func stand(s *side) *side {
	s.ghost, s.open = true, true
	s.agreed, s.theirs, s.wish = houseCodecs(), sdp.Stream{Direction: sdp.SendRecv}, sdp.SendRecv
	return s
}
