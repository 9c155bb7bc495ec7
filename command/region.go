package command

import (
	"slices"
	"strings"

	"tandem/pbx"
	"tandem/policy"
)

// Region is what is typed about a place (B-113…B-116); nil fields of a change stay.
type Region struct {
	Name      *string
	Group     *pbx.GroupID
	Country   *string
	Area      *string
	Members   *[]pbx.Ref
	Emergency *[]string
	Shows     *string
	Trunks    *[]pbx.TrunkID
	Lends     *[]pbx.RegionID
	Calls     *[]pbx.RegionCall
	Standard  *pbx.Standard
}

// RegionNeed is what it takes to change a region: group.edit over the group it belongs to, or over the office.
func RegionNeed(r *pbx.Region) Need { return Need{policy.GroupEdit, place(r.Group)} }

// regionNeeds is what it takes to make one region of another; before and after may be nil. Who sits there, which lines it has and how help is
// called are questions of their own: a manager brings into his region nobody whom he does not manage, and no line of others.
func regionNeeds(s *pbx.Snapshot, before, after *pbx.Region) (needs []Need) {
	var members [2][]pbx.Ref
	var trunks [2][]pbx.TrunkID
	var emergency [2]any
	for i, r := range []*pbx.Region{before, after} {
		if r == nil {
			r = &pbx.Region{}
		} else {
			needs = append(needs, RegionNeed(r))
		}
		members[i], trunks[i] = r.Members, r.Trunks
		emergency[i] = [2]string{strings.Join(r.Emergency, " "), r.Shows}
	}
	for i, list := range members {
		for _, m := range list {
			if !slices.Contains(members[1-i], m) {
				if n, ok := regionMemberNeed(s, m); ok {
					needs = append(needs, n)
				}
			}
		}
	}
	for i, list := range trunks {
		for _, id := range list {
			if t := s.Trunks[id]; t != nil && !slices.Contains(trunks[1-i], id) {
				needs = append(needs, Need{policy.TrunkEdit, TrunkTarget(t.ID, t.Group)})
			}
		}
	}
	if emergency[0] != emergency[1] {
		needs = append(needs, Need{policy.EmergencyEdit, policy.System()})
	}
	return needs
}

// regionMemberNeed is what it takes to bring something into a region or out of it; nothing for what is gone.
func regionMemberNeed(s *pbx.Snapshot, m pbx.Ref) (Need, bool) {
	switch n := s.Find(m).(type) {
	case *pbx.Group:
		return Need{policy.GroupEdit, policy.Group(n.ID)}, true
	case *pbx.User:
		return Need{policy.UserEdit, policy.User(n.ID)}, true
	case *pbx.Device:
		return Need{policy.DeviceEdit, policy.User(n.User)}, true
	}
	return Need{}, false
}

// CreateRegion adds a region. That of the office is made with its own id.
type CreateRegion struct {
	ID pbx.RegionID // pbx.OfficeRegion, or empty for a new one
	Region
}

// Need asks for what the new region is made of.
func (c CreateRegion) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	next := pbx.Region{}
	c.typed(&next)
	return regionNeeds(s, nil, &next)
}

// Change makes the region.
func (c CreateRegion) Change(w *Work) (pbx.Change, error) {
	r := pbx.Region{ID: c.ID, Created: w.Now}
	if r.ID == "" {
		r.ID = pbx.RegionID(w.ID("reg"))
	}
	w.object = r.Ref()
	if w.Snapshot.Regions[r.ID] != nil {
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "", "region.office_twice")
	}
	if c.Name == nil {
		c.Name = new(string)
	}
	return c.write(w, r)
}

// EditRegion changes a region.
type EditRegion struct {
	ID pbx.RegionID
	Region
}

// Need asks for what changes.
func (c EditRegion) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	old := s.Regions[c.ID]
	if old == nil {
		return nil
	}
	next := *old
	c.typed(&next)
	return regionNeeds(s, old, &next)
}

// Change writes the new fields.
func (c EditRegion) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Regions[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	return c.write(w, *old)
}

// typed writes what is taken as it is typed.
func (c Region) typed(r *pbx.Region) {
	set(&r.Group, c.Group)
	set(&r.Area, trimmed(c.Area))
	set(&r.Shows, trimmed(c.Shows))
	set(&r.Lends, c.Lends)
	set(&r.Calls, c.Calls)
	set(&r.Trunks, c.Trunks)
	set(&r.Members, c.Members)
	if c.Country != nil {
		r.Country = strings.ToUpper(strings.TrimSpace(*c.Country))
	}
	if c.Emergency != nil {
		r.Emergency = nil
		for _, n := range *c.Emergency {
			if n = strings.Map(dropBlanks, n); n != "" && !slices.Contains(r.Emergency, n) {
				r.Emergency = append(r.Emergency, n)
			}
		}
	}
	if c.Standard != nil {
		standard := *c.Standard
		r.Standard = &standard
		if standard.IsZero() {
			r.Standard = nil
		}
	}
}

func (c Region) write(w *Work, r pbx.Region) (pbx.Change, error) {
	old := r
	var err error
	if c.Name != nil {
		if r.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	c.typed(&r)
	if c.Shows != nil {
		if r.Shows, err = w.ownNumber("shows", r.Shows); err != nil {
			return pbx.Change{}, err
		}
	}
	for _, m := range r.Members {
		if !slices.Contains(old.Members, m) && w.Snapshot.Find(m) == nil {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "members", "region.member_unknown")
		}
	}
	return pbx.Change{Put: []pbx.Noun{&r}}, nil
}

// DeleteRegion takes a region away; who sat there is in the office's afterwards.
type DeleteRegion struct{ ID pbx.RegionID }

// Need asks for what it is made of.
func (c DeleteRegion) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	r := s.Regions[c.ID]
	if r == nil {
		return nil
	}
	return regionNeeds(s, r, nil)
}

// Change deletes the row.
func (c DeleteRegion) Change(w *Work) (pbx.Change, error) {
	r := w.Snapshot.Regions[c.ID]
	if r == nil {
		return pbx.Change{}, missing()
	}
	w.object = r.Ref()
	return pbx.Change{Delete: []pbx.Ref{r.Ref()}}, nil
}
