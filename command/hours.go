package command

import (
	"slices"
	"time"

	"tandem/hours"
	"tandem/pbx"
	"tandem/policy"
)

// HoursNeed is what a change of hours needs: hours.edit or hours.override over a group or over the hours of one person. Those of
// the office count for everybody who has none, so they need setting.edit.
func HoursNeed(s *pbx.Snapshot, id pbx.HoursID, right policy.Right) Need {
	switch {
	case id == pbx.OfficeHours:
		return Need{policy.SettingEdit, policy.System()}
	case s.Users[pbx.UserID(id)] != nil:
		return Need{right, policy.User(pbx.UserID(id))}
	}
	return Need{right, policy.Group(pbx.GroupID(id))}
}

// SetHours gives the office, a group or a person hours of its own, or changes them.
type SetHours struct {
	Keeper   pbx.HoursID
	Zone     string // empty: for a group its own zone, for a person the one he lives in
	Schedule hours.Schedule
}

// Need asks for hours.edit, or for setting.edit.
func (c SetHours) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	return []Need{HoursNeed(s, c.Keeper, policy.HoursEdit)}
}

// Change writes the timetable.
func (c SetHours) Change(w *Work) (pbx.Change, error) {
	t := &pbx.Timetable{ID: c.Keeper, Schedule: c.Schedule}
	w.object = t.Ref()
	var err error
	if t.Zone, err = cleanZone(c.Zone); err != nil {
		return pbx.Change{}, err
	}
	if u := pbx.UserID(c.Keeper); t.Zone == "" && w.Snapshot.Users[u] != nil {
		t.Zone = w.Snapshot.ZoneOf(u, w.Now)
	}
	for i := range t.Holidays {
		if t.Holidays[i].Name, err = cleanName("holidays", t.Holidays[i].Name); err != nil {
			return pbx.Change{}, err
		}
	}
	t.Holidays = eachOnce(t.Holidays)
	return pbx.Change{Put: []pbx.Noun{t}}, nil
}

// eachOnce leaves out holidays that stand there already, as when a calendar is taken over a second time.
func eachOnce(list []hours.Holiday) []hours.Holiday {
	var all []hours.Holiday
	for _, h := range list {
		if !slices.ContainsFunc(all, func(o hours.Holiday) bool { return o.On.Equal(h.On) && o.Name == h.Name }) {
			all = append(all, h)
		}
	}
	return all
}

// CopyHours gives hours of its own that are those that count for another now.
type CopyHours struct{ Keeper, From pbx.HoursID }

// Need asks for hours.edit, or for setting.edit.
func (c CopyHours) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	return []Need{HoursNeed(s, c.Keeper, policy.HoursEdit)}
}

// Change writes the timetable that counts for the other.
func (c CopyHours) Change(w *Work) (pbx.Change, error) {
	from := w.Snapshot.Timetables[w.Snapshot.KeptBy(c.From, w.Now).Source]
	if from == nil {
		return pbx.Change{}, pbx.Refuse(pbx.Conflict, "copy", "hours.copy_none")
	}
	return SetHours{Keeper: c.Keeper, Zone: from.Zone, Schedule: from.Schedule}.Change(w)
}

// InheritHours takes the own hours away, so that those above count again.
type InheritHours struct{ Keeper pbx.HoursID }

// Need asks for hours.edit, or for setting.edit.
func (c InheritHours) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	return []Need{HoursNeed(s, c.Keeper, policy.HoursEdit)}
}

// Change deletes the timetable, if there is one.
func (c InheritHours) Change(w *Work) (pbx.Change, error) {
	t := w.Snapshot.Timetables[c.Keeper]
	if t == nil {
		return pbx.Change{}, nil
	}
	w.object = t.Ref()
	return pbx.Change{Delete: []pbx.Ref{t.Ref()}}, nil
}

// OverrideHours holds the hours in a state by hand.
type OverrideHours struct {
	Keeper  pbx.HoursID
	State   pbx.State
	Holiday bool
	Until   time.Time // zero: until somebody ends it
	Reason  string
}

// Need asks for hours.override, or for setting.edit.
func (c OverrideHours) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	return []Need{HoursNeed(s, c.Keeper, policy.HoursOverride)}
}

// Change writes the override in place of the one before.
func (c OverrideHours) Change(w *Work) (pbx.Change, error) {
	o := &pbx.HoursOverride{ID: c.Keeper, State: c.State, Holiday: c.Holiday, From: w.Now, By: w.Who.User}
	w.object = o.Ref()
	if !c.Until.IsZero() {
		o.Until = c.Until.UTC().Truncate(time.Millisecond)
		if !o.Until.After(w.Now) || o.Until.After(w.Now.Add(MaxAhead)) {
			return pbx.Change{}, pbx.Refuse(pbx.Invalid, "until", "status.until_bad")
		}
	}
	var err error
	if o.Reason, err = cleanReason(c.Reason); err != nil {
		return pbx.Change{}, err
	}
	return pbx.Change{Put: []pbx.Noun{o}}, nil
}

// EndOverride lets the hours count again.
type EndOverride struct{ Keeper pbx.HoursID }

// Need asks for hours.override, or for setting.edit.
func (c EndOverride) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	return []Need{HoursNeed(s, c.Keeper, policy.HoursOverride)}
}

// Change deletes the override, if there is one.
func (c EndOverride) Change(w *Work) (pbx.Change, error) {
	o := w.Snapshot.HoursOverrides[c.Keeper]
	if o == nil {
		return pbx.Change{}, nil
	}
	w.object = o.Ref()
	return pbx.Change{Delete: []pbx.Ref{o.Ref()}}, nil
}
