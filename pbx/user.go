package pbx

import (
	"net/netip"
	"slices"
	"time"
)

// User is a person. A user without an extension takes part in the portal only (D-004).
type User struct {
	ID          UserID     `json:"id"`
	Name        string     `json:"name"`                // as shown to colleagues and on phones (D-005)
	Email       string     `json:"email"`               // unique, compared without case; the sign-in name (D-006, D-008)
	Mobile      string     `json:"mobile,omitempty"`    // E.164 or empty
	Extension   string     `json:"extension,omitempty"` // 2–6 digits, unique in the office
	Language    string     `json:"language,omitempty"`  // en de pl ru id; empty follows the main group, then the office
	Zone        string     `json:"zone,omitempty"`      // IANA name; empty follows the main group, then the office
	Photo       string     `json:"photo,omitempty"`     // content hash of the picture; empty shows initials
	Suspensions []Interval `json:"suspensions,omitempty"`
	Speed       SpeedDials `json:"speed,omitempty"` // short numbers of one's own
	Created     time.Time  `json:"created"`

	Notices map[NoticeKind]Channels `json:"notices,omitempty"` // how he gets them, where not as usual

	Networks []netip.Prefix `json:"networks,omitempty"` // from which his phones may sign in, browsers among them; none: from everywhere
}

// SignsInFrom reports whether the person's phones may sign in from an address, and stay signed in there.
func (u *User) SignsInFrom(at netip.Addr) bool { return within(u.Networks, at) }

// within reports whether an address lies in one of some networks; none are all.
func within(networks []netip.Prefix, at netip.Addr) bool {
	return len(networks) == 0 || slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(at.Unmap()) })
}

// Party is the person as calls and records name him; nobody for nil.
func (u *User) Party() Party {
	if u == nil {
		return Party{}
	}
	return Party{User: u.ID, Name: u.Name, Number: u.Extension}
}

// IsSuspended reports whether the person may not use the system at the given moment.
func (u *User) IsSuspended(at time.Time) bool {
	for _, i := range u.Suspensions {
		if i.Contains(at) {
			return true
		}
	}
	return false
}

// Interval is half open: From is inside, Until is outside; a zero Until has no end.
type Interval struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until,omitzero"`
}

// Contains reports whether the moment lies inside.
func (i Interval) Contains(at time.Time) bool {
	return !at.Before(i.From) && (i.Until.IsZero() || at.Before(i.Until))
}

// Group is a department: people with common properties, hours and rights. Groups form a tree.
type Group struct {
	ID        GroupID   `json:"id"`
	Name      string    `json:"name"`             // unique among its siblings
	Parent    GroupID   `json:"parent,omitempty"` // empty at the top
	Language  string    `json:"language,omitempty"`
	Zone      string    `json:"zone,omitempty"`
	Published bool      `json:"published,omitempty"` // everybody may see its members
	Default   bool      `json:"default,omitempty"`   // new people without another group join it; exactly one
	Ceiling   RoleID    `json:"ceiling,omitempty"`   // highest role a manager of the group may assign; empty means manager
	Replay    Replay    `json:"replay,omitempty"`    // how much of a conference its guests may hear again, for hosts of this group
	Music     Sound     `json:"music,omitzero"`      // what is heard by whom its people hold, and on its park positions; nothing: that of the group above
	Created   time.Time `json:"created"`
}

// Replay says how much of a recorded conference somebody may hear who hears it only because he took part (D-040).
type Replay string

// The values of Replay; the empty one follows the office, and there it is ReplayWhole.
const (
	ReplayWhole Replay = "whole"
	ReplayOwn   Replay = "own" // only the time he was inside
)

// Share says who sees something about a member.
type Share string

// The values of sharing; the empty one follows the person's main group, and without that it is ShareGroup.
const (
	ShareNobody   Share = "nobody"
	ShareGroup    Share = "group"
	ShareEveryone Share = "everyone"
)

// Membership puts a user into a group with a role, for a time. A change of role is a new membership.
type Membership struct {
	ID        MembershipID        `json:"id"`
	User      UserID              `json:"user"`
	Group     GroupID             `json:"group"`
	Role      RoleID              `json:"role"`
	From      time.Time           `json:"from"`
	Until     time.Time           `json:"until,omitzero"`
	Main      bool                `json:"main,omitempty"`      // the group whose hours, language and zone count
	Overrides map[string]Override `json:"overrides,omitempty"` // by name of the right
	Presence  Share               `json:"presence,omitempty"`
	Calls     Share               `json:"calls,omitempty"`
}

// IsActive reports whether the membership counts at the given moment.
func (m *Membership) IsActive(at time.Time) bool {
	return Interval{m.From, m.Until}.Contains(at)
}

// Override changes one right of a membership's role.
type Override string

// The values of an override; none means that the role speaks.
const (
	OverrideAllow Override = "allow"
	OverrideDeny  Override = "deny"
)
