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

// referred is a phone that wants to send its call on (RFC 3515): whether its user may is asked here, where the call goes by the machine.
func (r *run) referred(s *side, i int, sig call.Signal) {
	// gather
	config, _ := r.b.c.View()
	who := r.actor(i)

	// decide
	to, cause, text := r.mayRefer(config, who, r.peer(s), sig.Refer.Dialled)

	// perform
	if cause != "" {
		r.deny(s, who, sig.Refer.Dialled, cause, text)
		return
	}
	r.step(call.Send{Leg: s.leg, To: to, By: s.record.Party, Asked: true})
}

// mayRefer says where somebody's phone wants to send the side that stays, or why it may not: he needs the right over this call, the right to
// call there himself, and, where both are outside, the right to leave them connected (BAR TF-08).
func (r *run) mayRefer(config *pbx.Snapshot, who pbx.Actor, stays *side, dialled string) (to pbx.Destination, cause pbx.Cause, text i18n.Text) {
	lc := r.shown()
	for _, right := range []policy.Request{
		{Actor: who, Right: policy.CallTransfer, Target: policy.Call(&lc), At: r.now},
		{Actor: who, Right: policy.CallPlace, Target: policy.User(who.User), At: r.now},
	} {
		d := policy.Decide(config, right)
		if !d.OK {
			return to, pbx.CauseDenied, d.Reason()
		}
		r.b.used(who, right.Right, d, r.now)
	}
	if to = route.Sent(config, who.User, dialled, r.now); to.IsZero() {
		return to, pbx.CauseUnknown, i18n.T("route.unknown", "number", dialled)
	}
	if to.Kind == pbx.ToOutside {
		if d := policy.Decide(config, policy.Request{Actor: who, Right: policy.CallOut, Target: policy.User(who.User), At: r.now}); !d.OK {
			return to, pbx.CauseDenied, d.Reason()
		}
		if text := talkStays(config, stays.record.Party); text.Key != "" {
			return to, pbx.CauseDenied, text
		}
		if d := r.b.mayRelay(config, who, stays.record.Party, r.now); !d.OK {
			return to, pbx.CauseDenied, d.Reason()
		}
	}
	return to, "", i18n.Text{}
}

// mayRelay decides whether somebody may leave a party connected with one outside: where both are outside, that is a right of its own (BAR TF-08).
func (b *Board) mayRelay(config *pbx.Snapshot, who pbx.Actor, stays pbx.Party, at time.Time) policy.Decision {
	if stays.User != "" {
		return policy.Decision{OK: true}
	}
	d := policy.Decide(config, policy.Request{Actor: who, Right: policy.CallRelay, Target: policy.User(who.User), At: at})
	b.used(who, policy.CallRelay, d, at)
	return d
}

// report tells a phone how it goes with what it wanted.
func (r *run) report(e call.Report) {
	s, i := r.side(e.Leg)
	p := call.Progress{Status: e.Status, Cause: e.Cause}
	if e.Cause != "" {
		config, _ := r.b.c.View()
		text := e.Text
		if r.b.isStranger(config, r.actor(i), r.plan.To.User, r.now) {
			text = i18n.T("cause." + string(e.Cause))
		}
		p.Text = r.b.say(config, r.actor(i), r.now, text)
	}
	r.b.c.Legs.Report(s.wire, p)
}

// turn makes another leg the caller: what comes next is asked in his name, and told in his language.
func (r *run) turn(leg pbx.LegID) {
	s, i := r.side(leg)
	who := r.actor(i)
	r.sides[0], r.sides[i] = r.sides[i], r.sides[0]
	r.in.Actor, r.pinned = who, false // a PIN is of whoever typed it
	r.asked.Caller, r.asked.From = who, s.record.Party
	r.asked.Caller.Token = r.mover.Token // a program that sends the call on draws on its own budget too (BAR TF-12)
	r.live.From = s.record.Party
	config, _ := r.b.c.View()
	r.language = config.LanguageOf(who.User, r.now)
	if r.sides[i].ghost { // the house speaks with who answered
		r.sound(s)
	}
}

// take lets a party whose other side has left hear the house: on the session it has, where both hear each other on it, or on a new one.
func (r *run) take(leg pbx.LegID) call.Input {
	s, _ := r.side(leg)
	if s.stream != nil {
		r.b.c.Sound.Part(s.stream)
	}
	if s.stream == nil || sdp.HasVoice(s.agreed) && s.hears(theHouse()) {
		return call.Replied{Leg: s.leg, Status: 200}
	}
	r.b.c.Legs.Offer(s.wire, r.b.offer(s, houseCodecs(), sdp.SendRecv, s.theirs.Secure()))
	return nil
}

// hears reports whether a side hears and is heard as far as both sides want it, whatever one of them wanted before.
func (s *side) hears(other *side) bool {
	hear, say := s.facing.Sends() && s.theirs.Direction.Receives(), s.facing.Receives() && s.theirs.Direction.Sends()
	return hear == (other.wish.Sends() && s.wish.Receives()) && say == (other.wish.Receives() && s.wish.Sends())
}

// fits finds the side of a conversation whose session does not fit the other's: it would send what the other does not understand, or is
// still on the hold of somebody who has left.
func (r *run) fits(a, b *side) call.Input {
	for _, pair := range [][2]*side{{a, b}, {b, a}} {
		if s, other := pair[0], pair[1]; s.open && other.open && (s.isNarrower(other) || !s.hears(other)) {
			return call.Differs{Leg: s.leg}
		}
	}
	return nil
}

// isNarrower reports whether another side agreed to less than this one was told. Where they have nothing in common, the house translates.
func (s *side) isNarrower(other *side) bool {
	if !sdp.HasVoice(sdp.Common(s.agreed, other.agreed)) {
		return false
	}
	return slices.ContainsFunc(s.agreed, func(c sdp.Codec) bool { return c.IsVoice() && len(sdp.Common([]sdp.Codec{c}, other.agreed)) == 0 })
}

// emitTransferred writes who sent the call on, and where.
func (r *run) emitTransferred(e call.Emit) {
	config, _ := r.b.c.View()
	p := event.Transferred{Leg: e.Leg, By: e.By, Rest: r.sides[0].record.Party, To: route.Called(config, e.To), Number: e.To.Number}
	who := r.in.Actor
	switch {
	case r.mover.Kind != pbx.ActorNobody:
		who = r.mover
	case e.Leg != "":
		_, i := r.side(e.Leg)
		who = r.actor(i)
	}
	r.fact(e.Kind, who, p)
}
