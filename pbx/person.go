package pbx

import (
	"maps"
	"math"
	"time"
)

// Person is a user together with everything that bears on his rights, so that a decision finds it with one look-up. What every
// decision reads comes first and together.
type Person struct {
	Places      []Place // memberships, past and future ones too, in order of id
	Assignments []*Assignment
	User        *User
	Plain       bool // neither exceptions nor grants of his own: roles tell everything
	Suspended   bool // at some time; when, the user tells
	Grants      []*Grant
	near        [2]Place // room for the places of most people, beside what is read with them
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
func (s *Snapshot) Person(u UserID) *Person { return s.index.people[u] }

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
	x.people = make(map[UserID]*Person, len(s.Users))
	people, n := make([]Person, len(s.Users)), 0
	for id := range s.Users {
		s.gather(id, &people[n])
		x.people[id] = &people[n]
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
	p.User, p.Assignments, p.Grants = s.Users[id], s.AssignmentsOf(id), s.GrantsOf(id)
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
	if x.people == nil {
		x.people = map[UserID]*Person{}
	} else {
		x.people = maps.Clone(x.people)
	}
	for id := range touched {
		if s.Users[id] == nil {
			delete(x.people, id)
			continue
		}
		p := &Person{}
		s.gather(id, p)
		x.people[id] = p
	}
}
