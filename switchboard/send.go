package switchboard

import (
	"cmp"
	"context"
	"time"

	"tandem/call"
	"tandem/pbx"
	"tandem/policy"
)

// Order is what somebody wants done with a call from above: the interface, a page, a program.
type Order struct {
	Right  policy.Right    // under which he wants it
	User   pbx.UserID      // whose side sends the call on; empty: his own, or the only one there is
	To     pbx.Destination // where it goes
	Answer bool            // phones there are to answer by themselves
}

// Send sends a call on for somebody who has the right to: a talking call from one of its sides, a ringing or parked one as it is.
func (b *Board) Send(_ context.Context, who pbx.Actor, id pbx.CallID, o Order) error {
	s, lc, r, err := b.reach(who, id, o.Right)
	if err != nil {
		return err
	}
	if o.To.IsZero() || !s.Leads(who.User, o.To) {
		return pbx.Refuse(pbx.Invalid, "to", "destination.gone")
	}
	talks := (lc.Phase == pbx.PhaseTalking || lc.Phase == pbx.PhaseHeld) && lc.Menu == "" && lc.Queue == ""
	switch {
	case talks && (lc.To.User == "" && lc.From.User == ""):
		return pbx.Refuse(pbx.Conflict, "", "call.not_movable")
	case !talks:
		o.User = ""
	case o.User == "" && (lc.From.User == who.User || lc.To.User == who.User):
		o.User = who.User
	case o.User == "" && lc.To.User == "":
		o.User = lc.From.User
	case o.User == "" && lc.From.User == "":
		o.User = lc.To.User
	case o.User != lc.From.User && o.User != lc.To.User, o.User == "":
		return pbx.Refuse(pbx.Invalid, "user", "call.whose_side")
	}
	stays := lc.From
	if o.User != "" && o.User == lc.From.User {
		stays = lc.To
	}
	if now := time.Now(); o.To.Kind == pbx.ToOutside {
		if text := talkStays(s, stays); text.Key != "" {
			return &pbx.Error{Code: pbx.Denied, Text: text}
		}
		if d := b.mayRelay(s, who, stays, now); !d.OK {
			return &pbx.Error{Code: pbx.Denied, Text: d.Reason(), Right: policy.CallRelay.String(), About: policy.Call(lc).Ref()}
		}
	}
	r.post(&message{order: &o, actor: who, talks: talks})
	return nil
}

// ordered carries out what somebody wants from above.
func (r *run) ordered(o *Order, who pbx.Actor, talks bool) {
	config, _ := r.b.c.View()
	in := call.Send{To: o.To, By: config.Users[who.User].Party()}
	if talks {
		sides := r.sides[:1:1]
		if r.state.Callee > 0 {
			sides = append(sides, r.sides[r.state.Callee])
		}
		for _, s := range sides {
			if s.record.Party.User == o.User {
				in.Leg = s.leg
			}
		}
		if in.Leg == "" {
			return // he has left meanwhile
		}
	}
	r.mover, r.answers = who, o.Answer
	r.asked.Caller.Token = cmp.Or(who.Token, r.asked.Caller.Token)
	r.step(in)
	r.mover = pbx.Actor{}
}

// Rings is where a call goes that somebody wants on his own phones.
func Rings(u pbx.UserID) pbx.Destination { return pbx.Destination{Kind: pbx.ToUser, ID: string(u)} }
