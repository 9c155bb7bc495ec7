package command

import (
	"iter"
	"slices"

	"tandem/pbx"
	"tandem/policy"
)

// leadsOf lists where a row sends calls.
func leadsOf(n pbx.Noun) iter.Seq[pbx.Lead] {
	switch n := n.(type) {
	case *pbx.Forwarding:
		return n.Leads
	case *pbx.Queue:
		return n.Leads
	case *pbx.Menu:
		return n.Leads
	case *pbx.Entrance:
		return n.Leads
	case *pbx.DID:
		return n.Leads
	case *pbx.RingGroup:
		return func(yield func(pbx.Lead) bool) { yield(pbx.Lead{Owner: n.Ref(), Field: "no_answer", To: n.NoAnswer}) }
	}
	return func(func(pbx.Lead) bool) {}
}

// askLeads asks for everything to which a row leads again: nobody gets calls out of the house by taking a change back. What is gone
// meanwhile is restored as it was; rules outlive what they lead to.
func (w *Work) askLeads(d pbx.Difference) error {
	known := map[pbx.Destination]bool{}
	for l := range leadsOf(d.Before) {
		known[plain(l.To)] = true
	}
	u := w.Snapshot.Users[ownerOf(d)]
	for l := range leadsOf(d.After) {
		if known[plain(l.To)] {
			continue
		}
		switch seen := pbx.UserID(l.To.ID); l.To.Kind {
		case pbx.ToMobile, pbx.ToOutside:
			if err := w.mayLeadOutside(u, l.Field); err != nil {
				return err
			}
		case pbx.ToUser:
			if w.Snapshot.Users[seen] != nil && seen != ownerOf(d) && w.Ask(w.Snapshot, policy.UserSee, policy.User(seen)) != nil {
				return pbx.Refuse(pbx.Invalid, l.Field, "destination.gone")
			}
		}
	}
	return nil
}

// askForwarding asks for a person's rules to become others, as SetForwarding does.
func (w *Work) askForwarding(d pbx.Difference) error {
	before, _ := d.Before.(*pbx.Forwarding)
	after, _ := d.After.(*pbx.Forwarding)
	person := policy.User(ownerOf(d))
	if err := w.Ask(w.Snapshot, policy.ForwardingEdit, person); err != nil {
		return err
	}
	was, is := before != nil && before.Locked, after != nil && after.Locked
	if was || is {
		if w.Ask(w.Snapshot, policy.UserEdit, person) != nil {
			return pbx.Refuse(pbx.Denied, "", "forwarding.locked", "name", w.Snapshot.NameOf(pbx.Ref{Kind: pbx.KindUser, ID: d.Ref.ID}))
		}
	}
	if after == nil {
		return nil
	}
	for _, status := range pbx.Statuses() {
		if after.Profiles[status].Mobile && (before == nil || !before.Profiles[status].Mobile) {
			if err := w.mayLeadOutside(w.Snapshot.Users[after.User], "profiles."+string(status)+".mobile"); err != nil {
				return err
			}
		}
	}
	return nil
}

// ringNeeds is what a ring group needs to become another, or to go; who rings anew has to be known to the actor.
func (w *Work) ringNeeds(d pbx.Difference) ([]Need, error) {
	var needs []Need
	members := [2][]pbx.Ref{}
	for i, n := range []pbx.Noun{d.Before, d.After} {
		if g, ok := n.(*pbx.RingGroup); ok {
			needs = append(needs, Need{policy.QueueEdit, ringTarget(g.ID, g.Group)})
			members[i] = g.Members
		}
	}
	gone := func(r pbx.Ref) bool { return w.Snapshot.Find(r) == nil }
	return needs, w.newMembers(members[0], slices.DeleteFunc(slices.Clone(members[1]), gone))
}

// askAccess asks for a wish for rights to be what it was: the one who asked takes back what he did, the one who decided what he
// decided, and so does everybody else who could decide it.
func (w *Work) askAccess(d pbx.Difference) error {
	now, _ := d.Before.(*pbx.Access)
	then, _ := d.After.(*pbx.Access)
	if now == nil {
		return missing() // no undo brings a wish into being
	}
	if now.By != "" || then != nil && then.By != "" {
		return w.askDecider(now.User)
	}
	if now.User != w.Who.User {
		return missing()
	}
	return nil
}

// askDecider asks whether the actor decides wishes of a person.
func (w *Work) askDecider(u pbx.UserID) error {
	if w.Ask(w.Snapshot, policy.GrantEdit, policy.User(u)) == nil {
		return nil
	}
	return w.Ask(w.Snapshot, policy.RequestApprove, policy.User(u))
}

// ownApproval reports whether a grant came from a wish that the actor approved himself: what he gave by request.approve he takes
// by the same right.
func (w *Work) ownApproval(g *pbx.Grant) bool {
	for _, a := range w.Snapshot.Accesses {
		if a.By == w.Who.User && a.Answer == pbx.AnswerApproved && slices.Contains(a.Given, g.ID) {
			return w.Who.User != ""
		}
	}
	return false
}

// numberNeeds is what a number of the office needs to become another, or to go: where it leads is a right of its own.
func numberNeeds(d pbx.Difference) (needs []Need) {
	before, _ := d.Before.(*pbx.DID)
	after, _ := d.After.(*pbx.DID)
	for _, n := range []*pbx.DID{before, after} {
		if n != nil {
			needs = append(needs, Need{policy.NumberEdit, DIDTarget(n.ID, n.Group)})
		}
	}
	if after != nil && (before == nil && !after.To.IsZero() || before != nil && before.To != after.To) {
		needs = append(needs, Need{policy.RouteEdit, DIDTarget(after.ID, after.Group)})
	}
	return needs
}

// trunkNeeds is what a trunk needs to become another. Its secret stands in no log and follows nobody to another host or name, so a
// deleted trunk does not come back, and neither does the old address of one that has a secret.
func trunkNeeds(d pbx.Difference) (needs []Need, err error) {
	before, _ := d.Before.(*pbx.Trunk)
	after, _ := d.After.(*pbx.Trunk)
	if before != nil && after != nil && before.Secret != "" && secretFor(before) != secretFor(after) {
		return nil, pbx.Refuse(pbx.Conflict, "", "undo.impossible", "fact", string(pbx.KindTrunk))
	}
	for _, n := range []*pbx.Trunk{before, after} {
		if n != nil {
			needs = append(needs, Need{policy.TrunkEdit, TrunkTarget(n.ID, n.Group)})
		}
	}
	return needs, nil
}

// secretFor is who gets to see the secret of a trunk.
func secretFor(t *pbx.Trunk) [5]string {
	return [5]string{t.Host, t.Domain, t.Transport, t.Username, t.AuthName}
}
