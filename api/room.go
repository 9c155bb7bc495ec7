package api

import (
	"context"
	"slices"
	"strings"
	"time"

	"tandem/command"
	"tandem/i18n"
	"tandem/pbx"
	"tandem/policy"
	"tandem/switchboard"
)

// Room is a conference room. Name and extension are the phone book; who is in it sees who moderates it; everything else is for who may
// change it.
type Room struct {
	ID        pbx.RoomID   `json:"id"`
	Name      string       `json:"name"`
	Extension string       `json:"extension"`
	AsksPIN   bool         `json:"asks_pin" doc:"who comes is asked for a PIN"`
	People    []RoomPerson `json:"people" nullable:"false" doc:"who is in the room now; for who moderates it"`
	Seats     int          `json:"seats"`
	Locked    bool         `json:"locked" doc:"nobody else comes in; for who moderates it"`
	Hushed    bool         `json:"hushed" doc:"all but hosts were muted; for who moderates it"`
	Group     pbx.GroupID  `json:"group,omitempty"`
	GroupName string       `json:"group_name,omitempty"`
	PIN       string       `json:"pin,omitempty"`
	HostPIN   string       `json:"host_pin,omitempty" doc:"who knows it is a host"`
	Wait      bool         `json:"wait,omitempty" doc:"nobody is let in before a host is there"`
	Quiet     bool         `json:"quiet,omitempty" doc:"no tones when somebody comes or goes"`
	Names     bool         `json:"names,omitempty" doc:"who comes says his name, and the others hear it"`
	Ends      bool         `json:"ends,omitempty" doc:"the conference is over when its last host leaves"`
	Outside   bool         `json:"outside,omitempty" doc:"callers from outside can come here, so its PINs have at least 9 digits; for who may change it"`
	Most      int          `json:"most,omitempty" doc:"people at the same time; 0 is the usual number"`
	Revision  string       `json:"revision,omitempty"`
	Edit      bool         `json:"edit"`
	Recording string       `json:"recording,omitempty" enum:"on,paused,asking" doc:"how its recording stands; for who is there, moderates it or may record it"`
	Record    bool         `json:"record" doc:"begin, pause and end its recording: for who may control recordings of the room, and a colleague who is there as a host"`
	Moderate  bool         `json:"moderate" doc:"mute, lock, invite, end: for who may change the room, and who is in it as a host"`
}

// RoomPerson is somebody in a conference room.
type RoomPerson struct {
	Call   pbx.CallID `json:"call"`
	Party  Party      `json:"party"`
	Since  time.Time  `json:"since"`
	Host   bool       `json:"host"`
	Muted  bool       `json:"muted"`
	Speaks bool       `json:"speaks"`
	Waits  bool       `json:"waits" doc:"for a host"`
}

func (v *visit) editsRoom(r *pbx.Room) bool {
	return r != nil && v.can(policy.QueueEdit, command.RoomTarget(r.ID, r.Group))
}

func (v *visit) moderates(r *pbx.Room) bool {
	return r != nil && (v.editsRoom(r) || switchboard.Moderates(v.s, v.live, v.who, r, v.at))
}

func (v *visit) records(r *pbx.Room) bool {
	return switchboard.MayRecord(v.s, v.live, v.who, r, v.at).OK
}

// room shows a room; outside are those to which callers from outside can come.
func (s *Server) room(v *visit, r *pbx.Room, outside []*pbx.Room) Room {
	out := Room{ID: r.ID, Name: r.Name, Extension: r.Extension, AsksPIN: r.AsksPIN(), Seats: r.Seats(), People: []RoomPerson{}, Edit: v.editsRoom(r), Moderate: v.moderates(r), Record: v.records(r)}
	people := switchboard.People(v.live, r.ID)
	for _, c := range people {
		if c.Recording != "" && (out.Moderate || out.Record || c.From.User != "" && c.From.User == v.who.User) {
			out.Recording = c.Recording
		}
	}
	if out.Moderate {
		out.Locked, out.Hushed = s.c.Calls.Room(r.ID)
		somebody := s.say(v, i18n.T("call.somebody"))
		for _, c := range people {
			m := c.Room
			party := v.veil(policy.Call(c)).party(c.From, somebody)
			out.People = append(out.People, RoomPerson{Call: c.ID, Party: party, Since: m.Since, Host: m.Host, Muted: m.Muted, Speaks: m.Speaks, Waits: m.Waits})
		}
	}
	if !out.Edit {
		return out
	}
	out.Group, out.PIN, out.HostPIN, out.Wait, out.Quiet, out.Names, out.Ends, out.Most = r.Group, r.PIN, r.HostPIN, r.Wait, r.Quiet, r.Names, r.Ends, r.Most
	out.Outside, out.Revision = slices.Contains(outside, r), command.Revision(r)
	if r.Group != "" {
		out.GroupName = v.s.NameOf(pbx.Ref{Kind: pbx.KindGroup, ID: string(r.Group)})
	}
	return out
}

