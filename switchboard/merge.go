package switchboard

import (
	"sync/atomic"

	"tandem/call"
	"tandem/event"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/policy"
)

// handover is a leg on its way from one call to another. Exactly one of the two has it in the end.
type handover struct {
	from   *run
	to     pbx.CallID
	place  pbx.LegID // whose place it takes, as the signalling side names it
	by     pbx.Actor // who connects the two calls
	party  pbx.Party // … as a party
	phone  pbx.LegID // … his phone in the call it comes from
	steals bool      // he takes the place of somebody else
	side   *side
	wire   pbx.LegID // its name on the signalling side
	actor  pbx.Actor // who stands behind it
	leg    call.Leg
	left   side         // what stays of it where it comes from
	state  atomic.Int32 // offered, taken or withdrawn
	kept   []*message   // what happened on it meanwhile; only the call it comes from touches it
}

const (
	onOffer int32 = iota
	taken
	withdrawn
)

// settle decides what becomes of the leg; only the first decision counts.
func (h *handover) settle(as int32) bool { return h.state.CompareAndSwap(onOffer, as) }

// concerns reports whether a message is about the leg that is on its way.
func (h *handover) concerns(m *message) bool {
	return m.signal.Leg == h.wire || m.silent == h.leg.ID || m.betrays == h.leg.ID || m.key == h.leg.ID
}

// merge hears that a phone wants its other side connected with another call of its user (RFC 5589 §7).
func (r *run) merge(s *side, i int, sig call.Signal) {
	// gather
	config, _ := r.b.c.View()
	who, lc := r.actor(i), r.shown()

	// decide
	d := policy.Decide(config, policy.Request{Actor: who, Right: policy.CallTransfer, Target: policy.Call(&lc), At: r.now})

	// perform
	switch {
	case !d.OK:
		r.deny(s, who, "", pbx.CauseDenied, d.Reason())
	case r.wired(sig.Refer.Into) >= 0: // two sides of this very call
		r.deny(s, who, "", pbx.CauseGone, i18n.T("cause.gone"))
	default:
		r.b.used(who, policy.CallTransfer, d, r.now)
		r.into = sig.Refer.Into
		r.step(call.Merge{Leg: s.leg, By: s.record.Party, Asked: true})
	}
}

// deny tells a phone that its call may not be sent on, and writes it down.
func (r *run) deny(s *side, who pbx.Actor, number string, cause pbx.Cause, text i18n.Text) {
	config, _ := r.b.c.View()
	p := event.Transferred{Leg: s.leg, By: s.record.Party, Number: number, Cause: cause, Reason: text}
	r.draft.Transferred(p)
	r.fact(event.CallTransferred, who, p)
	r.b.c.Legs.Report(s.wire, call.Progress{Cause: cause, Text: r.b.say(config, who, r.now, text)})
}

// hand offers a leg to the other call.
func (r *run) hand(leg pbx.LegID) call.Input {
	other, ok := r.b.callWith(r.into)
	if !ok || other == r {
		return call.Handed{Cause: pbx.CauseGone}
	}
	s, i := r.side(leg)
	sender := r.sides[0]
	if i == 0 && r.state.Callee > 0 {
		sender = r.sides[r.state.Callee]
	}
	_, n := r.side(sender.leg)
	h := &handover{from: r, place: r.into, by: r.actor(n), party: sender.record.Party, phone: sender.leg,
		side: s, wire: s.wire, actor: r.actor(i), leg: r.state.Legs[i], left: *s, to: other.id}
	h.left.stream, h.left.wire, h.left.meter, h.left.flight = nil, "", nil, 0
	if r.watches != nil {
		h.steals, h.by = true, r.watches.who
	}
	r.transit = h
	other.post(&message{handover: h})
	return nil
}

