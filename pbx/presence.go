package pbx

import (
	"hash/maphash"
	"iter"
	"time"
)

// Presence is what is true at this moment and is not configuration: who is registered, which calls are up.
// It is immutable like Snapshot; With… methods share all but one of 256 small maps with the value they come from.
type Presence struct {
	bindings Table[DeviceID, []Binding]
	calls    Table[CallID, *LiveCall]
	users    Table[UserID, []CallID]
}

// CallPhase is how far a live call is.
type CallPhase string

// The phases of a live call.
const (
	PhaseRinging CallPhase = "ringing"
	PhaseTalking CallPhase = "talking"
	PhaseHeld    CallPhase = "held"
)

// LiveCall is a call that is up, as lists and live views show it.
type LiveCall struct {
	ID       CallID    `json:"id"`
	Phase    CallPhase `json:"phase"`
	From     Party     `json:"from"`
	To       Party     `json:"to"`
	Users    []UserID  `json:"users,omitempty"`  // everybody inside who rings or talks
	Groups   []GroupID `json:"groups,omitempty"` // owners of queues, menus and ring groups it passed
	Started  time.Time `json:"started"`
	Answered time.Time `json:"answered,omitzero"`
	Codec    string    `json:"codec,omitempty"`
	Secure   bool      `json:"secure,omitempty"` // both legs encrypt signalling and sound
}

// Bindings lists where a device is registered; an expired binding may still be in the list.
func (p *Presence) Bindings(d DeviceID) []Binding { b, _ := p.bindings.Get(d); return b }

// Call finds a live call; nil if it is over or unknown.
func (p *Presence) Call(id CallID) *LiveCall { c, _ := p.calls.Get(id); return c }

// CallsOf lists the live calls a user takes part in, ringing ones too.
func (p *Presence) CallsOf(u UserID) []CallID { c, _ := p.users.Get(u); return c }

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
	next := *p.WithoutCall(c.ID)
	next.calls = next.calls.With(c.ID, c)
	for _, u := range c.Users {
		ids := next.CallsOf(u)
		next.users = next.users.With(u, append(ids[:len(ids):len(ids)], c.ID))
	}
	return &next
}

// WithoutCall is the presence after a call ended.
func (p *Presence) WithoutCall(id CallID) *Presence {
	next := *p
	old := p.Call(id)
	if old == nil {
		return &next
	}
	next.calls = p.calls.Without(id)
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

// Table is an immutable map in 256 parts; changing one key copies one part.
type Table[K ~string, V any] struct {
	parts [256]map[K]V
	count int
}

var tableSeed = maphash.MakeSeed()

func part[K ~string](k K) uint8 { return uint8(maphash.String(tableSeed, string(k))) }

// Get finds the value of a key.
func (t *Table[K, V]) Get(k K) (V, bool) { v, ok := t.parts[part(k)][k]; return v, ok }

// Len counts the keys.
func (t *Table[K, V]) Len() int { return t.count }

// All goes over keys and values in no particular order.
func (t *Table[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, m := range t.parts {
			for k, v := range m {
				if !yield(k, v) {
					return
				}
			}
		}
	}
}

// With is the table after the key got the value.
func (t *Table[K, V]) With(k K, v V) Table[K, V] {
	next, m := t.copyPart(k)
	if _, had := m[k]; !had {
		next.count++
	}
	m[k] = v
	return next
}

// Without is the table after the key went.
func (t *Table[K, V]) Without(k K) Table[K, V] {
	if _, had := t.Get(k); !had {
		return *t
	}
	next, m := t.copyPart(k)
	delete(m, k)
	next.count--
	return next
}

// put writes in place; only for a table that nobody else holds yet.
func (t *Table[K, V]) put(k K, v V) {
	i := part(k)
	if t.parts[i] == nil {
		t.parts[i] = make(map[K]V)
	}
	if _, had := t.parts[i][k]; !had {
		t.count++
	}
	t.parts[i][k] = v
}

func (t *Table[K, V]) copyPart(k K) (Table[K, V], map[K]V) {
	next := *t
	i := part(k)
	m := make(map[K]V, len(t.parts[i])+1)
	for key, v := range t.parts[i] {
		m[key] = v
	}
	next.parts[i] = m
	return next, m
}
