package pbx

import (
	"maps"
	"slices"
	"strconv"
)

// DestinationKind says what a call is sent to.
type DestinationKind string

// The kinds of destinations (X-053…X-064). The zero value is no destination.
const (
	ToNowhere DestinationKind = ""
	ToUser    DestinationKind = "user"    // a person: his status decides what happens there
	ToMobile  DestinationKind = "mobile"  // the mobile number of the person whose rule this is
	ToOutside DestinationKind = "outside" // any number outside the house
	ToMailbox DestinationKind = "mailbox" // voicemail of a person or a group
	ToRing    DestinationKind = "ring"    // a ring group
	ToQueue   DestinationKind = "queue"   // a queue
	ToMenu    DestinationKind = "menu"    // a voice menu
	ToPark    DestinationKind = "park"    // a park position
	ToRoom    DestinationKind = "room"    // a conference room
	ToGroup   DestinationKind = "group"   // a group as a whole: its hours decide what happens there
	ToBusy    DestinationKind = "busy"    // the caller hears that it is busy
	ToPrompt  DestinationKind = "prompt"  // the caller hears a sentence, and then the call ends
	ToFetch   DestinationKind = "fetch"   // messages are fetched with number and PIN; of a code with the id of the caller: his own
	ToNames   DestinationKind = "names"   // somebody is found by the letters of his name
	ToWatch   DestinationKind = "watch"   // a call of others, in the way that ID says: of the person with that number, or the call
	ToPIN     DestinationKind = "pin"     // the house asks for a PIN before it calls the number; no rule leads there
	ToCode    DestinationKind = "code"    // the house does what a feature code says; no rule leads there
)

// Destination is where a call can be sent: what a forwarding rule, a menu key or the overflow of a queue leads to.
type Destination struct {
	Kind   DestinationKind `json:"kind"`
	ID     string          `json:"id,omitempty"`     // of the user, ring group, queue, menu, mailbox, park position, room or prompt
	Number string          `json:"number,omitempty"` // of outside: as it would be dialled; of a park position: empty for the first that is free
	Screen bool            `json:"screen,omitempty"` // rebound: the person hears who calls and accepts, sends on or declines
	Divert bool            `json:"divert,omitempty"` // the carrier is asked to send the call on by itself (302), where the trunk can
}

// IsZero reports whether the destination leads nowhere.
func (d Destination) IsZero() bool { return d.Kind == ToNowhere }

// Equal reports whether two destinations lead to the same place, whatever happens on arrival.
func (d Destination) Equal(o Destination) bool {
	return d.Kind == o.Kind && d.ID == o.ID && d.Number == o.Number
}

// PlaceName is what people call the place that a destination leads to: a number, or the name of who or what it is; empty where it is nothing any more.
func (s *Snapshot) PlaceName(d Destination) string {
	if d.Number != "" {
		return d.Number
	}
	for _, kind := range [...]Kind{KindUser, KindGroup, KindRing, KindQueue, KindMenu, KindPark, KindRoom} {
		if name := s.NameOf(Ref{Kind: kind, ID: d.ID}); name != d.ID {
			return name
		}
	}
	return ""
}

// Leads reports whether a destination leads to something that exists, as a rule of the given person; the mobile number
// is his. Rules outlive what they lead to, so that nothing is changed behind anybody's back: what leads nowhere any more
// is listed as a problem and passed over by calls.
func (s *Snapshot) Leads(owner UserID, d Destination) bool {
	switch d.Kind {
	case ToUser:
		return s.Users[UserID(d.ID)] != nil
	case ToMobile:
		u := s.Users[owner]
		return u != nil && u.Mobile != ""
	case ToRing:
		return s.Rings[RingID(d.ID)] != nil
	case ToMailbox:
		return s.HasMailbox(BoxID(d.ID))
	case ToQueue:
		return s.Queues[QueueID(d.ID)] != nil
	case ToMenu:
		return s.Menus[MenuID(d.ID)] != nil
	case ToPark:
		p := s.Parks[ParkID(d.ID)]
		return p != nil && (d.Number == "" || p.Has(d.Number))
	case ToRoom:
		return s.Rooms[RoomID(d.ID)] != nil
	case ToGroup:
		return s.Entrances[GroupID(d.ID)] != nil
	case ToOutside, ToBusy, ToFetch, ToNames:
		return true
	}
	return false
}

// checkDestination refuses what no call could follow, whatever exists.
func checkDestination(field string, d Destination) error {
	id, number := false, false
	switch d.Kind {
	case ToUser, ToMailbox, ToRing, ToQueue, ToMenu, ToPark, ToRoom, ToGroup, ToPrompt:
		id = true
	case ToOutside:
		number = true
	case ToNowhere, ToMobile, ToBusy, ToFetch, ToNames:
	default:
		return Refuse(Invalid, field, "destination.unknown", "value", string(d.Kind))
	}
	if (d.ID != "") != id || (d.Number != "") != number && d.Kind != ToPark {
		return Refuse(Invalid, field, "destination.incomplete")
	}
	if (d.Screen || d.Divert) && d.Kind != ToMobile && d.Kind != ToOutside {
		return Refuse(Invalid, field, "destination.not_outside")
	}
	return first(checkLine(field, d.ID, 64), checkLine(field, d.Number, 40))
}

// Lead is one place where somebody's rule leads.
type Lead struct {
	Owner Ref // the person or ring group whose rule it is
	Field string
	To    Destination
}

// Leads lists every rule of a person, status by status, and then his exceptions.
func (f *Forwarding) Leads(yield func(Lead) bool) {
	owner := Ref{KindUser, string(f.User)}
	for _, status := range Statuses() {
		p, ok := f.Profiles[status]
		if !ok {
			continue
		}
		for name, c := range p.Cases {
			field := "profiles." + string(status) + "." + name
			if !c.Inside.IsZero() && !yield(Lead{owner, field + ".inside", c.Inside}) {
				return
			}
			if c.Outside != nil && !c.Outside.IsZero() && !yield(Lead{owner, field + ".outside", *c.Outside}) {
				return
			}
		}
	}
	for i, e := range f.Exceptions {
		if !yield(Lead{owner, "exceptions." + strconv.Itoa(i) + ".to", e.To}) {
			return
		}
	}
}

// Broken lists the rules that lead to what does not exist any more, in order of their owners.
func (s *Snapshot) Broken() []Lead {
	var all []Lead
	for _, id := range slices.Sorted(maps.Keys(s.Forwardings)) {
		for l := range s.Forwardings[id].Leads {
			if !s.Leads(id, l.To) {
				all = append(all, l)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Rings)) {
		g := s.Rings[id]
		if !g.NoAnswer.IsZero() && !s.Leads("", g.NoAnswer) {
			all = append(all, Lead{g.Ref(), "no_answer", g.NoAnswer})
		}
	}
	add := func(l Lead) bool {
		if !l.To.IsZero() && !s.Leads("", l.To) {
			all = append(all, l)
		}
		return true
	}
	for _, id := range slices.Sorted(maps.Keys(s.Queues)) {
		s.Queues[id].Leads(add)
	}
	for _, id := range slices.Sorted(maps.Keys(s.Menus)) {
		s.Menus[id].Leads(add)
	}
	for _, id := range slices.Sorted(maps.Keys(s.Parks)) {
		s.Parks[id].Leads(add)
	}
	for _, id := range slices.Sorted(maps.Keys(s.DIDs)) {
		s.DIDs[id].Leads(add)
	}
	for _, id := range slices.Sorted(maps.Keys(s.Entrances)) {
		s.Entrances[id].Leads(add)
	}
	return all
}
