package policy

import (
	"slices"

	"tandem/pbx"
)

// thing spells out who and what is in a target; false when it does not exist.
func (n naive) thing(t Target) (nThing, bool) {
	out := nThing{kind: t.kind, id: t.id, then: n.at, living: t.living}
	switch t.kind {
	case KindUser:
		out.people = []pbx.UserID{t.user}
		return out, n.s.Users[t.user] != nil
	case KindGroup:
		out.groups = []pbx.GroupID{t.group}
		return out, n.s.Groups[t.group] != nil
	case KindSystem, KindSite, KindTemplate:
		return out, true
	case KindDevice:
		d := n.s.Devices[pbx.DeviceID(t.id)]
		if d != nil {
			out.people = []pbx.UserID{d.User}
		}
		return out, d != nil
	case KindToken:
		d := n.s.Tokens[pbx.TokenID(t.id)]
		if d != nil {
			out.people = []pbx.UserID{d.User}
		}
		return out, d != nil
	case KindCall, KindRecording:
		out.people, out.groups = t.users, t.groups
		if t.kind == KindRecording {
			out.sound, out.part = t.more.sound, t.more.part
			for _, v := range out.sound.Voices {
				out.people = append(out.people, v.User)
			}
		}
		if !t.living {
			out.then = t.start
		}
		return out, t.id != "" && !t.start.After(n.at)
	case KindMembership:
		out.groups = []pbx.GroupID{t.group}
		return out, n.s.Groups[t.group] != nil && n.s.Users[t.user] != nil
	case KindGrant, KindRole:
		out.people = []pbx.UserID{t.user}
		return out, n.s.Users[t.user] != nil
	case KindNothing:
		return out, false
	}
	if t.user != "" {
		out.people = []pbx.UserID{t.user}
	}
	if t.group != "" {
		out.groups = []pbx.GroupID{t.group}
	}
	return out, t.id != ""
}

// ask answers a whole request; an empty code allows.
func (n naive) ask(r Request) Code {
	if !r.Right.known() || !r.Right.fits(r.Target.kind) {
		return Unknown
	}
	t, exists := n.thing(r.Target)
	u := r.Actor.User
	tok := n.s.Tokens[r.Actor.Token]
	switch r.Actor.Kind {
	case pbx.ActorGuest:
		switch {
		case r.Actor.Link == "" || !exists:
			return Unknown
		case r.Right != LinkUse || r.Target.kind != KindLink || r.Target.id != r.Actor.Link:
			return Guest
		case !during(r.Target.more.valid.From, r.Target.more.valid.Until, n.at):
			return Expired
		}
		return ""
	case pbx.ActorTrunk:
		if !exists {
			return Unknown
		}
		return Trunk
	case pbx.ActorToken:
		if tok == nil {
			return Unknown
		}
		u = tok.User
	case pbx.ActorDevice:
		d := n.s.Devices[r.Actor.Device]
		if d == nil {
			return Unknown
		}
		u = d.User
	case pbx.ActorUser:
	default:
		return Unknown
	}
	if n.s.Users[u] == nil || !exists {
		return Unknown
	}
	if r.Target.kind == KindSite {
		t.people = []pbx.UserID{u}
	}
	inPhone := []Right{CallReceive, CallPlace, CallOut, CallSee, CallDivert, CallTransfer, CallPickup, CallPark, CallIntercom, CallHangup,
		CallNumber, PresenceSee, PresenceSet, ForwardingEdit, ForwardingOutside, ReminderSet, VoicemailPlay, VoicemailEdit, HoursOverride, RecordingControl, UserSee,
		CallListen, CallWhisper, CallBarge, CallSteal, RoomAssign}
	never := []Right{TokenCreate, LoginEdit, RoleSystem, BackupRestore, DelegateGive, ClientUse, WebsiteAccess, AdminAccess}
	if r.Actor.Kind == pbx.ActorDevice && !slices.Contains(inPhone, r.Right) {
		return Phone
	}
	if r.Actor.Kind == pbx.ActorToken {
		switch {
		case !during(tok.From, tok.Until, n.at):
			return Expired
		case n.s.Users[u].IsSuspended(n.at):
			return Suspended
		case slices.Contains(never, r.Right) || !n.carries(tok, r.Right, t):
			return ByTokenOnly
		}
	}
	if n.s.Users[u].IsSuspended(n.at) {
		return Suspended
	}
	if r.Target.kind == KindMembership || r.Target.kind == KindGrant || r.Target.kind == KindRole {
		if r.Actor.Kind == pbx.ActorToken && r.Target.speaks(r.Right) && r.Target.gives() {
			return ByTokenOnly
		}
		return n.delegate(u, r.Right, r.Target)
	}
	if r.Target.kind == KindTemplate {
		return n.shape(u, r.Target, r.Actor.Kind == pbx.ActorToken)
	}
	return n.decide(u, r.Right, t)
}

// carries reports whether some right of the token, with what it implies, reaches the thing.
func (n naive) carries(tok *pbx.Token, r Right, t nThing) bool {
	if len(tok.Rights) == 0 {
		return true
	}
	var brings func(x Right) bool
	brings = func(x Right) bool { return x == r || slices.ContainsFunc(x.Implies(), brings) }
	for _, name := range tok.Rights {
		x, ok := ParseRight(name)
		if !ok || !brings(x) {
			continue
		}
		c, narrow := tok.Narrow[name]
		if !narrow || n.reaches(tok.User, nGrant{right: x, scope: c}, t) {
			return true
		}
	}
	return false
}
