package api

import (
	"context"
	"slices"

	"tandem/pbx"
	"tandem/policy"
	"tandem/switchboard"
)

// LiveCan draws the buttons of a live call.
type LiveCan struct {
	Hangup   bool        `json:"hangup"`
	Transfer bool        `json:"transfer" doc:"send the other side of a talking call on"`
	Park     bool        `json:"park" doc:"put the other side of a talking call on a park position"`
	Divert   bool        `json:"divert" doc:"send a ringing call to another place, or one that waits in a queue or is in a menu"`
	Pickup   bool        `json:"pickup" doc:"take a call that rings at somebody, or that waits in a queue"`
	Fetch    bool        `json:"fetch" doc:"take a parked call"`
	Watch    []pbx.Watch `json:"watch" nullable:"false" enum:"listen,whisper,whisper_other,barge,steal" doc:"ways to take part in the call: listen, whisper, whisper_other, barge, steal"`
	Record   bool        `json:"record" doc:"begin, pause or end its recording"`
}

// liveCan says what the visitor may do with a call now.
func (v *visit) liveCan(c *pbx.LiveCall, t policy.Target) LiveCan {
	talks := (c.Phase == pbx.PhaseTalking || c.Phase == pbx.PhaseHeld) && !c.House // which is nobody's other side
	inside := c.From.User != "" || c.To.User != ""
	mine := c.From.User == v.who.User
	return LiveCan{
		Hangup:   v.can(policy.CallHangup, t),
		Transfer: talks && inside && v.can(policy.CallTransfer, t),
		Park:     talks && inside && len(v.s.Parks) > 0 && v.can(policy.CallPark, t),
		Divert:   waits(c) && !mine && v.can(policy.CallDivert, t) || c.Menu != "" && v.can(policy.CallMenu, t),
		Watch:    v.canWatch(c, t),
		Pickup:   waits(c) && !mine && v.can(policy.CallPickup, t),
		Fetch:    c.Phase == pbx.PhaseParked && v.can(policy.CallPark, t),
		Record:   (c.Recordable != "" || c.Recording != "") && talks && v.can(policy.RecordingControl, t),
	}
}

// waits reports whether a caller waits for somebody: it rings, or he is in a queue.
func waits(c *pbx.LiveCall) bool { return c.Phase == pbx.PhaseRinging || c.Queue != "" }

type moveIn struct {
	Call string `path:"call"`
	Body struct {
		To   Place      `json:"to"`
		User pbx.UserID `json:"user,omitempty" doc:"whose side sends the other one on; by default the visitor's own, or the only one inside"`
	}
}

// transferLive sends one side of a talking call on.
func (s *Server) transferLive(ctx context.Context, v *visit, in *moveIn) error {
	return s.move(ctx, v, in.Call, []pbx.CallPhase{pbx.PhaseTalking, pbx.PhaseHeld}, switchboard.Order{Right: policy.CallTransfer, User: in.Body.User, To: in.Body.To.destination()})
}

type divertIn struct {
	Call string `path:"call"`
	Body struct {
		To Place `json:"to"`
	}
}

// divertLive sends a ringing call to another place (G-013), one that waits in a queue, or one that is in a menu (G-017).
func (s *Server) divertLive(ctx context.Context, v *visit, in *divertIn) error {
	if c := v.live.Call(pbx.CallID(in.Call)); c != nil && c.Menu != "" {
		return s.move(ctx, v, in.Call, []pbx.CallPhase{pbx.PhaseTalking, pbx.PhaseHeld}, switchboard.Order{Right: policy.CallMenu, To: in.Body.To.destination()})
	}
	return s.move(ctx, v, in.Call, []pbx.CallPhase{pbx.PhaseRinging}, switchboard.Order{Right: policy.CallDivert, To: in.Body.To.destination()})
}

// pickupLive takes a ringing call to the visitor's own phones, which answer by themselves where they can.
func (s *Server) pickupLive(ctx context.Context, v *visit, in *callIn) error {
	if c := v.live.Call(pbx.CallID(in.Call)); c != nil && c.From.User == v.who.User {
		return pbx.Refuse(pbx.Conflict, "", "call.not_movable")
	}
	return s.move(ctx, v, in.Call, []pbx.CallPhase{pbx.PhaseRinging}, switchboard.Order{Right: policy.CallPickup, To: switchboard.Rings(v.who.User), Answer: true})
}

type parkLive struct {
	Call string `path:"call"`
	Body struct {
		Park     pbx.ParkID `json:"park,omitempty" doc:"by default the row of the department of whose side parks, or the office's"`
		Position string     `json:"position,omitempty" doc:"by default the first that is free"`
		User     pbx.UserID `json:"user,omitempty" doc:"whose side parks the other one; by default the visitor's own, or the only one inside"`
	}
}

// parkLive puts one side of a talking call on a park position.
func (s *Server) parkLive(ctx context.Context, v *visit, in *parkLive) error {
	park := v.s.Parks[in.Body.Park]
	if in.Body.Park == "" {
		park = v.s.ParkOf(v.who.User, v.at)
	}
	if park == nil {
		return pbx.Refuse(pbx.Invalid, "park", "destination.gone")
	}
	return s.move(ctx, v, in.Call, []pbx.CallPhase{pbx.PhaseTalking, pbx.PhaseHeld},
		switchboard.Order{Right: policy.CallPark, User: in.Body.User, To: park.At(in.Body.Position)})
}

// fetchLive takes a parked call to the visitor's own phones, which answer by themselves where they can.
func (s *Server) fetchLive(ctx context.Context, v *visit, in *callIn) error {
	return s.move(ctx, v, in.Call, []pbx.CallPhase{pbx.PhaseParked}, switchboard.Order{Right: policy.CallPark, To: switchboard.Rings(v.who.User), Answer: true})
}

// move asks the switchboard to move a call that is in one of the phases. Where somebody may send a call, he may call himself (N-12).
func (s *Server) move(ctx context.Context, v *visit, id string, phases []pbx.CallPhase, o switchboard.Order) error {
	c := v.live.Call(pbx.CallID(id))
	if c == nil {
		return missing()
	}
	if err := v.need(o.Right, policy.Call(c)); err != nil {
		return err
	}
	if !slices.Contains(phases, c.Phase) && !(c.Queue != "" && slices.Contains(phases, pbx.PhaseRinging)) {
		return pbx.Refuse(pbx.Conflict, "", "call.not_movable")
	}
	if err := v.need(policy.CallPlace, policy.User(v.who.User)); err != nil {
		return err
	}
	if o.To.Kind == pbx.ToOutside || o.To.Kind == pbx.ToMobile {
		if err := v.need(policy.CallOut, policy.User(v.who.User)); err != nil {
			return err
		}
	}
	return s.c.Calls.Send(ctx, v.who, c.ID, o)
}