type roomsIn struct {
	List
	Sort string `query:"sort" default:"name" enum:"name,-name,extension,-extension"`
}

// listRooms is the phone book of conference rooms, and who is in those that the visitor moderates.
func (s *Server) listRooms(_ context.Context, v *visit, in *roomsIn) (Page[Room], error) {
	var rows []*pbx.Room
	for _, r := range v.s.Rooms {
		if matches(in.Q, r.Name, r.Extension) {
			rows = append(rows, r)
		}
	}
	key := func(r *pbx.Room) string {
		if strings.HasSuffix(in.Sort, "extension") {
			return byNumber(r.Extension)
		}
		return strings.ToLower(r.Name)
	}
	part, next, err := pageOf(rows, in.List, in.Sort, key, func(r *pbx.Room) string { return string(r.ID) })
	page := Page[Room]{Items: make([]Room, 0, len(part)), Next: next, Total: len(rows)}
	outside := v.s.OutsideRooms()
	for _, r := range part {
		page.Items = append(page.Items, s.room(v, r, outside))
	}
	return page, err
}

type roomIn struct {
	Room string `path:"room"`
}

func (s *Server) getRoom(_ context.Context, v *visit, in *roomIn) (Room, error) {
	r := v.s.Rooms[pbx.RoomID(in.Room)]
	if !v.moderates(r) {
		return Room{}, missing()
	}
	return s.room(v, r, v.s.OutsideRooms()), nil
}

type roomBody struct {
	Name      *string `json:"name,omitempty"`
	Extension *string `json:"extension,omitempty" doc:"absent for a new one takes the next free number, empty gives none"`
	Group     *string `json:"group,omitempty" doc:"department it belongs to; empty for the office"`
	PIN       *string `json:"pin,omitempty" doc:"empty asks for none"`
	HostPIN   *string `json:"host_pin,omitempty" doc:"empty: everybody is a host"`
	Wait      *bool   `json:"wait,omitempty"`
	Quiet     *bool   `json:"quiet,omitempty"`
	Names     *bool   `json:"names,omitempty"`
	Ends      *bool   `json:"ends,omitempty"`
	Most      *int    `json:"most,omitempty"`
	Revision  string  `json:"revision,omitempty" doc:"same as If-Match"`
}

func (b *roomBody) read() command.Room {
	c := command.Room{Name: b.Name, Extension: b.Extension, PIN: b.PIN, HostPIN: b.HostPIN, Wait: b.Wait, Quiet: b.Quiet, Names: b.Names, Ends: b.Ends, Most: b.Most}
	if b.Group != nil {
		group := pbx.GroupID(*b.Group)
		c.Group = &group
	}
	return c
}

type newRoom struct {
	Dry  bool `query:"dry" doc:"only say what it would be"`
	Body roomBody
}

func (s *Server) createRoom(ctx context.Context, v *visit, in *newRoom) (Room, error) {
	made, err := s.made(ctx, v, command.CreateRoom{Room: in.Body.read()}, in.Dry)
	if err != nil {
		return Room{}, err
	}
	return s.room(v, v.s.Rooms[pbx.RoomID(made.ID)], v.s.OutsideRooms()), nil
}

type editRoom struct {
	Room  string `path:"room"`
	Dry   bool   `query:"dry" doc:"only say what it would be"`
	Match string `header:"If-Match" doc:"revision that was shown"`
	Body  roomBody
}

func (s *Server) patchRoom(ctx context.Context, v *visit, in *editRoom) (Room, error) {
	r := v.s.Rooms[pbx.RoomID(in.Room)]
	if !v.editsRoom(r) {
		return Room{}, missing()
	}
	c := command.EditRoom{ID: r.ID, Room: in.Body.read()}
	if err := s.doOrTry(ctx, v, matching(pbx.KindRoom, in.Room, in.Match, in.Body.Revision, c), in.Dry); err != nil {
		return Room{}, err
	}
	return s.room(v, v.s.Rooms[r.ID], v.s.OutsideRooms()), nil
}

