package policy

import (
	"time"

	"tandem/pbx"
)

// Request asks whether an actor may do something to a target at a moment.
type Request struct {
	Actor  pbx.Actor
	Right  Right
	Target Target
	At     time.Time
}

// Code says how a decision came about, in one word; the first that strikes in the order of the constants is told.
type Code string

// The codes of refusals. Their sentences are the i18n keys "denied.<code>".
const (
	Unknown       Code = "unknown"        // no such right, actor or target, or the right does not speak about it
	Suspended     Code = "suspended"      // the actor is suspended
	Guest         Code = "guest"          // a guest may use his one link only
	Expired       Code = "expired"        // the link or token is not valid now
	Trunk         Code = "trunk"          // a trunk holds no rights
	Phone         Code = "phone"          // a phone may not do this for its user
	ByTokenOnly   Code = "token"          // the token does not carry the right so far
	Deny          Code = "deny"           // an explicit deny
	Excluded      Code = "excluded"       // the only grants exclude somebody in the target
	NoGrant       Code = "no_grant"       // nothing allows it
	Needs         Code = "needs"          // another right that is needed besides is missing
	WrongState    Code = "wrong_state"    // the call is not up, or not over
	NotShared     Code = "not_shared"     // the person does not share this
	Standing      Code = "standing"       // the person stands above the actor (I-4)
	LastOwner     Code = "last_owner"     // it is the last System Owner (I-3)
	OutOfSpan     Code = "interval"       // of a conference, only one's own interval
	Oneself       Code = "oneself"        // never to oneself (I-2)
	Ceiling       Code = "ceiling"        // more than the actor holds himself (I-1)
	NotAssignable Code = "not_assignable" // the role is not the actor's to give
	PullIn        Code = "pull_in"        // the person belongs to groups the actor does not run (I-6)
	DefaultGroup  Code = "default_group"  // the default group carries no heads (I-7)
	Billing       Code = "billing"        // it costs, and billing.assign is missing (I-9)
	Deputy        Code = "deputy"         // not a right one can lend, or without an end (N-21)
)

// The codes of allowing.
const (
	ByRole       Code = "allow.role"
	ByGrant      Code = "allow.grant"
	ByOverride   Code = "allow.override"
	ByImplied    Code = "allow.implied"
	ByPublished  Code = "allow.published"
	ByDelegation Code = "allow.delegation"
	ByInterval   Code = "allow.interval" // only one's own interval of a conference
	ByLink       Code = "allow.link"
)

// Decision is an answer with its reason. The zero value refuses.
type Decision struct {
	OK     bool
	Hidden bool // refused, and the actor may not even know that the target exists: answer as for a missing one
	Code   Code
	way    way
	need   Right // with Needs: the right that is missing
}

// way is the grant a decision rests on.
type way struct {
	right      Right // the right granted: the one asked for, or one that implies it
	scope      scope
	membership *pbx.Membership
	assignment *pbx.Assignment
	grant      *pbx.Grant
	published  pbx.GroupID
	override   bool // of the membership
	interval   bool // only the time one was inside
	delegated  bool // the right to hand on
	link       bool // a guest's one link
}

// Decide answers a request on a snapshot. It allocates nothing, but for wishes to hand rights on.
func Decide(s *pbx.Snapshot, r Request) Decision {
	q := asker{s: s, when: r.At, at: pbx.Instant(r.At)}
	var d Decision
	d.Code = q.decide(&r, &d)
	if d.Code != "" {
		d.Hidden = q.me == nil || q.hides(&r, d.Code)
		return d
	}
	d.OK, d.Code = true, d.way.code(r.Right)
	return d
}

// code says by what kind of grant a right is held.
func (w *way) code(asked Right) Code {
	switch {
	case w.delegated:
		return ByDelegation
	case w.link:
		return ByLink
	case w.interval:
		return ByInterval
	case w.right != asked:
		return ByImplied
	case w.override:
		return ByOverride
	case w.grant != nil:
		return ByGrant
	case w.published != "":
		return ByPublished
	}
	return ByRole
}

