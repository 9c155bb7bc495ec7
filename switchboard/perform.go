package switchboard

import (
	"slices"
	"time"

	"tandem/call"
	"tandem/event"
	"tandem/pbx"
	"tandem/report"
	"tandem/sdp"
)

// perform carries out one effect. What comes of it at once is the next input.
func (r *run) perform(e call.Effect) call.Input {
	legs := r.b.c.Legs
	switch e := e.(type) {
	case call.Dial:
		s, _ := r.side(e.Leg)
		s.record.Started = r.now
		return r.place(s)
	case call.Ringback:
		legs.Progress(r.sides[0].wire, 180, nil)
	case call.Early:
		callee, _ := r.side(e.Callee)
		if body, fault := r.b.answer(r.sides[0], callee); fault == "" {
			r.join(callee)
			legs.Progress(r.sides[0].wire, 183, body)
		}
	case call.Accept:
		callee, _ := r.side(e.Callee)
		return r.accept(callee)
	case call.Announce:
		return r.announce()
	case call.Refuse:
		legs.Refuse(r.sides[0].wire, e.Cause, r.words(e.Cause, e.Text))
	case call.Screen:
		return r.screen(e.Leg)
	case call.Deflect:
		legs.Deflect(r.sides[0].wire, e.To)
	case call.Hangup:
		s, _ := r.side(e.Leg)
		legs.Hangup(s.wire, e.Cause)
	case call.Offer:
		s, _ := r.side(e.Leg)
		from, _ := r.side(e.From)
		codecs, facing := r.offerFor(from)
		if facing == sdp.Inactive {
			facing = sdp.SendOnly // who holds like that is not heard; the music of the house is
		}
		if e.Joined {
			codecs, facing = from.agreed, from.wish
		}
		if s.open && !sdp.HasVoice(sdp.Common(codecs, s.agreed)) { // it is translated between them
			codecs = sdp.Also(codecs, s.agreed)
		}
		legs.Offer(s.wire, r.b.offer(s, codecs, facing, s.theirs.Secure()))
	case call.Comfort:
		s, _ := r.side(e.Leg)
		by, _ := r.side(e.By)
		r.comfort(s, by, e.On)
	case call.Reply:
		s, _ := r.side(e.Leg)
		r.reply(s, e.Status)
	case call.Press:
		if s, _ := r.side(e.Leg); s.stream != nil {
			s.stream.Press(e.Digit)
		}
	case call.Report:
		r.report(e)
	case call.Admit:
		return r.admit(e)
	case call.Hand:
		return r.hand(e.Leg)
	case call.Withdraw:
		return r.withdraw()
	case call.Turn:
		r.turn(e.Caller)
	case call.Take:
		return r.take(e.Leg)
	case call.Route:
		return r.goOn(e)
	case call.AskAllowance:
		return r.allowance(e)
	case call.Join:
		return r.joined(e)
	case call.Welcome:
		return r.welcome()
	case call.Play:
		return r.play(e)
	case call.Hush:
		if s, _ := r.side(e.Leg); s.stream != nil {
			s.stream.Stop()
		}
	case call.OpenPark:
		return r.openPark(e)
	case call.OpenWatch:
		return r.openWatch(e)
	case call.OpenRoom:
		return r.openRoom(e)
	case call.AwaitRoom:
		return r.awaitRoom()
	case call.EnterRoom:
		return r.enterRoom(e)
	case call.MuteRoom:
		r.muteRoom(e)
	case call.SteerRoom:
		return r.steerRoom(e)
	case call.TapeTold:
		r.tapeTold()
	case call.TapeAnswer:
		r.tapeAnswer(e)
	case call.OpenMenu:
		return r.openMenu(e)
	case call.LookUp:
		return r.lookUp(e)
	case call.AskBack:
		return r.askBack()
	case call.KeepPlace:
		r.keepPlace()
	case call.Enter:
		return r.enterQueue(e)
	case call.Drop:
		r.drop(e.Legs)
	case call.Unlock, call.Treat, call.Address, call.SendOn, call.Greet, call.SetPIN, call.CheckPIN:
		r.fetch(e)
	case call.FindName:
		return r.findName(e)
	case call.PlayBack:
		return r.playBack(e)
	case call.Pause:
		if s, _ := r.side(e.Leg); s.stream != nil {
			s.stream.Pause(e.On)
		}
	case call.Wind:
		if s, _ := r.side(e.Leg); s.stream != nil {
			s.stream.Wind(e.By)
		}
	case call.Carry:
		r.carry(e)
	case call.Echo:
		if s, _ := r.side(e.Leg); s.stream != nil {
			r.b.c.Sound.Bridge(s.stream, s.stream)
		}
	case call.OpenBox:
		r.openBox(e)
	case call.Record:
		return r.record(e)
	case call.EndRecord:
		if s, _ := r.side(e.Leg); s.stream != nil {
			s.stream.EndRecord()
		}
	case call.Keep:
		r.keep(e.As)
	case call.Consider:
		return r.consider(e)
	case call.Inform:
		return r.inform(e)
	case call.Tape:
		return r.keepTape(e)
	case call.Untape:
		r.untape()
	case call.PauseTape:
		r.pauseTape(e)
	case call.EndTape:
		r.endTape(e)
	case call.SetTimer:
		r.waits = e.Timer
		r.timer.Stop()
		if e.Timer != call.NoTimer {
			r.timer.Reset(e.After)
		}
	case call.Emit:
		r.emit(e)
	case call.Show:
		r.show()
	}
	return nil
}

