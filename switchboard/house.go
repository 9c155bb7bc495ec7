package switchboard

import (
	"slices"
	"strings"

	"tandem/call"
	"tandem/i18n"
	"tandem/media"
	"tandem/pbx"
	"tandem/sdp"
)

// houseCodecs are those in which the house itself speaks, and keys. G.722 comes first: it is as wide as what is said, and costs a tenth of Opus.
func houseCodecs() []sdp.Codec {
	all := sdp.Known()
	slices.SortStableFunc(all, func(a, b sdp.Codec) int { return preference(a) - preference(b) })
	return all
}

func preference(c sdp.Codec) int {
	if strings.EqualFold(c.Name, "G722") {
		return 0
	}
	return 1
}

// theHouse is the house as the other side of a description.
func theHouse() *side {
	return &side{agreed: houseCodecs(), theirs: sdp.Stream{Direction: sdp.SendRecv}, open: true}
}

// welcome answers the caller with the house's own session.
func (r *run) welcome() call.Input {
	caller := r.sides[0]
	r.live.To = r.plan.To
	if caller.asked == nil {
		r.b.c.Legs.Accept(caller.wire, r.b.offer(caller, houseCodecs(), sdp.SendRecv, caller.secure))
		return nil
	}
	body, fault := r.b.answer(caller, theHouse())
	if fault == "" && !sdp.HasVoice(caller.agreed) {
		fault = pbx.CauseNoCodec
	}
	if fault != "" {
		return call.Answered{Leg: caller.leg, Fault: fault}
	}
	r.sound(caller)
	r.b.c.Legs.Accept(caller.wire, body)
	return nil
}

// announce lets a caller hear the house before his call is answered (N-18). Where that cannot be, what is said counts as said.
func (r *run) announce() call.Input {
	caller := r.sides[0]
	body, fault := r.b.answer(caller, theHouse())
	if fault != "" || !sdp.HasVoice(caller.agreed) {
		return call.Timeout{Timer: call.HouseTimer}
	}
	r.sound(caller)
	r.b.c.Legs.Progress(caller.wire, 183, body)
	return nil
}

// houseReply answers a changed session of a caller who talks to the house.
func (r *run) houseReply(s *side, status int) {
	legs := r.b.c.Legs
	switch {
	case status >= 300:
		legs.Reply(s.wire, status, nil)
	case s.empty:
		legs.Reply(s.wire, status, r.b.offer(s, houseCodecs(), sdp.SendRecv, s.theirs.Secure()))
	default:
		body, fault := r.b.answer(s, theHouse())
		if fault != "" {
			legs.Reply(s.wire, 488, nil)
			return
		}
		r.sound(s)
		legs.Reply(s.wire, status, body)
	}
}

// joined lets a caller and another leg hear each other, both being up.
func (r *run) joined(e call.Join) call.Input {
	callee, _ := r.side(e.Callee)
	r.join(callee)
	return r.fits(r.sides[0], callee)
}

// play lets the caller hear clips. What cannot be played counts as played, so that the call goes on.
func (r *run) play(e call.Play) call.Input {
	s, _ := r.side(e.Leg)
	return r.playList(s, nil, e.Clips, e.Tag)
}

// playList lets a side hear sounds and then clips.
func (r *run) playList(s *side, first []media.Sound, clips []call.Clip, tag uint64) call.Input {
	list := media.Playlist{Sounds: first, Tag: tag}
	for _, c := range clips {
		sounds, loop := r.sounds(c)
		list.Sounds = append(list.Sounds, sounds...)
		list.Loop = list.Loop || loop
	}
	if s.stream == nil || len(list.Sounds) == 0 {
		return call.Played{Tag: tag}
	}
	if err := s.stream.Play(list); err != nil {
		r.log().Warn("the house cannot speak on a leg", "leg", s.leg, "error", err)
		return call.Played{Tag: tag}
	}
	return nil
}

// sounds is what a clip sounds like; loop says that it goes on until something else is played.
func (r *run) sounds(c call.Clip) (all []media.Sound, loop bool) {
	switch {
	case c.Tone == call.ToneRingback:
		return media.Ringback().Sounds, true
	case c.Tone == call.ToneMusic:
		return r.b.music().Sounds, true
	case c.Tone == call.ToneBusy:
		return media.Busy().Sounds, true
	case c.Tone == call.ToneBeep:
		return media.Beep().Sounds, false
	case c.Sound != "":
		if r.b.c.Sounds == nil {
			return nil, false
		}
		sound, done, err := r.b.c.Sounds.Open(c.Sound)
		if err != nil {
			r.log().Warn("sound cannot be played", "sound", c.Sound, "error", err)
			return nil, false
		}
		r.opened = append(r.opened, done)
		return []media.Sound{sound}, c.Loop
	case c.Reference:
		return r.spell(i18n.Say(r.spoken()).Phone(r.id.Reference())), false
	case c.Number > 0:
		return r.spell(i18n.Say(r.spoken()).Number(c.Number)), false
	case c.Time > 0:
		return r.spell(i18n.Say(r.spoken()).Duration(c.Time)), false
	case r.b.c.Prompt != nil:
		return r.b.c.Prompt(r.spoken(), c.Text), false
	}
	return nil, false
}

// spell is the sound of spoken words, one after the other.
func (r *run) spell(keys []string) (all []media.Sound) {
	for _, k := range keys {
		if k != i18n.Pause && r.b.c.Prompt != nil {
			all = append(all, r.b.c.Prompt(r.spoken(), i18n.T(k))...)
		}
	}
	return all
}

// spoken is the language in which the caller is spoken to.
func (r *run) spoken() string {
	if h := r.plan.House; h != nil && h.Language != "" {
		return h.Language
	}
	return r.language
}

// noticed turns what the sound of a leg tells into an input.
func (r *run) noticed(leg pbx.LegID, e media.Event) {
	switch e.Kind {
	case media.EventSilence:
		r.post(&message{silent: leg})
	case media.EventForeignKeys:
		r.post(&message{betrays: leg})
	case media.EventDigit:
		r.post(&message{key: leg, signal: call.Signal{Kind: call.SignalDigit, Digit: e.Digit}})
	case media.EventPlayed:
		if e.Tag == warnTag {
			r.post(&message{warned: true})
			return
		}
		if e.Tag&informTag != 0 {
			r.post(&message{informed: e.Tag})
			return
		}
		r.post(&message{input: call.Played{Tag: e.Tag}})
	case media.EventRecorded:
		r.post(&message{recorded: e.Recorded, tag: e.Tag})
	}
}