// handed settles what became of the leg that was handed over: what stays of it is its record.
func (r *run) handed(ok bool) {
	h := r.transit
	r.transit = nil
	if ok {
		_, i := r.side(h.leg.ID)
		h.left.record.Ended, h.left.record.Charge = r.now, nil // who has the leg in the end has its costs
		r.sides[i] = &h.left
		p := event.Transferred{Leg: h.phone, By: h.party, Rest: h.left.record.Party, Call: h.to}
		r.draft.Transferred(p)
		r.fact(event.CallTransferred, h.by, p)
	}
	r.kept = append(r.kept, h.kept...)
}

// withdraw takes the leg back that is on its way, or hears that it is gone.
func (r *run) withdraw() call.Input {
	if r.transit == nil {
		return nil
	}
	ok := !r.transit.settle(withdrawn)
	r.handed(ok)
	return call.Handed{OK: ok, Cause: pbx.CauseTimeout}
}

// received takes a leg over from another call of the same person, who talks here too and connects both.
func (r *run) received(h *handover) {
	// gather
	config, _ := r.b.c.View()
	i := r.wired(h.place)

	// decide
	answer := call.Handed{Cause: pbx.CauseGone}
	switch {
	case h.steals && i >= 0:
		if !r.state.CanAdopt(r.sides[i].leg, true) || !r.maySteal(config, h) {
			answer.Cause = pbx.CauseDenied
		} else {
			answer.OK = h.settle(taken)
		}
	case i < 0, r.sides[i].record.Party.User != h.by.User, h.by.User == "":
	case r.state.IsOnItsWay(r.sides[i].leg) && len(r.plan.Passed) > 0:
		answer.To = r.plan.Passed[len(r.plan.Passed)-1].At
	case !r.state.CanAdopt(r.sides[i].leg, true):
	case apart(config, h.leg.Party, r.peer(r.sides[i]).record.Party):
		answer.Cause = pbx.CauseDenied
	case h.leg.Party.User == "" && !r.b.mayRelay(config, h.by, r.peer(r.sides[i]).record.Party, r.now).OK:
		answer.Cause = pbx.CauseDenied
	default:
		answer.OK = h.settle(taken)
	}

	// perform
	if answer.OK && h.steals {
		r.settles(h.from)
	}
	if answer.OK {
		r.takeOver(h, r.sides[i])
	}
	h.from.post(&message{input: answer})
	if !answer.To.IsZero() {
		r.step(call.Stop{Cause: pbx.CauseTransferred})
	}
}

// maySteal asks once more, at the moment at which it happens.
func (r *run) maySteal(config *pbx.Snapshot, h *handover) bool {
	lc := r.shown()
	d := mayWatch(config, h.by, &lc, pbx.WatchSteal, r.now)
	r.b.used(h.by, policy.CallSteal, d, r.now)
	return d.OK
}

// takeOver puts the leg of another call into the place of one of this.
func (r *run) takeOver(h *handover, place *side) {
	s, leg := h.side, h.leg.ID
	s.actor = h.actor
	r.b.legs.Store(s.wire, r)
	if s.stream != nil {
		s.stream.Watch(func(e media.Event) { r.noticed(leg, e) })
	}
	r.enroll(s)
	r.brings = h
	r.step(call.Adopt{Leg: leg, Device: h.leg.Device, Party: h.leg.Party, Place: place.leg, By: place.record.Party, Up: true,
		Held: h.leg.Held, Codec: h.leg.Codec, Secure: h.leg.Secure})
	r.brings = nil
}

// emitTaken writes who came in whose place.
func (r *run) emitTaken(e call.Emit) {
	s, i := r.side(e.Leg)
	if s.record.Answered.IsZero() && r.state.Phase != call.Ringing {
		s.record.Answered = r.now
	}
	if r.state.Callee > 0 && r.sides[r.state.Callee] == s {
		r.live.To = s.record.Party
	}
	p, who := event.Taken{Leg: s.record, By: e.By}, r.actor(i)
	if r.brings != nil {
		p.Call, who, p.Stolen = r.brings.from.id, r.brings.by, r.brings.steals
	}
	r.draft.Taken(p)
	r.fact(e.Kind, who, p)
}
