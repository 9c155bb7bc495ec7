package pbx

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Room is a place where several people talk together. Whoever dials its number and knows its PIN is in.
type Room struct {
	ID        RoomID    `json:"id"`
	Name      string    `json:"name"`
	Group     GroupID   `json:"group,omitempty"` // who may change it, and whose language it speaks; empty for the office
	Extension string    `json:"extension,omitempty"`
	PIN       string    `json:"-"`               // empty asks for none
	HostPIN   string    `json:"-"`               // who knows it moderates; empty: everybody inside does
	Wait      bool      `json:"wait,omitempty"`  // nobody hears anybody before a host is there
	Quiet     bool      `json:"quiet,omitempty"` // no tones when somebody comes or goes
	Names     bool      `json:"names,omitempty"` // who comes says his name, and the others hear it when he comes and goes
	Ends      bool      `json:"ends,omitempty"`  // the conference is over when its last host leaves
	Most      int       `json:"most,omitempty"`  // people at the same time; 0 is UsualRoom
	Created   time.Time `json:"created"`
}

// What a room does where nothing else is set, and the most that one machine mixes.
const (
	UsualRoom = 25
	MaxRoom   = 200
)

// OutsidePIN is how many digits the PINs of a conference room have at least to which callers from outside can come: they may guess as often as they call,
// from as many numbers as they like (BAR TF-11).
const OutsidePIN = 9

// Seats is how many people may be in the room at the same time.
func (r *Room) Seats() int {
	if r.Most == 0 {
		return UsualRoom
	}
	return r.Most
}

// AsksPIN reports whether the room asks who comes for a PIN.
func (r *Room) AsksPIN() bool { return r.PIN != "" || r.HostPIN != "" }

// Enter tells whether a PIN lets somebody in, and whether he is a host then.
func (r *Room) Enter(pin string) (in, host bool) {
	switch {
	case r.HostPIN != "" && pin == r.HostPIN:
		return true, true
	case pin == r.PIN:
		return true, r.HostPIN == ""
	}
	return false, false
}

// Guessable names the field of the first PIN that is too short for callers from outside; empty where there is none. A room that asks for none is
// open on purpose.
func (r *Room) Guessable() string {
	switch {
	case r.PIN != "" && len(r.PIN) < OutsidePIN:
		return "pin"
	case r.HostPIN != "" && len(r.HostPIN) < OutsidePIN:
		return "host_pin"
	}
	return ""
}

// OutsideRooms lists the conference rooms to which callers from outside can come, in order of their ids.
func (s *Snapshot) OutsideRooms() []*Room {
	if len(s.Rooms) == 0 {
		return nil
	}
	var all []*Room
	reached := s.fromOutside()
	for _, id := range slices.Sorted(maps.Keys(s.Rooms)) {
		if r := s.Rooms[id]; reached[Destination{Kind: ToRoom, ID: string(id)}] {
			all = append(all, r)
		}
	}
	return all
}

func (s *Snapshot) checkRoom(r *Room) error {
	if r.Group != "" {
		if err := s.hasGroup("group", r.Group); err != nil {
			return err
		}
	}
	for _, p := range []struct{ field, pin string }{{"pin", r.PIN}, {"host_pin", r.HostPIN}} {
		if p.pin != "" && (len(p.pin) < 4 || len(p.pin) > 12 || strings.Trim(p.pin, "0123456789") != "") {
			return Refuse(Invalid, p.field, "room.pin_bad")
		}
	}
	if r.HostPIN != "" && r.HostPIN == r.PIN {
		return Refuse(Invalid, "host_pin", "room.pin_same")
	}
	if r.Wait && r.HostPIN == "" {
		return Refuse(Invalid, "wait", "room.wait_hostless")
	}
	if r.Ends && r.HostPIN == "" {
		return Refuse(Invalid, "ends", "room.ends_hostless")
	}
	if r.Names && r.Quiet {
		return Refuse(Invalid, "names", "room.names_quiet")
	}
	if r.Most < 0 || r.Most == 1 || r.Most > MaxRoom {
		return Refuse(Invalid, "most", "room.most_range", "max", strconv.Itoa(MaxRoom))
	}
	return first(CheckName("name", r.Name), s.CheckExtension(r.Extension))
}