// place calls one phone for the first time.
func (r *run) place(s *side) call.Input {
	if r.b.insecure(s) {
		return call.Failed{Leg: s.leg, Cause: pbx.CauseInsecure}
	}
	if !r.openStream(s) {
		return call.Failed{Leg: s.leg, Cause: pbx.CauseOverload}
	}
	if err := r.dial(s, s.secure); err != nil {
		r.log().Warn("phone cannot be called", "leg", s.leg, "device", s.binding.Device, "error", err)
		return call.Failed{Leg: s.leg, Cause: pbx.CauseFailed}
	}
	return nil
}

// dial sends the invitation. Phones with encrypted signalling are offered encrypted sound; keys never travel in the clear (RT-04).
func (r *run) dial(s *side, encrypt bool) error {
	codecs, facing := r.offerFor(r.sides[0])
	body := r.b.offer(s, sdp.Also(codecs, sdp.Known()), facing, encrypt)
	r.b.legs.Store(s.wire, r)
	if s.trunk != "" {
		r.useTrunk(s.trunk)
		return r.b.c.Legs.Dial(call.Invite{Leg: s.wire, Call: r.id, Trunk: s.trunk, Onward: s.onward, From: pbx.Party{Number: s.shows}, To: pbx.Party{Number: s.sends}, Offer: body})
	}
	return r.b.c.Legs.Dial(call.Invite{Leg: s.wire, Call: r.id, Answer: s.answers, Binding: s.binding, From: r.shownAs(), To: s.record.Party, Offer: body})
}

// useTrunk counts the call among those of a trunk.
func (r *run) useTrunk(t pbx.TrunkID) {
	if slices.Contains(r.live.Trunks, t) {
		return
	}
	r.live.Trunks = append(slices.Clone(r.live.Trunks), t)
	r.show()
}

// join lets the caller and a phone hear each other.
func (r *run) join(callee *side) {
	caller := r.sides[0]
	r.sound(caller, callee)
	if caller.stream != nil && callee.stream != nil {
		r.bridge(caller, callee)
	}
}

// accept answers the caller with what the phone agreed to, or, when he made no offer, with an offer of that before all else.
func (r *run) accept(callee *side) call.Input {
	caller := r.sides[0]
	if caller.asked == nil {
		body := r.b.offer(caller, sdp.Also(callee.agreed, sdp.Known()), callee.theirs.Direction, caller.secure)
		r.join(callee)
		r.b.c.Legs.Accept(caller.wire, body)
		return nil
	}
	body, fault := r.b.answer(caller, callee)
	if fault != "" {
		return call.Answered{Leg: caller.leg, Fault: fault}
	}
	r.join(callee)
	r.b.c.Legs.Accept(caller.wire, body)
	return nil
}

