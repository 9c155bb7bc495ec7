package command

import (
	"tandem/pbx"
	"tandem/policy"
)

// DID is what is typed about a number of the office in the public network (B-115); nil fields of a change stay.
type DID struct {
	Number *string
	Name   *string
	Trunk  *pbx.TrunkID
	Group  *pbx.GroupID
	Region *pbx.RegionID
	To     *pbx.Destination
	Shown  *bool
}

// DIDTarget is a number as something that belongs to a group or to the office.
func DIDTarget(id pbx.DIDID, group pbx.GroupID) policy.Target {
	return policy.Owned(policy.KindNumber, string(id), "", group)
}

// CreateDID adds a number.
type CreateDID struct{ DID }

// Need asks for number.edit where it is to belong, and for route.edit where it leads somewhere.
func (c CreateDID) Need(*pbx.Snapshot, pbx.Actor) []Need {
	group := pbx.GroupID("")
	if c.Group != nil {
		group = *c.Group
	}
	needs := []Need{{policy.NumberEdit, DIDTarget("new", group)}}
	if c.To != nil && !c.To.IsZero() {
		needs = append(needs, Need{policy.RouteEdit, DIDTarget("new", group)})
	}
	return needs
}

// Change makes the number.
func (c CreateDID) Change(w *Work) (pbx.Change, error) {
	d := pbx.DID{ID: pbx.DIDID(w.ID("did")), Created: w.Now}
	w.object = d.Ref()
	if c.Number == nil {
		c.Number = new(string)
	}
	return c.write(w, d)
}

// EditDID changes a number.
type EditDID struct {
	ID pbx.DIDID
	DID
}

// Need asks for number.edit for everything but where it leads, and for route.edit for that.
func (c EditDID) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	d := s.DIDs[c.ID]
	if d == nil {
		return nil
	}
	var needs []Need
	if c.To != nil {
		needs = append(needs, Need{policy.RouteEdit, DIDTarget(d.ID, d.Group)})
	}
	if c.To == nil || c.Number != nil || c.Name != nil || c.Trunk != nil || c.Group != nil || c.Region != nil || c.Shown != nil {
		needs = append(needs, Need{policy.NumberEdit, DIDTarget(d.ID, d.Group)})
	}
	if c.Group != nil && *c.Group != d.Group {
		needs = append(needs, Need{policy.NumberEdit, DIDTarget(d.ID, *c.Group)})
	}
	return needs
}

// Change writes the new fields.
func (c EditDID) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.DIDs[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	return c.write(w, *old)
}

func (c DID) write(w *Work, d pbx.DID) (pbx.Change, error) {
	var err error
	if c.Number != nil {
		if d.Number, err = w.ownNumber("number", *c.Number); err != nil {
			return pbx.Change{}, err
		}
	}
	set(&d.Name, trimmed(c.Name))
	set(&d.Trunk, c.Trunk)
	set(&d.Group, c.Group)
	set(&d.Region, c.Region)
	set(&d.Shown, c.Shown)
	if c.To != nil {
		to := *c.To
		if err := w.cleanDestination(nil, "to", &to, map[pbx.Destination]bool{plain(d.To): true}, false); err != nil {
			return pbx.Change{}, err
		}
		d.To = to
	}
	return pbx.Change{Put: []pbx.Noun{&d}}, nil
}

// DeleteDID takes a number out.
type DeleteDID struct{ ID pbx.DIDID }

// Need asks for number.edit.
func (c DeleteDID) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	d := s.DIDs[c.ID]
	if d == nil {
		return nil
	}
	return []Need{{policy.NumberEdit, DIDTarget(d.ID, d.Group)}}
}

// Change deletes the row.
func (c DeleteDID) Change(w *Work) (pbx.Change, error) {
	d := w.Snapshot.DIDs[c.ID]
	if d == nil {
		return pbx.Change{}, missing()
	}
	w.object = d.Ref()
	return pbx.Change{Delete: []pbx.Ref{d.Ref()}}, nil
}