// decide goes through the refusals in the order of the codes; an empty code allows.
func (q *asker) decide(r *Request, d *Decision) Code {
	if !r.Right.known() || !r.Right.fits(r.Target.kind) {
		return Unknown
	}
	var token *pbx.Token
	id := r.Actor.User
	switch r.Actor.Kind {
	case pbx.ActorUser:
	case pbx.ActorToken:
		if token = q.s.Tokens[r.Actor.Token]; token == nil {
			return Unknown
		}
		id = token.User
	case pbx.ActorDevice:
		device := q.s.Devices[r.Actor.Device]
		if device == nil {
			return Unknown
		}
		id = device.User
	case pbx.ActorGuest:
		return q.guest(r, d)
	case pbx.ActorTrunk:
		if !q.resolve(&r.Target) {
			return Unknown
		}
		return Trunk
	default:
		return Unknown
	}
	q.who = id
	q.become(q.s.Person(id))
	if q.me == nil || !q.resolve(&r.Target) {
		return Unknown
	}
	switch {
	case r.Actor.Kind == pbx.ActorDevice && !phone.has(r.Right):
		return Phone
	case token != nil:
		if code := q.carried(token, r.Right); code != "" {
			return code
		}
	}
	if q.me.Suspended && q.me.User.IsSuspended(q.when) {
		return Suspended
	}
	switch r.Target.kind {
	case KindMembership, KindGrant, KindRole:
		return q.delegate(r, d, token != nil)
	case KindTemplate:
		return q.shape(d, token != nil)
	}
	return q.core(r.Right, &d.way, &d.need)
}

func (q *asker) guest(r *Request, d *Decision) Code {
	t := &r.Target
	switch {
	case r.Actor.Link == "" || !q.resolve(t):
		return Unknown
	case r.Right != LinkUse || t.id != r.Actor.Link:
		return Guest
	case !t.more.valid.Contains(q.when):
		return Expired
	}
	d.way.link = true
	return ""
}

// core decides an ordinary target: denies, grants, what is needed besides, conditions.
func (q *asker) core(r Right, w *way, need *Right) Code {
	if doors.has(r) {
		return q.door(r, w)
	}
	if !q.plain && q.denied(r) {
		return Deny
	}
	q.struck, q.reached = false, true
	shared := false
	if (r == CallSee || r == PresenceSee) && !q.mine && q.people > 0 { // mostly it is shared, so this is asked first
		q.reached = false
		shared = q.allow(r, sharedWay, w)
	}
	if !shared && !(q.reached && q.allow(r, anyWay, w)) && !q.implied(r, w) {
		if q.struck {
			return Excluded
		}
		return NoGrant
	}
	for _, n := range catalogue[r].needs {
		if !q.met(n) {
			*need = n
			return Needs
		}
	}
	return q.condition(r, w, shared)
}

// may is core for questions inside a decision.
func (q *asker) may(r Right) bool {
	var w way
	var need Right
	return q.core(r, &w, &need) == ""
}

// met reports whether a right that is needed besides is held. A right that knows only self is asked over the actor.
func (q *asker) met(n Right) bool {
	switch {
	case doors.has(n):
		return q.may(n)
	case catalogue[n].scopes == selfBit:
		t := User(q.me.User.ID)
		o := q.over(&t)
		return o.may(n)
	}
	return n.fits(q.t.kind) && q.may(n)
}

// implied looks for a grant of a right that implies the asked one and is not denied on the target.
func (q *asker) implied(r Right, w *way) bool {
	if impliers[r].isEmpty() || impliers[r].and(q.candidates()).isEmpty() {
		return false
	}
	for more := direct[r]; !more.isEmpty(); {
		x := more.pop()
		if !q.denied(x) && (q.allow(x, anyWay, w) || q.implied(x, w)) {
			return true
		}
	}
	return false
}

// everything stands for rights that would cost more to list than to try.
var everything = set{^uint64(0), ^uint64(0)}

// candidates are the rights the actor may hold over the target.
func (q *asker) candidates() set {
	return q.held(!q.mine)
}

// held are the rights the actor holds at any scope or, when wide, at more than self; with custom roles it may be more.
func (q *asker) held(wide bool) (all set) {
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if q.at < l.From || l.Until <= q.at {
			continue
		}
		b := numbered(l.Builtin)
		if b == nil || len(l.Overrides) != 0 {
			return everything
		}
		all.join(b, wide)
	}
	for _, a := range q.me.Assignments {
		if !q.inForce(a) {
			continue
		}
		b := builtinOf(a.Role)
		if b == nil {
			return everything
		}
		all.join(b, wide)
	}
	for _, g := range q.me.Grants {
		if r, ok := ParseRight(g.Right); ok && !g.Deny && q.counts(g) {
			all.add(r)
		}
	}
	return all
}

func (s *set) join(b *builtin, wide bool) {
	if wide {
		s[0] |= b.wide[0]
		s[1] |= b.wide[1]
		return
	}
	s[0] |= b.held[0]
	s[1] |= b.held[1]
}
