package policy

import (
	"cmp"
	"slices"
	"time"

	"tandem/i18n"
	"tandem/pbx"
)

// Reason is the sentence that tells the actor why he may or may not.
func (d Decision) Reason() i18n.Text {
	switch {
	case d.Code == Needs:
		return i18n.T("denied.needs", "right", d.need.String())
	case d.OK:
		return i18n.T("allowed." + string(d.Code[len("allow."):]))
	}
	return i18n.T("denied." + string(d.Code))
}

// Step is one link of the chain that leads to a decision.
type Step struct {
	Row  pbx.Ref // the membership, assignment, grant, group or role it speaks of; nothing where it speaks of none
	Text i18n.Text
}

// Explanation is a decision with the chain that leads to it.
type Explanation struct {
	Decision
	Why    []Step       // from the written grant to the right and its reach; of a refusal what is in the way
	Needs  Right        // of the refusal "needs": the right that is missing
	Lacks  []*pbx.Grant // the smallest grants that together would make a refusal an approval; none where no grant would
	Givers []pbx.UserID // who could give all of it, those who hold least first, at most ten
}

// mostGivers is how many people an explanation names who could help.
const mostGivers = 10

// Explain decides a request and tells the chain: grant, membership or assignment, role, right and scope; or what is in the
// way, what would change it and who could give it (N-1, AZ-30).
func Explain(s *pbx.Snapshot, r Request) Explanation {
	d := Decide(s, r)
	e := Explanation{Decision: d}
	if d.OK {
		e.Why = d.way.chain(s, r)
		return e
	}
	e.Why = []Step{{Text: d.Reason()}}
	switch d.Code {
	case Needs:
		e.Needs = d.need
		about := r
		about.Right = d.need
		e.Why = append(e.Why, Step{Text: Decide(s, about).Reason()})
	case Deny:
		e.Why = append(e.Why, deniers(s, r)...)
	}
	if r.Actor.Kind != pbx.ActorUser {
		return e
	}
	all, still := lacks(s, r)
	if e.Lacks = all; len(all) > 0 {
		e.Givers = Givers(s, all, r.At)
	} else if (d.Code == NoGrant || d.Code == Excluded) && still.Code != d.Code && still.Code != "" {
		e.Why = append(e.Why, Step{Text: still.Reason()})
	}
	return e
}

// deniers lists the rows that deny a right over a target.
func deniers(s *pbx.Snapshot, r Request) []Step {
	q := asker{s: s, when: r.At, at: pbx.Instant(r.At)}
	if !q.is(r.Actor) || !q.resolve(&r.Target) {
		return nil
	}
	switch r.Target.kind {
	case KindMembership, KindGrant, KindRole: // what is denied is to hand on, where the wish stands
		r.Target = q.ground(r.Right)
	case KindTemplate:
		r.Target = System()
	}
	if !q.resolve(&r.Target) {
		return nil
	}
	var all []Step
	for i := range q.me.Places {
		l := &q.me.Places[i]
		if q.at < l.From || l.Until <= q.at || l.Overrides[r.Right.String()] != pbx.OverrideDeny {
			continue
		}
		c := q.denial(l, r.Right)
		if q.hits(&field{scope: c, node: l.Node, self: c == selfScope}) {
			all = append(all, Step{l.Membership.Ref(), i18n.T("why.denied_override", "group", groupName(s, l.Membership.Group), "right", r.Right.String())})
		}
	}
	for _, g := range q.me.Grants {
		one := asker{s: s, me: q.me, when: q.when, at: q.at}
		if !g.Deny || g.Right != r.Right.String() || !q.counts(g) || !one.resolve(&r.Target) {
			continue
		}
		f := q.fieldOf(&g.Scope)
		f.self = f.scope == selfScope || f.scope > treeScope && catalogue[r.Right].scopes.has(selfScope)
		f.skip = g.Except
		if one.hits(&f) {
			all = append(all, Step{g.Ref(), i18n.T("why.denied_grant", "right", g.Right, "reason", g.Reason)})
		}
	}
	return all
}

// lacks are the smallest grants that together turn a refusal into an approval, asked of the same function: the right itself
// and what it needs besides. None do where a deny, a state, a standing or somebody's own choice is in the way, which the
// second answer tells.
func lacks(s *pbx.Snapshot, r Request) (grants []*pbx.Grant, still Decision) {
	if !r.Right.known() || s.Users[r.Actor.User] == nil {
		return nil, still
	}
	for _, c := range scopesOver(s, &r) {
		grants, still = lacksAt(s, r, c)
		if still.OK {
			return grants, still
		}
	}
	return nil, still
}

// lacksAt is lacks at one scope.
func lacksAt(s *pbx.Snapshot, r Request, c pbx.Scope) (grants []*pbx.Grant, still Decision) {
	next := s
	for right := r.Right; ; right = still.need {
		scope := c
		if catalogue[right].scopes == selfBit {
			scope = pbx.Scope{Kind: pbx.ScopeSelf}
		}
		if !catalogue[right].scopes.has(scopeOf(scope.Kind)) || slices.ContainsFunc(grants, func(g *pbx.Grant) bool { return g.Right == right.String() }) {
			return grants, still
		}
		g := &pbx.Grant{ID: pbx.GrantID("gnt_wish_" + right.String()), User: r.Actor.User, Right: right.String(), Scope: scope, From: r.At}
		if k := r.Target.kind; right.Recalls() && scope.Kind != pbx.ScopeSelf && (k == KindCall && !r.Target.living || k == KindRecording) {
			g.Since = r.Target.start // of the past no more than what is asked about
		}
		after, err := next.Apply(pbx.Change{Put: []pbx.Noun{g}})
		if err != nil {
			return grants, still
		}
		next, grants = after, append(grants, g)
		if still = Decide(next, r); still.Code != Needs {
			return grants, still
		}
	}
}

