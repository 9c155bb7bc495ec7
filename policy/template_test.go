package policy

import (
	"slices"
	"testing"

	"tandem/pbx"
)

// B-111, N-10, AZ-10: whoever changes a template in use gives nobody more than he holds himself over as much, and the
// custom roles he hands out are no more than that either.
func TestTemplatesObeyTheCeiling(t *testing.T) {
	widened, seated := 0, 0
	for seed := range uint64(offices(t, 1500)) {
		d := throw(seed)
		s := d.snapshot(t)
		for range 30 {
			giver := pick(d, d.users)
			r := Request{Actor: pbx.Actor{Kind: pbx.ActorUser, User: giver}, Right: RoleEdit, Target: d.thing(KindTemplate, RoleEdit), At: noon}
			change, ok := pbx.Change{}, r.Target.more.is != nil
			if ok {
				change.Put = []pbx.Noun{r.Target.more.is}
			}
			if d.oneIn(2) {
				u, g := pick(d, d.users), pick(d, d.groups)
				role := pick(d, []pbx.RoleID{"rol_group", "rol_head"})
				r.Right, r.Target = MembershipRole, Place(u, g, role)
				m := &pbx.Membership{ID: "mem_new", User: u, Group: g, Role: role, From: noon}
				if old := s.Person(u); old != nil {
					for i := range old.Places {
						if l := &old.Places[i]; l.Node.Group.ID == g && l.Membership.IsActive(noon) {
							m.ID, m.Main, m.Until, m.Overrides = l.Membership.ID, l.Membership.Main, l.Membership.Until, l.Overrides
						}
					}
				}
				change, ok = pbx.Change{Put: []pbx.Noun{m}}, true // where he joins again later, the snapshot refuses a second membership
			}
			if !ok || !Decide(s, r).OK {
				continue
			}
			next, err := s.Apply(change)
			if err != nil {
				continue
			}
			mine := naive{s, noon}
			for _, e := range Preview(s, next, noon) {
				if !slices.ContainsFunc(change.Put, func(n pbx.Noun) bool { return holds(next, e.User, n) }) {
					continue // who sees or runs more because of what another became
				}
				if e.User == giver {
					t.Fatalf("office %d: %s changed what he holds himself: %s", seed, giver, describe(s, r))
				}
				for _, w := range e.Gained {
					for _, u := range w.Extent.Users {
						th := mine.person(u)
						if u != giver && !doors.has(w.Right) && !mine.mightReach(e.User, w.Right, th) && !mine.mightReach(giver, w.Right, th) {
							t.Fatalf("office %d: %s\ngave %s %s over %s and does not hold it", seed, describe(s, r), e.User, w.Right, u)
						}
					}
					for _, g := range w.Extent.Groups {
						if catalogue[w.Right].noun == nounVoicemail && belongs(next, e.User, g) {
							continue // what is left for a group is each member's, whoever let him in
						}
						if th := mine.group(g); !mine.mightReach(e.User, w.Right, th) && !mine.mightReach(giver, w.Right, th) {
							t.Fatalf("office %d: %s\ngave %s %s over %s and does not hold it", seed, describe(s, r), e.User, w.Right, g)
						}
					}
				}
				if r.Right == RoleEdit {
					widened++
				} else {
					seated++
				}
			}
		}
	}
	if widened < 30 || seated < 50 {
		t.Errorf("only %d effects of templates and %d of places", widened, seated)
	}
}

// belongs reports whether a person is a member of a group.
func belongs(s *pbx.Snapshot, u pbx.UserID, g pbx.GroupID) bool {
	return slices.ContainsFunc(s.MembershipsOf(u), func(m *pbx.Membership) bool { return m.Group == g && m.IsActive(noon) })
}

// holds reports whether a change of a row is a change of what somebody holds.
func holds(s *pbx.Snapshot, u pbx.UserID, row pbx.Noun) bool {
	switch row := row.(type) {
	case *pbx.Membership:
		return row.User == u
	case *pbx.Role:
		q := asker{s: s, when: noon, at: pbx.Instant(noon)}
		return q.uses(s.Person(u), row)
	}
	return false
}

// mightReach reports whether somebody holds a right over a thing by a grant of it or of what brings it along; conditions
// and what is needed besides belong to the deed.
func (n naive) mightReach(u pbx.UserID, r Right, t nThing) bool {
	a, _ := n.allows(u, r, t)
	return len(a) > 0
}
