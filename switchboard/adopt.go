package switchboard

import (
	"slices"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/route"
	"tandem/sdp"
)

// arrival is a call that came to us and wants to join one that is there: in the place of a leg (RFC 3891), or of what rings or waits.
type arrival struct {
	in      call.Incoming
	dialled string
	place   pbx.LegID       // as the signalling side names it; empty: of what rings, or of the house
	back    pbx.Destination // where the caller goes should the arrival fail
}

// taker is who wants to join.
func (b *Board) taker(s *pbx.Snapshot, in *call.Incoming) pbx.Party {
	if u := s.Users[in.Actor.User]; u != nil {
		return u.Party()
	}
	return pbx.Party{}
}

// arrive brings an incoming leg to the call that it wants to join; from then on what happens on it is that call's.
func (b *Board) arrive(r *run, a *arrival) {
	b.legs.Store(a.in.Leg, r)
	r.post(&message{arrival: a})
}

// replace brings an INVITE with Replaces to its call.
func (b *Board) replace(in call.Incoming) {
	a := &arrival{in: in, dialled: in.Dialled, place: in.Replaces}
	if r, ok := b.callWith(in.Replaces); ok {
		b.arrive(r, a)
		return
	}
	b.turnAway(a, pbx.CauseGone, i18n.T("cause.gone"))
}

// turnAway refuses and records an arrival that may not join.
func (b *Board) turnAway(a *arrival, cause pbx.Cause, text i18n.Text) {
	s, _ := b.c.View()
	b.legs.Delete(a.in.Leg)
	plan := route.Plan{From: b.taker(s, &a.in), To: pbx.Party{Number: a.dialled}, Dialled: a.dialled, Refuse: cause, Text: text, Trace: []i18n.Text{text}}
	newRun(b, s, a.in, route.Request{Caller: a.in.Actor}, plan, time.Now()).refuse(cause, text)
}

// arrived lets an incoming leg join this call, or turns it away.
func (r *run) arrived(a *arrival) {
	// gather
	config, _ := r.b.c.View()
	who := r.b.taker(config, &a.in)
	s := &side{leg: a.in.Leg, wire: a.in.Leg, actor: a.in.Actor, secure: a.in.Secure, source: a.in.Source.Addr().Unmap(), id: r.sides[0].id + uint64(len(r.sides))}
	s.record = event.Leg{ID: s.leg, Device: a.in.Actor.Device, Party: who, Started: r.now}

	// decide
	cause, text := r.mayJoin(config, a)
	if cause == "" && len(a.in.Offer) > 0 {
		cause = r.b.read(s, a.in.Offer)
	} else if cause == "" && r.b.insecure(s) {
		cause = pbx.CauseInsecure
	}
	if cause == "" && !r.openStream(s) {
		cause = pbx.CauseOverload
	}
	if cause != "" {
		if text.Key == "" {
			text = i18n.T("cause." + string(cause))
		}
		r.b.turnAway(a, cause, text)
		return
	}

	// perform
	r.enroll(s)
	in := call.Adopt{Leg: s.leg, Device: a.in.Actor.Device, Party: who, By: who, Back: a.back}
	if i := r.wired(a.place); i >= 0 {
		in.Place = r.sides[i].leg
	}
	r.step(in)
}

// mayJoin says why a leg may not join: there is nothing to join, or it is nobody's business. Whoever comes with Replaces may take over what
// is his own, and what rings and he may pick up; anything else he is told does not exist.
func (r *run) mayJoin(config *pbx.Snapshot, a *arrival) (pbx.Cause, i18n.Text) {
	gone := i18n.T("cause.gone")
	if a.place == "" {
		if !r.state.CanAdopt("", false) {
			return pbx.CauseGone, gone
		}
		return "", i18n.Text{}
	}
	i := r.wired(a.place)
	if i < 0 || !r.state.CanAdopt(r.sides[i].leg, false) {
		return pbx.CauseGone, gone
	}
	if r.sides[i].record.Party.User == a.in.Actor.User {
		return "", i18n.Text{}
	}
	lc := r.shown()
	if r.state.Phase == call.Ringing {
		d := policy.Decide(config, policy.Request{Actor: a.in.Actor, Right: policy.CallPickup, Target: policy.Call(&lc), At: r.now})
		if r.b.used(a.in.Actor, policy.CallPickup, d, r.now); d.OK {
			return "", i18n.Text{}
		}
	}
	return pbx.CauseGone, gone
}

// wired is the index of a leg by its name on the signalling side; -1 where there is none.
func (r *run) wired(wire pbx.LegID) int {
	for i, s := range r.sides {
		if wire != "" && s.wire == wire {
			return i
		}
	}
	return -1
}

// enroll adds a side and the person behind it.
func (r *run) enroll(s *side) {
	r.sides = append(r.sides, s)
	if u := s.record.Party.User; u != "" && !slices.Contains(r.live.Users, u) {
		r.live.Users = append(slices.Clone(r.live.Users), u)
	}
}

// suits is what a leg that comes may agree to, so that it fits a side.
func (r *run) suits(s *side) ([]sdp.Codec, sdp.Direction) {
	if s.open {
		return s.agreed, s.wish
	}
	return r.offerFor(s)
}

// admit answers a leg that came with what suits the side it will talk to.
func (r *run) admit(e call.Admit) call.Input {
	s, _ := r.side(e.Leg)
	with, _ := r.side(e.With)
	codecs, facing := r.suits(with)
	if s.asked == nil {
		r.b.c.Legs.Accept(s.wire, r.b.offer(s, sdp.Also(codecs, sdp.Known()), facing, s.secure))
		return nil
	}
	body, fault := r.b.answer(s, &side{agreed: codecs, theirs: sdp.Stream{Direction: facing}, open: true})
	if fault != "" {
		return call.Answered{Leg: s.leg, Fault: fault}
	}
	r.sound(s)
	r.b.c.Legs.Accept(s.wire, body)
	return nil
}
