package pbx

import (
	"slices"
	"strings"
	"time"
)

// Alarm stops calls abroad, and those that cost as much, of somebody who made more of them than anybody should (TF-06). It holds until it is lifted, and
// stays as a row that tells what happened.
type Alarm struct {
	ID      AlarmID   `json:"id"`
	On      Ref       `json:"on"` // a person, or a group with all below it
	Kind    AlarmKind `json:"kind"`
	Raised  time.Time `json:"raised"`
	User    UserID    `json:"user"`              // whose call it was
	Number  string    `json:"number"`            // that was called last, E.164
	Country string    `json:"country,omitempty"` // … of which country
	Count   int       `json:"count"`             // calls, or destinations, that were too many
	Cut     bool      `json:"cut,omitempty"`     // calls that were up then were ended

	Lifted time.Time `json:"lifted,omitzero"`
	By     UserID    `json:"by,omitempty"`     // who lifted it
	Reason string    `json:"reason,omitempty"` // … and why
}

// AlarmKind is what was noticed.
type AlarmKind string

// The kinds.
const (
	AlarmAtOnce       AlarmKind = "at_once"      // a person's calls abroad at the same time
	AlarmGroup        AlarmKind = "group"        // … those of a group
	AlarmDestinations AlarmKind = "destinations" // of a person within an hour
	AlarmCountry      AlarmKind = "country"      // the first call ever to a country, outside opening hours
	AlarmShort        AlarmKind = "short"        // short calls of a person to one range of numbers within an hour
)

// AlarmLimits say from when on calls abroad are stopped. What is 0 is not looked at.
type AlarmLimits struct {
	AtOnce       int  `json:"at_once"`       // most calls of a person at the same time
	Group        int  `json:"group"`         // most calls of a group at the same time
	Destinations int  `json:"destinations"`  // most numbers of a person within an hour
	Short        int  `json:"short"`         // so many short calls to one range within an hour are too many
	ShortSeconds int  `json:"short_seconds"` // what is shorter is a short call
	Country      bool `json:"country"`       // the first call ever to a country is stopped outside opening hours
	Cut          bool `json:"cut"`           // calls that are up are ended too
}

// DefaultAlarms are the limits of an office that set none.
func DefaultAlarms() AlarmLimits {
	return AlarmLimits{AtOnce: 3, Group: 10, Destinations: 20, Short: 10, ShortSeconds: 10, Country: true, Cut: true}
}

// MaxAlarm is the highest of the limits.
const MaxAlarm = 10_000

// AlarmLimits are those that hold.
func (s *Snapshot) AlarmLimits() AlarmLimits {
	if s.Tenant.Alarms == nil {
		return DefaultAlarms()
	}
	return *s.Tenant.Alarms
}

// AlarmOn is the alarm that stops somebody or a group; nil while there is none.
func (s *Snapshot) AlarmOn(r Ref) *Alarm {
	if len(s.index.alarms) == 0 {
		return nil
	}
	return s.index.alarms[r]
}

// HasAlarm reports whether anybody is stopped.
func (s *Snapshot) HasAlarm() bool { return len(s.index.alarms) > 0 }

func checkAlarm(a *Alarm) error {
	if a.On.Kind != KindUser && a.On.Kind != KindGroup || a.On.ID == "" {
		return Refuse(Invalid, "on", "budget.on_unknown")
	}
	return checkLine("reason", a.Reason, 500)
}

func checkAlarms(l *AlarmLimits) error {
	for _, f := range []struct {
		name string
		n    int
	}{{"at_once", l.AtOnce}, {"group", l.Group}, {"destinations", l.Destinations}, {"short", l.Short}, {"short_seconds", l.ShortSeconds}} {
		if f.n < 0 || f.n > MaxAlarm {
			return Refuse(Invalid, f.name, "alarm.limit_range")
		}
	}
	return nil
}

// indexAlarms finds the alarms that hold; the first of several counts.
func (s *Snapshot) indexAlarms() {
	s.index.alarms = nil
	for _, a := range s.Alarms {
		if !a.Lifted.IsZero() {
			continue
		}
		if s.index.alarms == nil {
			s.index.alarms = map[Ref]*Alarm{}
		}
		if o := s.index.alarms[a.On]; o == nil || strings.Compare(string(a.ID), string(o.ID)) < 0 {
			s.index.alarms[a.On] = a
		}
	}
}

func (s *Snapshot) mendAlarms(t *touch) {
	for _, r := range t.rows {
		_, old := r.old.(*Alarm)
		_, now := r.new.(*Alarm)
		if old || now {
			s.indexAlarms()
			return
		}
	}
}

// About reports whether an alarm stops a member of some groups.
func (a *Alarm) About(u UserID, groups []GroupID) bool {
	if a.On.Kind == KindUser {
		return a.On.ID == string(u)
	}
	return slices.Contains(groups, GroupID(a.On.ID))
}
