package policy

import "tandem/pbx"

// condition holds an allowed right against what else must be true.
func (q *asker) condition(r Right, w *way, shared bool) Code {
	if q.t.kind == KindCall && live.has(r) && !q.t.living {
		return WrongState
	}
	switch r {
	case CallDetail:
		if q.t.living {
			return WrongState
		}
	case PresenceSee, CallSee:
		if !shared {
			return q.sharing(r, w)
		}
	case UserEdit, UserSuspend, UserDelete, LoginReset:
		return q.above(r)
	case RecordingPlay:
		return q.span(w)
	}
	return ""
}

// sharing wants somebody in the target to share with the actor. Nobody hides from himself, and a call at which nobody
// rings or talks has nobody to ask.
func (q *asker) sharing(r Right, w *way) Code {
	if q.mine {
		return ""
	}
	for i := range q.people {
		if q.person(i) == nil {
			continue
		}
		if q.allow(r, sharedWay, w) {
			return ""
		}
		return NotShared
	}
	return ""
}

// above refuses to touch somebody who stands above the actor, and the last System Owner.
func (q *asker) above(r Right) Code {
	if q.t.kind != KindUser || q.mine {
		return ""
	}
	x := q.person(0)
	if !q.outranks(x) {
		return Standing
	}
	if (r == UserSuspend || r == UserDelete) && q.lastOwner(x.User.ID, nil) {
		return LastOwner
	}
	return ""
}

// span bounds a conference to one's own time inside, when one hears it for no other reason than having been there and
// the host's main group says so (D-040).
func (q *asker) span(w *way) Code {
	sound := q.t.more.sound
	if sound.Host == "" || q.replay(sound.Host) != pbx.ReplayOwn {
		return ""
	}
	var wide way
	if q.allow(RecordingPlay, wideWay, &wide) {
		*w = wide
		return ""
	}
	part := q.t.more.part
	if part == (pbx.Interval{}) {
		w.interval = true
		return ""
	}
	for i := range sound.Voices {
		v := &sound.Voices[i]
		if v.User == q.me.User.ID && !part.From.Before(v.Span.From) && !part.Until.IsZero() &&
			(v.Span.Until.IsZero() || !part.Until.After(v.Span.Until)) {
			return ""
		}
	}
	return OutOfSpan
}

// replay is how much of a conference its guests may hear, by the host's main group when it was held.
func (q *asker) replay(host pbx.UserID) pbx.Replay {
	if p := q.s.Person(host); p != nil {
		for i := range p.Places {
			l := &p.Places[i]
			if l.Membership.Main && l.From <= q.then && q.then < l.Until {
				if v := l.Node.Group.Replay; v != "" {
					return v
				}
			}
		}
	}
	return q.s.Tenant.Replay
}

// hides reports whether a refused actor may not even know that the target exists.
func (q *asker) hides(r *Request, code Code) bool {
	t := &q.t
	switch {
	case t.kind == KindNothing:
		return r.Target.kind != KindSystem && r.Target.kind != KindSite
	case t.kind == KindSystem || t.kind == KindSite || t.kind == KindTemplate:
		return false
	case code == Unknown || code == Suspended:
		return true
	case q.mine && t.kind != KindRecording:
		return false
	}
	switch t.kind {
	case KindUser:
		return !q.sees(r, UserSee)
	case KindGroup:
		return !q.sees(r, GroupSee)
	case KindCall:
		return !q.sees(r, CallSee) && !q.sees(r, CallDetail)
	case KindRecording:
		return !q.sees(r, RecordingList)
	case KindDevice:
		return !q.sees(r, DeviceEdit)
	case KindMembership, KindGrant, KindRole:
		who := User(t.user)
		o := q.over(&who)
		if !o.mine && !o.sees(r, UserSee) {
			return true
		}
		if t.kind != KindMembership {
			return false
		}
		where := Group(t.group)
		g := q.over(&where)
		return !g.sees(r, GroupSee)
	}
	if q.nodes > 0 {
		return !q.sees(r, GroupSee)
	}
	return true
}

// sees asks for one of the rights that make a target known, by the same door as the request.
func (q *asker) sees(r *Request, right Right) bool {
	if right == r.Right {
		return false
	}
	switch r.Actor.Kind {
	case pbx.ActorToken:
		if q.carried(q.s.Tokens[r.Actor.Token], right) != "" {
			return false
		}
	case pbx.ActorDevice:
		if !phone.has(right) {
			return false
		}
	}
	return q.may(right)
}
