package pbx

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Park is a row of park positions: a call that is parked there waits, hears music, and is fetched by dialling the position.
// Who is sent to Extension gets the first free position; who dials it fetches the call that waits longest. The positions are the
// numbers that follow it.
type Park struct {
	ID        ParkID      `json:"id"`
	Name      string      `json:"name"`
	Group     GroupID     `json:"group,omitempty"` // who may change it; empty for the office
	Extension string      `json:"extension"`
	Slots     int         `json:"slots"`
	Wait      int         `json:"wait,omitempty"` // seconds after which it rings at who parked; 0 is UsualParked
	Then      Destination `json:"then,omitzero"`  // where the call goes when he does not answer; nowhere parks it again
	Music     Sound       `json:"music,omitzero"` // what is heard there; nothing: the music of the house
	Created   time.Time   `json:"created"`
}

// What a row of park positions does where nothing else is set.
const (
	UsualSlots  = 8
	UsualParked = 120
	MaxSlots    = 100
)

// Seconds is how long a call is parked before it comes back to who parked it.
func (p *Park) Seconds() int {
	if p.Wait == 0 {
		return UsualParked
	}
	return p.Wait
}

// Positions are the numbers of the positions, in order.
func (p *Park) Positions() []string {
	first, err := strconv.Atoi(p.Extension)
	if err != nil {
		return nil
	}
	all := make([]string, p.Slots)
	for i := range all {
		all[i] = fmt.Sprintf("%0*d", len(p.Extension), first+1+i)
	}
	return all
}

// At is one position as a place to send calls to; without a number it is the first that is free.
func (p *Park) At(position string) Destination {
	return Destination{Kind: ToPark, ID: string(p.ID), Number: position}
}

// Has reports whether a number is a position of this row.
func (p *Park) Has(position string) bool { return slices.Contains(p.Positions(), position) }

// Leads lists where parked calls go on.
func (p *Park) Leads(yield func(Lead) bool) { yield(Lead{Owner: p.Ref(), Field: "then", To: p.Then}) }

// ParkOf is the row of park positions that somebody uses where he names none: that of his main group, of one above it, or of any
// other group of his, else the office's; nil when there is none.
func (s *Snapshot) ParkOf(u UserID, at time.Time) *Park {
	var groups []GroupID
	for _, m := range s.MembershipsOf(u) {
		if !m.IsActive(at) {
			continue
		}
		if m.Main {
			groups = append([]GroupID{m.Group}, groups...)
		} else {
			groups = append(groups, m.Group)
		}
	}
	in := func(g GroupID) *Park {
		for _, id := range slices.Sorted(maps.Keys(s.Parks)) {
			if s.Parks[id].Group == g {
				return s.Parks[id]
			}
		}
		return nil
	}
	for _, id := range groups {
		for g := s.Groups[id]; g != nil; g = s.Groups[g.Parent] {
			if p := in(g.ID); p != nil {
				return p
			}
		}
	}
	return in("")
}

func (s *Snapshot) checkPark(p *Park) error {
	if p.Group != "" {
		if err := s.hasGroup("group", p.Group); err != nil {
			return err
		}
	}
	if p.Slots < 1 || p.Slots > MaxSlots {
		return Refuse(Invalid, "slots", "park.slots_range", "max", strconv.Itoa(MaxSlots))
	}
	if p.Wait < 0 || p.Wait > 3600 {
		return Refuse(Invalid, "wait", "park.wait_range")
	}
	if p.Extension == "" {
		return Refuse(Invalid, "extension", "park.extension_missing")
	}
	for _, n := range append(p.Positions(), p.Extension) {
		if len(n) != len(p.Extension) {
			return Refuse(Invalid, "slots", "park.positions_long", "extension", p.Extension)
		}
		if err := s.CheckExtension(n); err != nil {
			return err
		}
	}
	return first(CheckName("name", p.Name), checkDestination("then", p.Then))
}
