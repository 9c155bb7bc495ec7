package policy

import (
	"slices"

	"tandem/pbx"
)

// CheckKind is one question of the decision.
type CheckKind string

// The questions, in their order.
const (
	CheckKnown   CheckKind = "known"   // the right speaks about this target, and both exist
	CheckActive  CheckKind = "active"  // the person is not suspended
	CheckCarried CheckKind = "carried" // the token or phone carries it
	CheckOther   CheckKind = "other"   // it is not about the actor himself
	CheckDenied  CheckKind = "denied"  // nothing denies it
	CheckGranted CheckKind = "granted" // something allows it
	CheckNeeded  CheckKind = "needed"  // another right is held besides
	CheckRule    CheckKind = "rule"    // what must be true besides: sharing, standing, ceiling, state
)

// Check is one question with its answer.
type Check struct {
	Kind  CheckKind
	Right Right // of CheckNeeded: the other right
	Code  Code  // how it fails; empty when it holds
}

// Order asks every question of a decision by itself and in order, so that it can be told which one decided and how the others
// would have been answered (N-1). The first that fails has the code of the decision.
func Order(s *pbx.Snapshot, r Request) []Check {
	d := Decide(s, r)
	q := asker{s: s, when: r.At, at: pbx.Instant(r.At)}
	if !r.Right.known() || !r.Right.fits(r.Target.kind) || !q.acts(r.Actor) || !q.resolve(&r.Target) {
		if d.OK { // a guest on his own link
			d.Code = ""
		}
		return []Check{{Kind: CheckKnown, Code: d.Code}}
	}
	return q.checks(&r, d.Code)
}

// acts finds the person behind an actor, suspended or not.
func (q *asker) acts(a pbx.Actor) bool {
	switch a.Kind {
	case pbx.ActorUser:
		q.become(q.s.Person(a.User))
	case pbx.ActorToken:
		if t := q.s.Tokens[a.Token]; t != nil {
			q.become(q.s.Person(t.User))
		}
	case pbx.ActorDevice:
		if d := q.s.Devices[a.Device]; d != nil {
			q.become(q.s.Person(d.User))
		}
	}
	return q.me != nil
}

// aim is the target as the right itself is asked over: of a wish to hand something on, where it is handed on.
func (q *asker) aim(r *Request) asker {
	t := r.Target
	switch {
	case doors.has(r.Right):
		t = Site()
	case t.kind == KindMembership || t.kind == KindGrant || t.kind == KindRole:
		t = q.ground(r.Right)
	}
	return q.over(&t)
}

// checks asks every question of the decision by itself, so that it can be told which one decided and how the others
// would have been answered.
func (q *asker) checks(r *Request, code Code) []Check {
	if code == Unknown {
		return []Check{{Kind: CheckKnown, Code: code}}
	}
	all := []Check{{Kind: CheckKnown}}
	add := func(kind CheckKind, right Right, fails bool, c Code) {
		if !fails {
			c = ""
		}
		all = append(all, Check{kind, right, c})
	}
	if r.Actor.Kind == pbx.ActorDevice || r.Actor.Kind == pbx.ActorToken {
		carried := Code("")
		if r.Actor.Kind == pbx.ActorDevice && !phone.has(r.Right) {
			carried = Phone
		} else if r.Actor.Kind == pbx.ActorToken {
			if carried = q.carried(q.s.Tokens[r.Actor.Token], r.Right); carried == Suspended {
				carried = ""
			}
		}
		add(CheckCarried, NoRight, carried != "", carried)
	}
	add(CheckActive, NoRight, q.me.User.IsSuspended(q.when), Suspended)
	switch r.Target.kind {
	case KindTemplate:
		return append(all, Check{CheckRule, NoRight, rest(all, code)})
	case KindMembership, KindGrant, KindRole:
		if r.Actor.Kind == pbx.ActorToken {
			add(CheckCarried, NoRight, r.Target.gives(), ByTokenOnly)
		}
		add(CheckOther, NoRight, r.Target.user == q.me.User.ID, Oneself)
	}
	o := q.aim(r)
	add(CheckDenied, NoRight, o.denied(r.Right), Deny)
	granted := o.granted(r.Right)
	add(CheckGranted, NoRight, granted != "", granted)
	if !doors.has(r.Right) {
		for _, n := range catalogue[r.Right].needs {
			add(CheckNeeded, n, !o.met(n), Needs)
		}
	}
	if left := rest(all, code); left != "" || conditional(r) {
		all = append(all, Check{CheckRule, NoRight, left})
	}
	return all
}

// rest is the code of a refusal that none of the questions before has given.
func rest(all []Check, code Code) Code {
	if len(code) > len("allow.") && code[:len("allow.")] == "allow." || slices.ContainsFunc(all, func(c Check) bool { return c.Code != "" }) {
		return ""
	}
	return code
}

// conditional reports whether more than grants is asked for.
func conditional(r *Request) bool {
	switch r.Target.kind {
	case KindMembership, KindGrant, KindRole:
		return true
	}
	switch r.Right {
	case CallDetail, PresenceSee, CallSee, UserEdit, UserSuspend, UserDelete, LoginReset:
		return true
	}
	return false
}

// granted looks for anything that allows a right over the target.
func (q *asker) granted(r Right) Code {
	var w way
	if doors.has(r) {
		if q.allow(r, anyWay, &w) || q.opener(r, q.held(false)) != NoRight {
			return ""
		}
		return NoGrant
	}
	q.struck = false
	switch {
	case q.allow(r, anyWay, &w) || q.implied(r, &w):
		return ""
	case q.struck:
		return Excluded
	}
	return NoGrant
}
