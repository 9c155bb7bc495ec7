package pbx

import (
	"iter"
	"time"
)

// Presence is what is true at this moment and is not configuration: who is registered, which calls are up.
// It is immutable like Snapshot; With… methods share all but one small map with the value they come from (Table).
type Presence struct {
	bindings Table[DeviceID, []Binding]
	calls    Table[CallID, *LiveCall]
	users    Table[UserID, []CallID]
	queues   Table[QueueID, *LiveQueue]
	parked   Table[string, CallID] // by position
	served   Table[UserID, int64]  // when somebody's last conversation ended, counted in conversations
	count    int64
	trunks   Table[TrunkID, int]  // calls on each
	down     Table[TrunkID, bool] // which cannot carry any
	wakes    Table[UserID, bool]  // whose browsers are told of calls while no page is open
}

// CallPhase is how far a live call is.
type CallPhase string

// The phases of a live call.
const (
	PhaseRinging CallPhase = "ringing"
	PhaseTalking CallPhase = "talking"
	PhaseHeld    CallPhase = "held"
	PhaseParked  CallPhase = "parked" // it waits on a park position
)

// LiveCall is a call that is up, as lists and live views show it.
type LiveCall struct {
	ID       CallID      `json:"id"`
	Phase    CallPhase   `json:"phase"`
	From     Party       `json:"from"`
	To       Party       `json:"to"`
	Users    []UserID    `json:"users,omitempty"`  // everybody inside who rings or talks
	Groups   []GroupID   `json:"groups,omitempty"` // owners of queues, menus and ring groups it passed
	Started  time.Time   `json:"started"`
	Answered time.Time   `json:"answered,omitzero"`
	Parked   *Parking    `json:"parked,omitempty"`
	Room     *Meeting    `json:"room,omitempty"`
	OneWay   bool        `json:"one_way,omitempty"` // who was called hears the caller, and is not heard before pressing a key (G-015)
	House    bool        `json:"house,omitempty"`   // the caller talks to the house: a mailbox, a menu, a queue, a room
	Menu     MenuID      `json:"menu,omitempty"`    // the caller chooses there
	Ring     RingID      `json:"ring,omitempty"`    // it rings there, or was answered there
	Queue    QueueID     `json:"queue,omitempty"`   // the caller waits there, whether it rings at agents or not
	Watches  []LiveWatch `json:"watches,omitempty"`
	Trunks   []TrunkID   `json:"trunks,omitempty"` // lines to carriers that it uses or tries
	Codec    string      `json:"codec,omitempty"`
	Secure   bool        `json:"secure,omitempty"` // both legs encrypt signalling and sound

	Recording  string    `json:"recording,omitempty"`  // on, paused, or asking: the two are being told; empty: it is not recorded
	Recordable string    `json:"recordable,omitempty"` // demand or always: what the rules say about it; empty: it may not be recorded
	Resumes    time.Time `json:"resumes,omitzero"`     // while paused: when it goes on by itself
}

// LiveQueue is a queue at work, as live views show it.
type LiveQueue struct {
	ID      QueueID      `json:"id"`
	At      time.Time    `json:"at"` // when it was like this
	Waiting []LiveWaiter `json:"waiting"`
	Agents  []LiveAgent  `json:"agents"`
	Day     QueueDay     `json:"day"`
}

// LiveWaiter is a caller who waits, in the order in which they are served.
type LiveWaiter struct {
	Call      CallID    `json:"call"`
	From      Party     `json:"from"`
	Since     time.Time `json:"since"`
	Important bool      `json:"important,omitempty"`
	Rings     bool      `json:"rings,omitempty"`    // at an agent
	Callback  bool      `json:"callback,omitempty"` // he has hung up and wants to be called back
	Tries     int       `json:"tries,omitempty"`    // … that did not reach him
	Next      time.Time `json:"next,omitzero"`      // … before this he is not called
}

// LiveAgent is what somebody who serves a queue does.
type LiveAgent struct {
	User     UserID        `json:"user"`
	Duty     string        `json:"duty"` // out, free, away, asked, talking, wrapping
	Reason   string        `json:"reason,omitempty"`
	Since    time.Time     `json:"since"`
	Until    time.Time     `json:"until,omitzero"` // of wrapping
	Helper   bool          `json:"helper,omitempty"`
	Answered int           `json:"answered"` // today
	Talked   time.Duration `json:"talked"`   // today
}

// QueueDay counts the calls of a queue since midnight.
type QueueDay struct {
	Answered  int           `json:"answered"`
	InTime    int           `json:"in_time"`
	Abandoned int           `json:"abandoned"`
	Sent      int           `json:"sent"`
	Waited    time.Duration `json:"waited"` // of the answered, together
	Longest   time.Duration `json:"longest"`
}

// Queue is a queue at work; nil when nothing has happened at it yet.
func (p *Presence) Queue(id QueueID) *LiveQueue { q, _ := p.queues.Get(id); return q }

// WithQueue is the presence after a queue changed.
func (p *Presence) WithQueue(q *LiveQueue) *Presence {
	next := *p
	next.queues = p.queues.With(q.ID, q)
	return &next
}

