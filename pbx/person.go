package pbx

import (
	"hash/maphash"
	"math"
	"slices"
	"time"
)

// Person is a user together with everything that bears on his rights, so that a decision finds it with one look-up. What every
// decision reads comes first and together.
type Person struct {
	name        name // the id, beside what is read once it was compared
	User        *User
	Plain       bool     // neither exceptions nor grants of his own: roles tell everything
	Suspended   bool     // at some time; when, the user tells
	Places      []Place  // memberships, past and future ones too, in order of id
	near        [2]Place // room for the places of most people, beside what is read with them
	Assignments []*Assignment
	Grants      []*Grant
}

// name is an id by its letters, as long as those we make; a longer one is only what it begins with.
type name struct {
	letters [31]byte
	length  uint8 // 255 for a longer one
}

func nameOf(u UserID) (n name) {
	n.length = uint8(min(len(u), 255))
	copy(n.letters[:], u)
	return n
}

// is reports whether the person has an id.
func (p *Person) is(u UserID) bool {
	if n := int(p.name.length); n <= len(p.name.letters) {
		return n == len(u) && string(p.name.letters[:n]) == string(u)
	}
	return p.User.ID == u
}

// crowd finds people by id: slots half of which stay empty, each with the hash of its id, so that mostly one look at the
// slots and one at the person answer. It is asked twice in nearly every decision.
type crowd struct {
	slots []slot // a power of two, or none
	count int
}

type slot struct {
	hash   uint64
	person *Person
}

// get finds a person; nil if there is none of that id.
func (c *crowd) get(u UserID) *Person {
	if len(c.slots) == 0 {
		return nil
	}
	hash, mask := maphash.String(tableSeed, string(u)), uint64(len(c.slots)-1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := &c.slots[i&uint64(len(c.slots)-1)]
		if s.person == nil || s.hash == hash && s.person.is(u) {
			return s.person
		}
	}
}

// put sets a person in, or in the place of the one of that id.
func (c *crowd) put(p *Person) {
	if isCrowded(c.count+1, len(c.slots)) {
		c.grow(max(16, 2*len(c.slots)))
	}
	hash, mask := maphash.String(tableSeed, string(p.User.ID)), uint64(len(c.slots)-1)
	i := hash & mask
	for c.slots[i].person != nil && !c.slots[i].person.is(p.User.ID) {
		i = (i + 1) & mask
	}
	if c.slots[i].person == nil {
		c.count++
	}
	c.slots[i] = slot{hash, p}
}

func isCrowded(people, slots int) bool { return 2*people > slots }

func (c *crowd) grow(to int) {
	old := c.slots
	c.slots, c.count = make([]slot, to), 0
	for _, s := range old {
		if s.person != nil {
			c.put(s.person)
		}
	}
}

// without is the crowd without some people.
func (c *crowd) without(gone map[UserID]bool) crowd {
	rest := crowd{slots: make([]slot, len(c.slots))}
	for _, s := range c.slots {
		if s.person != nil && !gone[s.person.User.ID] {
			rest.put(s.person)
		}
	}
	return rest
}

// Place is a membership with what is asked of it most: when it counts and where its group stands in the tree.
type Place struct {
	From, Until int64 // as Instant and Deadline count
	Node        *Node
	Overrides   map[string]Override
	Builtin     uint8 // number of the role, 0 for a custom one
	Membership  *Membership
}

// Node is a group's place in the tree: everything below has a number from In up to, not including, Out.
type Node struct {
	Group   *Group
	In, Out int32
}

// Holds reports whether the other node is this one or lies below it.
func (n *Node) Holds(o *Node) bool { return n.In <= o.In && o.In < n.Out }

// Person finds a user with everything that bears on his rights; nil if there is no such user.
func (s *Snapshot) Person(u UserID) *Person { return s.index.people.get(u) }

// Node finds a group's place in the tree; nil if there is no such group.
func (s *Snapshot) Node(g GroupID) *Node { return s.index.nodes[g] }

// Instant counts nanoseconds since 1970. Moments too early or too late for that count as the ends of time.
func Instant(t time.Time) int64 {
	const century = 250 * 365 * 24 * 3600
	switch sec := t.Unix(); {
	case sec < -century:
		return math.MinInt64
	case sec > century:
		return math.MaxInt64 - 1
	}
	return t.UnixNano()
}

// Deadline is Instant for an end: a zero time has none.
func Deadline(t time.Time) int64 {
	if t.IsZero() {
		return math.MaxInt64
	}
	return Instant(t)
}

// indexPeople builds tree and people anew.
func (s *Snapshot) indexPeople() {
	x := &s.index
	x.nodes = make(map[GroupID]*Node, len(s.Groups))
	x.plant("", 0, make([]Node, 0, len(s.Groups)))
	size := 16
	for isCrowded(len(s.Users)+1, size) {
		size *= 2
	}
	x.people = crowd{slots: make([]slot, size)}
	people, n := make([]Person, len(s.Users)), 0
	for id := range s.Users {
		s.gather(id, &people[n])
		x.people.put(&people[n])
		n++
	}
}

// plant numbers the groups below a group. Groups in a circle are never reached; check refuses them afterwards.
func (x *index) plant(parent GroupID, next int32, room []Node) (int32, []Node) {
	children, _ := x.children.Get(parent)
	for _, g := range children {
		room = append(room, Node{Group: g, In: next})
		n := &room[len(room)-1]
		x.nodes[g.ID] = n
		n.Out, room = x.plant(g.ID, next+1, room)
		next = n.Out
	}
	return next, room
}

// gather fills in one user.
func (s *Snapshot) gather(id UserID, p *Person) {
	p.name, p.User, p.Assignments, p.Grants = nameOf(id), s.Users[id], s.AssignmentsOf(id), s.GrantsOf(id)
	p.Plain, p.Suspended = len(p.Grants) == 0, p.User != nil && len(p.User.Suspensions) > 0
	p.Places = p.near[:0:len(p.near)]
	for _, m := range s.MembershipsOf(id) {
		if n := s.index.nodes[m.Group]; n != nil {
			p.Plain = p.Plain && len(m.Overrides) == 0
			p.Places = append(p.Places, Place{Instant(m.From), Deadline(m.Until), n, m.Overrides, m.Role.Builtin(), m})
		}
	}
}

// mendPeople brings tree and people up to the touched rows.
func (s *Snapshot) mendPeople(t *touch) {
	touched := map[UserID]bool{}
	for _, r := range t.rows {
		for _, n := range [...]Noun{r.old, r.new} {
			switch n := n.(type) {
			case *Group:
				s.indexPeople()
				return
			case *User:
				touched[n.ID] = true
			case *Membership:
				touched[n.User] = true
			case *Assignment:
				touched[n.User] = true
			case *Grant:
				touched[n.User] = true
			}
		}
	}
	if len(touched) == 0 {
		return
	}
	x := &s.index
	gone := map[UserID]bool{}
	for id := range touched {
		if s.Users[id] == nil {
			gone[id] = true
		}
	}
	if len(gone) > 0 {
		x.people = x.people.without(gone)
	} else {
		x.people.slots = slices.Clone(x.people.slots)
	}
	for id := range touched {
		if !gone[id] {
			p := &Person{}
			s.gather(id, p)
			x.people.put(p)
		}
	}
}
