package pbx

import (
	"errors"
	"time"

	"tandem/hours"
)

// HoursID names who keeps hours: OfficeHours, or the id of a group or a person.
type HoursID string

// OfficeHours are the hours of the office as a whole, from which groups and people inherit.
const OfficeHours HoursID = "office"

// Timetable is the hours that the office, a group or a person keeps. Who keeps none has those of the next above: a person
// of the main group, a group of its parent, a top group of the office.
type Timetable struct {
	ID   HoursID `json:"id"`
	Zone string  `json:"zone,omitempty"` // IANA name; empty: each group's own
	hours.Schedule
}

// HoursOverride is a state that somebody set by hand, until its end or until somebody ends it. It reaches those who
// inherit their hours from here or further up, not those below who keep their own.
type HoursOverride struct {
	ID      HoursID   `json:"id"`
	State   State     `json:"state"`
	Holiday bool      `json:"holiday,omitempty"` // closed as on a holiday
	From    time.Time `json:"from"`
	Until   time.Time `json:"until,omitzero"`
	By      UserID    `json:"by,omitempty"`
	Reason  string    `json:"reason,omitempty"`
}

// Kept is a plan of hours and whose they are.
type Kept struct {
	Plan     *hours.Plan // nil: nobody up to the office keeps hours
	Source   HoursID     // whose timetable counts; empty without one
	Zone     string
	Override *HoursOverride // nearest one that has not ended, whatever its beginning is
}

// HoursAbove lists whose hours are looked at, nearest first: a person, the main group and its parents, the office.
func (s *Snapshot) HoursAbove(id HoursID, at time.Time) []HoursID {
	all := make([]HoursID, 0, 4)
	g := GroupID(id)
	if s.Users[UserID(id)] != nil {
		all, g = append(all, id), ""
		if m := s.MainMembership(UserID(id), at); m != nil {
			g = m.Group
		}
	}
	for n := s.Groups[g]; n != nil && len(all) <= Depth+1; n = s.Groups[n.Parent] {
		all = append(all, HoursID(n.ID))
	}
	return append(all, OfficeHours)
}

// KeptBy is the hours that count for the office, a group or a person at a moment.
func (s *Snapshot) KeptBy(id HoursID, at time.Time) Kept {
	if len(s.Timetables) == 0 && len(s.HoursOverrides) == 0 {
		return Kept{Zone: s.hoursZone(id)}
	}
	if u := UserID(id); s.Users[u] != nil && s.Timetables[id] == nil && s.HoursOverrides[id] == nil {
		id = OfficeHours
		if m := s.MainMembership(u, at); m != nil {
			id = HoursID(m.Group)
		}
	}
	if k, ok := s.index.hours[id]; ok {
		return k.at(at)
	}
	return s.keep(id, at, s.index.bases, s.index.zones).at(at)
}

// at leaves an override out that has ended.
func (k Kept) at(t time.Time) Kept {
	if o := k.Override; o != nil && !o.Until.IsZero() && !t.Before(o.Until) {
		k.Override = nil
	}
	return k
}

// hoursZone is the zone in which hours of a timetable without one count.
func (s *Snapshot) hoursZone(id HoursID) string {
	if u := s.Users[UserID(id)]; u != nil && u.Zone != "" {
		return u.Zone
	}
	g := s.Groups[GroupID(id)]
	for range Depth { // a circle is refused after this
		if g == nil {
			break
		}
		if g.Zone != "" {
			return g.Zone
		}
		g = s.Groups[g.Parent]
	}
	if s.Tenant.Zone != "" {
		return s.Tenant.Zone
	}
	return "UTC"
}

// base is a timetable in a zone.
type base struct {
	table *Timetable
	zone  string
}

// keep gathers the hours of one: the nearest timetable, and the overrides up to there.
func (s *Snapshot) keep(id HoursID, at time.Time, bases map[base]*hours.Plan, zones map[string]*hours.Zone) Kept {
	k := Kept{Zone: s.hoursZone(id)}
	if s.Users[UserID(id)] != nil && s.Timetables[id] == nil {
		if m := s.MainMembership(UserID(id), at); m != nil {
			k.Zone = s.hoursZone(HoursID(m.Group)) // inherited hours go by the clock of the group
		}
	}
	var set []hours.Override
	var table *Timetable
	for _, above := range s.HoursAbove(id, at) {
		if o := s.HoursOverrides[above]; o != nil {
			set = append(set, hours.Override{State: o.State, Holiday: o.Holiday, From: o.From, Until: o.Until})
			if k.Override == nil {
				k.Override = o
			}
		}
		if table = s.Timetables[above]; table != nil {
			k.Source = above
			break
		}
	}
	if table != nil && table.Zone != "" {
		k.Zone = table.Zone
	}
	zone := zones[k.Zone]
	if zone == nil {
		var err error
		if zone, err = hours.LoadZone(k.Zone); err != nil {
			zone = hours.NewZone("UTC", time.UTC)
		}
	}
	switch {
	case table != nil:
		b := base{table, k.Zone}
		if k.Plan = bases[b]; k.Plan == nil {
			k.Plan = hours.Compile(&table.Schedule, zone)
		}
	case len(set) > 0:
		k.Plan = hours.Compile(nil, zone)
	}
	if len(set) > 0 {
		k.Plan = k.Plan.With(set...)
	}
	return k
}

