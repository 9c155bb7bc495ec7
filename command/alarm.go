package command

import (
	"cmp"
	"slices"
	"strings"

	"tandem/pbx"
	"tandem/policy"
)

// alarmsKept is how many alarms are kept; of more, the oldest that are lifted go.
const alarmsKept = 500

// RaiseAlarm stops calls abroad of somebody (TF-06). Only the house raises alarms.
type RaiseAlarm struct{ Alarm pbx.Alarm }

// Need asks for nothing: Change refuses everybody but the house.
func (RaiseAlarm) Need(*pbx.Snapshot, pbx.Actor) []Need { return nil }

// Change makes the alarm, unless one holds already or whom it stops is gone.
func (c RaiseAlarm) Change(w *Work) (pbx.Change, error) {
	if w.Who.Kind != pbx.ActorSystem {
		return pbx.Change{}, missing()
	}
	a := c.Alarm
	if w.Snapshot.Find(a.On) == nil || w.Snapshot.AlarmOn(a.On) != nil {
		return pbx.Change{}, nil
	}
	a.ID = pbx.AlarmID(w.ID("alm"))
	w.object = a.Ref()
	change := pbx.Change{Put: []pbx.Noun{&a}}
	if n := len(w.Snapshot.Alarms) + 1 - alarmsKept; n > 0 {
		var old []*pbx.Alarm
		for _, o := range w.Snapshot.Alarms {
			if !o.Lifted.IsZero() {
				old = append(old, o)
			}
		}
		slices.SortFunc(old, func(a, b *pbx.Alarm) int { return cmp.Compare(a.ID, b.ID) })
		for _, o := range old[:min(n, len(old))] {
			change.Delete = append(change.Delete, o.Ref())
		}
	}
	return change, nil
}

// LiftAlarm lets somebody call abroad again.
type LiftAlarm struct {
	ID     pbx.AlarmID
	Reason string
}

// AlarmNeed is what it takes to lift an alarm, and to see it: restriction.edit over whom it stops.
func AlarmNeed(s *pbx.Snapshot, a *pbx.Alarm) Need { return RestrictionNeed(s, a.On) }

// Need asks for restriction.edit over whom it stops.
func (c LiftAlarm) Need(s *pbx.Snapshot, _ pbx.Actor) []Need {
	a := s.Alarms[c.ID]
	if a == nil {
		return nil
	}
	return []Need{AlarmNeed(s, a)}
}

// Change lifts it; one that is lifted already stays as it was.
func (c LiftAlarm) Change(w *Work) (pbx.Change, error) {
	old := w.Snapshot.Alarms[c.ID]
	if old == nil {
		return pbx.Change{}, missing()
	}
	w.object = old.Ref()
	if !old.Lifted.IsZero() {
		return pbx.Change{}, nil
	}
	a := *old
	a.Lifted, a.By, a.Reason = w.Now, w.Who.User, strings.TrimSpace(c.Reason)
	w.reason = a.Reason
	return pbx.Change{Put: []pbx.Noun{&a}}, nil
}

// EditAlarms says from when on calls abroad are stopped; nil fields stay.
type EditAlarms struct {
	AtOnce, Group, Destinations, Short, ShortSeconds *int
	Country, Cut                                     *bool
}

// Need asks for restriction.edit over the office.
func (EditAlarms) Need(*pbx.Snapshot, pbx.Actor) []Need {
	return []Need{{policy.RestrictionEdit, policy.System()}}
}

// Change writes the limits.
func (c EditAlarms) Change(w *Work) (pbx.Change, error) {
	t, l := w.Snapshot.Tenant, w.Snapshot.AlarmLimits()
	w.object = t.Ref()
	set(&l.AtOnce, c.AtOnce)
	set(&l.Group, c.Group)
	set(&l.Destinations, c.Destinations)
	set(&l.Short, c.Short)
	set(&l.ShortSeconds, c.ShortSeconds)
	set(&l.Country, c.Country)
	set(&l.Cut, c.Cut)
	t.Alarms = &l
	return pbx.Change{Put: []pbx.Noun{&t}}, nil
}