// reply answers a changed session: with our own offer when the phone asked for one, otherwise with what is in force on the other side.
func (r *run) reply(s *side, status int) {
	if s == r.sides[0] && r.state.IsHoused() {
		r.houseReply(s, status)
		return
	}
	legs, other := r.b.c.Legs, r.peer(s)
	if i := r.state.Aside; i > 0 && s == r.sides[i] { // it hears music on what is in force
		other = &side{agreed: s.agreed, theirs: theHouse().theirs}
	}
	if status >= 300 {
		if r.isTalking(s) && !r.state.IsChanging() { // otherwise the other side's answer to something else is still to come
			other.offered = nil
		}
		legs.Reply(s.wire, status, nil)
		return
	}
	if r.state.IsAsking(s.leg) {
		legs.Reply(s.wire, status, r.b.offer(s, other.agreed, sdp.SendRecv, s.theirs.Secure()))
		return
	}
	body, fault := r.b.answer(s, other)
	if fault != "" {
		legs.Reply(s.wire, 488, nil)
		return
	}
	r.sound(s, other)
	legs.Reply(s.wire, status, body)
}

// show brings the live views up to date.
func (r *run) show() {
	phase := r.state.LivePhase()
	if phase == "" {
		return
	}
	r.live.Phase = phase
	r.live.Recording, r.live.Recordable = r.taping()
	r.live.Resumes = time.Time{}
	if r.rec != nil && r.live.Recording == "paused" {
		r.live.Resumes = r.rec.resumes
	}
	r.seen()
	r.live.OneWay = r.isOneWay()
	r.live.Menu, r.live.Queue, r.live.House = r.state.Chooses(), r.state.Queue(), r.state.IsServed()
	lc := r.shown()
	r.b.c.SetCall(&lc)
	r.b.Look(r.onlookers(r.shownTo, lc.Users)...)
	r.shownTo = lc.Users
}

// shown is the call as it is now: of everybody who has been part of it, those whose phones ring or talk, and whom it is for.
func (r *run) shown() pbx.LiveCall {
	lc := r.live
	users := make([]pbx.UserID, 0, len(lc.Users))
	for _, u := range lc.Users {
		in := r.state.Callee == 0 && u == r.plan.To.User || lc.Parked != nil && u == lc.Parked.By.User
		for i := range r.state.Legs {
			in = in || r.sides[i].record.Party.User == u && r.state.Legs[i].IsOn()
		}
		if in {
			users = append(users, u)
		}
	}
	lc.Users = users
	if n := len(r.plan.Passed); n > 0 && r.plan.Passed[n-1].At.Kind == pbx.ToRing {
		lc.Ring = pbx.RingID(r.plan.Passed[n-1].At.ID)
	}
	return lc
}

// emit writes a fact. The beginning and the answer are stored at once, so that a crash leaves a true record; the rest goes with the end.
func (r *run) emit(e call.Emit) {
	switch e.Kind {
	case event.CallStarted:
		r.emitStarted()
		r.flush(nil)
	case event.CallRouted:
		r.emitRouted()
	case event.CallRang:
		s, i := r.side(e.Leg)
		s.record.Rang = r.now
		p := event.Rang{Leg: s.record}
		r.draft.Rang(r.now, p)
		r.fact(e.Kind, r.actor(i), p)
	case event.CallAnswered:
		if r.summons != nil && r.summons.asked != nil {
			r.lifted(e.Leg)
			return
		}
		r.woke()
		r.emitAnswered(e.Leg)
		r.flush(nil)
	case event.CallHeld, event.CallResumed, event.CallReturned:
		s, i := r.side(e.Leg)
		if e.Kind == event.CallReturned {
			r.live.To = s.record.Party
		}
		r.fact(e.Kind, r.actor(i), event.Held{Leg: s.leg, Party: s.record.Party})
	case event.CallTransferred:
		r.emitTransferred(e)
	case event.CallParked:
		r.emitParked(e)
	case event.CallEntered:
		r.emitEntered()
	case event.CallTaken:
		r.emitTaken(e)
	case event.CallEnded:
		r.emitEnded()
	}
}

