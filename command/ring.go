package command

import (
	"slices"
	"strings"

	"tandem/pbx"
	"tandem/policy"
)

// Ring is what is typed about a ring group (X-060, B-059, B-060); nil fields of a change stay.
type Ring struct {
	Name      *string
	Group     *pbx.GroupID
	Extension *string // nil of a new one takes the next free number, empty gives none
	Strategy  *pbx.RingStrategy
	Members   *[]pbx.Ref
	Ring      *int
	Escalate  *bool
	NoAnswer  *pbx.Destination
}

// ringTarget is the ring group as something that belongs to a department or the office.
func ringTarget(id pbx.RingID, group pbx.GroupID) policy.Target {
	return policy.Owned(policy.KindQueue, string(id), "", group)
}

// CreateRing adds a ring group.
type CreateRing struct{ Ring }

// Need asks for queue.edit where it is to belong.
func (c CreateRing) Need(*pbx.Snapshot, pbx.Actor) []Need {
	group := pbx.GroupID("")
	if c.Group != nil {
		group = *c.Group
	}
	return []Need{{policy.QueueEdit, ringTarget("new", group)}}
}

// Change makes the ring group.
func (c CreateRing) Change(w *Work) (pbx.Change, error) {
	g := pbx.RingGroup{ID: pbx.RingID(w.ID("rng")), Strategy: pbx.RingAll, Created: w.Now}
	w.object = g.Ref()
	if c.Extension == nil {
		next, err := newPool(w.Snapshot).next()
		if err != nil {
			return pbx.Change{}, err
		}
		c.Extension = &next
	}
	if c.Name == nil {
		c.Name = new(string)
	}
	return c.write(w, g)
}

// EditRing changes a ring group.
type EditRing struct {
	ID pbx.RingID
	Ring
}

// Need asks for queue.edit where it belongs and where it is to belong.
func (c EditRing) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	g := s.Rings[c.ID]
	if g == nil {
		return nil
	}
	needs := []Need{{policy.QueueEdit, ringTarget(g.ID, g.Group)}}
	if c.Group != nil && *c.Group != g.Group {
		needs = append(needs, Need{policy.QueueEdit, ringTarget(g.ID, *c.Group)})
	}
	return needs
}

// Change writes the new fields.
func (c EditRing) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Rings[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	return c.write(w, *old)
}

func (c Ring) write(w *Work, g pbx.RingGroup) (pbx.Change, error) {
	var err error
	if c.Name != nil {
		if g.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Group != nil {
		g.Group = *c.Group
	}
	if c.Extension != nil {
		if g.Extension, err = cleanExtension(*c.Extension, w.Snapshot.Tenant.Country); err != nil {
			return pbx.Change{}, err
		}
		if ref, taken := w.Snapshot.ByExtension(g.Extension); g.Extension != "" && taken && ref != g.Ref() {
			if err := w.freeExtension(g.Extension, ""); err != nil {
				return pbx.Change{}, err
			}
		}
	}
	if c.Strategy != nil {
		g.Strategy = *c.Strategy
	}
	if c.Members != nil {
		if err := w.newMembers(g.Members, *c.Members); err != nil {
			return pbx.Change{}, err
		}
		g.Members = slices.Clone(*c.Members)
	}
	if c.Ring != nil {
		g.Ring = *c.Ring
	}
	if c.Escalate != nil {
		g.Escalate = *c.Escalate
	}
	if c.NoAnswer != nil {
		to := *c.NoAnswer
		if err := w.cleanDestination(nil, "no_answer", &to, map[pbx.Destination]bool{plain(g.NoAnswer): true}, false); err != nil {
			return pbx.Change{}, err
		}
		if to.Kind == pbx.ToRing && to.ID == string(g.ID) {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "no_answer", "destination.self")
		}
		g.NoAnswer = to
	}
	return pbx.Change{Put: []pbx.Noun{&g}}, nil
}

// newMembers refuses people and groups that do not exist or that the actor may not see; who is in already may stay.
func (w *Work) newMembers(old, next []pbx.Ref) error {
	for _, m := range next {
		if slices.Contains(old, m) {
			continue
		}
		right, target := policy.UserSee, policy.User(pbx.UserID(m.ID))
		if m.Kind == pbx.KindGroup {
			right, target = policy.GroupSee, policy.Group(pbx.GroupID(m.ID))
		}
		if w.Snapshot.Find(m) == nil || w.Ask(w.Snapshot, right, target) != nil {
			return pbx.Refuse(pbx.Invalid, "members", "ring.member_unknown")
		}
	}
	return nil
}

// DeleteRing takes a ring group out. Rules that lead to it stay and are listed as problems.
type DeleteRing struct{ ID pbx.RingID }

// Need asks for queue.edit.
func (c DeleteRing) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	g := s.Rings[c.ID]
	if g == nil {
		return nil
	}
	return []Need{{policy.QueueEdit, ringTarget(g.ID, g.Group)}}
}

// Change deletes the row.
func (c DeleteRing) Change(w *Work) (pbx.Change, error) {
	g := w.Snapshot.Rings[c.ID]
	if g == nil {
		return pbx.Change{}, missing()
	}
	w.object = g.Ref()
	return pbx.Change{Delete: []pbx.Ref{g.Ref()}}, nil
}

// withoutMember lists the ring groups that a person or group leaves because it is deleted.
func withoutMember(s *pbx.Snapshot, gone pbx.Ref) []pbx.Noun {
	var all []pbx.Noun
	for _, g := range s.Rings {
		if slices.Contains(g.Members, gone) {
			next := *g
			next.Members = slices.DeleteFunc(slices.Clone(g.Members), func(r pbx.Ref) bool { return r == gone })
			all = append(all, &next)
		}
	}
	slices.SortFunc(all, func(a, b pbx.Noun) int { return strings.Compare(a.Ref().ID, b.Ref().ID) })
	return all
}
