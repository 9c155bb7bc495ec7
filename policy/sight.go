package policy

import (
	"maps"
	"slices"
	"time"

	"tandem/pbx"
)

// Reach is the set of things over which an actor holds a right at a moment: a list shows exactly what it Sees (AZ-03).
type Reach struct {
	s      *pbx.Snapshot
	r      Request
	all    bool
	users  map[pbx.UserID]bool
	groups map[pbx.GroupID]bool
	things map[pbx.Ref]bool // that a scope names by themselves
}

// Sight is how far an actor's right reaches at a moment. Queries select by All, Users and Groups, which never leave out
// anything that is seen; Sees then decides row by row.
func Sight(s *pbx.Snapshot, actor pbx.Actor, right Right, at time.Time) Reach {
	v := Reach{s: s, r: Request{Actor: actor, Right: right, At: at}, users: map[pbx.UserID]bool{}, groups: map[pbx.GroupID]bool{}, things: map[pbx.Ref]bool{}}
	q := asker{s: s, when: at, at: pbx.Instant(at)}
	if !right.known() || !q.is(actor) {
		return v
	}
	if actor.Kind == pbx.ActorDevice && !phone.has(right) || actor.Kind == pbx.ActorToken && neverByToken.has(right) {
		return v
	}
	v.collect(&q, right)
	for x := impliers[right]; !x.isEmpty(); {
		v.collect(&q, x.pop())
	}
	return v
}

// Sees reports whether a target belongs into the list. It is true exactly when Decide allows the right on it.
func (v Reach) Sees(t Target) bool {
	v.r.Target = t
	return Decide(v.s, v.r).OK
}

// All reports whether every record that exists is seen, so that a query needs no filter and its rows no question.
func (v Reach) All() bool { return v.all }

// Users lists the people over whom the right may reach, in order of id: for living things now, for records at any time
// before. A thing that touches none of Users and none of Groups, and that no scope names by itself, is never seen.
func (v Reach) Users() []pbx.UserID { return slices.Sorted(maps.Keys(v.users)) }

// Groups lists the groups over which the right may reach, in order of id.
func (v Reach) Groups() []pbx.GroupID { return slices.Sorted(maps.Keys(v.groups)) }

// is finds out whom an actor stands for and whether he may do anything at all now.
func (q *asker) is(a pbx.Actor) bool {
	id := a.User
	switch a.Kind {
	case pbx.ActorUser:
	case pbx.ActorToken:
		t := q.s.Tokens[a.Token]
		if t == nil || !(pbx.Interval{From: t.From, Until: t.Until}).Contains(q.when) {
			return false
		}
		id = t.User
	case pbx.ActorDevice:
		d := q.s.Devices[a.Device]
		if d == nil {
			return false
		}
		id = d.User
	default:
		return false
	}
	q.become(q.s.Person(id))
	return q.me != nil && !q.me.User.IsSuspended(q.when)
}

// collect adds whatever a right of the actor may reach.
func (v *Reach) collect(q *asker, r Right) {
	knowsSelf := catalogue[r].scopes.has(selfScope)
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if q.at < l.From || l.Until <= q.at {
			continue
		}
		if c := q.placed(l, r); c != noScope {
			v.spread(q, &field{scope: c, node: l.Node})
		}
		if l.Overrides[catalogue[r].name] == pbx.OverrideAllow {
			v.spread(q, &field{scope: q.permission(l, r), node: l.Node})
		}
	}
	for _, a := range q.me.Assignments {
		c := q.cell(a.Role, r)
		if c == noScope || !q.inForce(a) {
			continue
		}
		f := field{scope: selfScope}
		if c != selfScope {
			f = q.fieldOf(&a.Scope)
		}
		v.spread(q, &f)
		v.all = v.all || f.scope == allScope && knowsSelf && len(a.Except) == 0 && a.Since.IsZero() && v.isPlain(q, r)
	}
	for _, g := range q.me.Grants {
		if g.Deny || g.Right != catalogue[r].name || !q.counts(g) {
			continue
		}
		f := q.fieldOf(&g.Scope)
		v.spread(q, &f)
		v.all = v.all || f.scope == allScope && knowsSelf && len(g.Except) == 0 && g.Since.IsZero() && v.isPlain(q, r)
	}
	if r != UserSee && r != GroupSee && r != PresenceSee {
		return
	}
	for _, g := range v.s.Groups {
		if g.Published {
			v.spread(q, &field{scope: groupScope, node: v.s.Node(g.ID)})
		}
	}
}

// isPlain reports whether a grant of the right over everything leaves nothing to ask: nothing is denied, nothing else is
// needed, no condition depends on the single thing, and the request comes by no door that narrows it.
func (v *Reach) isPlain(q *asker, r Right) bool {
	switch v.r.Right {
	case UserSee, GroupSee, CallDetail, RecordingList, RecordingHistory, ReportView, CostSee, ContactSee:
	default:
		return false
	}
	if t := v.s.Tokens[v.r.Actor.Token]; v.r.Actor.Kind == pbx.ActorToken && len(t.Rights) > 0 {
		return false
	}
	for _, x := range [...]Right{v.r.Right, r} {
		w := wish{right: x}
		if q.underDeny(&w) || len(catalogue[x].needs) > 0 {
			return false
		}
	}
	return true
}

// spread adds the people and groups in a field, at any time.
func (v *Reach) spread(q *asker, f *field) {
	if f.scope == selfScope {
		v.users[q.me.User.ID] = true
		if catalogue[v.r.Right].noun == nounVoicemail {
			for i := range q.me.Places {
				if l := &q.me.Places[i]; l.Node != nil && l.From <= q.at && q.at < l.Until {
					v.groups[l.Node.Group.ID] = true
				}
			}
		}
		return
	}
	for _, r := range f.refs {
		if r.Kind == pbx.KindUser && v.s.Users[pbx.UserID(r.ID)] != nil {
			v.users[pbx.UserID(r.ID)] = true
		}
		if r.Kind != pbx.KindUser && r.Kind != pbx.KindGroup {
			v.things[r] = true
		}
	}
	for id := range v.s.Groups {
		if !f.holds(v.s.Node(id)) {
			continue
		}
		v.groups[id] = true
		for _, m := range v.s.Members(id) {
			v.users[m.User] = true
		}
	}
	if f.scope != allScope {
		return
	}
	for id := range v.s.Users {
		v.users[id] = true
	}
}