func (r *run) emitStarted() {
	p := event.Started{
		From: r.plan.From, To: r.plan.To, Dialled: r.plan.Dialled, Users: r.live.Users, Groups: r.live.Groups,
		Leg: r.sides[0].record, Trace: r.plan.Trace, Ruling: r.ruling(),
	}
	r.draft.Started(r.id, r.now, p)
	r.fact(event.CallStarted, r.in.Actor, p)
	r.emitAsked()
}

func (r *run) emitAnswered(leg pbx.LegID) {
	callee, i := r.side(leg)
	caller := r.sides[0]
	callee.record.Answered = r.now
	if caller.record.Answered.IsZero() {
		caller.record.Answered = r.now
	}
	callee.record.Codec, callee.record.Secure = callee.name, callee.isEncrypted()
	caller.record.Codec, caller.record.Secure = caller.name, caller.isEncrypted()
	r.live.To = callee.record.Party
	if r.live.Answered.IsZero() {
		r.live.Answered = r.now
	}
	r.live.Codec, r.live.Secure = spokenBy(caller, callee), callee.isEncrypted() && caller.isEncrypted()
	p := event.Answered{Leg: callee.record, To: callee.record.Party, Codec: r.live.Codec, Secure: r.live.Secure}
	r.draft.Answered(r.now, p)
	r.fact(event.CallAnswered, r.actor(i), p)
}

// spokenBy names the codec of a conversation, or both where the house translates.
func spokenBy(caller, callee *side) string {
	if caller.name == callee.name || caller.name == "" || sdp.HasVoice(sdp.Common(caller.agreed, callee.agreed)) {
		return callee.name
	}
	return caller.name + " ⇄ " + callee.name
}

// emitEnded closes the record and hands it over with all facts that are not stored yet.
func (r *run) emitEnded() {
	r.unwatchAll()
	r.ended = true
	r.attend()
	p := event.Ended{Cause: r.state.Cause, By: r.state.By, Reason: r.state.Text, Codec: r.live.Codec, Secure: r.live.Secure, Trace: r.why}
	who := r.in.Actor
	for i, s := range r.sides {
		if s.record.Started.IsZero() {
			continue
		}
		r.release(i)
		s.record.Cause, s.record.Status = r.state.Legs[i].Cause, r.state.Legs[i].Status
		p.Legs = append(p.Legs, s.record)
		if i > 0 && s.record.Party == p.By && !s.record.Answered.IsZero() {
			who = r.actor(i)
		}
	}
	if r.stopper.Kind != pbx.ActorNobody {
		who = r.stopper
	}
	r.draft.Ended(r.now, p)
	r.fact(event.CallEnded, who, p)
	r.b.c.EndCall(r.id)
	r.b.Look(r.shownTo...)
	cdr := r.draft.CDR()
	r.flush(&cdr)
}

// actor is who stands behind a leg.
func (r *run) actor(i int) pbx.Actor {
	s := r.sides[i]
	switch {
	case i == 0:
		return r.in.Actor
	case s.actor.Kind != pbx.ActorNobody:
		return s.actor
	}
	if s.trunk != "" {
		return pbx.Actor{Kind: pbx.ActorTrunk, Trunk: s.trunk, Via: "sip"}
	}
	return pbx.Actor{Kind: pbx.ActorDevice, User: s.record.Party.User, Device: s.binding.Device, Addr: s.binding.Source, Via: "sip"}
}

func (r *run) fact(k event.Kind, who pbx.Actor, payload any) {
	f := event.New(k, r.now, who, pbx.Ref{Kind: pbx.KindCall, ID: string(r.id)}, payload)
	f.Revision = r.revision
	r.facts = append(r.facts, f)
}

func (r *run) flush(cdr *report.CDR) {
	r.b.journal.put(entry{cdr, r.facts, &r.opening})
	r.facts = nil
}
