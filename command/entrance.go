package command

import (
	"tandem/pbx"
	"tandem/policy"
)

// SetEntrance says what happens to calls for a group as a whole; nil fields stay.
type SetEntrance struct {
	Group     pbx.GroupID
	Extension *string // empty: only rules lead to it
	Open      *pbx.Destination
	Break     *pbx.Destination
	Closed    *pbx.Destination
	Holiday   *pbx.Destination
}

// Need asks for route.edit over the group.
func (c SetEntrance) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.RouteEdit, policy.Group(c.Group)}}
}

// Change writes the entrance, or makes it.
func (c SetEntrance) Change(w *Work) (pbx.Change, error) {
	e := pbx.Entrance{Group: c.Group}
	known := map[pbx.Destination]bool{}
	if old := w.Snapshot.Entrances[c.Group]; old != nil {
		e = *old
		old.Leads(func(l pbx.Lead) bool { known[plain(l.To)] = true; return true })
	}
	w.object = e.Ref()
	var err error
	if c.Extension != nil {
		if e.Extension, err = w.ownExtension(*c.Extension, e.Ref()); err != nil {
			return pbx.Change{}, err
		}
	}
	for _, l := range []struct {
		field string
		typed *pbx.Destination
		kept  *pbx.Destination
	}{{"open", c.Open, &e.Open}, {"break", c.Break, &e.Break}, {"closed", c.Closed, &e.Closed}, {"holiday", c.Holiday, &e.Holiday}} {
		if l.typed == nil {
			continue
		}
		to := *l.typed
		if to.Kind == pbx.ToGroup && to.ID == string(c.Group) {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, l.field, "destination.self")
		}
		if err := w.cleanDestination(nil, l.field, &to, known, false); err != nil {
			return pbx.Change{}, err
		}
		*l.kept = to
	}
	change := pbx.Change{Put: []pbx.Noun{&e}}
	return change, w.keepsNobody(change)
}

// DeleteEntrance lets nobody call a group as a whole any more. Rules that lead there stay and are listed as problems.
type DeleteEntrance struct{ Group pbx.GroupID }

// Need asks for route.edit over the group.
func (c DeleteEntrance) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.RouteEdit, policy.Group(c.Group)}}
}

// Change deletes the row, if there is one.
func (c DeleteEntrance) Change(w *Work) (pbx.Change, error) {
	e := w.Snapshot.Entrances[c.Group]
	if e == nil {
		return pbx.Change{}, nil
	}
	w.object = e.Ref()
	return pbx.Change{Delete: []pbx.Ref{e.Ref()}}, nil
}
