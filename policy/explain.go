package policy

import (
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

// Explanation is a decision with the chain that leads to it.
type Explanation struct {
	Decision
	Why    []i18n.Text  // from the written grant to the right and its reach; of a refusal what is missing
	Givers []pbx.UserID // of a refusal: who may do it himself and could give it on, in order of id, at most ten
}

// Explain decides a request and tells the chain: grant, membership or assignment, role, right and scope; or what is
// missing and who could give it (AZ-30).
func Explain(s *pbx.Snapshot, r Request) Explanation {
	d := Decide(s, r)
	e := Explanation{Decision: d}
	if d.OK {
		e.Why = d.way.chain(s, r)
		return e
	}
	e.Why = []i18n.Text{d.Reason()}
	if d.Code == Needs {
		about := r
		about.Right = d.need
		e.Why = append(e.Why, Decide(s, about).Reason())
	}
	if d.Code == NoGrant || d.Code == Excluded {
		e.Givers = givers(s, r)
	}
	return e
}

// chain tells by what grant a right is held.
func (w *way) chain(s *pbx.Snapshot, r Request) []i18n.Text {
	var why []i18n.Text
	switch {
	case w.link:
		return []i18n.Text{i18n.T("allowed.link")}
	case w.override:
		why = append(why, i18n.T("why.override", "group", groupName(s, w.membership.Group), "right", w.right.String()))
	case w.membership != nil:
		why = append(why, i18n.T("why.membership", "group", groupName(s, w.membership.Group), "role", string(w.membership.Role)))
	case w.assignment != nil:
		why = append(why, i18n.T("why.assignment", "role", string(w.assignment.Role), "scope", string(w.assignment.Scope.Kind)))
	case w.grant != nil:
		why = append(why, i18n.T("why.grant", "right", w.right.String(), "reason", w.grant.Reason))
	case w.published != "":
		why = append(why, i18n.T("why.published", "group", groupName(s, w.published)))
	}
	why = append(why, i18n.T("why.right", "right", w.right.String(), "scope", string(w.scope.kind())))
	if w.right != r.Right && !w.delegated {
		why = append(why, i18n.T("why.implied", "right", r.Right.String(), "by", w.right.String()))
	}
	if w.interval {
		why = append(why, i18n.T("why.interval"))
	}
	if w.delegated {
		why = append(why, i18n.T("why.delegation"))
	}
	return why
}

func groupName(s *pbx.Snapshot, id pbx.GroupID) string {
	if g := s.Groups[id]; g != nil {
		return g.Name
	}
	return string(id)
}

// givers finds people who may do it themselves and hand it on to the actor.
func givers(s *pbx.Snapshot, r Request) []pbx.UserID {
	q := asker{s: s, when: r.At, at: pbx.Instant(r.At)}
	if !q.is(r.Actor) || !r.Right.known() || len(s.Grants)+len(s.Users) == 0 {
		return nil
	}
	scope := pbx.Scope{Kind: pbx.ScopeAll}
	switch t := &r.Target; t.kind {
	case KindUser:
		scope = pbx.Scope{Kind: pbx.ScopeListed, Refs: []pbx.Ref{{Kind: pbx.KindUser, ID: string(t.user)}}}
	case KindGroup:
		scope = pbx.Scope{Kind: pbx.ScopeGroup, Group: t.group}
	}
	if catalogue[r.Right].scopes == selfBit {
		scope = pbx.Scope{Kind: pbx.ScopeSelf}
	}
	wish := Give(&pbx.Grant{User: q.me.User.ID, Right: r.Right.String(), Scope: scope, From: r.At})
	all := Holders(s, GrantEdit, wish, r.At)
	return all[:min(len(all), 10)]
}