// scopesOver are the scopes that reach a target, the narrowest first.
func scopesOver(s *pbx.Snapshot, r *Request) []pbx.Scope {
	q := asker{s: s, when: r.At, at: pbx.Instant(r.At)}
	if !q.is(r.Actor) || !q.resolve(&r.Target) {
		return nil
	}
	var all []pbx.Scope
	if q.mine {
		all = append(all, pbx.Scope{Kind: pbx.ScopeSelf})
	}
	for i := range q.people {
		if p := q.person(i); p != nil {
			all = append(all, pbx.Scope{Kind: pbx.ScopeListed, Refs: []pbx.Ref{p.User.Ref()}})
		}
	}
	for i := range q.nodes {
		if n := q.node(i); n != nil {
			all = append(all, pbx.Scope{Kind: pbx.ScopeGroup, Group: n.Group.ID}, pbx.Scope{Kind: pbx.ScopeTree, Group: n.Group.ID})
		}
	}
	for i := range q.people {
		p := q.person(i)
		if p == nil {
			continue
		}
		for j := range p.Places {
			if l := &p.Places[j]; l.From <= q.then && q.then < l.Until {
				all = append(all, pbx.Scope{Kind: pbx.ScopeGroup, Group: l.Node.Group.ID})
			}
		}
	}
	return append(all, pbx.Scope{Kind: pbx.ScopeAll})
}

// Givers lists who could give grants, by a right of their own or as a request that they approve, those who hold least
// first: the head of the department is asked before the owner (N-7).
func Givers(s *pbx.Snapshot, grants []*pbx.Grant, at time.Time) []pbx.UserID {
	var all []pbx.UserID
	for i, g := range grants {
		ends := *g
		if ends.Until.IsZero() {
			ends.Until = at.Add(time.Hour) // an approval ends; how long it lasts is the giver's to say
		}
		if right, _ := ParseRight(g.Right); g.Since.IsZero() && right.Recalls() {
			ends.Since = at // so is how far it reaches back
		}
		lasts := ends
		lasts.Until = g.Until
		some := Holders(s, RequestApprove, Give(&ends), at)
		some = append(some, Holders(s, GrantEdit, Give(&lasts), at)...)
		slices.Sort(some)
		some = slices.Compact(some)
		if i == 0 {
			all = some
			continue
		}
		all = slices.DeleteFunc(all, func(u pbx.UserID) bool { return !slices.Contains(some, u) })
	}
	rank := make(map[pbx.UserID]int, len(all))
	for _, u := range all {
		for _, c := range Can(s, pbx.Actor{Kind: pbx.ActorUser, User: u}, at) {
			rank[u] += int(scopeOf(c))
		}
	}
	slices.SortFunc(all, func(a, b pbx.UserID) int { return cmp.Or(cmp.Compare(rank[a], rank[b]), cmp.Compare(a, b)) })
	return all[:min(len(all), mostGivers)]
}

// chain tells by what grant a right is held.
func (w *way) chain(s *pbx.Snapshot, r Request) []Step {
	var why []Step
	say := func(row pbx.Ref, key string, pairs ...string) { why = append(why, Step{row, i18n.T(key, pairs...)}) }
	switch {
	case w.link:
		say(pbx.Ref{}, "allowed.link")
		return why
	case w.override:
		say(w.membership.Ref(), "why.override", "group", groupName(s, w.membership.Group), "right", w.right.String())
	case w.membership != nil:
		say(w.membership.Ref(), "why.membership", "group", groupName(s, w.membership.Group), "role", string(w.membership.Role))
	case w.assignment != nil:
		say(w.assignment.Ref(), "why.assignment", "role", string(w.assignment.Role), "scope", string(w.assignment.Scope.Kind))
	case w.grant != nil && w.grant.Reason != "":
		say(w.grant.Ref(), "why.grant", "right", w.right.String(), "reason", w.grant.Reason)
	case w.grant != nil:
		say(w.grant.Ref(), "why.grant_bare", "right", w.right.String())
	case w.published != "":
		say(pbx.Ref{Kind: pbx.KindGroup, ID: string(w.published)}, "why.published", "group", groupName(s, w.published))
	}
	say(pbx.Ref{}, "why.right", "right", w.right.String(), "scope", string(w.scope.kind()))
	if w.right != r.Right && !w.delegated {
		say(pbx.Ref{}, "why.implied", "right", r.Right.String(), "by", w.right.String())
	}
	if w.interval {
		say(pbx.Ref{}, "why.interval")
	}
	if w.delegated {
		say(pbx.Ref{}, "why.delegation")
	}
	return why
}

func groupName(s *pbx.Snapshot, id pbx.GroupID) string {
	if g := s.Groups[id]; g != nil {
		return g.Name
	}
	return string(id)
}
