package command

import (
	"slices"

	"tandem/pbx"
	"tandem/policy"
)

// Room is what is typed about a conference room; nil fields of a change stay.
type Room struct {
	Name      *string
	Group     *pbx.GroupID
	Extension *string // nil of a new one takes the next free number, empty gives none
	PIN       *string
	HostPIN   *string
	Wait      *bool
	Quiet     *bool
	Names     *bool
	Ends      *bool
	Most      *int
}

// RoomTarget is a room as something that belongs to a department or the office.
func RoomTarget(id pbx.RoomID, group pbx.GroupID) policy.Target {
	return policy.Owned(policy.KindQueue, string(id), "", group)
}

// CreateRoom adds a room.
type CreateRoom struct{ Room }

// Need asks for queue.edit where it is to belong.
func (c CreateRoom) Need(*pbx.Snapshot, pbx.Actor) []Need {
	group := pbx.GroupID("")
	fill(&group, c.Group)
	return []Need{{policy.QueueEdit, RoomTarget("new", group)}}
}

// Change makes the room.
func (c CreateRoom) Change(w *Work) (pbx.Change, error) {
	r := pbx.Room{ID: pbx.RoomID(w.ID("rom")), Created: w.Now}
	w.object = r.Ref()
	if c.Name == nil {
		c.Name = new(string)
	}
	if c.Extension == nil {
		next, err := newPool(w.Snapshot).next()
		if err != nil {
			return pbx.Change{}, err
		}
		c.Extension = &next
	}
	return c.write(w, r)
}

// EditRoom changes a room.
type EditRoom struct {
	ID pbx.RoomID
	Room
}

// Need asks for queue.edit where it belongs and where it is to belong.
func (c EditRoom) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	r := s.Rooms[c.ID]
	if r == nil {
		return nil
	}
	needs := []Need{{policy.QueueEdit, RoomTarget(r.ID, r.Group)}}
	if c.Group != nil && *c.Group != r.Group {
		needs = append(needs, Need{policy.QueueEdit, RoomTarget(r.ID, *c.Group)})
	}
	return needs
}

// Change writes the new fields.
func (c EditRoom) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Rooms[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	return c.write(w, *old)
}

func (c Room) write(w *Work, r pbx.Room) (pbx.Change, error) {
	var err error
	if c.Name != nil {
		if r.Name, err = cleanName("name", *c.Name); err != nil {
			return pbx.Change{}, err
		}
	}
	if c.Extension != nil {
		if r.Extension, err = cleanExtension(*c.Extension, w.Snapshot.Tenant.Country); err != nil {
			return pbx.Change{}, err
		}
		if ref, taken := w.Snapshot.ByExtension(r.Extension); r.Extension != "" && taken && ref != r.Ref() {
			if err := w.freeExtension(r.Extension, ""); err != nil {
				return pbx.Change{}, err
			}
		}
	}
	fill(&r.Group, c.Group)
	fill(&r.PIN, c.PIN)
	fill(&r.HostPIN, c.HostPIN)
	fill(&r.Wait, c.Wait)
	fill(&r.Quiet, c.Quiet)
	fill(&r.Names, c.Names)
	fill(&r.Ends, c.Ends)
	fill(&r.Most, c.Most)
	return pbx.Change{Put: []pbx.Noun{&r}}, nil
}

// DeleteRoom takes a room out. Rules that lead to it stay and are listed as problems.
type DeleteRoom struct{ ID pbx.RoomID }

// Need asks for queue.edit.
func (c DeleteRoom) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	r := s.Rooms[c.ID]
	if r == nil {
		return nil
	}
	return []Need{{policy.QueueEdit, RoomTarget(r.ID, r.Group)}}
}

// Change deletes the room.
func (c DeleteRoom) Change(w *Work) (pbx.Change, error) {
	r := w.Snapshot.Rooms[c.ID]
	if r == nil {
		return pbx.Change{}, missing()
	}
	w.object = r.Ref()
	return pbx.Change{Delete: []pbx.Ref{r.Ref()}}, nil
}

// roomNeeds asks for queue.edit where a room belonged and where it is to belong.
func roomNeeds(d pbx.Difference) []Need {
	var needs []Need
	for _, n := range []pbx.Noun{d.Before, d.After} {
		if r, ok := n.(*pbx.Room); ok && r != nil {
			needs = append(needs, Need{policy.QueueEdit, RoomTarget(r.ID, r.Group)})
		}
	}
	return needs
}

// keepsGuessersOut refuses a change after which callers from outside come to a conference room with a PIN that can be guessed (BAR TF-11), whichever row of it
// lets them in. What was like that before does not stand in the way of other changes.
func keepsGuessersOut(before, after *pbx.Snapshot, all []pbx.Difference) error {
	short := func(s *pbx.Snapshot) []*pbx.Room {
		if !anyGuessable(s) {
			return nil
		}
		return slices.DeleteFunc(s.OutsideRooms(), func(r *pbx.Room) bool { return r.Guessable() == "" })
	}
	was := short(before)
	for _, r := range short(after) {
		switch {
		case slices.ContainsFunc(was, func(o *pbx.Room) bool { return o.ID == r.ID && o.PIN == r.PIN && o.HostPIN == r.HostPIN }):
		case slices.ContainsFunc(all, func(d pbx.Difference) bool { return d.Ref == r.Ref() }):
			return pbx.Refuse(pbx.Invalid, r.Guessable(), "room.pin_outside", "name", r.Name)
		default:
			return pbx.Refuse(pbx.Conflict, "", "room.led_outside", "name", r.Name)
		}
	}
	return nil
}

// anyGuessable reports whether any room has a PIN that would be too short, which is looked at before its ways are.
func anyGuessable(s *pbx.Snapshot) bool {
	for _, r := range s.Rooms {
		if r.Guessable() != "" {
			return true
		}
	}
	return false
}
