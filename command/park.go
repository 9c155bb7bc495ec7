package command

import (
	"tandem/pbx"
	"tandem/policy"
)

// Park is what is typed about a row of park positions; nil fields of a change stay.
type Park struct {
	Name      *string
	Group     *pbx.GroupID
	Extension *string // nil of a new one takes the first number with enough free ones behind it
	Slots     *int
	Wait      *int
	Then      *pbx.Destination
}

// ParkTarget is a row of park positions as something that belongs to a department or the office.
func ParkTarget(id pbx.ParkID, group pbx.GroupID) policy.Target {
	return policy.Owned(policy.KindQueue, string(id), "", group)
}

// CreatePark adds a row of park positions.
type CreatePark struct{ Park }

// Need asks for queue.edit where it is to belong.
func (c CreatePark) Need(*pbx.Snapshot, pbx.Actor) []Need {
	group := pbx.GroupID("")
	fill(&group, c.Group)
	return []Need{{policy.QueueEdit, ParkTarget("new", group)}}
}

// Change makes the row.
func (c CreatePark) Change(w *Work) (pbx.Change, error) {
	p := pbx.Park{ID: pbx.ParkID(w.ID("prk")), Slots: pbx.UsualSlots, Created: w.Now}
	w.object = p.Ref()
	if c.Name == nil {
		c.Name = new(string)
	}
	if c.Extension == nil {
		slots := p.Slots
		fill(&slots, c.Slots)
		next, err := freeRun(w.Snapshot, slots)
		if err != nil {
			return pbx.Change{}, err
		}
		c.Extension = &next
	}
	return c.write(w, p)
}

// freeRun is the first number that is free together with so many behind it.
func freeRun(s *pbx.Snapshot, behind int) (string, error) {
	p := newPool(s)
	for {
		e, err := p.next()
		if err != nil {
			return "", err
		}
		free := behind >= 0 && behind <= pbx.MaxSlots
		for _, n := range (&pbx.Park{Extension: e, Slots: max(min(behind, pbx.MaxSlots), 0)}).Positions() {
			_, taken := s.ByExtension(n)
			free = free && !taken && len(n) == len(e) && s.CheckExtension(n) == nil
		}
		if free || behind < 0 || behind > pbx.MaxSlots {
			return e, nil
		}
	}
}

// EditPark changes a row of park positions.
type EditPark struct {
	ID pbx.ParkID
	Park
}

// Need asks for queue.edit where it belongs and where it is to belong.
func (c EditPark) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	p := s.Parks[c.ID]
	if p == nil {
		return nil
	}
	needs := []Need{{policy.QueueEdit, ParkTarget(p.ID, p.Group)}}
	if c.Group != nil && *c.Group != p.Group {
		needs = append(needs, Need{policy.QueueEdit, ParkTarget(p.ID, *c.Group)})
	}
	return needs
}

// Change writes the new fields.
func (c EditPark) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Parks[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	return c.write(w, *old)
}

func (c Park) write(w *Work, p pbx.Park) (pbx.Change, error) {
	var err error
	if c.Name != nil {
		if p.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Extension != nil {
		if p.Extension, err = cleanExtension(*c.Extension, w.Snapshot.Tenant.Country); err != nil {
			return pbx.Change{}, err
		}
	}
	fill(&p.Group, c.Group)
	fill(&p.Slots, c.Slots)
	fill(&p.Wait, c.Wait)
	if c.Then != nil {
		next := *c.Then
		if err := w.cleanDestination(nil, "then", &next, map[pbx.Destination]bool{plain(p.Then): true}, false); err != nil {
			return pbx.Change{}, err
		}
		if next.Kind == pbx.ToPark {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "then", "destination.self")
		}
		p.Then = next
	}
	if p.Slots >= 1 && p.Slots <= pbx.MaxSlots {
		for _, n := range append(p.Positions(), p.Extension) {
			if ref, taken := w.Snapshot.ByExtension(n); taken && ref != p.Ref() {
				if err := w.freeExtension(n, ""); err != nil {
					return pbx.Change{}, err
				}
			}
		}
	}
	return pbx.Change{Put: []pbx.Noun{&p}}, nil
}

// DeletePark takes a row of park positions out. Rules that lead to it stay and are listed as problems.
type DeletePark struct{ ID pbx.ParkID }

// Need asks for queue.edit.
func (c DeletePark) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	p := s.Parks[c.ID]
	if p == nil {
		return nil
	}
	return []Need{{policy.QueueEdit, ParkTarget(p.ID, p.Group)}}
}

// Change deletes the row.
func (c DeletePark) Change(w *Work) (pbx.Change, error) {
	p := w.Snapshot.Parks[c.ID]
	if p == nil {
		return pbx.Change{}, missing()
	}
	w.object = p.Ref()
	return pbx.Change{Delete: []pbx.Ref{p.Ref()}}, nil
}

// parkNeeds asks for queue.edit where a row belonged and where it is to belong.
func parkNeeds(d pbx.Difference) []Need {
	var needs []Need
	for _, n := range []pbx.Noun{d.Before, d.After} {
		if p, ok := n.(*pbx.Park); ok && p != nil {
			needs = append(needs, Need{policy.QueueEdit, ParkTarget(p.ID, p.Group)})
		}
	}
	return needs
}
