package policy

import (
	"slices"
	"strings"
	"time"

	"tandem/pbx"
)

// Lamp decides what a watcher sees of a person's calls (BL-02): that he is busy with presence.see, with whom by call.see as well, an outside
// number in full by call.number, and whom he has before him only when he may see that person. It is false when he may not watch at all.
func Lamp(s *pbx.Snapshot, live *pbx.Presence, who pbx.Actor, of pbx.UserID, at time.Time) (pbx.Lamp, bool) {
	may := func(r Right, t Target) bool { return Decide(s, Request{Actor: who, Right: r, Target: t, At: at}).OK }
	if !may(PresenceSee, User(of)) {
		return pbx.Lamp{}, false
	}
	var l pbx.Lamp
	for _, id := range live.CallsOf(of) {
		c := live.Call(id)
		if c == nil {
			continue
		}
		one := pbx.LampCall{Call: id, Incoming: c.From.User != of, State: lampState(c, of)}
		t := Call(c)
		if sees := who.User == of || may(CallSee, t); sees {
			one.Other = c.From
			if !one.Incoming {
				one.Other = c.To
			}
			one.Other = unveil(one.Other, who, may, t)
			one.Pickup = one.State == pbx.LampRings && may(CallPickup, t)
		}
		l.Calls = append(l.Calls, one)
	}
	slices.SortFunc(l.Calls, func(a, b pbx.LampCall) int { return strings.Compare(string(a.Call), string(b.Call)) })
	return l, true
}

func lampState(c *pbx.LiveCall, of pbx.UserID) pbx.LampState {
	switch {
	case c.Phase == pbx.PhaseRinging && c.From.User == of:
		return pbx.LampCalling
	case c.Phase == pbx.PhaseRinging:
		return pbx.LampRings
	case c.Phase == pbx.PhaseHeld:
		return pbx.LampHeld
	}
	return pbx.LampTalks
}

// unveil is the other side as the watcher may see it.
func unveil(p pbx.Party, who pbx.Actor, may func(Right, Target) bool, call Target) pbx.Party {
	switch {
	case p.User == who.User && p.User != "":
		return p
	case p.User != "" && !may(UserSee, User(p.User)):
		return pbx.Party{}
	case p.User == "" && pbx.IsOutside(p.Number) && !may(CallNumber, call):
		masked := pbx.Mask(p.Number)
		if p.Name == p.Number {
			p.Name = masked
		}
		p.Number = masked
	}
	return p
}
