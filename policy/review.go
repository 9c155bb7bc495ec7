package policy

import (
	"time"

	"tandem/pbx"
)

// Held is one written thing through which a person holds rights that are worth looking at now and then: a role in a group,
// an exception there, an office-wide role or level, a single right (N-8, B-087).
type Held struct {
	Kind       SourceKind
	Right      Right // of an exception and of a single right
	Membership *pbx.Membership
	Assignment *pbx.Assignment
	Grant      *pbx.Grant
	Scope      pbx.Scope
	From       time.Time
	Until      time.Time
	Reason     string
	Rights     []Right // those one should look at, in the order of the catalogue
}

// Via is what the use of a right through this thing is recorded under; see Decision.Via.
func (h *Held) Via() string {
	switch {
	case h.Membership != nil:
		return string(h.Membership.Group)
	case h.Assignment != nil:
		return string(h.Assignment.ID)
	case h.Grant != nil:
		return string(h.Grant.ID)
	}
	return ""
}

// Row is what is written, for references.
func (h *Held) Row() pbx.Ref {
	switch {
	case h.Membership != nil:
		return h.Membership.Ref()
	case h.Assignment != nil:
		return h.Assignment.Ref()
	case h.Grant != nil:
		return h.Grant.Ref()
	}
	return pbx.Ref{}
}

// Risk is the highest of its rights.
func (h *Held) Risk() Risk {
	top := RiskLow
	for _, r := range h.Rights {
		top = max(top, r.Risk())
	}
	return top
}

// Holdings lists what a person holds at a moment beyond what everybody has over himself: each place whose role lets him do
// something to others, and every exception that allows, office-wide role, level and single right. What denies is none of it,
// and neither is a right whose feature is awaited.
func Holdings(s *pbx.Snapshot, user pbx.UserID, at time.Time) []Held {
	q := asker{s: s, when: at, at: pbx.Instant(at)}
	if q.become(s.Person(user)); q.me == nil {
		return nil
	}
	var all []Held
	for i := range q.me.Places {
		if l := &q.me.Places[i]; l.From <= q.at && q.at < l.Until {
			all = q.heldAt(l, all)
		}
	}
	for _, a := range q.me.Assignments {
		if !q.inForce(a) {
			continue
		}
		h := Held{Kind: FromAssignment, Assignment: a, Scope: a.Scope, From: a.From, Until: a.Until, Reason: a.Reason}
		for r := Right(1); r < rightCount; r++ {
			if q.cell(a.Role, r) != noScope && !doors.has(r) && !awaited.has(r) {
				h.Rights = append(h.Rights, r)
			}
		}
		all = append(all, h)
	}
	for _, g := range q.me.Grants {
		if r, ok := ParseRight(g.Right); ok && !g.Deny && q.counts(g) {
			all = append(all, Held{Kind: FromGrant, Right: r, Grant: g, Scope: g.Scope, From: g.From, Until: g.Until, Reason: g.Reason, Rights: []Right{r}})
		}
	}
	return all
}

// heldAt adds the role of a place, if it reaches others with anything but looking around, and its exceptions that allow.
func (q *asker) heldAt(l *pbx.Place, all []Held) []Held {
	m := l.Membership
	role := Held{Kind: FromRole, Membership: m, Scope: pbx.Scope{Kind: pbx.ScopeGroup, Group: m.Group}, From: m.From, Until: m.Until}
	var exceptions []Held
	for r := Right(1); r < rightCount; r++ {
		switch l.Overrides[catalogue[r].name] {
		case pbx.OverrideAllow:
			exceptions = append(exceptions, Held{Kind: FromOverride, Right: r, Membership: m, Scope: at(q.permission(l, r), m.Group), From: m.From,
				Until: m.Until, Rights: []Right{r}})
			continue
		case pbx.OverrideDeny:
			continue
		}
		c := q.placed(l, r)
		if c <= selfScope || catalogue[r].risk == RiskLow || doors.has(r) || awaited.has(r) || r == ContactSee && c == groupScope { // everybody reads his group's phone book
			continue
		}
		if c == treeScope {
			role.Scope.Kind = pbx.ScopeTree
		}
		role.Rights = append(role.Rights, r)
	}
	if len(role.Rights) > 0 {
		all = append(all, role)
	}
	return append(all, exceptions...)
}

// Via names the written thing an allowing decision rests on, as far as it tells: the group of a membership, or the id of an
// assignment or a grant. The use of a right is recorded under it.
func (d Decision) Via() string {
	w := &d.way
	switch {
	case !d.OK:
		return ""
	case w.membership != nil:
		return string(w.membership.Group)
	case w.assignment != nil:
		return string(w.assignment.ID)
	case w.grant != nil:
		return string(w.grant.ID)
	}
	return ""
}

// Used is told that somebody made use of a right: a door let him through, or a command was carried out.
type Used func(who pbx.UserID, right Right, via string, at time.Time)
