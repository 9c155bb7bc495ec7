package pbx

import (
	"slices"
	"strconv"
	"time"
)

// RingStrategy is the order in which the members of a ring group ring (B-059).
type RingStrategy string

// The strategies.
const (
	RingAll    RingStrategy = "all"         // together
	RingHunt   RingStrategy = "hunt"        // one after the other, in the order of the list
	RingRobin  RingStrategy = "round_robin" // one after the other, beginning behind whoever had the last call
	RingRested RingStrategy = "longest_idle"
)

// MaxMembers is how many people and groups one ring group may list.
const MaxMembers = 100

// RingGroup is an extension behind which several people ring.
type RingGroup struct {
	ID        RingID       `json:"id"`
	Name      string       `json:"name"`
	Group     GroupID      `json:"group,omitempty"` // the department it belongs to; empty for the office
	Extension string       `json:"extension,omitempty"`
	Strategy  RingStrategy `json:"strategy"`
	Members   []Ref        `json:"members,omitempty"` // people and groups; who is no more is passed over
	Ring      int          `json:"ring,omitempty"`    // seconds, of all together or of each; 0 is UsualRing
	Escalate  bool         `json:"escalate,omitempty"`
	NoAnswer  Destination  `json:"no_answer,omitzero"` // when nobody answers or can be rung
	Created   time.Time    `json:"created"`
}

// Seconds is how long each attempt rings.
func (g *RingGroup) Seconds() int {
	if g.Ring == 0 {
		return UsualRing
	}
	return g.Ring
}

// People lists whom a ring group rings at a moment, each once, in the order of its list; the members of a group stand
// where the group stands, in order of membership.
func (s *Snapshot) People(g *RingGroup, at time.Time) []UserID {
	all := make([]UserID, 0, len(g.Members))
	add := func(u UserID) {
		if s.Users[u] != nil && !slices.Contains(all, u) {
			all = append(all, u)
		}
	}
	for _, m := range g.Members {
		if m.Kind == KindUser {
			add(UserID(m.ID))
			continue
		}
		for _, p := range s.Members(GroupID(m.ID)) {
			if p.IsActive(at) {
				add(p.User)
			}
		}
	}
	return all
}

// heads are the roles that lead a department, the first that anybody holds counts.
func heads() []RoleID { return []RoleID{"department_head", "group_owner", "manager"} }

// Heads lists who leads a department at a moment: heads, else owners, else managers, else those of the group above it.
func (s *Snapshot) Heads(g GroupID, at time.Time) []UserID {
	for range Depth {
		group := s.Groups[g]
		if group == nil {
			return nil
		}
		for _, role := range heads() {
			var all []UserID
			for _, m := range s.Members(g) {
				if m.Role == role && m.IsActive(at) {
					all = append(all, m.User)
				}
			}
			if len(all) > 0 {
				return all
			}
		}
		g = group.Parent
	}
	return nil
}

func (s *Snapshot) checkRing(g *RingGroup) error {
	if !slices.Contains([]RingStrategy{RingAll, RingHunt, RingRobin, RingRested}, g.Strategy) {
		return Refuse(Invalid, "strategy", "ring.strategy_unknown", "value", string(g.Strategy))
	}
	if len(g.Members) > MaxMembers {
		return Refuse(Invalid, "members", "ring.members_many", "max", strconv.Itoa(MaxMembers))
	}
	for i, m := range g.Members {
		if m.Kind != KindUser && m.Kind != KindGroup || m.ID == "" || slices.Contains(g.Members[:i], m) {
			return Refuse(Invalid, "members", "ring.member_bad")
		}
	}
	if g.Group != "" {
		if err := s.hasGroup("group", g.Group); err != nil {
			return err
		}
	}
	if g.Escalate && g.Group == "" {
		return Refuse(Invalid, "escalate", "ring.escalate_where")
	}
	return first(CheckName("name", g.Name), s.CheckExtension(g.Extension), checkRingTime("ring", g.Ring),
		checkDestination("no_answer", g.NoAnswer))
}
