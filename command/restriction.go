package command

import (
	"slices"
	"strings"

	"tandem/pbx"
	"tandem/policy"
)

// Restriction is what is typed about a profile of what may be called outside (B-003, B-029); nil fields of a change stay.
type Restriction struct {
	Name   *string
	Group  *pbx.GroupID
	On     *[]pbx.Ref
	Rules  *[]pbx.TollRule
	Except *[]pbx.TollExcept
	Off    *bool
}

// RestrictionNeed is what it takes to decide about what a profile is put on: restriction.edit over a group or a person, and over the office for the
// office itself and for roles, which anybody may hold.
func RestrictionNeed(s *pbx.Snapshot, on pbx.Ref) Need {
	switch on.Kind {
	case pbx.KindGroup:
		return Need{policy.RestrictionEdit, policy.Group(pbx.GroupID(on.ID))}
	case pbx.KindUser:
		return Need{policy.RestrictionEdit, policy.User(pbx.UserID(on.ID))}
	case pbx.KindDevice:
		if d := s.Devices[pbx.DeviceID(on.ID)]; d != nil {
			return Need{policy.RestrictionEdit, policy.User(d.User)}
		}
	}
	return Need{policy.RestrictionEdit, policy.System()}
}

// RestrictionNeeds is what it takes to change a profile: its rules change for all whom it reaches. What is gone is left out.
func RestrictionNeeds(s *pbx.Snapshot, group pbx.GroupID, on ...pbx.Ref) []Need {
	owner := s.Tenant.Ref()
	if group != "" {
		owner = pbx.Ref{Kind: pbx.KindGroup, ID: string(group)}
	}
	needs := []Need{RestrictionNeed(s, owner)}
	for _, r := range on {
		if r == owner || r.Kind != pbx.KindRole && s.Find(r) == nil {
			continue
		}
		needs = append(needs, RestrictionNeed(s, r))
	}
	return needs
}

// CreateRestriction adds a profile.
type CreateRestriction struct{ Restriction }

// Need asks for restriction.edit where it is to belong and over all it is put on.
func (c CreateRestriction) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	var group pbx.GroupID
	var on []pbx.Ref
	set(&group, c.Group)
	set(&on, c.On)
	return RestrictionNeeds(s, group, on...)
}

// Change makes the profile.
func (c CreateRestriction) Change(w *Work) (pbx.Change, error) {
	r := pbx.Restriction{ID: pbx.RestrictionID(w.ID("rst")), Created: w.Now}
	w.object = r.Ref()
	if c.Name == nil {
		c.Name = new(string)
	}
	return c.write(w, r)
}

// EditRestriction changes a profile.
type EditRestriction struct {
	ID pbx.RestrictionID
	Restriction
}

// Need asks for restriction.edit where it belongs, where it is to belong, and over all it is and will be put on.
func (c EditRestriction) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	r := s.Restrictions[c.ID]
	if r == nil {
		return nil
	}
	needs := RestrictionNeeds(s, r.Group, r.On...)
	if c.On != nil {
		needs = append(needs, RestrictionNeeds(s, r.Group, *c.On...)...)
	}
	if c.Group != nil {
		needs = append(needs, RestrictionNeeds(s, *c.Group)...)
	}
	return needs
}

// Change writes the new fields.
func (c EditRestriction) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Restrictions[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	return c.write(w, *old)
}

func (c Restriction) write(w *Work, r pbx.Restriction) (pbx.Change, error) {
	var err error
	if c.Name != nil {
		if r.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	set(&r.Group, c.Group)
	set(&r.Off, c.Off)
	if c.On != nil {
		for _, on := range *c.On {
			if !slices.Contains(r.On, on) && !w.holds(on) {
				return pbx.Change{}, pbx.Refuse(pbx.Invalid, "on", "restriction.on_unknown")
			}
		}
		r.On = slices.Clone(*c.On)
	}
	if c.Rules != nil {
		r.Rules = slices.Clone(*c.Rules)
		for i := range r.Rules {
			r.Rules[i].Countries, r.Rules[i].Prefixes = capitals(r.Rules[i].Countries), cleanPrefixes(r.Rules[i].Prefixes)
		}
	}
	if c.Except != nil {
		for _, e := range *c.Except {
			known := slices.ContainsFunc(r.Except, func(o pbx.TollExcept) bool { return o.User == e.User })
			if !known && (w.Snapshot.Users[e.User] == nil || w.Ask(w.Snapshot, policy.RestrictionEdit, policy.User(e.User)) != nil) {
				return pbx.Change{}, pbx.Refuse(pbx.Invalid, "except", "user.unknown")
			}
		}
		r.Except = slices.Clone(*c.Except)
		for i := range r.Except {
			e := &r.Except[i]
			e.Countries, e.Prefixes, e.Reason = capitals(e.Countries), cleanPrefixes(e.Prefixes), strings.TrimSpace(e.Reason)
		}
	}
	return pbx.Change{Put: []pbx.Noun{&r}}, nil
}

// holds reports whether there is something to put a profile on.
func (w *Work) holds(on pbx.Ref) bool {
	if on.Kind == pbx.KindRole && pbx.RoleID(on.ID).Builtin() > 0 {
		return true
	}
	return w.Snapshot.Find(on) != nil
}

func capitals(list []string) []string {
	var out []string
	for _, c := range list {
		if c = strings.ToUpper(strings.TrimSpace(c)); c != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

func cleanPrefixes(list []string) []string {
	var out []string
	for _, p := range list {
		if p = strings.Map(dropBlanks, p); p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// DeleteRestriction takes a profile away: what it allowed is closed, and what it forbade may be open.
type DeleteRestriction struct{ ID pbx.RestrictionID }

// Need asks for restriction.edit where it belongs and over all it is put on.
func (c DeleteRestriction) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	r := s.Restrictions[c.ID]
	if r == nil {
		return nil
	}
	return RestrictionNeeds(s, r.Group, r.On...)
}

// Change deletes the row.
func (c DeleteRestriction) Change(w *Work) (pbx.Change, error) {
	r := w.Snapshot.Restrictions[c.ID]
	if r == nil {
		return pbx.Change{}, missing()
	}
	w.object = r.Ref()
	return pbx.Change{Delete: []pbx.Ref{r.Ref()}}, nil
}
