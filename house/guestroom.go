package house

import (
	"context"
	"time"

	"tandem/call"
	"tandem/command"
	"tandem/event"
	"tandem/pbx"
)

// roomTurned does after a check-in or check-out what its transaction could not: messages of the former guest are rows of nobody already, now their sounds go and the
// lamps go out; and no queue calls him back (G-019).
func (h *House) roomTurned(ctx context.Context, f event.Fact) {
	u := pbx.UserID(f.Object.ID)
	h.recount(ctx, pbx.BoxID(u))
	if err := h.dropMessages(ctx, h.Config.Now()); err != nil && ctx.Err() == nil {
		h.log.Error("messages of a guest who has left cannot be deleted; it is tried again later", "user", u, "error", err)
	}
	if err := h.Board.DropCallbacks(ctx, f.Actor, u); err != nil && ctx.Err() == nil {
		h.log.Error("calls back to a guest who has left cannot be taken out", "user", u, "error", err)
	}
}

// isFormer reports whether something that began at a moment was for a guest who has left meanwhile.
func (h *House) isFormer(u pbx.UserID, began time.Time) bool {
	return began.Before(h.snapshot().OwnSince(u))
}

// housekeeping says how a room is looked after: a digit for the state, and behind it the number of the room, or nothing for that of the phone.
func (k *keypad) housekeeping(ctx context.Context, dialled string) call.Carried {
	states := pbx.CareStates()
	if dialled == "" || dialled[0] < '1' || int(dialled[0]-'0') > len(states) {
		return call.Carried{Clips: words("say.feature.unknown")}
	}
	c := command.SetHousekeeping{User: k.who.User, Care: states[dialled[0]-'1']}
	if room := dialled[1:]; room != "" {
		c.User = k.room(room)
	}
	if refused := k.do(ctx, c); refused != nil {
		return call.Carried{Clips: refused}
	}
	return call.Carried{Clips: words("say.feature.done")}
}

// room is whose extension a number of a room is; nobody's where it is none.
func (k *keypad) room(number string) pbx.UserID {
	if at, _ := k.h.snapshot().Reached(number); at.Kind == pbx.ToUser {
		return pbx.UserID(at.ID)
	}
	return ""
}

// roomCalls says what a room may call outside while its guest stays: a digit for the choice, and behind it the number of the room.
func (k *keypad) roomCalls(ctx context.Context, dialled string) call.Carried {
	choices := pbx.Diallings()
	if len(dialled) < 2 || dialled[0] < '1' || int(dialled[0]-'0') > len(choices) {
		return call.Carried{Clips: words("say.feature.unknown")}
	}
	if refused := k.do(ctx, command.EditStay{User: k.room(dialled[1:]), Dialling: &choices[dialled[0]-'1']}); refused != nil {
		return call.Carried{Clips: refused}
	}
	return call.Carried{Clips: words("say.feature.done")}
}