type deleteRoom struct {
	Room string `path:"room"`
	Dry  bool   `query:"dry" doc:"only say what would lead nowhere afterwards"`
}

func (s *Server) deleteRoom(ctx context.Context, v *visit, in *deleteRoom) (deletion, error) {
	r := v.s.Rooms[pbx.RoomID(in.Room)]
	if !v.editsRoom(r) {
		return deletion{}, missing()
	}
	before := v.s
	if err := s.doOrTry(ctx, v, command.DeleteRoom{ID: r.ID}, in.Dry); err != nil {
		return deletion{}, err
	}
	return s.broken(v, before, v.s), nil
}

type steerRoom struct {
	Room string `path:"room"`
	Body struct {
		Muted  *bool `json:"muted,omitempty" doc:"mute all but hosts, or let them be heard"`
		Locked *bool `json:"locked,omitempty" doc:"let nobody else in, or open the room again"`
	}
}

// steerRoom mutes or locks a room.
func (s *Server) steerRoom(_ context.Context, v *visit, in *steerRoom) error {
	return s.steer(v, in.Room, switchboard.RoomOrder{Mute: in.Body.Muted, Lock: in.Body.Locked})
}

type roomTape struct {
	Room string `path:"room"`
	Body tapeOrder
}

// recordRoom begins, pauses, goes on with or ends the recording of a conference.
func (s *Server) recordRoom(ctx context.Context, v *visit, in *roomTape) error {
	r := v.s.Rooms[pbx.RoomID(in.Room)]
	if r == nil {
		return missing()
	}
	if !v.records(r) {
		if !v.moderates(r) {
			return missing()
		}
		return v.need(policy.RecordingControl, switchboard.RoomTarget(r, v.at))
	}
	return s.c.Calls.RecordRoom(ctx, v.who, r.ID, in.Body.Do, in.Body.after())
}

// closeRoom ends the conference for everybody.
func (s *Server) closeRoom(_ context.Context, v *visit, in *roomIn) error {
	return s.steer(v, in.Room, switchboard.RoomOrder{Close: true})
}

type mutePerson struct {
	Room string `path:"room"`
	Call string `path:"call" doc:"by which the person is there"`
	Body struct {
		Muted bool `json:"muted"`
	}
}

// muteInRoom keeps the others from hearing somebody.
func (s *Server) muteInRoom(_ context.Context, v *visit, in *mutePerson) error {
	return s.steer(v, in.Room, switchboard.RoomOrder{Call: pbx.CallID(in.Call), Mute: &in.Body.Muted})
}

type personIn struct {
	Room string `path:"room"`
	Call string `path:"call" doc:"by which the person is there"`
}

// removeFromRoom ends the call by which somebody is in a room.
func (s *Server) removeFromRoom(_ context.Context, v *visit, in *personIn) error {
	return s.steer(v, in.Room, switchboard.RoomOrder{Call: pbx.CallID(in.Call), Remove: true})
}

func (s *Server) steer(v *visit, id string, o switchboard.RoomOrder) error {
	r := v.s.Rooms[pbx.RoomID(id)]
	if !v.moderates(r) {
		return missing()
	}
	return s.c.Calls.Steer(v.who, r.ID, o)
}

type inviteIn struct {
	Room string `path:"room"`
	Body struct {
		To Place `json:"to" doc:"a person, or a number outside, which the visitor pays for"`
	}
}

// Invited is the call by which somebody is invited into a room.
type Invited struct {
	Call pbx.CallID `json:"call"`
}

// inviteToRoom calls somebody and brings him into a room.
func (s *Server) inviteToRoom(_ context.Context, v *visit, in *inviteIn) (Invited, error) {
	r := v.s.Rooms[pbx.RoomID(in.Room)]
	if !v.moderates(r) {
		return Invited{}, missing()
	}
	if err := v.need(policy.CallPlace, policy.User(v.who.User)); err != nil {
		return Invited{}, err
	}
	to := in.Body.To.destination()
	if to.Kind == pbx.ToOutside {
		if err := v.need(policy.CallOut, policy.User(v.who.User)); err != nil {
			return Invited{}, err
		}
	}
	id, err := s.c.Calls.Invite(v.who, r.ID, to)
	return Invited{id}, err
}