// indexHours prepares the hours of the office, of every group and of who keeps his own. What was compiled before for the same
// timetable and zone is used again.
func (s *Snapshot) indexHours() {
	x := &s.index
	old, loaded := x.bases, x.zones
	x.hours, x.bases, x.zones = nil, nil, nil
	if len(s.Timetables) == 0 && len(s.HoursOverrides) == 0 {
		return
	}
	zones := map[string]*hours.Zone{}
	x.hours, x.bases = make(map[HoursID]Kept, len(s.Groups)+1), make(map[base]*hours.Plan, len(s.Timetables))
	compile := func(id HoursID) {
		above := s.HoursAbove(id, time.Time{})
		for _, a := range above {
			t := s.Timetables[a]
			if t == nil {
				continue
			}
			b := base{t, t.Zone}
			if b.zone == "" {
				b.zone = s.hoursZone(id)
			}
			if zones[b.zone] == nil {
				zones[b.zone] = loaded[b.zone]
			}
			if zones[b.zone] == nil {
				if z, err := hours.LoadZone(b.zone); err == nil {
					zones[b.zone] = z
				} else {
					delete(zones, b.zone)
					return // check refuses the zone
				}
			}
			if x.bases[b] == nil {
				if x.bases[b] = old[b]; x.bases[b] == nil {
					x.bases[b] = hours.Compile(&t.Schedule, zones[b.zone])
				}
			}
			break
		}
		x.hours[id] = s.keep(id, time.Time{}, x.bases, zones)
	}
	compile(OfficeHours)
	for id := range s.Groups {
		compile(HoursID(id))
	}
	for id := range s.Timetables {
		if s.Users[UserID(id)] != nil {
			compile(id)
		}
	}
	x.zones = zones
}

// mendHours prepares the hours anew when something they are made of was touched.
func (s *Snapshot) mendHours(t *touch) {
	for _, r := range t.rows {
		n := r.new
		if n == nil {
			n = r.old
		}
		switch n.(type) {
		case *Timetable, *HoursOverride, *Group, *Tenant:
			s.indexHours()
			return
		case *User:
			if s.Timetables[HoursID(n.Ref().ID)] != nil {
				s.indexHours()
				return
			}
		}
	}
}

// shiftOf is what the hours of a person say: his own, else those of his main group.
func (s *Snapshot) shiftOf(u UserID, at time.Time) shift {
	k := s.KeptBy(HoursID(u), at)
	if k.Plan == nil {
		return shift{}
	}
	now := k.Plan.Around(at)
	out := shift{state: now.State, from: now.From, until: now.Until}
	if k.Source != HoursID(u) {
		out.group = GroupID(k.Source)
	}
	return out
}

// HoursOf is what the hours of a group say about a moment, and whether it is closed because of a holiday. Without a group they are
// those of the office.
func (s *Snapshot) HoursOf(g GroupID, at time.Time) (State, bool) {
	id := HoursID(g)
	if g == "" {
		id = OfficeHours
	}
	a := s.KeptBy(id, at).Plan.At(at)
	return a.State, a.Holiday && a.State == StateClosed
}

func (s *Snapshot) checkTimetable(t *Timetable) error {
	if err := s.hasKeeper(t.ID); err != nil {
		return err
	}
	if err := checkZone(t.Zone); err != nil {
		return err
	}
	return RefuseHours(t.Check())
}

// RefuseHours makes a refusal of what package hours finds wrong.
func RefuseHours(err error) error {
	p, ok := errors.AsType[*hours.Problem](err)
	if !ok {
		return err
	}
	return Refuse(Invalid, p.Field, "hours."+p.Code, "value", p.Value)
}

func (s *Snapshot) checkOverride(o *HoursOverride) error {
	if err := s.hasKeeper(o.ID); err != nil {
		return err
	}
	if o.State != StateOpen && o.State != StateBreak && o.State != StateClosed || o.Holiday && o.State != StateClosed {
		return Refuse(Invalid, "state", "hours.state", "value", string(o.State))
	}
	if !o.Until.IsZero() && !o.Until.After(o.From) {
		return Refuse(Invalid, "until", "interval.backwards")
	}
	return checkLine("reason", o.Reason, 1000)
}

// hasKeeper refuses hours of nobody.
func (s *Snapshot) hasKeeper(id HoursID) error {
	if id != OfficeHours && s.Groups[GroupID(id)] == nil && s.Users[UserID(id)] == nil {
		return Refuse(Invalid, "id", "hours.keeper")
	}
	return nil
}

// hoursRows are the rows about hours that go with a person or a group.
func (s *Snapshot) hoursRows(id string) []Ref {
	var all []Ref
	if t := s.Timetables[HoursID(id)]; t != nil {
		all = append(all, t.Ref())
	}
	if o := s.HoursOverrides[HoursID(id)]; o != nil {
		all = append(all, o.Ref())
	}
	return all
}