// Meeting is how a call is in a conference room.
type Meeting struct {
	Room   RoomID    `json:"room"`
	Since  time.Time `json:"since"`
	Waits  bool      `json:"waits,omitempty"` // for a host
	Host   bool      `json:"host,omitempty"`
	Muted  bool      `json:"muted,omitempty"`
	Speaks bool      `json:"speaks,omitempty"`
	Locked bool      `json:"locked,omitempty"` // nobody else comes into the room
}

// InRoom reports whether a call is in a conference room.
func (c *LiveCall) InRoom(id RoomID) bool { return c.Room != nil && c.Room.Room == id }

// Parking is where a call is parked.
type Parking struct {
	Position string    `json:"position"`
	By       Party     `json:"by,omitzero"` // who parked it
	Since    time.Time `json:"since"`
}

// Parked finds the call on a park position; nil when it is free.
func (p *Presence) Parked(position string) *LiveCall {
	id, _ := p.parked.Get(position)
	return p.Call(id)
}

// Bindings lists where a device is registered; an expired binding may still be in the list.
func (p *Presence) Bindings(d DeviceID) []Binding { b, _ := p.bindings.Get(d); return b }

// Call finds a live call; nil if it is over or unknown.
func (p *Presence) Call(id CallID) *LiveCall { c, _ := p.calls.Get(id); return c }

// CallsOf lists the live calls a user takes part in, ringing ones too.
func (p *Presence) CallsOf(u UserID) []CallID { c, _ := p.users.Get(u); return c }

// Served is how recently somebody's last conversation ended: of two people, the larger number is the later one, and 0 had
// none since the start of the system.
func (p *Presence) Served(u UserID) int64 { n, _ := p.served.Get(u); return n }

// OnTrunk counts the calls that use a trunk.
func (p *Presence) OnTrunk(t TrunkID) int { n, _ := p.trunks.Get(t); return n }

// IsDown reports whether a trunk cannot carry calls at the moment.
func (p *Presence) IsDown(t TrunkID) bool { d, _ := p.down.Get(t); return d }

// WithTrunk is the presence after a trunk went down or came up.
func (p *Presence) WithTrunk(t TrunkID, down bool) *Presence {
	next := *p
	next.down = flagged(p.down, t, down)
	return &next
}

// flagged is a set with a key in it, or without.
func flagged[K ~string](set Table[K, bool], k K, in bool) Table[K, bool] {
	if in {
		return set.With(k, true)
	}
	return set.Without(k)
}

// Wakes reports whether somebody's browsers are told of calls while no page is open.
func (p *Presence) Wakes(u UserID) bool { w, _ := p.wakes.Get(u); return w }

// WithWakes is the presence after that changed.
func (p *Presence) WithWakes(u UserID, wakes bool) *Presence {
	next := *p
	next.wakes = flagged(p.wakes, u, wakes)
	return &next
}

// Calls goes over all live calls in no particular order.
func (p *Presence) Calls() iter.Seq2[CallID, *LiveCall] { return p.calls.All() }

// Registered counts the devices that have a binding.
func (p *Presence) Registered() int { return p.bindings.Len() }

// WithBindings is the presence after a device's bindings became these; none takes the device out.
func (p *Presence) WithBindings(d DeviceID, b []Binding) *Presence {
	next := *p
	if len(b) == 0 {
		next.bindings = p.bindings.Without(d)
	} else {
		next.bindings = p.bindings.With(d, b)
	}
	return &next
}

// WithCall is the presence after a call began or changed.
func (p *Presence) WithCall(c *LiveCall) *Presence {
	next := *p.without(c.ID)
	next.calls = next.calls.With(c.ID, c)
	if c.Parked != nil {
		next.parked = next.parked.With(c.Parked.Position, c.ID)
	}
	for _, t := range c.Trunks {
		next.trunks = next.trunks.With(t, next.OnTrunk(t)+1)
	}
	for _, u := range c.Users {
		ids := next.CallsOf(u)
		next.users = next.users.With(u, append(ids[:len(ids):len(ids)], c.ID))
	}
	return &next
}

// WithoutCall is the presence after a call ended. Who talked in it has had his turn.
func (p *Presence) WithoutCall(id CallID) *Presence {
	next := p.without(id)
	if old := p.Call(id); old != nil && !old.Answered.IsZero() {
		next.count++
		for _, u := range old.Users {
			next.served = next.served.With(u, next.count)
		}
	}
	return next
}

func (p *Presence) without(id CallID) *Presence {
	next := *p
	old := p.Call(id)
	if old == nil {
		return &next
	}
	next.calls = p.calls.Without(id)
	if old.Parked != nil {
		next.parked = next.parked.Without(old.Parked.Position)
	}
	for _, t := range old.Trunks {
		if n := next.OnTrunk(t) - 1; n > 0 {
			next.trunks = next.trunks.With(t, n)
		} else {
			next.trunks = next.trunks.Without(t)
		}
	}
	for _, u := range old.Users {
		var rest []CallID
		for _, c := range next.CallsOf(u) {
			if c != id {
				rest = append(rest, c)
			}
		}
		if len(rest) == 0 {
			next.users = next.users.Without(u)
		} else {
			next.users = next.users.With(u, rest)
		}
	}
	return &next
}
